"""What every feature family promises, checked for every family."""

from __future__ import annotations

import string
from functools import cache

import numpy as np
import pandas as pd
import pytest
from feature_builders import flight, stop, tables
from hypothesis import given, settings
from hypothesis import strategies as st

import features
from features import Feature, FeatureFamily, declared, families
from features.words import Context, contexts, sentence, value_text

every_family = pytest.mark.parametrize("family", families(), ids=lambda f: f.name)
every_feature = pytest.mark.parametrize("feature", declared(), ids=lambda f: f.name)

LEG_1, LEG_2 = flight("154073-1", "UUMU", "OSLK"), flight("154073-2", "OSLK", "GOOY")
UNKNOWN = flight(
    "abcdef-1",
    None,
    None,
    callsign=None,
    registration=None,
    typecode=None,
    operator_code=None,
    operator=None,
    military_flag=None,
    n_positions=0,
    **dict.fromkeys(
        [
            "first_latitude_deg", "first_longitude_deg", "first_altitude_ft",
            "last_latitude_deg", "last_longitude_deg", "last_altitude_ft",
            "flown_nm", "max_altitude_ft", "cruise_speed_kt", "max_speed_kt",
            "max_climb_ft_min", "low_share", "slow_share", "level_share",
            "turning_deg_per_h", "box_diagonal_nm", "n_gaps", "longest_gap_h",
            "unobserved_share",
        ]
    ),
)  # fmt: skip
DAY = (flight(), LEG_1, LEG_2, UNKNOWN)
STOPS = (stop("154073-1", "154073-2", "OSLK", inferred=True, confidence=2),)
CHAINS = {"154073-2": ["154073-1", "154073-2"]}
PAST = (flight("3c6444-0", "EDDF", "LFPG"), flight("154073-0", "UUMU", "SVMI"))


@cache
def a_day() -> features.FlightTables:
    return tables(*DAY, history=PAST, stopovers=STOPS, chains=CHAINS)


@cache
def contexts_of_a_day() -> list[Context]:
    day = a_day()
    return list(contexts(day, day.flights.index).values())


@every_family
def test_columns_are_as_declared(family: FeatureFamily) -> None:
    block = family.compute(a_day())
    assert {n: str(t) for n, t in block.dtypes.items()} == {
        f.name: f.dtype for f in family.features
    }


@every_family
def test_no_flight_is_lost_and_no_flights_give_no_rows(family: FeatureFamily) -> None:
    assert list(family.compute(a_day()).index) == [row["flight_id"] for row in DAY]
    assert family.compute(tables()).empty


@every_family
@settings(max_examples=10)
@given(order=st.permutations(DAY))
def test_row_order_does_not_matter(
    family: FeatureFamily, order: list[dict[str, object]]
) -> None:
    forward = family.compute(a_day())
    other = family.compute(
        tables(*order, history=PAST[::-1], stopovers=STOPS, chains=CHAINS)
    )
    pd.testing.assert_frame_equal(forward, other.loc[forward.index])


@every_family
def test_values_stay_within_the_declared_range(family: FeatureFamily) -> None:
    block = family.compute(a_day())
    for feature in family.features:
        known = block[feature.name].dropna()
        assert known.between(feature.low, feature.high).all(), feature.name


@every_family
def test_a_first_day_without_any_history_works(family: FeatureFamily) -> None:
    block = family.compute(tables(*DAY, stopovers=STOPS, chains=CHAINS))
    assert not np.isinf(block.to_numpy()).any()


@every_family
def test_features_carry_their_family_name(family: FeatureFamily) -> None:
    assert all(f.name.startswith(f"{family.name}_") for f in family.features)


@every_family
def test_a_flight_that_says_nothing_has_no_invented_identity(
    family: FeatureFamily,
) -> None:
    identity = [f.name for f in family.features if f.identity]
    row = family.compute(a_day()).loc["abcdef-1", identity]
    told = row.dropna().index
    assert set(told) <= {"operator_callsign_missing", "operator_military_block"}


@every_feature
def test_every_feature_can_be_put_into_words(feature: Feature) -> None:
    for context in contexts_of_a_day():
        for value in (0.0, 0.5, 1.0, 3.0, float("nan")):
            text = sentence(feature.name, value, context)
            assert text
            assert text[0] in string.printable
            assert "{" not in text
            assert "nan" not in text.split()
    assert value_text(feature.name, float("nan")) is None


def test_the_four_families_of_the_product_are_deep_enough() -> None:
    sizes = {family.name: len(family.features) for family in families()}
    for name in ("route", "stopover", "operator", "aircraft_type"):
        assert sizes[name] >= 8


def test_the_set_has_a_stable_name_that_follows_versions() -> None:
    assert features.feature_set_id() == features.feature_set_id()
    assert set(features.family_digests()) == {family.name for family in families()}
