from __future__ import annotations

import numpy as np
import pandas as pd
from model_builders import fitted, prepared

import features
from models import crossfit, masking, opinion
from models.opinion import CLEARLY_ORDINARY_BITS
from models.twofold import BIT, Twofold

ODDS = pd.DataFrame({"ordinary": [-20.0, -9.0, -7.9, 0.0, 5.0]})


def test_the_second_question_is_put_of_what_the_first_leaves_open() -> None:
    asked = []

    def look_alikes(X: pd.DataFrame) -> np.ndarray:
        asked.extend(X.index)
        return np.full(len(X), 1.0)

    scorer = Twofold(lambda X: X["ordinary"].to_numpy() * BIT, look_alikes)
    told = opinion.of(scorer, ODDS)
    assert asked == [2, 3, 4]
    open_ = ODDS["ordinary"] >= -CLEARLY_ORDINARY_BITS
    np.testing.assert_array_equal(np.isfinite(told.bits.look_alikes), open_)
    # Of the others the first question settles the score.
    np.testing.assert_allclose(told.score[:2], 1 / (1 + 2.0 ** np.array([20, 9])))


def test_what_is_not_asked_would_not_move_a_score() -> None:
    X = prepared().X
    told = opinion.of(crossfit.scorer(fitted()), X)
    both = crossfit.answers(fitted(), X)
    np.testing.assert_allclose(told.score, both.score, atol=2**-CLEARLY_ORDINARY_BITS)


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
