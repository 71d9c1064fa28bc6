"""Turn the rows about one journey into an alert; hide what its owner asked to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly import cleaning, performance, tracks
from anomaly.domain import Airport, Provenance, Reason
from anomaly.reference import Reference
from anomaly.report.context import Candidate
from anomaly.report.identity import identity, seen_in
from anomaly.report.privacy import withhold
from anomaly.report.summary import Alert, Craft, End, Gap, Leg, Stop, Track

Row = dict[str, Any]
# Seen in the air this shortly before midnight, it was flying still.
LAST_MINUTES = dt.timedelta(minutes=5)


@dataclass(frozen=True, eq=False)
class Evidence:
    """All rows about the aircraft shown, from their journeys' first day on."""

    flights: Mapping[str, Row]
    """By flight_id; so are gaps and tracks."""
    stopovers: Sequence[Row]
    gaps: Mapping[str, Sequence[Row]]
    tracks: Mapping[str, Track]
    reference: Reference
    readers: str = ""
    """What the day was read with."""
    looked_up: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By address and field: the database that told what no archive did."""
    candidates: Mapping[tuple[str, str], Sequence[Row]] = field(default_factory=dict)
    """By flight_id and end: the fields that the end may be at."""
    day_ends: dt.datetime | None = None
    origins: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    """By flight_id: `source` and `reader` of what told of it."""


def alert(
    score: Row, chain: Row, known: Evidence, *, show_private: bool = False
) -> Alert:
    """Return the alert of one scored flight and its journey."""
    members = [known.flights[flight_id] for flight_id in chain["flight_ids"]]
    ids = set(chain["flight_ids"])
    stops = [
        row
        for row in known.stopovers
        if {row["flight_before"], row["flight_after"]} <= ids
    ]
    flight = known.flights[score["flight_id"]]
    found = Alert(
        flight_id=score["flight_id"],
        journey_id=score["journey_id"],
        mission_id=score["mission_id"],
        rank=score["rank"],
        score=score["score"],
        score_without_identity=score["score_without_identity"],
        ordinary_bits=score["ordinary_bits"],
        look_alike_bits=score["look_alike_bits"],
        surprise_bits=score["surprise_bits"],
        priority_bits=score["priority_bits"],
        flagged=score["flagged"],
        budget=score["budget"],
        threshold_bits=score["threshold_bits"],
        craft=_craft(flight, members, known.reference, show_private=show_private),
        airports=tuple(chain["airports"]),
        legs=tuple(_leg(row, known) for row in members),
        stops=tuple(
            _stop(row, known.reference)
            for row in sorted(stops, key=lambda row: row["lost_at"])
        ),
        total_nm=chain["total_nm"],
        direct_nm=chain["direct_nm"],
        reasons=tuple(
            Reason(row["feature"], row["value"], row["text"], row["weight"])
            for row in score["reasons"]
        ),
        coverage=tuple(score["coverage"]),
        identity_hidden=score["identity_hidden"],
        model=score["model"],
        provenance=Provenance(score["provenance"]),
        identity=(
            *identity(flight, known.reference, known.readers, known.looked_up),
            *seen_in(known.origins.get(flight["flight_id"], ())),
        ),
    )
    return withhold(found, members) if found.craft.private else found


def tracks_of(
    positions: Sequence[pa.Table], flights: Mapping[str, Row], reference: Reference
) -> dict[str, Track]:
    """Return the track of every flight, without impossible reports."""
    if not any(table.num_rows for table in positions):
        return {}
    every = tracks.of_table(pa.concat_tables(positions))
    typecodes = pd.Series(
        {row["icao24"]: row["typecode"] for row in flights.values()}, dtype="str"
    )
    able = performance.of_airframes(every, typecodes, reference)
    kept = cleaning.clean(every, able["max_speed_kt"].to_numpy(np.float64)).tracks
    of_aircraft = {str(icao24): n for n, icao24 in enumerate(kept.icao24s)}
    return {
        row["flight_id"]: _track(kept, of_aircraft.get(row["icao24"], -1), row)
        for row in flights.values()
    }


def _track(every: tracks.Tracks, airframe: int, flight: Row) -> Track:
    low, high = np.searchsorted(every.airframe, [airframe, airframe + 1])
    ends = [flight["first_seen"].timestamp(), flight["last_seen"].timestamp()]
    start = low + int(np.searchsorted(every.t_s[low:high], ends[0], side="left"))
    end = low + int(np.searchsorted(every.t_s[low:high], ends[1], side="right"))
    rows = slice(start, end)
    return Track(
        t_s=every.t_s[rows],
        latitude_deg=every.latitude_deg[rows],
        longitude_deg=every.longitude_deg[rows],
        altitude_ft=every.altitude_ft[rows].astype(float),
        on_ground=every.on_ground[rows],
        speed_kt=every.speed_kt[rows].astype(float),
    )


def _no_track() -> Track:
    nothing = np.empty(0)
    return Track(
        nothing, nothing, nothing, nothing, np.empty(0, dtype=np.bool_), nothing
    )


def _craft(
    flight: Row, members: Sequence[Row], reference: Reference, *, show_private: bool
) -> Craft:
    typecode = flight["typecode"]
    names = reference.types.table["name"]
    return Craft(
        icao24=flight["icao24"],
        registration=flight["registration"],
        typecode=typecode,
        type_name=str(names[typecode]) if typecode in names.index else None,
        operator=flight["operator"],
        owner=flight["owner_operator"],
        military_flag=flight["military_flag"],
        private=not show_private and any(row["privacy_flag"] for row in members),
    )


def _leg(row: Row, known: Evidence) -> Leg:
    gaps = known.gaps.get(row["flight_id"], ())
    return Leg(
        flight_id=row["flight_id"],
        callsign=row["callsign"],
        operator_code=row["operator_code"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        origin=_end(row, "origin", known),
        destination=_end(row, "destination", known),
        first_point=_point(row, "first"),
        last_point=_point(row, "last"),
        duration_h=row["duration_h"],
        n_positions=row["n_positions"],
        flown_nm=row["flown_nm"],
        max_altitude_ft=row["max_altitude_ft"],
        cruise_speed_kt=row["cruise_speed_kt"],
        unobserved_share=row["unobserved_share"],
        gaps=tuple(
            _gap(gap)
            for gap in sorted(gaps, key=lambda gap: gap["start"])
            if row["first_seen"] <= gap["start"] and gap["end"] <= row["last_seen"]
        ),
        track=known.tracks.get(row["flight_id"]) or _no_track(),
        still_flying=_is_still_flying(row, known),
    )


def _end(row: Row, which: str, known: Evidence) -> End:
    return End(
        ident=row[which],
        field=field_of(row[which], known.reference),
        kind=row[f"{which}_kind"],
        confidence=row[f"{which}_confidence"],
        reason=row[f"{which}_reason"],
        candidates=tuple(
            Candidate(
                one["airport"],
                field_of(one["airport"], known.reference),
                one["weight"],
            )
            for one in sorted(
                known.candidates.get((row["flight_id"], which), ()),
                key=lambda one: one["rank"],
            )
        ),
    )


def _is_still_flying(row: Row, known: Evidence) -> bool:
    """Tell whether a flight was seen in the air until the day ended."""
    ends = known.day_ends
    return (
        row["n_positions"] > 0
        and row["destination_kind"] != "observed"
        and not row["last_on_ground"]
        and ends is not None
        and ends - LAST_MINUTES <= row["last_seen"]
    )


@lru_cache(maxsize=4096)  # the same fields come again and again
def field_of(ident: str | None, reference: Reference) -> Airport | None:
    """Return the field of that code, if the list of airports has it."""
    return reference.airports.get(ident) if ident else None


def _point(row: Row, which: str) -> tuple[float, float] | None:
    latitude, longitude = row[f"{which}_latitude_deg"], row[f"{which}_longitude_deg"]
    return None if latitude is None or longitude is None else (latitude, longitude)


def _gap(row: Row) -> Gap:
    keep: dict[str, dt.datetime | float | str | None] = {
        name: row[name] for name in Gap.__dataclass_fields__
    }
    return Gap(**keep)  # type: ignore[arg-type]


def _stop(row: Row, reference: Reference) -> Stop:
    return Stop(
        flight_before=row["flight_before"],
        flight_after=row["flight_after"],
        ident=row["airport"],
        field=field_of(row["airport"], reference),
        field_use=row["field_use"],
        lost_at=row["lost_at"],
        back_at=row["back_at"],
        arrived=row["arrived"],
        departed=row["departed"],
        ground_time_h=row["ground_time_h"],
        ground_time_max_h=row["ground_time_max_h"],
        inferred=row["inferred"],
        confidence=row["confidence"],
        reason=row["reason"],
        night_share=row["night_share"],
    )
