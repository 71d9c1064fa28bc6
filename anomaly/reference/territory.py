"""Which state a place lies in, from the outlines of a map of 1:50 million.

Good for ways across continents, not for places near a border or a coast: the world
is cut into cells of an eighth of a degree.  States are told by the airports that lie
in an outline; waters along a coast are sea.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from anomaly.reference.airports import Airports
from anomaly.reference.coast import country_rings

CELLS_PER_DEG = 8
_ROWS, _COLUMNS = 180 * CELLS_PER_DEG, 360 * CELLS_PER_DEG
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEA, UNNAMED = -1, -2


@dataclass(frozen=True, eq=False)
class Territory:
    """Look up the state of places."""

    states: pd.Index
    cells: Ints
    """Shape (rows from the south, columns from 180° west): which of `states`, `SEA`,
    or `UNNAMED` land."""

    def at(self, latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> Ints:
        """Return which of `states` each place lies in, or `SEA` or `UNNAMED`."""
        row = np.floor((np.asarray(latitude_deg) + 90) * CELLS_PER_DEG)
        column = np.floor((np.asarray(longitude_deg) + 180) * CELLS_PER_DEG)
        found: Ints = self.cells[
            row.clip(0, _ROWS - 1).astype(np.int64), column.astype(np.int64) % _COLUMNS
        ]
        return found


@lru_cache(maxsize=4)
def territory_of(airports: Airports) -> Territory:
    """Return the world's cells, named by the airports' states."""
    outlines = _filled()
    table = airports.table[["latitude_deg", "longitude_deg", "country"]].dropna()
    which, states = pd.factorize(table["country"])
    shape = Territory(pd.Index([]), outlines).at(
        table["latitude_deg"], table["longitude_deg"]
    )
    inside = shape >= 0
    n_shapes = int(outlines.max()) + 1
    votes = np.zeros((n_shapes + 1, len(states)), dtype=np.int64)
    np.add.at(votes, (shape[inside], which[inside]), 1)
    named = np.where(votes.sum(axis=1) > 0, votes.argmax(axis=1), UNNAMED)
    # The last entry stands for the sea.
    named[n_shapes] = SEA
    return Territory(pd.Index(states), named[outlines])


def state_near(
    airports: Airports, latitude_deg: ArrayLike, longitude_deg: ArrayLike
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return the state of each place, and whether the place lies in it.

    Where it lies in none that is named, as at sea, it is the nearest field's.  None
    where the place is unknown.
    """
    latitude, longitude = (
        np.asarray(side, dtype=np.float64) for side in (latitude_deg, longitude_deg)
    )
    territory = territory_of(airports)
    state = np.full(len(latitude), None, dtype=object)
    known = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    cell = territory.at(latitude[known], longitude[known])
    inside = np.zeros(len(latitude), dtype=bool)
    inside[known] = cell >= 0
    state[inside] = territory.states.to_numpy(dtype=object)[cell[cell >= 0]]
    outside = known[cell < 0]
    if not len(outside):
        return state, inside
    idents, _ = airports.nearest(latitude[outside], longitude[outside])
    country = airports.table["country"]
    row = country.index.get_indexer(pd.Index(idents[:, 0], dtype=country.index.dtype))
    state[outside] = country.to_numpy(dtype=object)[row]
    return state, inside


def _filled() -> Ints:
    """Return the number of the outline that holds each cell's middle, else `SEA`.

    Along a row of cells every outline begins where it is crossed an odd time and ends
    at the next crossing; neighbours share the very points of their border, so that no
    cell is of two.
    """
    rounds = 3  # Outlines may go on beyond 180 degrees, either way.
    # There are some hundred outlines; numbers of eight bytes would fill 100 MB, twice.
    steps = np.zeros((_ROWS, rounds * _COLUMNS + 1), dtype=np.int16)
    for number, rings in enumerate(country_rings()):
        row, x = _crossings(rings)
        order = np.lexsort((x, row))
        column = np.ceil((x[order] + 180 + 360) * CELLS_PER_DEG - 0.5).astype(np.int64)
        column = column.clip(0, rounds * _COLUMNS)
        np.add.at(steps, (row[order][::2], column[::2]), number + 1)
        np.add.at(steps, (row[order][1::2], column[1::2]), -(number + 1))
    wide = np.cumsum(steps[:, :-1], axis=1, dtype=steps.dtype)
    widest = wide.reshape(_ROWS, rounds, _COLUMNS).max(axis=1)
    filled: Ints = widest.astype(np.int64) - 1
    return filled


def _crossings(rings: tuple[Floats, ...]) -> tuple[Ints, Floats]:
    """Return where the rings cross the middle latitudes of rows: row and longitude."""
    starts, ends = [], []
    for ring in rings:
        starts.append(ring)
        ends.append(np.roll(ring, -1, axis=0))
    a, b = np.concatenate(starts), np.concatenate(ends)
    # In rows from the south, a row's middle being a whole number.
    ya, yb = ((side[:, 1] + 90) * CELLS_PER_DEG - 0.5 for side in (a, b))
    low, high = np.ceil(np.minimum(ya, yb)), np.ceil(np.maximum(ya, yb))
    n = (high - low).astype(np.int64)
    edge = np.repeat(np.arange(len(a)), n)
    since = np.arange(len(edge)) - np.repeat(np.cumsum(n) - n, n)
    row = low[edge] + since
    share = (row - ya[edge]) / (yb[edge] - ya[edge])
    x = a[edge, 0] + share * (b[edge, 0] - a[edge, 0])
    inside = (row >= 0) & (row < _ROWS)
    return row[inside].astype(np.int64), x[inside]
