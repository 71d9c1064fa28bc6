"""How surprising something is among all that was seen, in bits.

A share is told down to a fixed floor only, so that the value hardly moves as the past
grows: without one, what was never seen would be worth 11 bits among 2,000 flights and
22 among four million, and a model that learnt on a small past would read a long one
wrong.
"""

from __future__ import annotations

import math

import numpy as np

from features.coding import Floats, Ints, counts, pair

# Of 4,000 made-up flights whose true shares are known, these floors moved least
# between a past of 2,000 and of four million (0.1 of their spread; 0.3 for pairs of
# fields) while they told chartered from usual pairs as well as without any.
RAREST = 1 << 12
# Most pairs of fields are flown less often than any pair of states.
RAREST_FIELD_PAIR = 1 << 14
RAREST_WITHIN = 1 << 6
# Below these nothing can be called rare: it is unknown.
LEAST_KNOWN = 500
LEAST_WITHIN = 3


def largest_bits(rarest: int) -> float:
    """Return the value of what was not seen among all other flights."""
    return math.log2(rarest)


def bits(now: Ints, past: Ints, *, rarest: int = RAREST) -> Floats:
    """Return how surprising each of the day's keys is among those before.

    Minus the binary logarithm of the key's share of the earlier flights, plus one in
    `rarest`; ``NaN`` where fewer than `LEAST_KNOWN` are known.  Flights of the day
    itself count only while less than another day is known: two aircraft that fly
    together where nobody flew before do not make the way usual for each other.
    """
    return _among_others(now, now, past, 1, rarest)


def bits_beside(keys: Ints, now: Ints, past: Ints, *, rarest: int = RAREST) -> Floats:
    """Return `bits` of keys that are not among those of the day: of flights beside it.

    They make nothing less rare, neither the day's nor each other's.
    """
    return _among_others(keys, now, past, 0, rarest)


def _among_others(
    keys: Ints, now: Ints, past: Ints, n_itself: int, rarest: int
) -> Floats:
    """Return how surprising keys are, each counted so many times in the day itself."""
    others, n_others = counts(keys, past), np.full(len(keys), (past >= 0).sum(), float)
    if not _is_past_enough(now, past):
        others = others + counts(keys, now) - n_itself
        n_others = n_others + (now >= 0).sum() - n_itself
    return _bits(others, n_others, LEAST_KNOWN, rarest)


def bits_within(now: Ints, now_group: Ints, past: Ints, past_group: Ints) -> Floats:
    """Return how surprising each key is within its group (an operator, a type).

    ``NaN`` where fewer than `LEAST_WITHIN` others of the group are known.
    """
    return within(now, now_group, past, past_group)[0]


def within(
    now: Ints, now_group: Ints, past: Ints, past_group: Ints
) -> tuple[Floats, Floats]:
    """Return `bits_within`, and how many others of each group it rests on."""
    n_groups = 1 + int(max(now_group.max(initial=-1), past_group.max(initial=-1)))
    both, past_both = (
        pair(key, group, n_groups)
        for key, group in ((now, now_group), (past, past_group))
    )
    in_group, past_in_group = (
        np.where(together >= 0, group, -1)
        for together, group in ((both, now_group), (past_both, past_group))
    )
    others, n_others = counts(both, past_both), counts(in_group, past_in_group)
    if not _is_past_enough(now, past):
        others = others + counts(both, both) - 1
        n_others = n_others + counts(in_group, in_group) - 1
    return _bits(others, n_others, LEAST_WITHIN, RAREST_WITHIN), n_others


def _is_past_enough(now: Ints, past: Ints) -> bool:
    """Tell whether at least another day is known beside the day itself."""
    return bool((past >= 0).sum() >= (now >= 0).sum())


def share_of(told: float, largest: float) -> float:
    """Return the share of the other flights that a number of bits tells.

    Examples
    --------
    >>> share_of(12.0, 12.0), round(1 / share_of(9.0, 12.0))
    (0.0, 585)
    """
    share: float = 2.0**-told - 2.0**-largest
    return max(share, 0.0)


def _bits(others: Floats, n_others: Floats, least: int, rarest: int) -> Floats:
    with np.errstate(invalid="ignore"):
        told = -np.log2(others / np.maximum(n_others, 1) + 1 / rarest)
    # What all others are too is a little below zero.
    result: Floats = np.where(n_others >= least, np.maximum(told, 0.0), np.nan)
    return result
