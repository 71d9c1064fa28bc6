from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from models import metrics

# Few distinct scores, so that ties are common.
scored_rows = st.lists(
    st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 3)),
    min_size=2,
    max_size=40,
).filter(lambda rows: len({label for label, _, weight in rows if weight}) == 2)


@given(scored_rows)
def test_average_precision_and_roc_auc_are_scikit_learns(
    rows: list[tuple[bool, int, int]],
) -> None:
    y = np.array([label for label, _, _ in rows])
    score = np.array([value / 6 for _, value, _ in rows])
    weight = np.array([float(value) for _, _, value in rows])
    assert metrics.average_precision(y, score)(weight) == pytest.approx(
        average_precision_score(y, score, sample_weight=weight)
    )
    assert metrics.roc_auc(y, score)(weight) == pytest.approx(
        roc_auc_score(y, score, sample_weight=weight)
    )


def test_one_class_alone_has_neither() -> None:
    y, score, weight = np.array([False, False]), np.array([0.1, 0.9]), np.ones(2)
    assert np.isnan(metrics.average_precision(y, score)(weight))
    assert np.isnan(metrics.roc_auc(y, score)(weight))


def test_recall_and_precision_count_whole_alerts_from_the_top() -> None:
    y = np.array([True, False, True, False, True])
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    assert metrics.recall_within(y, score, 3)(np.ones(5)) == pytest.approx(2 / 3)
    assert metrics.precision_within(y, score, 3)(np.ones(5)) == pytest.approx(2 / 3)


def test_a_row_drawn_twice_takes_two_places() -> None:
    y = np.array([True, False, True])
    score = np.array([0.9, 0.8, 0.7])
    weight = np.array([2.0, 1.0, 1.0])
    assert metrics.recall_within(y, score, 2)(weight) == pytest.approx(2 / 3)


def test_scores_that_mean_what_they_say_have_no_calibration_error() -> None:
    score = np.repeat([0.25, 0.75], 400)
    y = np.tile([True, False, False, False], 100)
    y = np.concatenate([y, ~y])
    assert metrics.calibration_error(y, score)(np.ones(800)) == pytest.approx(0.0)
    assert metrics.calibration_error(~y, score)(np.ones(800)) == pytest.approx(0.5)


@given(seed=st.integers(0, 1000), skewed=st.floats(0.5, 1.5))
def test_a_calibration_error_lies_within_its_interval(seed: int, skewed: float) -> None:
    random = np.random.default_rng(seed)
    score = random.random(200)
    y = random.random(200) < score**skewed
    found = metrics.without_chance(
        metrics.calibration_error(y, score), np.arange(200) // 2
    )
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high


def test_what_chance_adds_to_a_calibration_error_is_taken_off() -> None:
    random = np.random.default_rng(1)
    score = random.random(300)
    y = random.random(300) < score
    error = metrics.calibration_error(y, score)
    found = metrics.without_chance(error, np.arange(300))
    assert found.value is not None
    assert found.value < error(np.ones(300))
    assert found.low == 0.0


def test_the_interval_of_few_groups_is_wider_than_that_of_many() -> None:
    hit = np.tile([True, False], 100)
    statistic = metrics.share(hit)
    alone = metrics.with_interval(statistic, np.arange(200))
    # Two groups, one of hits only and one of misses only.
    together = metrics.with_interval(statistic, hit.astype(np.int64))
    assert alone.value == together.value == 0.5
    assert alone.low is not None
    assert alone.high is not None
    assert 0.4 < alone.low < 0.5 < alone.high < 0.6
    assert (together.low, together.high) == (0.0, 1.0)


def test_a_figure_of_nothing_is_unknown_and_not_zero() -> None:
    nothing = metrics.with_interval(
        metrics.share(np.zeros(0, bool)), np.zeros(0, np.int64)
    )
    assert nothing == metrics.Figure(None, None, None, 0)
    assert nothing.as_json() == {"value": None, "low": None, "high": None, "n": 0}
