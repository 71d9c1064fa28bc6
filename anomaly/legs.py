"""Positions become flights, their ends still unexplained: cleaned, split, measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from anomaly import callsigns, cleaning, gaps, measures, performance
from anomaly.baseline import Visits, heard
from anomaly.compiled import COMPILED
from anomaly.edges import Edges, edges
from anomaly.fields import Fields
from anomaly.reference import Reference
from anomaly.splitting import GAP_S, Split, split
from anomaly.tracks import Bools, Floats, Ints, Tracks, of_table, timestamps

_AIRCRAFT_COLUMNS = (
    "registration",
    "typecode",
    "owner_operator",
    "military_flag",
    "privacy_flag",
)


@dataclass(frozen=True, eq=False)
class Legs:
    """Flights of some airframes, sorted by airframe and time, one row each."""

    frame: pd.DataFrame
    """The columns of FLIGHTS but the ends."""
    airframe: Ints
    able: pd.DataFrame
    starts: Edges
    stops: Edges
    took_off_s: Floats
    landed_s: Floats
    """When it left the ground and touched it; NaN where that was not seen."""
    gaps: pd.DataFrame
    """The columns of GAPS within the flights, but the judgement."""
    visits: Visits
    left_out: pd.DataFrame


def trace(
    positions: pa.Table, aircraft: pd.DataFrame, reference: Reference, fields: Fields
) -> Legs:
    """Return the flights that `positions` show.

    Parameters
    ----------
    positions : Table
        POSITIONS, in any order.
    aircraft : DataFrame
        AIRCRAFT, indexed by icao24.
    """
    raw = of_table(positions)
    able = performance.of_airframes(raw, aircraft["typecode"], reference)
    cleaned = cleaning.clean(raw, able["max_speed_kt"].to_numpy(float))
    del raw  # as large as what is left of it
    tracks = cleaned.tracks
    parts = split(tracks, able, fields)
    first, last, left_out = bounds(tracks, parts, cleaned.conflicts)
    airframe = tracks.airframe[first].astype(np.int64)
    frame = described(tracks, first, last, aircraft, reference)
    measured = measures.of_flights(
        tracks, parts.on_ground, parts.step_nm, first, last, GAP_S
    )
    frame = pd.concat([frame, measured], axis=1)
    frame, holes = _with_gaps(frame, tracks, parts, first, last)
    frame["n_rejected"] = _rejected(cleaned, frame, airframe)
    took_off_s, landed_s = _ground_contact(tracks.t_s, parts.on_ground, first, last)
    return Legs(
        frame=frame,
        airframe=airframe,
        able=able.iloc[airframe].reset_index(drop=True),
        starts=edges(tracks, first, parts.on_ground, ending=False, limit=last),
        stops=edges(tracks, last, parts.on_ground, ending=True, limit=first),
        took_off_s=took_off_s,
        landed_s=landed_s,
        gaps=holes,
        visits=heard(tracks),
        left_out=pd.concat([cleaned.left_out, left_out], ignore_index=True),
    )


def joined(blocks: Sequence[Legs]) -> Legs:
    """Return the flights of several blocks of whole airframes, in their order.

    What is done for each flight costs more to begin than to do, so it is done once.
    """
    if len(blocks) == 1:
        return blocks[0]
    # Each block numbers the airframes from 0, and `able` has a row for each flight.
    n_before = np.cumsum([0, *(block.airframe.max(initial=-1) + 1 for block in blocks)])

    def rows(name: str) -> Any:
        return np.concatenate([getattr(block, name) for block in blocks])

    def frames(name: str) -> pd.DataFrame:
        return all_rows([getattr(block, name) for block in blocks])

    return Legs(
        frame=frames("frame"),
        airframe=np.concatenate(
            [block.airframe + n for block, n in zip(blocks, n_before, strict=False)]
        ),
        able=frames("able"),
        starts=Edges.joined([block.starts for block in blocks]),
        stops=Edges.joined([block.stops for block in blocks]),
        took_off_s=rows("took_off_s"),
        landed_s=rows("landed_s"),
        gaps=frames("gaps"),
        visits=Visits.joined([block.visits for block in blocks]),
        left_out=frames("left_out"),
    )


def all_rows(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all frames; empty ones have no say in the types."""
    filled = [frame for frame in frames if len(frame)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    return frames[0] if frames else pd.DataFrame()


def bounds(
    tracks: Tracks, parts: Split, conflicts: pd.DataFrame
) -> tuple[Ints, Ints, pd.DataFrame]:
    """Return first and last row of each flight; what cannot be one is left out."""
    if not len(tracks):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), pd.DataFrame()
    first = np.append(0, np.flatnonzero(parts.cut) + 1)
    last = np.append(first[1:], len(tracks)) - 1
    aloft = np.logical_or.reduceat(~parts.on_ground, first)
    reasons = np.select(
        [~aloft, first == last, _shared_address(tracks, first, last, conflicts)],
        ["never_airborne", "single_position", "two_aircraft_under_one_address"],
        default="",
    )
    keep = reasons == ""
    told = pd.DataFrame(
        {
            "reason": reasons[~keep],
            "example": tracks.icao24s[tracks.airframe[first[~keep]]],
        }
    )
    by_reason = told.groupby("reason", as_index=False)
    rows = by_reason.agg(n=("example", "size"), example=("example", "first"))
    return first[keep], last[keep], rows.assign(unit="flights")


def _shared_address(
    tracks: Tracks, first: Ints, last: Ints, conflicts: pd.DataFrame
) -> Bools:
    """Tell flights during which a second aircraft used the address."""
    shared = np.zeros(len(first), dtype=bool)
    if not len(conflicts):
        return shared
    seen = pd.DataFrame(
        {
            "row": np.arange(len(first)),
            "airframe": tracks.airframe[first],
            "from_s": tracks.t_s[first],
            "to_s": tracks.t_s[last],
        }
    )
    both = seen.merge(conflicts, on="airframe")
    both = both[(both["from_s"] <= both["end_s"]) & (both["to_s"] >= both["start_s"])]
    shared[both["row"].unique()] = True
    return shared


def described(
    tracks: Tracks,
    first: Ints,
    last: Ints,
    aircraft: pd.DataFrame,
    reference: Reference,
) -> pd.DataFrame:
    """Return who flew when, from where seen to where seen."""
    icao24 = tracks.icao24s[tracks.airframe[first]]
    first_seen = timestamps(tracks.t_s[first])
    last_seen = timestamps(tracks.t_s[last])
    callsign, n_callsigns = callsigns.of_flights(tracks, first, last)
    code = reference.operators.code_of(callsign)
    frame = pd.DataFrame(
        {
            "flight_id": icao24 + "-" + _stamps(first_seen),
            "icao24": icao24,
            "date": last_seen.date,
            "first_seen": first_seen,
            "last_seen": last_seen,
            "callsign": callsign,
            "n_callsigns": n_callsigns,
            "operator_code": code,
            "operator": code.map(reference.operators.table["name"]),
            "duration_h": (tracks.t_s[last] - tracks.t_s[first]) / 3600,
            "n_positions": last - first + 1,
            "reader": "positions",
            "provenance": tracks.provenances[tracks.airframe[first]],
        }
    )
    known = aircraft.reindex(icao24)
    for name in _AIRCRAFT_COLUMNS:
        frame[name] = known[name].array
    for side, rows in (("first", first), ("last", last)):
        frame[f"{side}_latitude_deg"] = tracks.latitude_deg[rows]
        frame[f"{side}_longitude_deg"] = tracks.longitude_deg[rows]
        frame[f"{side}_altitude_ft"] = tracks.altitude_ft[rows].astype(float)
        frame[f"{side}_on_ground"] = tracks.on_ground[rows]
    return frame


def _stamps(times: pd.DatetimeIndex) -> NDArray[np.object_]:
    """Return times as flights are called by; pandas takes ten times as long."""
    whole_s = pa.array(times.tz_localize(None).to_numpy().astype("datetime64[s]"))
    return np.asarray(pc.strftime(whole_s, "%Y%m%dT%H%M%SZ"), dtype=object)


def _with_gaps(
    frame: pd.DataFrame, tracks: Tracks, parts: Split, first: Ints, last: Ints
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add what gaps a flight has, and return those gaps."""
    long = np.flatnonzero(~parts.cut & (np.diff(tracks.t_s) > GAP_S))
    # Standing on the ground without a signal is no gap of a flight.
    long = long[~(parts.on_ground[long] & parts.on_ground[long + 1])]
    flight = np.searchsorted(first, long, side="right") - 1
    of_flight = (flight >= 0) & (long < last[flight])
    long, flight = long[of_flight], flight[of_flight]
    before = edges(tracks, long, parts.on_ground, ending=True, limit=long)
    after = edges(tracks, long + 1, parts.on_ground, ending=False, limit=long + 1)
    holes = gaps.of_edges(frame.iloc[flight], before, after)
    inside = gaps.summary(holes, flight, len(frame))
    frame = frame.assign(
        n_gaps=inside["n_gaps"],
        longest_gap_h=inside["longest_gap_h"],
        unobserved_share=inside["gap_h"] / frame["duration_h"].where(lambda h: h > 0),
    )
    return frame, holes


def _rejected(cleaned: cleaning.Cleaned, frame: pd.DataFrame, airframe: Ints) -> Ints:
    """Return how many impossible positions fell into each flight."""
    # Seconds since 1970 stay below this: one number sorts by airframe, then time.
    span_s = 1e10
    key = cleaned.rejected_airframe * span_s + cleaned.rejected_t_s

    def place(column: str, side: str) -> Ints:
        t_s = frame[column].astype("int64").to_numpy() / 1e6
        found: Ints = np.searchsorted(key, airframe * span_s + t_s, side)  # type: ignore[call-overload]
        return found

    return place("last_seen", "right") - place("first_seen", "left")


@njit(**COMPILED)
def _ground_contact(
    t_s: Floats, on_ground: Bools, first: Ints, last: Ints
) -> tuple[Floats, Floats]:
    """Return when each flight left the ground and when it touched it, if seen."""
    took_off_s, landed_s = np.full(len(first), np.nan), np.full(len(first), np.nan)
    for flight in range(len(first)):
        # Every flight has a report from the air.
        row = first[flight]
        while on_ground[row]:
            row += 1
        if row > first[flight]:
            took_off_s[flight] = t_s[row]
        row = last[flight]
        while on_ground[row]:
            row -= 1
        if row < last[flight]:
            landed_s[flight] = t_s[row + 1]
    return took_off_s, landed_s
