from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly.reference import Reference
from anomaly.simulate import physics
from anomaly.simulate.physics import Performance, Profile


def flight(way_nm: float, cruise_ft: float = 35000.0, field_ft: float = 0.0) -> Profile:
    return physics.profile(
        *(
            np.array([value])
            for value in (way_nm, field_ft, field_ft, cruise_ft, 450.0, 138.0, 1900.0)
        )
    )


@given(st.floats(3, 8000), st.floats(500, 45000), st.floats(-1000, 13000))
def test_time_and_way_only_grow_and_the_whole_way_is_flown(
    way_nm: float, cruise_ft: float, field_ft: float
) -> None:
    flown = flight(way_nm, cruise_ft, field_ft)
    assert (np.diff(flown.time_s) >= -1e-6).all()
    assert (np.diff(flown.way_nm) >= -1e-6).all()
    assert flown.way_nm[0, -1] == pytest.approx(way_nm)
    assert flown.altitude_ft[0, 0] == pytest.approx(field_ft)
    assert flown.altitude_ft[0, -1] == pytest.approx(field_ft)


def test_a_short_hop_stays_low_and_a_long_flight_reaches_its_level() -> None:
    assert flight(60).altitude_ft.max() < 15000
    assert flight(1000).altitude_ft.max() == 35000


def test_no_airliner_climbs_faster_than_airliners_do() -> None:
    flown = flight(1000)
    rates = np.diff(flown.altitude_ft) / np.diff(flown.time_s) * 60
    assert 1000 < rates.max() < 3500
    assert -3500 < rates.min() < -500


def test_types_fly_as_they_can() -> None:
    can = Performance.of(Reference.load().types).of_types(
        np.array(["A124", "C172", "C130", "H60", "not a type"], dtype=object)
    )
    assert list(can["cruise_kt"][:3] > [400, 90, 250]) == [True, True, True]
    assert can["cruise_ft"][1] < 10000 < can["cruise_ft"][2] < can["cruise_ft"][0]
    assert can["cruise_ft"][3] < 5000
    assert np.isfinite(np.stack(list(can.values()))).all()


def test_westerlies_push_flights_to_the_east() -> None:
    both = np.array([45.0, 45.0])
    wind = physics.tailwind_kt(both, np.array([90.0, 270.0]), both * 800, both * 0 + 1)
    assert wind[0] == pytest.approx(-wind[1])
    assert wind[0] > 30
