"""What a model says of flights, with their identity and without it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

import features
from models import masking
from models.twofold import Answers, Scorer, Scores, Twofold


@dataclass(frozen=True, eq=False)
class Opinion:
    """Two scores of each flight, and how far from ordinary it is; of one length."""

    score: Scores
    without_identity: Scores
    """As if neither the operator nor the type of aircraft were known."""
    bits: Twofold[Scores]
    """The odds of logistics, in bits, against ordinary traffic and against look-alikes:
    the mean of those with identity and those without."""
    bits_without_identity: Twofold[Scores]

    def hidden(self) -> Opinion:
        """Return the opinion of who is not shown identity."""
        without, bits = self.without_identity, self.bits_without_identity
        return Opinion(without, without, bits, bits)


def of(scorer: Scorer, X: pd.DataFrame) -> Opinion:
    """Return what `scorer` says of flights by the features it learnt from.

    Where their identity is hidden already, the two scores are the same.
    """
    hidden = scorer(masking.hide(X, features.identity_features()))
    told = scorer(X)
    mean = Answers(
        (told.ordinary + hidden.ordinary) / 2,
        (told.look_alikes + hidden.look_alikes) / 2,
    )
    return Opinion(told.score, hidden.score, mean.bits(), hidden.bits())
