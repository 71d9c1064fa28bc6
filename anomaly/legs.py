"""Positions become flights, their ends still unexplained: who flew when, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly import gaps, measures
from anomaly.baseline import Visits
from anomaly.blocks import Block, block_of
from anomaly.edges import Edges
from anomaly.fields import Fields
from anomaly.reference import Reference
from anomaly.tracks import Floats, Ints, timestamps

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
    positions: Iterable[pa.Table],
    aircraft: pd.DataFrame,
    reference: Reference,
    fields: Fields,
) -> Legs:
    """Return the flights that `positions` show.

    Parameters
    ----------
    positions : iterable of Table
        POSITIONS, in any order, but all of an airframe in one of the tables.
    aircraft : DataFrame
        AIRCRAFT, indexed by icao24.
    """
    # What is done for each flight costs more to begin than to do, so it is done once.
    block = Block.joined(
        [block_of(some, aircraft, reference, fields) for some in positions]
    )
    frame = pd.concat(
        [_described(block, aircraft, reference), _measured(block)], axis=1
    )
    holes = gaps.of_edges(frame.iloc[block.gap_in], block.gap_starts, block.gap_stops)
    return Legs(
        frame=_with_gaps(frame, holes, block.gap_in),
        airframe=block.airframe,
        able=block.able.iloc[block.airframe].reset_index(drop=True),
        starts=block.starts,
        stops=block.stops,
        took_off_s=block.took_off_s,
        landed_s=block.landed_s,
        gaps=holes,
        visits=block.visits,
        left_out=block.left_out,
    )


def _described(
    block: Block, aircraft: pd.DataFrame, reference: Reference
) -> pd.DataFrame:
    """Return who flew when, from where seen to where seen."""
    first_seen, last_seen = timestamps(block.starts.t_s), timestamps(block.stops.t_s)
    callsign = pd.Series(block.callsign, dtype="str")
    code = reference.operators.code_of(callsign)
    frame = pd.DataFrame(
        {
            "flight_id": block.icao24 + "-" + _stamps(first_seen),
            "icao24": block.icao24,
            "date": last_seen.date,
            "first_seen": first_seen,
            "last_seen": last_seen,
            "callsign": callsign,
            "n_callsigns": block.n_callsigns,
            "operator_code": code,
            "operator": code.map(reference.operators.table["name"]),
            "duration_h": (block.stops.t_s - block.starts.t_s) / 3600,
            "n_positions": block.n_positions,
            "n_rejected": block.n_rejected,
            "reader": "positions",
            "provenance": block.provenance,
        }
    )
    known = aircraft.reindex(block.icao24)
    for name in _AIRCRAFT_COLUMNS:
        frame[name] = known[name].array
    for i, (side, edge) in enumerate((("first", block.starts), ("last", block.stops))):
        frame[f"{side}_latitude_deg"] = edge.latitude_deg
        frame[f"{side}_longitude_deg"] = edge.longitude_deg
        frame[f"{side}_altitude_ft"] = block.altitude_ft[:, i]
        frame[f"{side}_on_ground"] = block.on_ground[:, i]
    return frame


def _stamps(times: pd.DatetimeIndex) -> NDArray[np.object_]:
    """Return times as flights are called by; pandas takes ten times as long."""
    whole_s = pa.array(times.tz_localize(None).to_numpy().astype("datetime64[s]"))
    return np.asarray(pc.strftime(whole_s, "%Y%m%dT%H%M%SZ"), dtype=object)


def _measured(block: Block) -> pd.DataFrame:
    return pd.DataFrame(block.measured, columns=list(measures.COLUMNS))


def _with_gaps(frame: pd.DataFrame, holes: pd.DataFrame, flight: Ints) -> pd.DataFrame:
    """Add what gaps each flight has; `flight` is which flight each gap is in."""
    inside = gaps.summary(holes, flight, len(frame))
    return frame.assign(
        n_gaps=inside["n_gaps"],
        longest_gap_h=inside["longest_gap_h"],
        unobserved_share=inside["gap_h"] / frame["duration_h"].where(lambda h: h > 0),
    )
