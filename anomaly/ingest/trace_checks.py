"""Leave out of decoded traces what cannot be true, as `tables` does of all formats.

The same bounds and the same order of reasons, on the whole numbers of the kernel.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import INLINE, NO_ARRAYS_MADE
from anomaly.ingest import trace_columns as cols
from anomaly.ingest.base import LeftOut
from anomaly.ingest.tables import (
    ALTITUDES_FT,
    EARLIEST_US,
    RATES_FT_MIN,
    SPEEDS_KT,
    UNASSIGNED,
    latest_us,
)

Table = NDArray[np.int32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_REASONS = (
    "bad_address",
    "implausible_time",
    "implausible_position",
    "implausible_altitude",
    "implausible_speed",
    "implausible_vertical_rate",
)
_ADDRESS, _TIME, _PLACE, _ALTITUDE, _SPEED, _RATE = range(len(_REASONS))
_HALF_TURN_E6, _QUARTER_TURN_E6, _TURN_E1 = 180_000_000, 90_000_000, 3_600
_LOWEST_FT, _HIGHEST_FT = int(ALTITUDES_FT[0]), int(ALTITUDES_FT[1])
_SLOWEST_E1, _FASTEST_E1 = int(SPEEDS_KT[0] * 10), int(SPEEDS_KT[1] * 10)
_LEAST_RATE, _LARGEST_RATE = int(RATES_FT_MIN[0]), int(RATES_FT_MIN[1])


def checked(
    rows: Table, icao24s: list[str], starts: Ints, base_ms: Ints, left_out: LeftOut
) -> Mask:
    """Return which rows are kept; forget of these what else cannot be, and count it.

    Parameters
    ----------
    rows : array of int32
        The columns of the kernel, changed in place.
    icao24s : list of str
        Whose each trace is.
    starts : array of int
        The first row of each trace, and behind them the number of all rows.
    base_ms : array of int
        What the times of each trace count from.
    """
    assigned = np.array([icao24 not in UNASSIGNED for icao24 in icao24s], dtype=bool)
    counts = np.zeros(len(_REASONS), dtype=np.int64)
    examples = np.zeros(len(_REASONS), dtype=np.int64)
    between_ms = int(EARLIEST_US / 1e3), int(latest_us() / 1e3)
    kept = np.ones(starts[-1], dtype=np.bool_)
    _check(rows, assigned, starts, base_ms, between_ms, kept, counts, examples)
    for reason, n, trace in zip(_REASONS, counts, examples, strict=True):
        left_out.add(reason, "rows", int(n), icao24s[trace] if n else "")
    return kept


@njit(**NO_ARRAYS_MADE)
def _check(
    rows: Table,
    assigned: Mask,
    starts: Ints,
    base_ms: Ints,
    between_ms: tuple[int, int],
    kept: Mask,
    counts: Ints,
    examples: Ints,
) -> None:
    """Tell which rows are not kept; `examples` are the first trace of each reason."""
    for trace in range(len(base_ms)):
        for row in range(starts[trace], starts[trace + 1]):
            reason = _why_not(rows, row, base_ms[trace], between_ms, assigned[trace])
            if reason >= 0:
                _count(counts, examples, reason, trace)
                kept[row] = False
                continue
            track_e1 = rows[cols.TRACK_E1, row]
            if track_e1 != cols.NULL and not 0 <= track_e1 < _TURN_E1:
                # Sources also count from -180.
                rows[cols.TRACK_E1, row] = track_e1 % _TURN_E1
            if not _is_within(rows, cols.ALTITUDE_FT, row, _LOWEST_FT, _HIGHEST_FT):
                _count(counts, examples, _ALTITUDE, trace)
            if not _is_within(rows, cols.SPEED_E1, row, _SLOWEST_E1, _FASTEST_E1):
                _count(counts, examples, _SPEED, trace)
            if not _is_within(rows, cols.RATE_FT_MIN, row, _LEAST_RATE, _LARGEST_RATE):
                _count(counts, examples, _RATE, trace)


@njit(**INLINE)
def _why_not(
    rows: Table, row: int, base_ms: int, between_ms: tuple[int, int], assigned: bool
) -> int:
    """Return the first reason to leave a row out, or -1."""
    if not assigned:
        return _ADDRESS
    time_ms = base_ms + rows[cols.TIME_MS, row]
    if time_ms < between_ms[0] or time_ms > between_ms[1]:
        return _TIME
    latitude, longitude = (
        rows[cols.LATITUDE_E6, row],
        rows[cols.LONGITUDE_E6, row],
    )
    if (
        abs(latitude) > _QUARTER_TURN_E6
        or abs(longitude) > _HALF_TURN_E6
        or (latitude == 0 and longitude == 0)
    ):
        return _PLACE
    return -1


@njit(**INLINE)
def _is_within(rows: Table, column: int, row: int, least: int, most: int) -> bool:
    """Tell whether a value is unknown or can be; one that cannot is forgotten."""
    value = rows[column, row]
    if value == cols.NULL or least <= value <= most:
        return True
    rows[column, row] = cols.NULL
    return False


@njit(**INLINE)
def _count(counts: Ints, examples: Ints, reason: int, trace: int) -> None:
    if not counts[reason]:
        examples[reason] = trace
    counts[reason] += 1
