"""Long rests of airframes: dormant, then active."""

from __future__ import annotations

import numpy as np

from features.base import FlightTables
from features.coding import Floats, Ints

# Days that are not stored look like a rest: nearly all of a month must be.
LEAST_DAYS = 30
LEAST_STORED_SHARE = 0.9


def of_airframes(tables: FlightTables, own: Ints) -> dict[str, Floats]:
    """Return the longest rest before each flight, and how long ago it ended.

    `own` are the rows of the past that are of the day's airframes.
    """
    now, past = tables.coded.now, tables.coded.past
    today = int(np.datetime64(tables.date).astype(np.int64))
    rest, awake = np.full(len(now), np.nan), np.full(len(now), np.nan)
    if _is_enough(tables, today):
        n = int(now.airframe.max(initial=-1)) + 1
        first = int(past.day.min())
        seen = np.zeros((today - first, n), dtype=bool)
        # A case flown again takes the day it is flown among for past: no rest is in it.
        before = own[past.day[own] < today]
        seen[past.day[before] - first, past.airframe[before]] = True
        longest, ended = _longest_rests(seen)
        has_past = np.asarray(seen.any(axis=0))[now.airframe]
        rest = np.where(has_past, longest[now.airframe], np.nan)
        awake = np.where(rest > 0, today - first - ended[now.airframe], np.nan)
    return {"history_longest_rest_days": rest, "history_awake_days": awake}


def _longest_rests(seen: np.ndarray) -> tuple[Floats, Floats]:
    """Return each one's longest run of days unseen, and the day after it.

    Days before it was ever seen are no rest; of equal runs the latest counts.
    """
    n_rows, n = seen.shape
    run, known = np.zeros(n), np.zeros(n, dtype=bool)
    longest, ended = np.zeros(n), np.zeros(n)
    for day in range(n_rows + 1):
        # The day after the last is the flight's own: every rest ends there.
        up = seen[day] if day < n_rows else np.ones(n, dtype=bool)
        wakes = up & known & (run >= longest)
        longest[wakes], ended[wakes] = run[wakes], day
        known |= up
        run = np.where(up | ~known, 0, run + 1)
    return longest, ended


def _is_enough(tables: FlightTables, today: int) -> bool:
    past = tables.coded.past
    stored = past.n_days
    span = today - int(past.day.min(initial=today))
    return stored >= LEAST_DAYS and stored >= LEAST_STORED_SHARE * span
