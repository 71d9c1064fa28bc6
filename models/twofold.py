"""Two questions: logistics or ordinary traffic, and logistics or a look-alike.

Of what flies on a day nearly all is ordinary, and a few flights are relief, charters,
state visits: they look like logistics and are not.  Logistics is told from ordinary
traffic by one classifier, from look-alikes by others (`panel`), and the score follows
from both: with the odds of either against logistics, P(logistics) = 1 / (1 + odds +
odds).  One classifier of all three would spend most of what it learns on the first
question, for which there are thousands of flights, and little on the second, for which
there are few.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

Scores = NDArray[np.float64]
T = TypeVar("T")
U = TypeVar("U")
BIT = np.log(2.0)


@dataclass(frozen=True, eq=False)
class Twofold(Generic[T]):
    """The same thing for each of the two questions."""

    ordinary: T
    """Logistics, or ordinary traffic?"""
    look_alikes: T
    """Logistics, or a look-alike?"""

    def of_each(self, made: Callable[[T], U]) -> Twofold[U]:
        """Return what `made` makes of each."""
        return Twofold(made(self.ordinary), made(self.look_alikes))


@dataclass(frozen=True, eq=False)
class Answers:
    """Log-odds of logistics; arrays of one length."""

    ordinary: Scores
    """Against ordinary traffic."""
    look_alikes: Scores
    """Against look-alikes."""

    @property
    def log_odds(self) -> Scores:
        """Return the log-odds of logistics against both.

        Examples
        --------
        Sure to be no ordinary flight, and as likely a look-alike as not:

        >>> Answers(np.array([50.0]), np.array([0.0])).log_odds.round(3) + 0.0
        array([0.])
        """
        both: Scores = -np.logaddexp(-self.ordinary, -self.look_alikes)
        return both

    @property
    def score(self) -> Scores:
        """Return the likelihood of logistics."""
        told: Scores = expit(self.log_odds)
        return told

    def bits(self) -> Twofold[Scores]:
        """Return the odds in bits."""
        return Twofold(self.ordinary / BIT, self.look_alikes / BIT)


Asked = Callable[[pd.DataFrame], Scores]
"""What answers one question on flights by their features, in log-odds."""
Scorer = Twofold[Asked]


def asked(
    y: NDArray[np.bool_], look_alike: NDArray[np.bool_], judged: NDArray[np.bool_]
) -> Twofold[NDArray[np.bool_]]:
    """Tell which rows each question is put of.

    A flight that an analyst dismissed teaches both: it looked alike, and the next list
    is to be shorter by its like.

    Parameters
    ----------
    y
        Logistics.
    look_alike
        Known to resemble it.
    judged
        Labelled by an analyst.
    """
    return Twofold(y | ~look_alike | judged, y | look_alike | judged)
