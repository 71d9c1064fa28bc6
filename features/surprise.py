"""How surprising a flight is, whatever its score: routine told from remarkable.

A day holds hundreds of ordinary airlift flights, which rightly score high and
would bury the one journey nobody has flown before.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.rarity import RAREST_WITHIN, largest_bits

# What each part asks: how rare are these two states together among all flights,
# among flights of the type, this state among the operator's, this field among the
# airframe's?
PARTS = (
    "route_country_pair_bits",
    "route_country_pair_for_type_bits",
    "operator_network_bits",
)
# A bit of surprise counts as a bit of odds.  Half as much lifted fewer documented
# flights over routine airlift; that was seen on the casebook, so what the casebook
# then says of the list is no untouched test.
WEIGHT = 1.0
_LEAST = 1e-6


def surprise_bits(rows: pd.DataFrame) -> pd.Series:
    """Return the mean of what is known of a flight's surprise, in bits.

    Parameters
    ----------
    rows : DataFrame
        The features of `features.build`; hidden ones are ``NaN`` and do not count.
    """
    # What a first visit says must not grow with the past: no other part does.
    airframe = rows["history_first_at_field"] * largest_bits(RAREST_WITHIN)
    parts = rows[list(PARTS)].assign(airframe=airframe)
    return parts.mean(axis="columns").fillna(0.0)


def priority_bits(score: pd.Series, surprise: pd.Series) -> pd.Series:
    """Return the review order: odds of the score in bits, plus the surprise.

    Examples
    --------
    >>> even, never_seen = pd.Series([0.5]), pd.Series([8.0])
    >>> float(priority_bits(even, never_seen).iloc[0])
    8.0
    """
    priority: pd.Series = odds_bits(score) + WEIGHT * surprise
    return priority


def odds_bits(score: pd.Series) -> pd.Series:
    """Return the binary logarithm of a score's odds: 0 at one half, 3 at 8 to 1."""
    likely = score.astype("float64").clip(_LEAST, 1 - _LEAST)
    return (likely / (1 - likely)).map(np.log2)
