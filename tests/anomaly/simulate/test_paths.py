from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly.geo import distance_nm
from anomaly.simulate import paths
from anomaly.simulate.wander import Wanders

latitudes = st.floats(-80, 80)
longitudes = st.floats(-180, 180)


@given(latitudes, longitudes, st.floats(0, 360), st.floats(0, 4000))
def test_who_moves_so_far_is_so_far_away(
    lat: float, lon: float, course: float, by_nm: float
) -> None:
    to = paths.moved(*(np.array([value]) for value in (lat, lon, course, by_nm)))
    assert distance_nm(lat, lon, *to)[0] == pytest.approx(by_nm, abs=1e-3)


@given(latitudes, longitudes, latitudes, longitudes)
def test_points_between_lie_on_the_way(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    start, end = paths.unit_vectors([lat1], [lon1]), paths.unit_vectors([lat2], [lon2])
    whole = distance_nm(lat1, lon1, lat2, lon2)
    if not 1 < whole < 10000:
        return
    lat, lon = paths.degrees(paths.between(start, end, np.array([0.25])))
    assert distance_nm(lat1, lon1, lat, lon)[0] == pytest.approx(whole / 4, rel=1e-4)


@given(st.floats(0, 60), st.floats(0.5, 25), st.integers(1, 5))
def test_an_oval_ends_where_it_began_and_never_jumps(
    straight: float, width: float, rounds: int
) -> None:
    one = float(paths.oval_nm(np.array([straight]), np.array([width]))[0])
    at = np.linspace(0, rounds * one, 400 * rounds)
    ahead, aside = paths.oval(at, np.full(at.shape, straight), np.full(at.shape, width))
    steps = np.hypot(np.diff(ahead), np.diff(aside))
    assert steps.max() <= (at[1] - at[0]) * 1.01
    assert np.hypot(ahead[-1], aside[-1]) < 1e-6 * one + (at[1] - at[0])


@given(st.integers(0, 2**63), st.floats(5, 2000), st.floats(1, 60))
def test_wandering_is_as_long_as_asked_and_ends_where_it_began(
    key: int, total: float, reach: float
) -> None:
    way = Wanders.of(
        np.array([key], dtype=np.uint64), np.array([total]), np.array([reach])
    )
    at = np.linspace(0, total, 2000)
    ahead, aside, height, _ = way.at(np.zeros(2000, dtype=np.int64), at)
    flown = np.hypot(np.diff(ahead), np.diff(aside)).sum()
    # A chord over each corner is a little shorter.
    assert 0.95 * total < flown <= total * 1.0001
    assert abs(ahead[-1]) + abs(aside[-1]) < 1e-6 * total
    assert height[0] == 0
    assert np.abs(height).max() < 0.7
