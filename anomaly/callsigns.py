"""Under which callsign each flight was flown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anomaly.tracks import Bools, Codes, Floats, Ints, Tracks

# A callsign held for less is a slip of the keys; what is left over from the flight
# before stays until the crew, or the next snapshot, tells the new one.
HELD_S = 180.0
LEFT_OVER_S = 900.0


def of_flights(
    tracks: Tracks, first: Ints, last: Ints
) -> tuple[NDArray[np.object_], Ints]:
    """Return the callsign held longest in each flight, and how many were held."""
    # A callsign is held from its first report to the next one's, within the flight.
    flight = np.full(len(tracks), -1, dtype=np.int64)
    flight[first] = np.arange(len(first))
    changed = np.zeros(len(tracks), dtype=bool)
    changed[first] = True
    changed[np.minimum(last + 1, len(tracks) - 1)] = True
    changed[1:] |= np.diff(tracks.callsign) != 0
    run = np.flatnonzero(changed)
    of = np.maximum.accumulate(flight[run])
    until = np.append(run[1:], len(tracks) - 1)
    # Before the first flight there is none, and there may be none at all.
    run, of, until = run[of >= 0], of[of >= 0], until[of >= 0]
    inside = run <= last[of]
    run, of, until = run[inside], of[inside], until[inside]
    told = tracks.callsign[run] >= 0
    run, of, until = run[told], of[told], until[told]
    for_s = tracks.t_s[np.minimum(until, last[of])] - tracks.t_s[run]
    left_over = (run == first[of]) & _same_as_before(tracks, run)
    return _longest(tracks, len(first), of, tracks.callsign[run], for_s, left_over)


def _longest(
    tracks: Tracks, n: int, of: Ints, callsign: Codes, for_s: Floats, left_over: Bools
) -> tuple[NDArray[np.object_], Ints]:
    """Return which callsign was held longest in each of `n` flights, and how many were.

    The rows are the times that callsigns were held, of one flight after another.
    """
    n_words = len(tracks.callsigns) + 1
    held, which = np.unique(of * n_words + callsign, return_inverse=True)
    flight, word = np.divmod(held, n_words)
    in_all_s = np.bincount(which, for_s, len(held))
    all_left = np.bincount(which, ~left_over, len(held)) == 0
    order = np.lexsort((word, -in_all_s, flight))
    is_best = np.append(True, np.diff(flight[order]) > 0)[: len(order)]
    best = order[is_best]
    counts = in_all_s >= np.where(all_left, LEFT_OVER_S, HELD_S)
    counts[best] = True
    found = np.full(n, -1)
    found[flight[best]] = word[best]
    words = np.append(tracks.callsigns, np.array([None], dtype=object))
    return words[found], np.bincount(flight[counts], minlength=n)


def _same_as_before(tracks: Tracks, rows: Ints) -> Bools:
    """Tell rows whose airframe had the same callsign in the report before."""
    before = np.maximum(rows - 1, 0)
    same: Bools = (
        (rows > 0)
        & (tracks.airframe[before] == tracks.airframe[rows])
        & (tracks.callsign[before] == tracks.callsign[rows])
    )
    return same
