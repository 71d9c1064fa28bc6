from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_builders import registered

from models import card, merit, metrics


def alerts(
    *rows: tuple[str, float, bool], look_alike: bool = True, n_flights: int = 50_000
) -> merit.Alerts:
    frame = pd.DataFrame(
        [(key, logistics, look_alike and not logistics) for key, _, logistics in rows],
        columns=["alert", "logistics", "look_alike"],
    )
    score = np.array([score for _, score, _ in rows])
    told = merit.alerts_of(frame, score, np.arange(len(rows)))
    return merit.Alerts(**{**vars(told), "n_flights": n_flights})


def test_an_alert_has_the_score_of_its_best_flight_and_any_label() -> None:
    told = alerts(("a", 0.1, False), ("a", 0.7, True), ("b", 0.4, False))
    assert list(told.score) == [0.7, 0.4]
    assert list(told.y) == [True, False]
    assert len(told) == 2


def test_a_place_counts_those_above_and_half_of_those_equal() -> None:
    background = np.array([0.9, 0.5, 0.5, 0.1])
    places = merit.place_in(np.array([1.0, 0.7, 0.5, 0.0]), background, 50_000)
    assert list(places) == [1.0, 2.0, 3.0, 5.0]


def test_in_a_small_day_each_alert_above_stands_for_many() -> None:
    assert merit.place_in(np.array([0.5]), np.array([0.9]), 5_000)[0] == 11.0


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array),
    st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array),
)
def test_a_higher_score_never_stands_lower(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]],
    background: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    ordered = np.sort(scores)
    places = merit.place_in(ordered, background, 10_000)
    assert np.all(np.diff(places) <= 0)
    assert np.all(places >= 1)


def test_a_case_is_found_if_its_place_and_the_threshold_allow() -> None:
    cases = alerts(("a", 0.9, True), ("b", 0.8, True), ("c", 0.7, False))
    places = np.array([20.0, 30.0, 1.0])
    found = merit.of_cases(cases, places, {25: 0.85})
    assert found["recall_at_25"].value == 0.5
    assert found["recall_at_100"].value == 0.5
    assert found["look_alikes_at_25"].value == 0.0
    assert found["recall_at_threshold_25"].value == 0.5
    assert found["look_alikes_at_threshold_25"].value == 0.0
    crowded = merit.of_cases(cases, places + 30, {25: 0.85})
    assert crowded["recall_at_25"].value == 0.0
    assert crowded["recall_at_threshold_25"].value == 0.5
    without = merit.of_cases(cases, places)
    assert "recall_at_threshold_25" not in without
    assert without["recall_at_100"].value == 1.0
    assert without["look_alikes_at_25"].value == 1.0


def test_a_day_without_ordinary_errors_is_perfect() -> None:
    told = merit.of_days(
        alerts(*[(f"{k:03d}", k / 100, k > 97) for k in range(100)], n_flights=2_000)
    )
    assert told["average_precision"].value == pytest.approx(1.0)
    assert told["auc_vs_look_alikes"].value == pytest.approx(1.0)
    # 25 alerts per 50,000 flights leave room for one among 2,000.
    assert told["recall_at_25"].value == pytest.approx(0.5)
    assert told["precision_at_25"].value == pytest.approx(1.0)
    assert told["recall_at_25"].n == 2
    assert told["precision_at_25"].n == 1


def test_the_card_says_among_what_the_cases_were_found() -> None:
    found = {"documented": {"recall_at_25": metrics.Figure(0.4, 0.3, 0.5, 99)}}
    told = card.recall_in_training(registered().record, found)
    assert "Of 99 documented cases of logistics 40% (30% to 50%)" in told
    assert "within 25 alerts per 50,000 flights of the days it learnt from" in told


def test_parts_joined_keep_their_order() -> None:
    both = merit.joined([alerts(("b", 0.2, True)), alerts(("a", 0.1, False))])
    assert list(both.score) == [0.2, 0.1]
    assert both.n_flights == 100_000
