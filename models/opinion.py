"""What a classifier says of flights: the score, and the score without identity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import features
from models import masking

Scores = NDArray[np.float64]
Scorer = Callable[[pd.DataFrame], Scores]


@dataclass(frozen=True, eq=False)
class Opinion:
    """Two scores of each flight; arrays of one length."""

    score: Scores
    without_identity: Scores
    """As if neither the operator nor the type of aircraft were known."""


def of(scorer: Scorer, X: pd.DataFrame) -> Opinion:
    """Return what `scorer` says of flights by the features it learnt from.

    Where their identity is hidden already, the two scores are the same.
    """
    hidden = masking.hide(X, features.identity_features())
    return Opinion(scorer(X), scorer(hidden))
