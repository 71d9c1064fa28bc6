"""Hide what may be unknown from training rows, at equal rates in both classes.

Covert flights have their address found by investigators more often than look-alikes:
left alone, a model learns that a *known* type is a sign.  So what is unknown together
is first made equally so in both classes, then identity is dropped at random, whole or
in parts, so that one model serves with and without it; and so are the past and the
ends of flights, so that one model serves whole days and scraps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models import coupling

# Streams of their own: two draws of one seed must not know of each other.
_EQUALISE, _DROP, _LOSE = 1, 2, 3


def hide(X: pd.DataFrame, identity: Sequence[str]) -> pd.DataFrame:
    """Return `X` with every identity feature unknown."""
    hidden = X.copy()
    present = [name for name in identity if name in X.columns]
    hidden[present] = np.nan
    return hidden


def known_together(X: pd.DataFrame, identity: Sequence[str]) -> list[list[str]]:
    """Return the identity features in blocks that are known in the same rows."""
    blocks: dict[bytes, list[str]] = {}
    for name in identity:
        if name in X.columns:
            pattern = np.packbits(X[name].isna().to_numpy()).tobytes()
            blocks.setdefault(pattern, []).append(name)
    return list(blocks.values())


def equalise(
    X: pd.DataFrame, y: NDArray[np.bool_], names: Sequence[str], *, seed: int
) -> pd.DataFrame:
    """Return `X` with every pattern of unknown features equally common in both classes.

    Values are only ever removed, as few as will do.  Equal rates of each feature alone
    would not be enough: values removed one by one leave patterns that no flight has of
    itself, and those tell the class that was masked.
    """
    blocks = known_together(X, names)
    if not blocks or y.all() or not y.any():
        return X
    random = np.random.default_rng([seed, _EQUALISE])
    unknown = np.column_stack([X[block[0]].isna().to_numpy() for block in blocks])
    size = np.array([len(block) for block in blocks])
    return _without(X, blocks, coupling.to_hide(unknown, y, size, random))


def drop_at_random(
    X: pd.DataFrame,
    blocks: Sequence[Sequence[str]],
    *,
    seed: int,
    whole_share: float = 0.35,
    partial_share: float = 0.25,
) -> pd.DataFrame:
    """Return `X` with identity hidden in some rows, whatever their class.

    Parameters
    ----------
    blocks
        The identity features, those together that are known in the same rows
        (`known_together`).
    whole_share
        Rows that lose all of it: they teach what movement and places tell alone.
    partial_share
        Rows that lose each block of it by the toss of a coin, as when only the type
        or only the operator is known.
    """
    random = np.random.default_rng([seed, _DROP])
    lot = random.random(len(X))
    partial = (lot >= whole_share) & (lot < whole_share + partial_share)
    coins = random.random((len(X), len(blocks))) < 0.5
    return _without(X, blocks, (lot < whole_share)[:, None] | partial[:, None] & coins)


def lose_at_random(
    X: pd.DataFrame,
    losses: Sequence[Sequence[str]],
    *,
    seed: int,
    share: float = 0.1,
) -> pd.DataFrame:
    """Return `X` with each of the losses in a share of the rows, whatever their class.

    They teach what can be told of a flight on a day without a past, or of a glimpse:
    less, and not that it is suspect.
    """
    random = np.random.default_rng([seed, _LOSE])
    present = [[name for name in lost if name in X.columns] for lost in losses]
    return _without(X, present, random.random((len(X), len(present))) < share)


def _without(
    X: pd.DataFrame, blocks: Sequence[Sequence[str]], hidden: NDArray[np.bool_]
) -> pd.DataFrame:
    """Return `X` without the blocks of values that `hidden` has true in a row."""
    masked = X.copy()
    for k, block in enumerate(blocks):
        rows = hidden[:, k]
        if rows.any():
            masked.loc[X.index[rows], list(block)] = np.nan
    return masked
