"""Armed forces do not land at their rivals', nor below airspace closed to them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from anomaly import simulate
from anomaly.reference import Reference
from anomaly.simulate import Places, Shares, access, tables
from anomaly.simulate.airspace import ARMED
from anomaly.simulate.legs import Setting
from anomaly.simulate.purposes.planner import Base, Planner

BEFORE, AFTER = dt.date(2021, 6, 1), dt.date(2022, 6, 1)


@pytest.fixture(scope="module")
def places(reference: Reference) -> Places:
    return Places.of(reference.airports)


def may_land(
    places: Places, field: str, country: str, date: dt.date, *, armed: bool
) -> bool:
    time_s = dt.datetime.combine(date, dt.time(), dt.UTC).timestamp()
    rows = places.rows([field])
    return bool(access.is_open(places, rows, country, time_s, armed=armed)[0])


@pytest.mark.parametrize(
    ("field", "country", "date", "armed", "expected"),
    [
        ("USSS", "US", BEFORE, True, False),
        ("USSS", "US", BEFORE, False, True),
        ("EDDP", "RU", BEFORE, False, True),
        ("EDDP", "RU", BEFORE, True, False),
        ("EDDP", "RU", AFTER, False, False),
        ("EDDP", "US", AFTER, True, True),
        # Closed to Russian flights to Syria alone.
        ("LTAJ", "RU", AFTER, False, True),
        # A box holds fields of states that closed nothing.
        ("OKAS", "US", AFTER, True, True),
        ("VNKT", "AU", AFTER, True, True),
        ("OAKB", "IN", AFTER, True, True),
        ("OKBK", "QA", dt.date(2019, 6, 1), False, True),
        ("OSDI", "US", AFTER, True, False),
        ("OSDI", "US", dt.date(2025, 6, 1), True, True),
        ("UKBB", "PL", AFTER, False, False),
        ("UKBB", "UA", AFTER, True, True),
        ("USSS", "RU", AFTER, True, True),
    ],
)
def test_who_may_land_where(
    places: Places, field: str, country: str, date: dt.date, armed: bool, expected: bool
) -> None:
    assert may_land(places, field, country, date, armed=armed) is expected


def test_every_state_named_is_known(places: Places) -> None:
    named = {
        state
        for row in tables.rivals()
        for state in (*row.states.split(), *row.not_in.split())
    }
    assert named <= set(places.country)


def test_no_state_is_its_own_rival() -> None:
    assert not [
        row
        for row in tables.rivals()
        if set(row.states.split()) & set(row.not_in.split())
    ]


def test_every_armed_force_keeps_fields_to_go_to(reference: Reference) -> None:
    setting = Setting.of(reference, seed=1)
    time_s = dt.datetime.combine(AFTER, dt.time(), dt.UTC).timestamp()
    planner = Planner(setting.places, np.random.default_rng(0), 1, time_s)
    for row in tables.fleets():
        if row.group in ARMED:
            home = int(setting.places.rows(row.bases.split())[0])
            base = Base(row.name, home, row.bloc, row.country, armed=True)
            assert planner._pool("own", base).may_land.sum() >= 3, row.name
            assert planner._pool("front", base).may_land.sum() >= 3, row.name


@pytest.fixture(scope="module")
def flown(reference: Reference) -> pd.DataFrame:
    shares = Shares(passenger=0, light=0, rotor=0, business=0, airlift=1.0, tanker=0.5)
    world = simulate.plan_world(AFTER, 2, 400, 3, reference=reference, shares=shares)
    own = world.airframes.iloc[world.sorties["airframe"]].reset_index(drop=True)
    country = reference.airports.table["country"]
    return world.sorties.reset_index(drop=True).assign(
        country=own["country"],
        armed=own["group"].isin(ARMED),
        there=world.sorties["destination"].map(country).to_numpy(),
    )


def test_no_airlifter_of_a_world_lands_at_its_rivals(flown: pd.DataFrame) -> None:
    armed = flown[flown["armed"]]
    received = armed["purpose"].isin(["relief_by_air_force", "evacuation"])
    sent = armed[~received]
    assert len(sent) > 100
    time_s = dt.datetime.combine(AFTER, dt.time(), dt.UTC).timestamp()
    amiss = [
        there in access.rivals_of(country, time_s)
        for country, there in zip(sent["country"], sent["there"], strict=True)
    ]
    assert not any(amiss)


def test_hubs_stay_hubs_when_others_close(reference: Reference) -> None:
    setting = Setting.of(reference, seed=1)

    def known(date: dt.date) -> list[float]:
        time_s = dt.datetime.combine(date, dt.time(), dt.UTC).timestamp()
        planner = Planner(setting.places, np.random.default_rng(0), 1, time_s)
        base = Base("Royal Air Force", 0, "GB", "GB", armed=True)
        pool = planner._pool("front", base)
        assert pool.may_land.all() == (date == BEFORE)
        return list(planner._known("front", pool.rows, base))

    assert known(BEFORE) == known(AFTER)


def test_who_stays_at_home_flies_there_more_often(reference: Reference) -> None:
    def share_at_home(at_home: float) -> float:
        shares = Shares(
            passenger=0, light=0, rotor=0, business=0, airlift=1.0, at_home=at_home
        )
        world = simulate.plan_world(
            AFTER, 1, 400, 3, reference=reference, shares=shares
        )
        own = world.airframes.iloc[world.sorties["airframe"]]["country"]
        there = world.sorties["destination"].map(reference.airports.table["country"])
        routine = (world.sorties["purpose"] == "routine_airlift").to_numpy()
        return float((own.to_numpy() == there.to_numpy())[routine].mean())

    assert share_at_home(20.0) > share_at_home(1.0) + 0.05
