"""What a model says of flights, with their identity and without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import features
from models import masking
from models.twofold import BIT, Answers, Scorer, Scores, Twofold

CLEARLY_ORDINARY_BITS = 8.0
"""At odds of 1:256 against ordinary traffic the score is below 0.004, whatever the
second question would say."""
_CLEARLY_ORDINARY = -CLEARLY_ORDINARY_BITS * BIT


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

    Where their identity is hidden already, the two scores are the same.  The second
    question is put of flights that the first leaves open, with identity or without:
    nearly all of a day is clearly ordinary, and to tell it from look-alikes would take
    longer than all else.

    Raises
    ------
    ValueError
        If there is no answer on a flight.
    """
    unnamed = masking.hide(X, features.identity_features())
    shown = [unnamed] if unnamed.equals(X) else [X, unnamed]
    ordinary = [scorer.ordinary(each) for each in shown]
    if np.isnan(ordinary).any():
        raise ValueError("no model answers on some of the flights")
    is_open = np.max(ordinary, axis=0) >= _CLEARLY_ORDINARY
    look_alikes = [_asked(scorer, each, is_open) for each in shown]
    told, hidden = (_alone(ordinary[number], look_alikes[number]) for number in (0, -1))
    mean = Answers(np.mean(ordinary, axis=0), np.mean(look_alikes, axis=0))
    return Opinion(told.score, hidden.score, mean.bits(), hidden.bits())


def _asked(scorer: Scorer, X: pd.DataFrame, which: NDArray[np.bool_]) -> Scores:
    """Return the answers on look-alikes, infinite where they are not asked for."""
    told = np.full(len(X), np.inf)
    if which.any():
        told[which] = scorer.look_alikes(X[which])
    return told


def _alone(ordinary: Scores, look_alikes: Scores) -> Answers:
    """Return the answers of who is shown but one of the two, and asks by that alone."""
    is_open = ordinary >= _CLEARLY_ORDINARY
    return Answers(ordinary, np.where(is_open, look_alikes, np.inf))
