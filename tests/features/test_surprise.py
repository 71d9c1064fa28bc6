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
    SEEN_PAIR,
    UNKNOWN_BITS,
    surprise_bits,
)

TYPE, OPERATOR = "route_country_pair_for_type_bits", "operator_network_bits"
UNKNOWN = math.nan


def surprise(
    pair: float, by_type: float, by_operator: float, first: float, seen: float = UNKNOWN
) -> float:
    row = {PAIR: pair, TYPE: by_type, OPERATOR: by_operator, FIRST_VISIT: first}
    row[SEEN_PAIR] = seen
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


def test_where_an_end_is_unknown_the_states_it_was_seen_by_stand_in() -> None:
    lost = surprise(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, seen=9)
    assert lost == surprise(9, UNKNOWN, UNKNOWN, UNKNOWN) > UNKNOWN_BITS
    assert surprise(UNKNOWN, UNKNOWN, 1, UNKNOWN, seen=9) == surprise(
        9, UNKNOWN, 1, UNKNOWN
    )


def test_of_known_ends_only_their_own_states_count() -> None:
    assert surprise(3, 1, 1, 0, seen=12) == surprise(3, 1, 1, 0)


rare = st.one_of(st.just(UNKNOWN), st.floats(0, 6))


rare_pair = st.one_of(st.just(UNKNOWN), st.floats(0, 12))


@given(rare_pair, rare, rare, st.sampled_from([UNKNOWN, 0.0, 1.0]), rare_pair)
def test_surprise_is_within_what_its_parts_can_be_worth(
    pair: float, by_type: float, by_operator: float, first: float, seen: float
) -> None:
    told = surprise(pair, by_type, by_operator, first, seen)
    assert 0 <= told <= sum(PARTS.values()) / len(PARTS)
