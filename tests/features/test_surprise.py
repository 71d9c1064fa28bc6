from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.surprise import (
    FIRST_VISIT,
    PAIR,
    PARTS,
    UNKNOWN_BITS,
    surprise_bits,
)

TYPE, OPERATOR = "route_country_pair_for_type_bits", "operator_network_bits"
UNKNOWN = math.nan


def surprise(pair: float, by_type: float, by_operator: float, first: float) -> float:
    row = {PAIR: pair, TYPE: by_type, OPERATOR: by_operator, FIRST_VISIT: first}
    return float(surprise_bits(pd.DataFrame([row])).iloc[0])


def test_a_flight_nobody_flew_before_is_as_surprising_whoever_flies_it() -> None:
    told = surprise(12, 6, 6, 1)
    assert told == surprise(12, UNKNOWN, UNKNOWN, UNKNOWN)
    assert told == surprise(12, 6, UNKNOWN, 1)


def test_what_is_routine_for_its_airframe_is_less_of_a_surprise() -> None:
    assert surprise(12, 6, 6, 0) == pytest.approx(surprise(12, 6, 6, 1) - 6 / 4)


def test_a_flight_of_which_nothing_is_known_is_neither_routine_nor_new() -> None:
    told = surprise(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    assert surprise(0, 0, 0, 0) < told == UNKNOWN_BITS < surprise(12, 6, 6, 1)


def test_without_the_pair_of_states_the_other_parts_are_told() -> None:
    assert surprise(UNKNOWN, 4, 2, UNKNOWN) == 3


rare = st.one_of(st.just(UNKNOWN), st.floats(0, 6))


@given(st.floats(0, 12), rare, rare, st.sampled_from([UNKNOWN, 0.0, 1.0]))
def test_surprise_is_within_what_its_parts_can_be_worth(
    pair: float, by_type: float, by_operator: float, first: float
) -> None:
    told = surprise(pair, by_type, by_operator, first)
    assert 0 <= told <= sum(PARTS.values()) / len(PARTS)
