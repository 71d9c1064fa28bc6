"""How surprising a flight is, whatever its score: routine told from remarkable.

A day holds hundreds of ordinary airlift flights, which rightly score high and
would bury the one journey nobody has flown before.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import seen_pair
from features.rarity import RAREST, RAREST_WITHIN, largest_bits

# What each part asks: how rare are these two states together among all flights,
# among flights of the type, this state among the operator's, this field among the
# airframe's?  And how many bits it can be worth.
PAIR = "route_country_pair_bits"
SEEN_PAIR = seen_pair.NAME
"""Stands in for the pair of states where an end is unknown."""
FIRST_VISIT = "history_first_at_field"
PARTS = {
    PAIR: largest_bits(RAREST),
    "route_country_pair_for_type_bits": largest_bits(RAREST_WITHIN),
    "operator_network_bits": largest_bits(RAREST_WITHIN),
    # What a first visit says must not grow with the past: no other part does.
    FIRST_VISIT: largest_bits(RAREST_WITHIN),
}
COLUMNS = (*PARTS, SEEN_PAIR)
"""The features that a surprise is told by."""
MOST_BITS = sum(PARTS.values()) / len(PARTS)
"""Of a flight that nobody, or hardly anybody, flew before."""
UNKNOWN_BITS = 2.7
"""Of a flight of which nothing is known to tell by: the mean of a day's other flights.

At 0, as if it were routine, it would be listed behind every airliner; the mean is of an
ordinary simulated day of 50,000 flights.
"""
# A bit of odds for or against a look-alike, and one of surprise, count as two bits of
# odds against ordinary traffic.  These weights and the two limits below were chosen
# among some 200 by how many documented flights they flag on a simulated day, and how
# many look-alikes: what the casebook then says of the list is no untouched test.
LOOK_ALIKE_WEIGHT = 2.0
SURPRISE_WEIGHT = 2.0
MOST_ORDINARY_BITS = 10.0
"""Up to here odds against ordinary traffic count: one flight in 1,000, of which a day
of 50,000 holds 50.  That a flight is still less like all others makes it no
likelier to be logistics, and is more than some 20,000 ordinary flights can teach."""
MOST_LOOK_ALIKE_BITS = 2.0
"""Up to here odds against look-alikes lift a flight: of those too few are documented
for more than "four times likelier"."""
_LEAST = 1e-6


def surprise_bits(rows: pd.DataFrame) -> pd.Series:
    """Return the mean of the parts of a flight's surprise, in bits.

    Where an end is unknown, the states by which it was seen stand in for its own.  What
    else is unknown counts as rare as the pair of states is: where nobody flew, this
    type, operator and airframe did not either.  Left out of the mean, it would make a
    flight the more surprising the less is known of it.  Where nothing is known,
    `UNKNOWN_BITS`.

    Parameters
    ----------
    rows : DataFrame
        The features of `features.build`, at least `COLUMNS`; what is hidden is
        ``NaN``.

    Examples
    --------
    >>> unknown = dict.fromkeys(COLUMNS, float("nan"))
    >>> nobody_flew_it, lost_where_nobody_flew = {PAIR: 12.0}, {SEEN_PAIR: 12.0}
    >>> rows = [unknown | nobody_flew_it, unknown | lost_where_nobody_flew, unknown]
    >>> surprise_bits(pd.DataFrame(rows)).tolist()
    [7.5, 7.5, 2.7]
    """
    bits = rows[list(PARTS)].astype("float64")
    bits[PAIR] = bits[PAIR].fillna(rows[SEEN_PAIR].astype("float64"))
    # A first visit is told as yes or no, the other parts in bits.
    bits[FIRST_VISIT] *= PARTS[FIRST_VISIT]
    rare = bits[PAIR] / PARTS[PAIR]
    for name, largest in PARTS.items():
        bits[name] = bits[name].fillna(rare * largest)
    return bits.mean(axis="columns").fillna(UNKNOWN_BITS)


def priority_bits(
    ordinary_bits: pd.Series, look_alike_bits: pd.Series, surprise: pd.Series
) -> pd.Series:
    """Return the review order: how far from ordinary traffic, and how surprising.

    Parameters
    ----------
    ordinary_bits
        The odds of logistics against ordinary traffic, in bits: the mean of those by
        all that is known, and of those as if neither the operator nor the type of
        aircraft were.  A military airlifter on its daily round stands out by who it
        is, and would bury what is remarkable by what it does.
    look_alike_bits
        Likewise against what resembles it; infinite where nobody asked, as of flights
        that are clearly ordinary: then it counts nothing.

    Examples
    --------
    >>> even, never_seen = pd.Series([0.0]), pd.Series([7.5])
    >>> float(priority_bits(even, even, never_seen).iloc[0])
    15.0
    >>> float(priority_bits(even, even - 3.0, never_seen).iloc[0])
    9.0

    Odds count up to a limit:

    >>> float(priority_bits(even + 20.0, even + 3.0, never_seen).iloc[0])
    29.0
    >>> float(priority_bits(even - 9.0, even + np.inf, never_seen).iloc[0])
    6.0
    """
    unlike = ordinary_bits.clip(upper=MOST_ORDINARY_BITS)
    is_asked = np.isfinite(look_alike_bits)
    alike = look_alike_bits.clip(upper=MOST_LOOK_ALIKE_BITS).where(is_asked, 0.0)
    priority: pd.Series = (
        unlike + LOOK_ALIKE_WEIGHT * alike + SURPRISE_WEIGHT * surprise
    )
    return priority


def raised_by(score: pd.Series) -> pd.Series:
    """Return by how many bits the next best of a mission lifts it: its own odds.

    Examples
    --------
    >>> raised_by(pd.Series([0.8, 0.5, 0.1])).round(6).tolist()
    [2.0, 0.0, 0.0]
    """
    raised: pd.Series = odds_bits(score).clip(lower=0.0)
    return raised


def odds_bits(score: pd.Series) -> pd.Series:
    """Return the binary logarithm of a score's odds: 0 at one half, 3 at 8 to 1."""
    likely = score.astype("float64").clip(_LEAST, 1 - _LEAST)
    return (likely / (1 - likely)).map(np.log2)
