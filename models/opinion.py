"""What a model says of flights, with their identity and without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

import features
from models import masking
from models.twofold import BIT, Answers, Scorer, Scores, Twofold

CLEARLY_ORDINARY_BITS = 8.0
"""At odds of 1:256 against, no look-alike makes logistics any likelier."""


@dataclass(frozen=True, eq=False)
class Opinion:
    """Two scores of each flight, and how far from ordinary it is; of one length."""

    score: Scores
    without_identity: Scores
    """As if neither the operator nor the type of aircraft were known."""
    bits: Twofold[Scores]
    """The odds of logistics, in bits, against ordinary traffic and against look-alikes:
    the mean of those with identity and those without.  The latter are infinite where
    nobody asked for them, since the flight is clearly ordinary."""
    bits_without_identity: Twofold[Scores]

    def hidden(self) -> Opinion:
        """Return the opinion of who is not shown identity."""
        without, bits = self.without_identity, self.bits_without_identity
        return Opinion(without, without, bits, bits)


def of(scorer: Scorer, X: pd.DataFrame) -> Opinion:
    """Return what `scorer` says of flights by the features it learnt from.

    Where their identity is hidden already, the two scores are the same.
    """
    identity = features.identity_features()
    unnamed = masking.hide(X, identity)
    hidden = _answers(scorer, unnamed)
    told = hidden if unnamed.equals(X) else _answers(scorer, X)
    mean = Answers(
        (told.ordinary + hidden.ordinary) / 2,
        (told.look_alikes + hidden.look_alikes) / 2,
    )
    return Opinion(told.score, hidden.score, mean.bits(), hidden.bits())


def _answers(scorer: Scorer, X: pd.DataFrame) -> Answers:
    """Put the second question of the flights that the first leaves open.

    Nearly all of a day is clearly ordinary, and need not be told from look-alikes:
    that would take longer than all else, and the score would say the same.
    """
    ordinary = scorer.ordinary(X)
    look_alikes = np.full(len(X), np.inf)
    is_open = ordinary >= -CLEARLY_ORDINARY_BITS * BIT
    if is_open.any():
        look_alikes[is_open] = scorer.look_alikes(X[is_open])
    return Answers(ordinary, look_alikes)
