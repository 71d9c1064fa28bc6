"""Where the sun stands: enough to tell night from day."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

_J2000 = pd.Timestamp("2000-01-01T12:00Z")


def elevation_deg(
    timestamp: pd.Series | pd.DatetimeIndex,
    latitude_deg: ArrayLike,
    longitude_deg: ArrayLike,
) -> NDArray[np.float64]:
    """Return the sun's height above the horizon, good to half a degree.

    The low-precision formula of the Astronomical Almanac (mean longitude and
    anomaly of the sun, 1950-2050), without refraction.

    Examples
    --------
    Noon at Greenwich on the equinox, seen from the equator:

    >>> noon = pd.DatetimeIndex(["2019-03-20T12:07Z"])
    >>> bool(elevation_deg(noon, [0.0], [0.0])[0] > 89)
    True
    """
    # to_numpy drops the zone after converting to UTC, which all our times are.
    utc = pd.DatetimeIndex(timestamp).tz_convert("UTC")
    days = np.asarray((utc - _J2000) / pd.Timedelta(days=1), dtype="float64")
    mean_longitude = np.radians((280.460 + 0.9856474 * days) % 360)
    anomaly = np.radians((357.528 + 0.9856003 * days) % 360)
    ecliptic = mean_longitude + np.radians(
        1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly)
    )
    tilt = np.radians(23.439 - 0.0000004 * days)
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    sidereal = np.radians((280.46062 + 360.98564737 * days) % 360)
    longitude = np.radians(np.asarray(longitude_deg, dtype="float64"))
    latitude = np.radians(np.asarray(latitude_deg, dtype="float64"))
    hour_angle = sidereal + longitude - ascension
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(
        declination
    ) * np.cos(hour_angle)
    result: NDArray[np.float64] = np.degrees(np.arcsin(sine.clip(-1, 1)))
    return result
