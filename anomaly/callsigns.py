"""Under which callsign each flight was flown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.tracks import Bools, Ints, Tracks

# A callsign held for less is a slip of the keys; what is left over from the flight
# before stays until the crew, or the next snapshot, tells the new one.
HELD_S = 180.0
LEFT_OVER_S = 900.0


def of_flights(tracks: Tracks, first: Ints, last: Ints) -> tuple[pd.Series[str], Ints]:
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
    held = pd.DataFrame(
        {
            "flight": of,
            "callsign": tracks.callsign[run],
            "for_s": tracks.t_s[np.minimum(until, last[of])] - tracks.t_s[run],
            "left_over": (run == first[of]) & _same_as_before(tracks, run),
        }
    )
    held = held[held["callsign"] >= 0]
    total = (
        held.groupby(["flight", "callsign"])
        .agg(for_s=("for_s", "sum"), left_over=("left_over", "all"))
        .reset_index()
        .sort_values(["flight", "for_s", "callsign"], ascending=[True, False, True])
    )
    is_best = ~total["flight"].duplicated()
    least_s = np.where(total["left_over"], LEFT_OVER_S, HELD_S)
    counts = is_best | (total["for_s"] >= least_s)
    which = np.full(len(first), -1)
    which[total.loc[is_best, "flight"]] = total.loc[is_best, "callsign"]
    words = np.append(tracks.callsigns, np.array([None], dtype=object))
    n = np.bincount(total.loc[counts, "flight"], minlength=len(first))
    return pd.Series(words[which], dtype="str"), n


def _same_as_before(tracks: Tracks, rows: Ints) -> Bools:
    """Tell rows whose airframe had the same callsign in the report before."""
    before = np.maximum(rows - 1, 0)
    same: Bools = (
        (rows > 0)
        & (tracks.airframe[before] == tracks.airframe[rows])
        & (tracks.callsign[before] == tracks.callsign[rows])
    )
    return same
