"""The same training with part of it left out: rows, or families of features."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.crossfit import Prepared


def taught_by(prepared: Prepared, kept: NDArray[np.bool_]) -> Prepared:
    """Return the training table with only the rows in `kept` to learn from.

    Folds, groups and masks stay, so that both are measured on the same.
    """
    copies = kept[prepared.copied]
    return replace(
        prepared,
        copied=prepared.copied[copies],
        X_learnt=prepared.X_learnt[copies].reset_index(drop=True),
    )


def can_be_fitted(prepared: Prepared) -> bool:
    """Tell whether every fold leaves both classes to learn from."""
    y, fold = prepared.y[prepared.copied], prepared.fold[prepared.copied]
    return all(
        len(np.unique(y[fold != number])) == 2 for number in range(prepared.n_folds)
    )
