"""Which rows belong together, and folds that never part them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from anomaly.errors import NoDataError
from anomaly.labels import KIN_COLUMNS

GROUP_COLUMNS = ("airframe_group", *KIN_COLUMNS)

Split = tuple[NDArray[np.intp], NDArray[np.intp]]


def components(
    rows: pd.DataFrame, columns: Sequence[str] = GROUP_COLUMNS
) -> NDArray[np.int64]:
    """Return a number per row, shared by all that are linked through any group.

    An airframe that flew two missions joins both, and everything else that flew them.
    A missing group joins nothing.
    """
    n_rows = len(rows)
    at_row, at_key = [], []
    offset = n_rows
    for name in columns:
        codes, keys = pd.factorize(rows[name], use_na_sentinel=True)
        known = np.flatnonzero(codes >= 0)
        at_row.append(known)
        at_key.append(codes[known] + offset)
        offset += len(keys)
    ends = np.concatenate(at_row), np.concatenate(at_key)
    # Rows and group keys are the nodes of one graph: linear in the number of rows,
    # where linking rows to rows would be quadratic in the size of a group.
    links = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(offset, offset))
    _, labels = connected_components(links, directed=False)
    _, joined = np.unique(labels[:n_rows], return_inverse=True)
    return joined.astype(np.int64)


def folds(
    y: NDArray[np.bool_],
    joined: NDArray[np.int64],
    n_folds: int,
    *,
    seed: int,
    strata: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """Return the fold of each row, from 0; rows joined together share theirs.

    Parameters
    ----------
    n_folds : int
        Wanted; fewer where the groups of a class do not suffice.
    strata : array of int, optional
        Kinds of rows to spread evenly, beyond the two classes.

    Raises
    ------
    NoDataError
        If fewer than two independent groups hold either class.
    """
    available = min(len(np.unique(joined[y == value])) for value in (True, False))
    if available < 2:
        raise NoDataError(
            "too few independent labelled flights: both classes need two groups",
            hint="Pass --truth or --cases, or record more verdicts.",
        )
    n_folds = min(n_folds, available)
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    kinds = y if strata is None else 2 * strata + y
    fold = np.zeros(len(y), np.int64)
    with warnings.catch_warnings():
        # A kind with fewer rows than folds is spread as far as it goes.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        parts = splitter.split(np.zeros(len(y)), kinds, joined)
        for number, (_, test) in enumerate(parts):
            fold[test] = number
    return _parted(fold, y, joined, n_folds)


def splits(fold: NDArray[np.int64]) -> list[Split]:
    """Return the folds as pairs of row numbers: to learn from, and to be tested on."""
    return [
        (np.flatnonzero(fold != number), np.flatnonzero(fold == number))
        for number in range(int(fold.max(initial=-1)) + 1)
    ]


def _parted(
    fold: NDArray[np.int64],
    y: NDArray[np.bool_],
    joined: NDArray[np.int64],
    n_folds: int,
) -> NDArray[np.int64]:
    """Return folds of which none holds all of a class, moving a group where one does.

    Stratification weighs shares and may put two lone groups together; a model that
    learnt from the other folds would then know one class only.
    """
    for value in (True, False):
        held = np.unique(fold[y == value])
        if len(held) == 1:
            smallest = min(
                np.unique(joined[y == value]), key=lambda group: np.sum(joined == group)
            )
            fold[joined == smallest] = (held[0] + 1) % n_folds
    return fold
