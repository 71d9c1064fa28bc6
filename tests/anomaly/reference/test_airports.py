from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly.geo import distance_nm
from anomaly.reference.airports import Airports

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


@pytest.fixture(scope="module")
def airports() -> Airports:
    return Airports.load()


def few() -> Airports:
    """One field on each side of the antimeridian, one at a pole, and a helipad."""
    table = pd.DataFrame(
        {
            "ident": ["EAST", "WEST", "POLE", "PADS"],
            "latitude_deg": [10.0, 10.0, -90.0, 10.0],
            "longitude_deg": [179.9, -179.8, 0.0, 179.95],
            "kind": ["small_airport", "large_airport", "small_airport", "heliport"],
            "also_known_as": ["EST ZZZZ", None, "", None],
        }
    )
    return Airports(table.set_index("ident"))


def test_the_nearest_field_may_lie_across_the_antimeridian() -> None:
    idents, away_nm = few().nearest([10.0], [-179.96], k=2)
    assert idents.tolist() == [["EAST", "WEST"]]
    assert away_nm[0] == pytest.approx([8.3, 9.5], abs=0.1)


def test_helipads_count_only_when_asked_for() -> None:
    assert few().nearest(10, 179.96, heliports=True)[0].tolist() == [["PADS"]]
    assert few().nearest(10, 179.96)[0].tolist() == [["EAST"]]


def test_the_longitude_does_not_matter_at_a_pole() -> None:
    idents, away_nm = few().nearest([-90.0, -89.0], [123.0, -60.0])
    assert idents[:, 0].tolist() == ["POLE", "POLE"]
    assert away_nm[:, 0] == pytest.approx([0, 60.04], abs=0.01)


def test_an_unknown_place_is_near_nothing() -> None:
    idents, away_nm = few().nearest([math.nan, 10.0], [5.0, math.nan], k=2)
    assert (idents == None).all()  # noqa: E711
    assert np.isinf(away_nm).all()


def test_beyond_the_last_field_there_is_none() -> None:
    idents, away_nm = few().nearest(10, 179.9, k=4)
    assert idents[0, 3] is None
    assert math.isinf(away_nm[0, 3])


def test_no_points_give_no_rows() -> None:
    idents, away_nm = few().nearest([], [], k=3)
    assert idents.shape == away_nm.shape == (0, 3)


@given(latitudes, longitudes)
@settings(max_examples=40)
def test_the_nearest_is_what_measuring_to_all_finds(lat: float, lon: float) -> None:
    airports = Airports.load()
    idents, away_nm = airports.nearest(lat, lon, k=3, heliports=True)
    table = airports.table
    all_nm = distance_nm(lat, lon, table["latitude_deg"], table["longitude_deg"])
    assert away_nm[0] == pytest.approx(np.sort(all_nm)[:3], abs=1e-6)
    for ident, nm in zip(idents[0], away_nm[0], strict=True):
        place = table.index.get_loc(ident)
        assert all_nm[place] == pytest.approx(nm, abs=1e-6)


def test_within_tells_every_field_of_a_circle(airports: Airports) -> None:
    near, none = airports.within([50.03, math.nan], [8.57, 0.0], 10)
    assert {"EDDF", "EDFE", "ETOU"} <= set(near)
    assert none.size == 0


def test_a_field_answers_to_its_other_codes(airports: Airports) -> None:
    khartoum = airports.get("HSSS")
    assert khartoum is not None
    assert khartoum.ident == "HSSK"
    assert airports.get("FRA") == airports.get("EDDF")
    assert airports.get("no such code") is None


def test_an_empty_code_means_no_field() -> None:
    assert few().get("") is None


def test_codes_are_resolved_together(airports: Airports) -> None:
    codes = pd.Series(["OSLK", "HSSS", "?", None], index=[4, 5, 6, 7])
    found = airports.resolve(codes)
    assert found.index.tolist() == [4, 5, 6, 7]
    assert found.loc[[4, 5]].tolist() == ["OSLK", "HSSK"]
    assert found.loc[[6, 7]].isna().all()


def test_an_ident_means_its_own_field_first() -> None:
    table = few().table.assign(also_known_as=["WEST", "", "", ""])
    assert Airports(table).resolve(pd.Series(["WEST"])).tolist() == ["WEST"]


def test_some_airports_can_be_looked_at_alone(airports: Airports) -> None:
    military = airports.where(airports.table["field_use"] == "military")
    assert military.nearest(50.03, 8.57)[0].tolist() == [["ETOU"]]


def test_the_same_airports_are_read_once() -> None:
    assert Airports.load() is Airports.load()
