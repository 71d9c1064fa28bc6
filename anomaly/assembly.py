"""Put together what the flights of one day, found part by part, tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from anomaly import ends, flights, gaps, journeys, listed, stopovers
from anomaly.baseline import Visits
from anomaly.fields import Fields
from anomaly.flights import Found
from anomaly.knowledge import Habits, Watch
from anomaly.legs import Legs
from anomaly.reference import Reference
from anomaly.schemas import (
    CANDIDATES,
    FLIGHTS,
    GAPS,
    JOURNEYS,
    LEFT_OUT,
    STOPOVERS,
    conform,
)

# A change of confidence smaller than this is no revision.
REVISED_BY = 0.05
_ORIGIN = ["origin", "origin_kind", "origin_confidence", "origin_reason"]


@dataclass(frozen=True)
class DayTables:
    """The tables of one day."""

    flights: pa.Table
    gaps: pa.Table
    stopovers: pa.Table
    journeys: pa.Table
    candidates: pa.Table
    left_out: pa.Table


@dataclass(frozen=True, eq=False)
class Earlier:
    """What was known when the day before ended."""

    flights: pd.DataFrame = field(
        default_factory=lambda: FLIGHTS.empty_table().to_pandas()
    )
    """The last flight of each airframe."""
    journeys: pd.DataFrame = field(
        default_factory=lambda: JOURNEYS.empty_table().to_pandas()
    )
    """Of those flights."""
    visited: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"icao24": [], "airport": []}, dtype="str")
    )
    """`icao24, airport`: where airframes were seen on the ground."""


def assemble(
    parts: list[Legs],
    aircraft: pd.DataFrame,
    reference: Reference,
    earlier: Earlier,
    date: dt.date | None,
    listed_flights: pa.Table | None,
) -> DayTables:
    """Return the tables that the flights of all parts make up.

    With a `date`, only its flights and revisions of earlier ones are kept.
    """
    fields = Fields.of(reference.airports)
    found = _explained(parts, fields, earlier)
    frame, stops, chains = _told([*found], fields, earlier)
    holes = gaps.judged(
        _joined([part.gaps for part in found]),
        Visits.joined([part.visits for part in parts]),
    )
    weights = _joined([part.candidates for part in found])
    if listed_flights is not None and len(listed_flights):
        frame = _joined([frame, listed.of_table(listed_flights, aircraft, reference)])
    if date is not None and len(frame):
        today = frame["date"] == date
        revised = ~today & _is_revision(frame, earlier.flights)
        frame_ids = frame["flight_id"]
        told = frame_ids[today | revised]
        chains = _of_flights(chains, frame_ids[today])
        holes, weights = _of_flights(holes, told), _of_flights(weights, told)
        frame = frame[today | revised]
    return DayTables(
        flights=_table(frame, FLIGHTS, ["icao24", "first_seen"]),
        gaps=_table(holes, GAPS, ["icao24", "start"]),
        stopovers=_table(stops, STOPOVERS, ["icao24", "back_at"]),
        journeys=_table(chains, JOURNEYS, ["icao24", "flight_id"]),
        candidates=_table(weights, CANDIDATES, ["flight_id", "end", "rank"]),
        left_out=_left_out([part.left_out for part in parts], date),
    )


def _explained(parts: list[Legs], fields: Fields, earlier: Earlier) -> list[Found]:
    """Return the flights with their ends, knowing all that was seen of the day."""
    n_fields = len(fields.ident)
    told = [ends.alone(legs, fields) for legs in parts]
    seen = [
        ends.seen_ends(legs, ends_told, fields)
        for legs, ends_told in zip(parts, told, strict=True)
    ]
    watch = Watch(
        sum(
            (np.bincount(places, minlength=n_fields) for _, places, _ in seen),
            np.zeros(n_fields, dtype=np.int64),
        )
    )
    found = []
    for legs, ends_told, (airframe, places, t_s) in zip(parts, told, seen, strict=True):
        before, where = _visited(legs, fields, earlier)
        habits = Habits.of(
            np.concatenate((before, airframe)),
            np.concatenate((where, places)),
            np.concatenate((np.full(len(before), -np.inf), t_s)),
            n_fields,
        )
        found.append(flights.explain(legs, ends_told, fields, watch, habits))
    return found


def _visited(
    legs: Legs, fields: Fields, earlier: Earlier
) -> tuple[np.ndarray, np.ndarray]:
    """Return airframes of the legs and the fields they are known to have visited."""
    number = pd.Series(legs.airframe, index=legs.frame["icao24"])
    number = number[~number.index.duplicated()]
    airframe = number.reindex(earlier.visited["icao24"]).to_numpy(float)
    place = fields.index.get_indexer(pd.Index(earlier.visited["airport"]))
    known = ~np.isnan(airframe) & (place >= 0)
    return airframe[known].astype(np.int64), place[known].astype(np.int64)


def _told(
    found: list[Found], fields: Fields, earlier: Earlier
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return flights, stopovers and journeys of all parts."""
    before = journeys.chains_before(earlier.flights, earlier.journeys, fields)
    frames, stops, chains = [], [], []
    for part in found:
        frame = _with_known_origins(part.flights, earlier.flights)
        stops.append(stopovers.of_found(part, fields))
        chains.append(journeys.of_flights(frame, stops[-1], fields, before))
        frames.append(frame)
    return _joined(frames), _joined(stops), _joined(chains)


def _with_known_origins(found: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Keep the origin told before: here the flight before it is not in sight."""
    told = earlier.set_index("flight_id")[_ORIGIN].reindex(found["flight_id"])
    known = told["origin_kind"].notna().to_numpy()
    found = found.copy()
    for name in _ORIGIN:
        found[name] = found[name].mask(known, told[name].array)
    return found


def _is_revision(found: pd.DataFrame, earlier: pd.DataFrame) -> pd.Series[bool]:
    """Tell flights of which more is known now than the day before."""
    told = earlier.set_index("flight_id").reindex(found["flight_id"])
    surer = np.abs(
        told["destination_confidence"].fillna(0).to_numpy(float)
        - found["destination_confidence"].fillna(0).to_numpy(float)
    )
    differs = (
        told["destination"].fillna("").to_numpy(object)
        != found["destination"].fillna("").to_numpy(object)
    ) | (told["destination_kind"].to_numpy(object) != found["destination_kind"])
    return pd.Series(differs | (surer > REVISED_BY), index=found.index)


def _of_flights(rows: pd.DataFrame, ids: pd.Series[str]) -> pd.DataFrame:
    return rows[rows["flight_id"].isin(ids)] if len(rows) else rows


def _left_out(parts: list[pd.DataFrame], date: dt.date | None) -> pa.Table:
    every = _joined(parts)
    if not len(every):
        return LEFT_OUT.empty_table()
    total = every.groupby(["reason", "unit"], as_index=False).agg(
        n=("n", "sum"), example=("example", "first")
    )
    total["source"] = source_name(date)
    return _table(total, LEFT_OUT, ["reason"])


def source_name(date: dt.date | None) -> str:
    """Return what stands for the step itself among the sources of LEFT_OUT."""
    return f"flights of {date}" if date else "flights"


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all frames; empty ones have no say in the types."""
    filled = [frame for frame in frames if len(frame)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    return frames[0] if frames else pd.DataFrame()


def _table(frame: pd.DataFrame, schema: pa.Schema, by: list[str]) -> pa.Table:
    """Return rows as a table of the schema, sorted."""
    if not len(frame):
        return schema.empty_table()
    frame = frame.sort_values(by)
    columns = [
        pa.Array.from_pandas(frame[field.name], type=field.type, safe=False)
        if field.name in frame
        else pa.nulls(len(frame), field.type)
        for field in schema
    ]
    return conform(pa.Table.from_arrays(columns, schema=schema), schema)
