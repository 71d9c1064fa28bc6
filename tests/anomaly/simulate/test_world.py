from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from anomaly import simulate
from anomaly.reference import Reference
from anomaly.simulate import Shares, World, paths, tables
from anomaly.simulate.physics import Performance
from anomaly.simulate.purposes.missions import MISSIONS

DAY = dt.date(2019, 3, 23)


def flights(world: World) -> pd.DataFrame:
    own = world.airframes.iloc[world.sorties["airframe"]].reset_index(drop=True)
    columns = ["icao24", "typecode", "military_flag", "country", "group", "listed_type"]
    return pd.concat([world.sorties, own[columns]], axis=1)


def test_about_as_many_aircraft_fly_as_were_asked(world: World) -> None:
    midnight = pd.Timestamp(DAY, tz="UTC").timestamp()
    off = world.sorties["takeoff_s"].between(midnight, midnight + 86400)
    assert 0.8 * 700 < world.sorties.loc[off, "airframe"].nunique() < 1.2 * 700


def test_addresses_are_all_different(world: World) -> None:
    assert world.airframes["icao24"].is_unique


def test_no_aircraft_is_in_two_places_at_once(world: World) -> None:
    for _, own in world.sorties.groupby("airframe"):
        assert (
            own["takeoff_s"].to_numpy()[1:] > own["landing_s"].to_numpy()[:-1]
        ).all()


def test_an_aircraft_takes_off_where_it_landed(world: World) -> None:
    for _, own in world.sorties.groupby(["airframe", "mission_id"]):
        assert list(own["destination"])[:-1] == list(own["origin"])[1:]


def test_a_day_is_the_same_in_a_longer_window(reference: Reference) -> None:
    one = flights(simulate.plan_world(DAY, 1, 60, 3, reference=reference))
    more = flights(
        simulate.plan_world(DAY - dt.timedelta(days=2), 4, 60, 3, reference=reference)
    )
    same = more["landing_s"].ge(one["landing_s"].min()) & more["key"].isin(one["key"])
    pd.testing.assert_frame_equal(one, more.loc[same].reset_index(drop=True))


def test_another_seed_is_another_world(reference: Reference) -> None:
    a, b = (
        flights(simulate.plan_world(DAY, 1, 60, seed, reference=reference))
        for seed in (1, 2)
    )
    assert set(a["icao24"]).isdisjoint(b["icao24"])


def test_airframes_keep_their_home_from_day_to_day(reference: Reference) -> None:
    week = flights(simulate.plan_world(DAY, 5, 100, 1, reference=reference))
    homes = week.groupby("icao24")["origin"].agg(lambda fields: fields.mode().iloc[0])
    often = week.groupby("icao24")["key"].size() > 6
    share = week.merge(homes.rename("home"), on="icao24").query("origin == home")
    assert often.sum() > 20
    assert len(share) > 0.4 * len(week)


@pytest.fixture(scope="module")
def ordinary(reference: Reference) -> pd.DataFrame:
    return flights(simulate.plan_world(DAY, 1, 2100, 5, reference=reference))


def test_military_aircraft_are_a_small_part_of_an_ordinary_day(
    ordinary: pd.DataFrame,
) -> None:
    share = ordinary.drop_duplicates("icao24")["military_flag"].mean()
    assert 0.015 < share < 0.045


def test_an_ordinary_day_has_more_to_be_misled_by_than_to_find(
    ordinary: pd.DataFrame,
) -> None:
    assert len(ordinary) >= 5000
    assert ordinary["look_alike"].mean() > 0.004
    assert ordinary["look_alike"].sum() > 2 * ordinary["logistics"].sum()
    assert 0.001 < ordinary["logistics"].mean() < 0.02


def test_training_worlds_have_some_percent_of_logistics(world: World) -> None:
    assert 0.02 < world.sorties["logistics"].mean() < 0.12
    assert world.sorties["look_alike"].sum() > 1.2 * world.sorties["logistics"].sum()


def test_nothing_is_both_logistics_and_a_look_alike(world: World) -> None:
    assert not (world.sorties["logistics"] & world.sorties["look_alike"]).any()


@pytest.fixture(scope="module")
def learnt_from(reference: Reference) -> pd.DataFrame:
    week = simulate.plan_world(
        DAY, 5, 1000, 2, reference=reference, shares=Shares.for_training()
    )
    return flights(week)


def test_every_kind_of_mission_is_flown(learnt_from: pd.DataFrame) -> None:
    planned = {kind.purpose for kinds in MISSIONS.values() for kind, _ in kinds}
    assert planned - set(learnt_from["purpose"]) <= {"firefighting_ferry"}


@pytest.mark.parametrize("typecode", ["IL76", "A124", "C17", "C130", "B744", "A400"])
def test_types_that_carry_arms_also_carry_other_things(
    learnt_from: pd.DataFrame, typecode: str
) -> None:
    own = learnt_from[learnt_from["typecode"] == typecode]
    assert own["logistics"].any()
    assert own["look_alike"].any()


@pytest.mark.parametrize(
    "what",
    [
        lambda day: day["military_flag"],
        lambda day: ~day["military_flag"],
        lambda day: day["listed_type"].isna(),
        lambda day: day["callsign"].isna(),
        lambda day: day["icao24"].str.startswith("d"),
        lambda day: day["dark_from"].notna(),
        lambda day: day["destination"].isin(["OSLK", "HSPN", "FTTD"]),
        lambda day: day["destination"].isin(tables.pools()["own:US"]),
        lambda day: day["mission_id"].duplicated(keep=False),
    ],
    ids=[
        "flag",
        "no flag",
        "type",
        "callsign",
        "block",
        "dark",
        "relief",
        "base",
        "stops",
    ],
)
def test_every_surface_feature_is_found_on_both_sides(
    learnt_from: pd.DataFrame, what: object
) -> None:
    assert callable(what)
    chosen = learnt_from[np.asarray(what(learnt_from), dtype=bool)]
    assert chosen["logistics"].any()
    assert (~chosen["logistics"].astype(bool)).any()


def test_airframes_do_now_this_and_now_that(learnt_from: pd.DataFrame) -> None:
    per_airframe = learnt_from.groupby("icao24")["logistics"].agg(["max", "min"])
    mixed = per_airframe["max"].astype(bool) & ~per_airframe["min"].astype(bool)
    assert mixed.sum() > 5


def test_no_flight_is_longer_than_its_type_can_fly(
    learnt_from: pd.DataFrame, reference: Reference
) -> None:
    columns = {
        name: learnt_from[name].to_numpy()
        for name in map(str, learnt_from)
        if name == "shape" or name.startswith(("latitude", "longitude", "via", "shape"))
    }
    way_nm = paths.legs_nm(columns).sum(axis=1)
    figures = Performance.of(reference.types).of_types(
        learnt_from["typecode"].to_numpy(dtype=object)
    )
    assert (way_nm <= figures["ferry_nm"]).all()


def test_business_aircraft_stay_in_their_state_and_off_closed_fields(
    ordinary: pd.DataFrame, reference: Reference
) -> None:
    country = reference.airports.table["country"]
    use = reference.airports.table["field_use"]
    business = ordinary[ordinary["group"] == "business"]
    abroad = business["origin"].map(country) != business["destination"].map(country)
    assert abroad.mean() < 0.25
    assert not business["destination"].map(use).eq("military").any()


def test_most_light_aircraft_stay_in_their_state(
    ordinary: pd.DataFrame, reference: Reference
) -> None:
    country = reference.airports.table["country"]
    light = ordinary[ordinary["group"] == "light"]
    abroad = light["origin"].map(country) != light["destination"].map(country)
    assert abroad.mean() < 0.04


def test_routine_airlift_flies_the_same_ways_again(reference: Reference) -> None:
    def again(habit: float) -> float:
        shares = Shares(
            airlift=0.2, light=0.0, passenger=0.0, business=0.0, habit=habit
        )
        week = flights(
            simulate.plan_world(DAY, 6, 600, 1, reference=reference, shares=shares)
        )
        routine = week[week["purpose"] == "routine_airlift"]
        ways = routine.groupby(["origin", "destination"])["key"].transform("size")
        return float((ways >= 3).mean())

    assert again(1.0) > 1.5 * again(0.0)
