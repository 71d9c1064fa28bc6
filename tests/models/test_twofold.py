from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from model_builders import training_rows

from models import crossfit, dataset
from models.twofold import Answers, asked

log_odds = st.floats(-30, 30)


@given(log_odds, log_odds)
def test_the_score_is_the_share_of_logistics_among_all_three(
    a: float, b: float
) -> None:
    told = Answers(np.array([a]), np.array([b]))
    ordinary, alike = np.exp(-a), np.exp(-b)
    np.testing.assert_allclose(told.score, 1.0 / (1.0 + ordinary + alike), rtol=1e-9)


@given(log_odds, log_odds)
def test_no_score_is_higher_than_either_answer_allows(a: float, b: float) -> None:
    told = Answers(np.array([a]), np.array([b]))
    assert told.log_odds[0] <= min(a, b)
    assert told.log_odds[0] >= min(a, b) - np.log(2.0) - 1e-9


def test_odds_in_bits_double_with_each() -> None:
    bits = Answers(np.log([8.0]), np.log([0.5])).bits()
    np.testing.assert_allclose([bits.ordinary[0], bits.look_alikes[0]], [3.0, -1.0])


def test_logistics_teaches_both_look_alikes_one_and_dismissed_flights_both() -> None:
    #                logistics  ordinary  look-alike  dismissed
    y = np.array([True, False, False, False])
    alike = np.array([False, False, True, False])
    judged = np.array([False, False, False, True])
    rows = asked(y, alike, judged)
    assert rows.ordinary.tolist() == [True, True, False, True]
    assert rows.look_alikes.tolist() == [True, False, True, True]


def test_either_question_is_taught_its_own_negatives_alone() -> None:
    rows = training_rows()
    of_each = crossfit.questions(crossfit.prepare(rows, seed=0, n_folds=2))
    negative = ~dataset.labels_of(rows)
    alike = rows["look_alike"].to_numpy(bool)
    assert not (of_each.ordinary.is_labelled & alike).any()
    assert (of_each.look_alikes.is_labelled & negative == negative & alike).all()


def test_where_nobody_named_a_look_alike_both_are_asked_of_all_rows() -> None:
    rows = training_rows().assign(look_alike=False)
    of_each = crossfit.questions(crossfit.prepare(rows, seed=0, n_folds=2))
    assert of_each.look_alikes.is_labelled.all()
    assert of_each.ordinary.is_labelled.all()
