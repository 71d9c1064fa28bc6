"""Count positions, aircraft and hours by region, in one pass over a day's reports."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_HOUR_US = 3_600_000_000


@njit(cache=True)
def count(
    aircraft: NDArray[np.int64],
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
    for i in range(len(aircraft)):
        row = min(int((latitude_deg[i] + 90) / cell_deg), n_rows - 1)
        column = min(int((longitude_deg[i] + 180) / cell_deg), n_columns - 1)
        region = region_of[row * n_columns + column]
        n_positions[region] += 1
        there[aircraft[i], region] = True
        hours[region, time_us[i] // _HOUR_US % 24] = True
    return n_positions, there, hours
