"""What to hide so that which values are unknown tells nothing of a row's class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Bools = NDArray[np.bool_]
Shares = NDArray[np.float64]

# No limit that is meant to be met: it ends by itself where it is done.
_MOST_STEPS = 100_000_000
# Less than one row in a million million is none: shares are rounded.
_LEAST = 1e-12


def to_hide(
    unknown: Bools, y: Bools, size: NDArray[np.int64], random: np.random.Generator
) -> Bools:
    """Return what more to hide, so that each pattern is as common in both classes.

    Every pattern of one class is matched with patterns of the other, in proportion,
    so that both sides together lose the fewest values; then each side of a match also
    loses what the other does not know.  Both then show one pattern.

    Parameters
    ----------
    unknown : array of bool, shape (n_rows, n_blocks)
        Which block of values each row lacks.
    size : array of int, shape (n_blocks,)
        How many values a block has.

    Examples
    --------
    Of two rows that know all and two that lack something, one each is left whole:

    >>> unknown = np.array([[False], [False], [False], [True]])
    >>> y = np.array([True, True, False, False])
    >>> more = to_hide(unknown, y, np.array([1]), np.random.default_rng(0))
    >>> int((unknown | more)[y].sum()), int((unknown | more)[~y].sum())
    (1, 1)
    """
    patterns, code = np.unique(unknown, axis=0, return_inverse=True)
    code = code.ravel()
    share = {
        value: np.bincount(code[y == value], minlength=len(patterns))
        / np.sum(y == value)
        for value in (True, False)
    }
    matched = matching(share[True], share[False], patterns, size)
    hidden = unknown.copy()
    for value, partners in ((True, matched), (False, matched.T.tocsr())):
        for pattern in np.flatnonzero(share[value]):
            rows = random.permutation(np.flatnonzero((y == value) & (code == pattern)))
            of = partners[[pattern]]
            hidden[rows] |= patterns[of.indices[_dealt(len(rows), of.data, random)]]
    return hidden & ~unknown


def matching(
    one: Shares, other: Shares, patterns: Bools, size: NDArray[np.int64]
) -> sparse.csr_array[Any, Any]:
    """Return which share of all rows has each pattern in the one class and the other.

    It is the coupling of the two distributions of least cost, the cost of a pair
    being the values that differ: a transport problem, left to POT's network simplex.
    """
    import ot  # takes a second, and only training needs it

    # What both have alike stays where it is: the cost is a metric, so nothing is lost.
    common = np.minimum(one, other)
    left, right = one - common, other - common
    a, b = np.flatnonzero(left > _LEAST), np.flatnonzero(right > _LEAST)
    stays = sparse.diags_array(common).tocoo()
    if not len(a) or not len(b):
        return stays.tocsr()
    differs = np.asarray(patterns[a][:, None, :] ^ patterns[b][None, :, :], np.float64)
    cost = differs @ size.astype(np.float64)
    amounts = right[b] * (left[a].sum() / right[b].sum())
    moved, log = ot.emd(left[a], amounts, cost, _MOST_STEPS, log=True)
    if log["warning"]:
        raise ValueError(f"patterns could not be matched: {log['warning']}")
    i, j = np.nonzero(moved)
    return sparse.coo_array(
        (
            np.concatenate([stays.data, moved[i, j]]),
            (np.concatenate([stays.row, a[i]]), np.concatenate([stays.col, b[j]])),
        ),
        shape=(len(one), len(one)),
    ).tocsr()


def _dealt(n: int, share: Shares, random: np.random.Generator) -> NDArray[np.intp]:
    """Return `n` choices in proportion to `share`, to within one of each."""
    edges = np.cumsum(share) / share.sum()
    at = (np.arange(n) + random.random()) / max(n, 1)
    return np.searchsorted(edges, at, side="right").clip(max=len(share) - 1)
