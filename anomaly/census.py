"""Count positions, aircraft and hours by region, in one pass over a day's reports."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_HOUR_US = 3_600_000_000


@njit(cache=True)
def count(
    aircraft: NDArray[np.int32],
    time_us: NDArray[np.int64],
    latitude_deg: NDArray[np.float64],
    longitude_deg: NDArray[np.float64],
    region_of: NDArray[np.int64],
    cell_deg: int,
    n_aircraft: int,
    n_regions: int,
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return positions, which aircraft and which hours there are, by region.

    Parameters
    ----------
    aircraft : array of int
        Whose each report is, below `n_aircraft`.
    region_of : array of int
        The region of each cell of `cell_deg` degrees, by row from the south-west.
    """
    n_positions = np.zeros(n_regions, np.int64)
    there = np.zeros((n_aircraft, n_regions), np.bool_)
    hours = np.zeros((n_regions, 24), np.bool_)
    n_rows, n_columns = 180 // cell_deg, 360 // cell_deg
    own, region, begins_us, south, west = -1, 0, 0, 0, 0
    for i in range(len(aircraft)):
        north, east = latitude_deg[i] + 90, longitude_deg[i] + 180
        # As a rule all is as with the report before.
        if (
            aircraft[i] != own
            or not south <= north < south + cell_deg
            or not west <= east < west + cell_deg
            or not begins_us <= time_us[i] < begins_us + _HOUR_US
        ):
            own = aircraft[i]
            row = min(int(north / cell_deg), n_rows - 1)
            column = min(int(east / cell_deg), n_columns - 1)
            south, west = row * cell_deg, column * cell_deg
            begins_us = time_us[i] // _HOUR_US * _HOUR_US
            region = region_of[row * n_columns + column]
            there[own, region] = True
            hours[region, begins_us // _HOUR_US % 24] = True
        n_positions[region] += 1
    return n_positions, there, hours
