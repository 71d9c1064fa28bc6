"""Hide identity from a share of the training rows, at equal rates in both classes.

Covert flights have their address found by investigators more often than look-alikes:
left alone, a model learns that a *known* type is a sign.  So what is unknown is first
made equally unknown in both classes, then identity is dropped at random, whole or in
parts, so that one model serves with and without it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Streams of their own: two draws of one seed must not know of each other.
_EQUALISE, _DROP = 1, 2


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
    X: pd.DataFrame, y: NDArray[np.bool_], identity: Sequence[str], *, seed: int
) -> pd.DataFrame:
    """Return `X` with each identity feature unknown equally often in both classes.

    Values are only ever removed, from the class in which the feature is known more
    often; to within one row the rates are then the same.
    """
    random = np.random.default_rng([seed, _EQUALISE])
    evened = X.copy()
    for block in known_together(X, identity):
        unknown = X[block[0]].isna().to_numpy()
        rates = {value: unknown[y == value].mean() for value in (True, False)}
        fuller = min(rates, key=lambda value: rates[value])
        candidates = np.flatnonzero((y == fuller) & ~unknown)
        n_more = round((max(rates.values()) - rates[fuller]) * np.sum(y == fuller))
        chosen = random.choice(candidates, size=n_more, replace=False)
        less = np.zeros(len(X), bool)
        less[chosen] = True
        evened.loc[less, block] = np.nan
    return evened


def drop_at_random(
    X: pd.DataFrame,
    identity: Sequence[str],
    *,
    seed: int,
    whole_share: float = 0.35,
    partial_share: float = 0.25,
) -> pd.DataFrame:
    """Return `X` with identity hidden in some rows, whatever their class.

    Parameters
    ----------
    whole_share
        Rows that lose all of it: they teach what movement and places tell alone.
    partial_share
        Rows that lose each block of it by the toss of a coin, as when only the type
        or only the operator is known.
    """
    random = np.random.default_rng([seed, _DROP])
    lot = random.random(len(X))
    partial = (lot >= whole_share) & (lot < whole_share + partial_share)
    dropped = X.copy()
    for block in known_together(X, identity):
        coin = random.random(len(X)) < 0.5
        dropped.loc[(lot < whole_share) | (partial & coin), block] = np.nan
    return dropped
