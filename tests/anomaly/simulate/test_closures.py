from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from anomaly import simulate
from anomaly.reference import Reference
from anomaly.simulate import Places, Shares, legs, paths, tables
from anomaly.simulate.airspace import Closures
from anomaly.simulate.legs import Setting
from anomaly.simulate.sorties import AIRFRAMES, SORTIES, Columns, Shape, columns_of

BEFORE, AFTER = dt.date(2022, 1, 10), dt.date(2022, 6, 10)


def flown(
    reference: Reference,
    date: dt.date,
    flag: str,
    way: tuple[str, str],
    typecode: str,
    group: str = "grey",
) -> Columns:
    """Return one flight of an aircraft of the state `flag`."""
    setting = Setting.of(reference, 1)
    airframe = {name: np.zeros(1, kind) for name, kind in AIRFRAMES.items()}
    airframe |= {
        "icao24": np.array(["1551e0"], dtype=object),
        "country": np.array([flag], dtype=object),
        "group": np.array([group], dtype=object),
        "typecode": np.array([typecode], dtype=object),
    }
    setting = setting.furnished(airframe)
    start, end = Places.of(reference.airports).rows(way)
    noon_s = dt.datetime.combine(date, dt.time(12), dt.UTC).timestamp()
    rows = np.zeros(1, dtype=np.int64)
    return legs.routed(
        setting,
        legs.blank(setting, rows),
        np.array([start]),
        np.array([end]),
        np.array([noon_s]),
    )


def way_nm(flight: Columns) -> float:
    return float(paths.legs_nm(flight).sum())


ACROSS_EUROPE = ("UUEE", "DTTA")
"""Moscow to Tunis: straight across what Europe closed."""


def test_a_closed_sky_is_flown_round(reference: Reference) -> None:
    free = flown(reference, BEFORE, "RU", ACROSS_EUROPE, "IL96")
    barred = flown(reference, AFTER, "RU", ACROSS_EUROPE, "IL96")
    assert way_nm(barred) > 1.1 * way_nm(free)


def test_whom_it_is_not_closed_to_flies_straight(reference: Reference) -> None:
    others = flown(reference, AFTER, "TN", ACROSS_EUROPE, "A332")
    barred = flown(reference, AFTER, "RU", ACROSS_EUROPE, "A332")
    assert way_nm(others) < way_nm(barred)


def test_no_detour_is_longer_than_the_type_can_fly(reference: Reference) -> None:
    there = ("UUEE", "GMMN")
    near = flown(reference, AFTER, "RU", there, "A320")
    assert way_nm(near) < 3300


def test_an_end_inside_is_no_reason_to_stay_away(reference: Reference) -> None:
    """A state visit has leave."""
    visit = flown(reference, AFTER, "RU", ("UUEE", "LIRF"), "IL96")
    assert way_nm(visit) < 1.05 * 1290


def test_armed_forces_go_round_their_rivals(reference: Reference) -> None:
    across_iran = ("LTAG", "OAIX")
    civil = flown(reference, BEFORE, "US", across_iran, "B744")
    armed = flown(reference, BEFORE, "US", across_iran, "B744", group="airlift")
    assert way_nm(armed) > 1.01 * way_nm(civil)


def test_who_lands_beside_a_rival_need_not_cross_it(reference: Reference) -> None:
    to_kuwait = ("OTBH", "OKAS")
    armed = flown(reference, BEFORE, "US", to_kuwait, "C17", group="airlift")
    civil = flown(reference, BEFORE, "US", to_kuwait, "C17")
    assert way_nm(armed) < 1.2 * way_nm(civil)


def test_turkey_is_closed_to_flights_to_syria_alone(reference: Reference) -> None:
    ways = {
        to: [way_nm(flown(reference, date, "RU", ("UUEE", to), "IL76"))
             for date in (BEFORE, AFTER)]
        for to in ("OSLK", "HECA")
    }  # fmt: skip
    assert ways["OSLK"][1] > 1.1 * ways["OSLK"][0]
    assert ways["HECA"][1] < 1.2 * ways["HECA"][0]


def test_closures_are_boxes_with_dates() -> None:
    for row in tables.closures():
        assert row.south < row.north
        assert row.west < row.east
        assert row.until is None or row.since < row.until
    assert len(Closures.of_table().closed_to) == len(tables.closures())


@pytest.fixture(scope="module")
def summer(reference: Reference) -> pd.DataFrame:
    shares = Shares(light=0.0, rotor=0.0, business=0.0, airlift=0.1, grey=0.1)
    world = simulate.plan_world(AFTER, 1, 500, 1, reference=reference, shares=shares)
    country = world.airframes["country"].iloc[world.sorties["airframe"]]
    return world.sorties.assign(flag=country.to_numpy())


def test_hardly_a_russian_aircraft_crosses_western_europe(summer: pd.DataFrame) -> None:
    russian = summer[(summer["flag"] == "RU") & (summer["shape"] == Shape.DIRECT)]
    columns = columns_of(russian, SORTIES)
    closures = Closures.of_table()
    europe = closures.inside(
        columns["via_2_latitude_deg"], columns["via_2_longitude_deg"]
    )[:, 0]
    ends = [
        closures.inside(
            columns[f"latitude_{end}_deg"], columns[f"longitude_{end}_deg"]
        )[:, 0]
        for end in ("1", "2")
    ]
    assert len(russian) > 20
    assert (europe & ~ends[0] & ~ends[1]).mean() < 0.05


def test_a_few_flights_wait_before_they_land(summer: pd.DataFrame) -> None:
    far = summer["purpose"].eq("scheduled_passenger")
    waits = summer["shape"].eq(Shape.RACETRACK) & far
    assert 0.003 < waits.sum() / far.sum() < 0.03
