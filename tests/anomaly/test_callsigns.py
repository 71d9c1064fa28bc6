"""Which callsigns count as flown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from flown import leg, positions

from anomaly import callsigns
from anomaly.tracks import Ints, of_table

PARIS, ROME, ATHENS = (48.72, 2.38), (41.8, 12.25), (37.94, 23.94)
SNAPSHOTS_S = 600.0


def flown(step_s: float = 60.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    out = leg(PARIS, ROME, "2024-05-01T08:00Z", callsign="CTM1001", step_s=step_s)
    on = leg(ROME, ATHENS, "2024-05-01T12:00Z", callsign="CTM1002", step_s=step_s)
    return out, on


def counted(*legs: pd.DataFrame) -> tuple[list[str], list[int]]:
    tracks = of_table(positions(*legs))
    n_rows = np.array([len(rows) for rows in legs], dtype=np.int64)
    ends: Ints = np.cumsum(n_rows)
    names, n = callsigns.of_flights(tracks, ends - n_rows, ends - 1)
    return list(names), list(n)


@pytest.mark.parametrize("step_s", [60.0, SNAPSHOTS_S])
def test_what_is_left_over_from_the_flight_before_does_not_count(step_s: float) -> None:
    out, on = flown(step_s)
    on.loc[on.index[0], "callsign"] = "CTM1001"
    assert counted(out, on) == (["CTM1001", "CTM1002"], [1, 1])


def test_a_callsign_changed_half_way_counts_twice() -> None:
    out, on = flown()
    on.loc[on.index[60:], "callsign"] = "CTM1003"
    assert counted(out, on) == (["CTM1001", "CTM1002"], [1, 2])


def test_a_slip_of_the_keys_does_not_count() -> None:
    out, on = flown()
    on.loc[on.index[30:32], "callsign"] = "CTM10"
    assert counted(out, on) == (["CTM1001", "CTM1002"], [1, 1])


def test_a_flight_that_says_nothing_has_none() -> None:
    out, on = flown()
    assert counted(out, on.assign(callsign=None))[1] == [1, 0]


def test_reports_that_make_no_flight_have_none() -> None:
    tracks = of_table(positions(flown()[0].iloc[:1]))
    none = np.empty(0, dtype=np.int64)
    names, n = callsigns.of_flights(tracks, none, none)
    assert not len(names)
    assert not len(n)
