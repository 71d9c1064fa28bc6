"""Classifiers that answer one question together: the answer is the mean of theirs.

Documented look-alikes are few.  Two classifiers that see other columns of them, and
grow other trees, err on other flights, and in their mean errors cancel in part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline

from models.twofold import Twofold

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, eq=False)
class Panel(Generic[T]):
    """The same thing for each of the classifiers that answer a question."""

    members: tuple[T, ...]

    def of_each(self, made: Callable[[T], U]) -> Panel[U]:
        """Return what `made` makes of each."""
        return Panel(tuple(made(member) for member in self.members))

    def with_each(self, other: Panel[U]) -> Panel[tuple[T, U]]:
        """Return the things of two panels of one size, member by member."""
        return Panel(tuple(zip(self.members, other.members, strict=True)))


Uncalibrated = Twofold[Panel[Pipeline]]
"""Classifiers of a fold, each on a scale of its own."""
Model = Twofold[Panel[CalibratedClassifierCV]]
"""The final classifiers, with what brings each to the scale of log-odds."""


def mean(told: Panel[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the mean over a panel's members, element by element.

    Examples
    --------
    >>> mean(Panel((np.array([1.0, -4.0]), np.array([3.0, 0.0]))))
    array([ 2., -2.])
    """
    together: NDArray[np.float64] = np.mean(told.members, axis=0)
    return together
