from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from model_builders import fitted, prepared

import features
from models import crossfit, masking, opinion
from models.opinion import CLEARLY_ORDINARY_BITS
from models.twofold import BIT, Scores, Twofold

NAME = features.identity_features()[0]
ODDS = pd.DataFrame({"ordinary": [-20.0, -9.0, -7.9, 0.0, 5.0]})


def test_the_second_question_is_put_of_what_the_first_leaves_open() -> None:
    asked: list[int] = []

    def ordinary(X: pd.DataFrame) -> Scores:
        odds: Scores = X["ordinary"].to_numpy(np.float64) * BIT
        return odds

    def look_alikes(X: pd.DataFrame) -> Scores:
        asked.extend(X.index)
        return np.full(len(X), 1.0)

    told = opinion.of(Twofold(ordinary, look_alikes), ODDS)
    assert asked == [2, 3, 4]
    open_ = ODDS["ordinary"] >= -CLEARLY_ORDINARY_BITS
    np.testing.assert_array_equal(np.isfinite(told.bits.look_alikes), open_)
    # Of the others the first question settles the score.
    np.testing.assert_allclose(told.score[:2], 1 / (1 + 2.0 ** np.array([20, 9])))


def _by_identity(X: pd.DataFrame) -> Scores:
    """Answer that a flight is open, and clearly ordinary once its type is hidden."""
    shown = X[NAME].notna().to_numpy()
    odds: Scores = np.where(shown, -1.0, -2 * CLEARLY_ORDINARY_BITS) * BIT
    return odds


def test_what_either_leaves_open_is_asked_with_identity_and_without() -> None:
    scorer = Twofold(_by_identity, lambda X: np.full(len(X), -3.0 * BIT))
    told = opinion.of(scorer, pd.DataFrame({NAME: [1.0, np.nan]}))
    np.testing.assert_allclose(told.bits.look_alikes, [-3.0, np.inf])
    np.testing.assert_allclose(told.bits.ordinary, [-8.5, -16.0])
    # Who is shown no identity knows nothing of the other answer.
    np.testing.assert_array_equal(told.bits_without_identity.look_alikes, np.inf)
    hidden = opinion.of(scorer, pd.DataFrame({NAME: [np.nan, np.nan]}))
    np.testing.assert_array_equal(hidden.score, told.without_identity)


def test_a_flight_without_an_answer_is_refused() -> None:
    nobody = Twofold(lambda X: np.full(len(X), np.nan), lambda X: np.zeros(len(X)))
    with pytest.raises(ValueError, match="no model answers"):
        opinion.of(nobody, ODDS)


def test_who_is_shown_no_identity_says_the_same_twice() -> None:
    X = masking.hide(prepared().X, features.identity_features())
    scorer = crossfit.scorer(fitted())
    told, shown = opinion.of(scorer, X), opinion.of(scorer, prepared().X)
    np.testing.assert_array_equal(told.score, told.without_identity)
    np.testing.assert_array_equal(told.score, shown.without_identity)
    for mean, hidden in (
        (told.bits.ordinary, shown.bits_without_identity.ordinary),
        (told.bits.look_alikes, shown.bits_without_identity.look_alikes),
    ):
        np.testing.assert_array_equal(mean, hidden)
