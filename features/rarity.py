"""How surprising something is among all that was seen, in bits."""

from __future__ import annotations

import numpy as np

from features.coding import Floats, Ints, counts, n_different, pair


def bits(now: Ints, past: Ints, prior: float = 1.0) -> Floats:
    """Return how surprising each of the day's keys is among past and present ones.

    Minus the binary logarithm of the key's smoothed share, its own occurrence left
    out, so a key never seen elsewhere gets the largest value.
    """
    seen = counts(now, now) + counts(now, past)
    n_seen = (now >= 0).sum() + (past >= 0).sum()
    total = n_seen - 1 + prior * (n_different(now, past) + 1)
    with np.errstate(invalid="ignore"):
        result: Floats = -np.log2((seen - 1 + prior) / total)
    return result


def bits_within(now: Ints, now_group: Ints, past: Ints, past_group: Ints) -> Floats:
    """Return how surprising each key is within its group (an operator, a type)."""
    n_groups = 1 + int(max(now_group.max(initial=-1), past_group.max(initial=-1)))
    both, past_both = (
        pair(key, group, n_groups)
        for key, group in ((now, now_group), (past, past_group))
    )
    in_group, past_in_group = (
        np.where(together >= 0, group, -1)
        for together, group in ((both, now_group), (past_both, past_group))
    )
    n_both = counts(both, both) + counts(both, past_both)
    n_group = counts(in_group, in_group) + counts(in_group, past_in_group)
    # One imagined visit elsewhere keeps a first flight from being certain.
    result: Floats = -np.log2((n_both - 0.5) / (n_group + 0.5))
    return result
