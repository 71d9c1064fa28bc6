"""What is known of a flight's two ends, aligned with the day's flights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.geo import distance_nm
from anomaly.reference.territory import territory_of
from features.base import FlightTables
from features.coding import Floats, Ints


def coordinates(tables: FlightTables, end: str) -> tuple[Floats, Floats]:
    """Return latitude and longitude of `end` (``origin`` or ``destination``).

    The field's, or the outermost position's where the field is unknown.
    """
    flights, fields = tables.flights, tables.coded.fields
    field = getattr(tables.coded.now, end)
    side = "first" if end == "origin" else "last"
    found = []
    for axis in ("latitude_deg", "longitude_deg"):
        seen = flights[f"{side}_{axis}"].to_numpy(np.float64)
        found.append(np.where(field >= 0, getattr(fields, axis)[field], seen))
    return found[0], found[1]


def state(tables: FlightTables, end: str) -> Ints:
    """Return the state of a flight's end; -1 at sea, or where it is not known.

    The field's, or else that which the outermost position lies in.
    """
    fields = tables.coded.fields
    territory = territory_of(tables.reference.airports)
    latitude, longitude = coordinates(tables, end)
    seen = ~np.isnan(latitude)
    cell = territory.at(latitude[seen], longitude[seen])
    names = np.append(fields.states.get_indexer(territory.states), -1)
    below = np.full(len(seen), -1, dtype=np.int64)
    below[seen] = np.where(cell >= 0, names[cell], -1)
    of_field = getattr(tables.coded.now, f"{end}_state")
    found: Ints = np.where(of_field >= 0, of_field, below)
    return found


def direct_nm(tables: FlightTables) -> Floats:
    """Return the great circle from each flight's origin to its destination."""
    return distance_nm(
        *coordinates(tables, "origin"), *coordinates(tables, "destination")
    )


def from_field_nm(tables: FlightTables, end: str) -> Floats:
    """Return how far a flight's outermost position is from the field of that end."""
    flights, fields = tables.flights, tables.coded.fields
    field = getattr(tables.coded.now, end)
    side = "first" if end == "origin" else "last"
    return distance_nm(
        flights[f"{side}_latitude_deg"],
        flights[f"{side}_longitude_deg"],
        fields.latitude_deg[field],
        fields.longitude_deg[field],
    )


def pair(left: pd.Series, right: pd.Series) -> pd.Series:
    """Return a key for two values together, null if either is."""
    return (left + ">" + right).where(left.notna() & right.notna())
