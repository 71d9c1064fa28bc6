from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import thresholds


@given(
    st.lists(st.floats(0, 1), max_size=60).map(np.array),
    st.integers(1, 200_000),
    st.integers(1, 200),
)
def test_no_more_journeys_reach_the_threshold_than_the_budget_allows(
    background: np.ndarray[tuple[int], np.dtype[np.float64]],
    n_flights: int,
    budget: int,
) -> None:
    frozen = thresholds.freeze(background, n_flights, [budget])[budget]
    allowed = thresholds.alerts_allowed(budget, n_flights)
    assert np.sum(background >= frozen) <= allowed


def test_the_threshold_leaves_as_much_room_as_the_budget_gives() -> None:
    background = np.linspace(0, 1, 1_000)
    frozen = thresholds.freeze(background, 50_000, [10, 25])
    assert np.sum(background >= frozen[10]) == 10
    assert np.sum(background >= frozen[25]) == 25


def test_a_day_too_small_for_one_alert_asks_for_more_than_all_of_it_reached() -> None:
    frozen = thresholds.freeze(np.array([0.2, 0.7]), 100, [25])
    assert frozen[25] > 0.7


def test_an_alert_that_stands_for_half_a_one_takes_half_the_room() -> None:
    background, n_flights = np.linspace(0, 1, 100), 4_000
    halves = np.full(100, 0.5)
    frozen = thresholds.freeze(background, n_flights, [25], weight=halves)
    assert np.sum(background >= frozen[25]) == 4
    assert np.sum(background >= thresholds.freeze(background, n_flights, [25])[25]) == 2


def test_look_alikes_above_their_share_are_weighed_down_to_it() -> None:
    look_alike = np.arange(1_000) < 100
    weight = thresholds.as_ordinary(look_alike, share=0.02)
    assert set(weight[~look_alike]) == {1.0}
    assert weight[look_alike].sum() / weight.sum() == pytest.approx(0.02)


def test_look_alikes_within_their_share_count_in_full() -> None:
    assert set(thresholds.as_ordinary(np.arange(1_000) < 5)) == {1.0}
    assert len(thresholds.as_ordinary(np.zeros(0, bool))) == 0


def test_a_budget_between_two_frozen_ones_takes_the_larger_ones_threshold() -> None:
    frozen = {10: 0.9, 25: 0.8, 100: 0.5}
    assert thresholds.threshold_for(frozen, 25) == 0.8
    assert thresholds.threshold_for(frozen, 26) == 0.5
    assert thresholds.threshold_for(frozen, 1) == 0.9
    assert thresholds.threshold_for(frozen, 1_000) == 0.5


def test_budgets_are_told_per_fifty_thousand_flights() -> None:
    assert thresholds.alerts_allowed(25, 5_000) == pytest.approx(2.5)
