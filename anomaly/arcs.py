"""Places on the unit sphere and the ways between them, for loops over all reports.

Compiled, as all is that looks at every report of a day: a pass of numpy over a column
costs as much as the pass of a kernel that does everything.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import COMPILED, INLINE
from anomaly.geo import EARTH_RADIUS_NM

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Of every whole degree from -180 to 180.
_WHOLE = np.radians(np.arange(-180, 181))
_SINES, _COSINES = np.sin(_WHOLE), np.cos(_WHOLE)
# Up to here an arc's sine has so few terms that they are faster than the function.
_SHORT = 0.01


@njit(**COMPILED)
def points_of(latitude_deg: Floats, longitude_deg: Floats) -> Floats:
    """Return places on the unit sphere, shape (n, 3)."""
    points = np.empty((len(latitude_deg), 3))
    for i in range(len(latitude_deg)):
        up, across = _sine_cosine(latitude_deg[i])
        east, ahead = _sine_cosine(longitude_deg[i])
        points[i, 0] = across * ahead
        points[i, 1] = across * east
        points[i, 2] = up
    return points


@njit(**INLINE)
def _sine_cosine(angle_deg: float) -> tuple[float, float]:
    """Return sine and cosine of an angle in degrees.

    Of its whole degrees they are looked up; of what is left, half a degree at most,
    the series end after four terms.
    """
    if not -180 <= angle_deg <= 180:
        # No call of sine and cosine: compiled, it would be made for every angle.
        angle_deg -= 360 * np.floor(angle_deg / 360 + 0.5)
    # In this order, what is no number has a place, too, and stays none.
    whole = int(min(180.0, max(-180.0, np.floor(angle_deg + 0.5))))
    rest = np.radians(angle_deg - whole)
    square = rest * rest
    sine = rest * (1 - square / 6 * (1 - square / 20 * (1 - square / 42)))
    cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30))
    of_whole, along = _SINES[whole + 180], _COSINES[whole + 180]
    return of_whole * cosine + along * sine, along * cosine - of_whole * sine


@njit(**INLINE)
def way_nm(points: Floats, one: int, other: int) -> float:
    """Return the great-circle distance between two of the points."""
    x = points[one, 0] - points[other, 0]
    y = points[one, 1] - points[other, 1]
    z = points[one, 2] - points[other, 2]
    half = min(np.sqrt(x * x + y * y + z * z) / 2, 1.0)
    if half < _SHORT:
        square = half * half
        angle = half * (1 + square / 6 * (1 + square * 0.45))
    else:
        angle = np.arcsin(half)
    return float(2 * EARTH_RADIUS_NM * angle)


@njit(**COMPILED)
def chosen(values: NDArray[np.generic], keep: Bools) -> NDArray[np.generic]:
    """Return the values that `keep` chooses, faster where they are nearly all."""
    n_kept = 0
    for kept in keep:
        n_kept += kept
    result = np.empty(n_kept, dtype=values.dtype)
    place = 0
    for i in range(len(values)):
        if keep[i]:
            result[place] = values[i]
            place += 1
    return result
