from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly.sun import DARK_DEG, dark_share, elevation_deg

LATAKIA = (35.4, 35.95)


def share(since: str, until: str, latitude_deg: float, longitude_deg: float) -> float:
    start_s, end_s = (np.array([pd.Timestamp(at).timestamp()]) for at in (since, until))
    place = np.array([latitude_deg]), np.array([longitude_deg])
    return float(dark_share(start_s, end_s, *place)[0])


def test_a_stop_that_ends_at_dawn_is_told_to_the_minute() -> None:
    # Civil dawn at Latakia on 23 March 2019 is at 03:10 UTC, sunrise at 03:35.
    assert share("2019-03-22T23:10Z", "2019-03-23T03:30Z", *LATAKIA) == pytest.approx(
        240 / 260, abs=0.01
    )


def test_noon_is_day_and_midnight_is_night() -> None:
    assert share("2019-03-22T08:00Z", "2019-03-22T11:00Z", *LATAKIA) == 0
    assert share("2019-03-22T20:00Z", "2019-03-23T01:00Z", *LATAKIA) == 1


def test_the_polar_night_is_dark_and_the_polar_day_is_not() -> None:
    alert = (82.5, -62.3)
    assert share("2019-12-20T12:00Z", "2019-12-21T02:00Z", *alert) == 1
    assert share("2019-06-20T12:00Z", "2019-06-21T02:00Z", *alert) == 0
    assert share("2019-06-20T12:00Z", "2019-06-21T02:00Z", 90.0, 0.0) == 0


def test_a_stop_of_no_length_is_day_or_night() -> None:
    assert share("2019-03-22T10:00Z", "2019-03-22T10:00Z", *LATAKIA) == 0
    assert share("2019-03-22T22:00Z", "2019-03-22T22:00Z", *LATAKIA) == 1


@given(
    start_s=st.floats(1.5e9, 1.7e9),
    hours=st.floats(0.2, 24),
    latitude_deg=st.floats(-60, 60),
    longitude_deg=st.floats(-180, 180),
)
def test_the_share_is_that_of_minutes_counted_one_by_one(
    start_s: float, hours: float, latitude_deg: float, longitude_deg: float
) -> None:
    at_s = start_s + np.linspace(0, hours * 3600, 1441)
    when = pd.DatetimeIndex(pd.to_datetime(at_s, unit="s", utc=True))
    dark = elevation_deg(when, latitude_deg, longitude_deg) < DARK_DEG
    counted = (dark[1:].astype(float) + dark[:-1]).mean() / 2
    told = dark_share(
        np.array([start_s]),
        np.array([start_s + hours * 3600]),
        np.array([latitude_deg]),
        np.array([longitude_deg]),
    )[0]
    # Three minutes, and what counting itself is coarse by.
    assert told == pytest.approx(counted, abs=0.05 / hours + 1 / 1440)
