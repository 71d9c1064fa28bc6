"""What is known of the fields at a flight's two ends, aligned with its flights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.geo import distance_nm
from features.base import FlightTables

MILITARY_USE = {"civil": 0.0, "joint": 0.5, "military": 1.0}


def country(airports: pd.Series, tables: FlightTables) -> pd.Series:
    """Return the state (ISO 3166, two letters) of each airport; NaN if unknown."""
    states: pd.Series = airports.map(tables.reference.airports.table["country"])
    # An empty or all-unknown column would otherwise lose its text dtype.
    return states.astype("str")


def military_use(airports: pd.Series, tables: FlightTables) -> pd.Series:
    """Return 1 for military fields, 0.5 for joint use, 0 for civil, NaN if unknown."""
    use = tables.reference.airports.table["field_use"]
    return airports.map(use.astype("object")).map(MILITARY_USE).astype("float64")


def unscheduled(airports: pd.Series, tables: FlightTables) -> pd.Series:
    """Return 1 where a field has no scheduled service, 0 where it has, else NaN."""
    scheduled = tables.reference.airports.table["scheduled"]
    return 1.0 - airports.map(scheduled.astype("float64")).astype("float64")


def coordinates(
    flights: pd.DataFrame, end: str, tables: FlightTables
) -> tuple[pd.Series, pd.Series]:
    """Return latitude and longitude of `end` (``origin`` or ``destination``).

    The field's, or the outermost position's where the field is unknown.
    """
    airports = tables.reference.airports.table
    side = "first" if end == "origin" else "last"
    latitude = flights[end].map(airports["latitude_deg"]).astype("float64")
    longitude = flights[end].map(airports["longitude_deg"]).astype("float64")
    return (
        latitude.fillna(flights[f"{side}_latitude_deg"].astype("float64")),
        longitude.fillna(flights[f"{side}_longitude_deg"].astype("float64")),
    )


def direct_nm(flights: pd.DataFrame, tables: FlightTables) -> pd.Series:
    """Return the great circle from a flight's origin to its destination."""
    from_lat, from_lon = coordinates(flights, "origin", tables)
    to_lat, to_lon = coordinates(flights, "destination", tables)
    return pd.Series(distance_nm(from_lat, from_lon, to_lat, to_lon), flights.index)


def pair(left: pd.Series, right: pd.Series) -> pd.Series:
    """Return a key for two values together, null if either is."""
    return (left + ">" + right).where(left.notna() & right.notna())


def occurrences(keys: pd.Series, past: pd.Series) -> pd.Series:
    """Return how often each key stands among the past ones."""
    # A look-up in counts: `isin` walks text one by one in Python.
    counts: pd.Series = keys.map(past.value_counts()).astype("float64").fillna(0.0)
    return counts


def rarity_bits(keys: pd.Series, past: pd.Series, prior: float = 1.0) -> pd.Series:
    """Return how surprising each key is among past and present ones, in bits.

    Minus the binary logarithm of the key's smoothed share, its own occurrence
    left out, so a key never seen elsewhere gets the largest value.
    """
    counts = pd.concat([past, keys]).value_counts()
    if counts.empty:
        return pd.Series(np.nan, keys.index)
    total = counts.sum() - 1 + prior * (len(counts) + 1)
    share = (keys.map(counts).astype("float64") - 1 + prior) / total
    return pd.Series(-np.log2(share), keys.index)


def rarity_within_bits(
    keys: pd.Series, groups: pd.Series, past_keys: pd.Series, past_groups: pd.Series
) -> pd.Series:
    """Return how surprising each key is within its group (an operator, a type)."""
    both = pair(groups, keys)
    past = pair(past_groups, past_keys)
    n_both = pd.concat([past, both]).value_counts()
    n_group = pd.concat(
        [past_groups[past.notna()], groups[both.notna()]]
    ).value_counts()
    # One imagined visit elsewhere keeps a first flight from being certain.
    share = (both.map(n_both).astype("float64") - 0.5) / (
        groups.map(n_group).astype("float64") + 0.5
    )
    return pd.Series(-np.log2(share), keys.index)
