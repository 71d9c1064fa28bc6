"""What the reports of some airframes show of their flights, as arrays.

All that looks at reports is done here, for no more of them at a time than memory holds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from anomaly import callsigns, cleaning, measures, performance
from anomaly.baseline import Visits, heard
from anomaly.compiled import COMPILED
from anomaly.edges import Edges, edges
from anomaly.fields import Fields
from anomaly.reference import Reference
from anomaly.splitting import GAP_S, Split, split
from anomaly.tracks import Bools, Floats, Ints, Tracks, of_table


@dataclass(frozen=True, eq=False)
class Block:
    """Flights of some airframes, sorted by airframe and time, one row each."""

    airframe: Ints
    """Which row of `able`."""
    icao24: NDArray[np.object_]
    provenance: NDArray[np.object_]
    callsign: NDArray[np.object_]
    n_callsigns: Ints
    n_positions: Ints
    n_rejected: Ints
    starts: Edges
    stops: Edges
    altitude_ft: Floats
    """As first and last reported, shape (n, 2)."""
    on_ground: Bools
    """As first and last reported, shape (n, 2)."""
    measured: Floats
    """The columns of `measures.COLUMNS`."""
    took_off_s: Floats
    landed_s: Floats
    """When it left the ground and touched it; NaN where that was not seen."""

    gap_in: Ints
    """Which flight each gap is in."""
    gap_starts: Edges
    gap_stops: Edges

    able: pd.DataFrame
    """What each airframe can do, from `performance.of_airframes`."""
    visits: Visits
    left_out: pd.DataFrame

    def __len__(self) -> int:
        return len(self.airframe)

    @classmethod
    def joined(cls, blocks: Sequence[Block]) -> Block:
        """Return several blocks of whole airframes as one, in their order."""
        if len(blocks) == 1:
            return blocks[0]
        # Each numbers its airframes and flights from 0.
        n_able = np.cumsum([0, *(len(block.able) for block in blocks)])
        n_flights = np.cumsum([0, *(len(block) for block in blocks)])
        before = {"airframe": n_able, "gap_in": n_flights}

        def together(name: str) -> Any:
            parts = [getattr(block, name) for block in blocks]
            if isinstance(parts[0], (Edges, Visits)):
                return type(parts[0]).joined(parts)
            if isinstance(parts[0], pd.DataFrame):
                return all_rows(parts)
            if name in before:
                parts = [part + n for part, n in zip(parts, before[name], strict=False)]
            return np.concatenate(parts)

        return cls(*(together(field.name) for field in dataclasses.fields(cls)))


def all_rows(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all frames; empty ones have no say in the types."""
    filled = [frame for frame in frames if len(frame)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    return frames[0] if frames else pd.DataFrame()


def block_of(
    positions: pa.Table, aircraft: pd.DataFrame, reference: Reference, fields: Fields
) -> Block:
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
    return _block(cleaned, split(cleaned.tracks, able, fields), able)


def _block(cleaned: cleaning.Cleaned, parts: Split, able: pd.DataFrame) -> Block:
    """Return the flights that tracks are split into."""
    tracks = cleaned.tracks
    first, last, left_out = _bounds(tracks, parts, cleaned.conflicts)
    airframe = tracks.airframe[first].astype(np.int64)
    callsign, n_callsigns = callsigns.of_flights(tracks, first, last)
    took_off_s, landed_s = _ground_contact(tracks.t_s, parts.on_ground, first, last)
    ends = np.column_stack((first, last))
    gap, gap_in = _gaps(parts, first, last)
    return Block(
        airframe=airframe,
        icao24=tracks.icao24s[airframe],
        provenance=tracks.provenances[airframe],
        callsign=callsign,
        n_callsigns=n_callsigns,
        n_positions=last - first + 1,
        n_rejected=_rejected(cleaned, airframe, tracks.t_s[first], tracks.t_s[last]),
        starts=edges(tracks, first, parts.on_ground, ending=False, limit=last),
        stops=edges(tracks, last, parts.on_ground, ending=True, limit=first),
        altitude_ft=tracks.altitude_ft[ends].astype(float),
        on_ground=tracks.on_ground[ends],
        measured=measures.of_flights(
            tracks, parts.on_ground, parts.step_nm, first, last, GAP_S
        ),
        took_off_s=took_off_s,
        landed_s=landed_s,
        gap_in=gap_in,
        gap_starts=edges(tracks, gap, parts.on_ground, ending=True, limit=gap),
        gap_stops=edges(tracks, gap + 1, parts.on_ground, ending=False, limit=gap + 1),
        able=able,
        visits=heard(tracks),
        left_out=all_rows([cleaned.left_out, left_out]),
    )


def _bounds(
    tracks: Tracks, parts: Split, conflicts: pd.DataFrame
) -> tuple[Ints, Ints, pd.DataFrame]:
    """Return first and last row of each flight; what cannot be one is left out."""
    if not len(tracks):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), pd.DataFrame()
    first = np.append(0, np.flatnonzero(parts.cut) + 1)
    last = np.append(first[1:], len(tracks)) - 1
    reasons = {
        "never_airborne": ~np.logical_or.reduceat(~parts.on_ground, first),
        "single_position": first == last,
        "two_aircraft_under_one_address": _shared_address(
            tracks, first, last, conflicts
        ),
    }
    keep = np.ones(len(first), dtype=bool)
    left_out = []
    for reason, is_so in reasons.items():
        out = np.flatnonzero(keep & is_so)
        keep[out] = False
        examples = tracks.icao24s[tracks.airframe[first[out[:1]]]]
        left_out += [(reason, "flights", len(out), example) for example in examples]
    told = pd.DataFrame(left_out, columns=cleaning.LEFT_OUT)
    return first[keep], last[keep], told


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


def _gaps(parts: Split, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Return the rows that gaps within flights begin with, and in which flight."""
    long = parts.silent[~parts.cut[parts.silent]]
    # Standing on the ground without a signal is no gap of a flight.
    long = long[~(parts.on_ground[long] & parts.on_ground[long + 1])]
    flight = np.searchsorted(first, long, side="right") - 1
    of_flight = (flight >= 0) & (long < last[flight])
    return long[of_flight], flight[of_flight]


def _rejected(
    cleaned: cleaning.Cleaned, airframe: Ints, first_s: Floats, last_s: Floats
) -> Ints:
    """Return how many impossible positions fell into each flight."""
    # Seconds since 1970 stay below this: one number sorts by airframe, then time.
    span_s = 1e10
    key = cleaned.rejected_airframe * span_s + cleaned.rejected_t_s

    def place(t_s: Floats, side: str) -> Ints:
        # As they are stored, to the microsecond.
        found: Ints = np.searchsorted(  # type: ignore[call-overload]
            key, airframe * span_s + np.round(t_s * 1e6) / 1e6, side
        )
        return found

    return place(last_s, "right") - place(first_s, "left")


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
