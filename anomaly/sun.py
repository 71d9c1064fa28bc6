"""Where the sun stands: enough to tell night from day."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

# Civil twilight ends: a man outside needs a lamp.
DARK_DEG = -6.0
_DAY_S = 86_400.0
# At the very pole no hour has a name.
_LEAST_COSINE = 1e-9
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
    declination, hour_angle = _sun(timestamp, longitude_deg)
    latitude = np.radians(np.asarray(latitude_deg, dtype="float64"))
    sine = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(
        declination
    ) * np.cos(hour_angle)
    result: NDArray[np.float64] = np.degrees(np.arcsin(sine.clip(-1, 1)))
    return result


def dark_share(
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
    latitude_deg: NDArray[np.float64],
    longitude_deg: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the share of each time at one place with the sun below `DARK_DEG`.

    Computed, not sampled: the sun's declination is taken as that of the middle, which
    it leaves by a fifth of a degree at most in half a day, so the share is good to a
    minute or two of its span except near the poles. Times are seconds since 1970; of
    an empty span it is 0 or 1.

    Examples
    --------
    A whole day on the equator, where each twilight takes 24 minutes:

    >>> start = np.array([1553040000.0])
    >>> dark_share(start, start + 86400, np.zeros(1), np.zeros(1)).round(3).item()
    0.467
    """
    middle_s = (start_s + end_s) / 2
    moment = pd.DatetimeIndex(pd.to_datetime(middle_s, unit="s", utc=True))
    declination, hour_angle = _sun(moment, longitude_deg)
    latitude = np.radians(latitude_deg)
    # The hour angle at which the sun passes that height: none by polar day or night.
    cosine = (
        np.sin(np.radians(DARK_DEG)) - np.sin(latitude) * np.sin(declination)
    ) / np.maximum(np.cos(latitude) * np.cos(declination), _LEAST_COSINE)
    lit = np.arccos(cosine.clip(-1, 1))
    half = (end_s - start_s) / 2 / _DAY_S * 2 * np.pi
    # Noon is 0 and lies in the middle of the light.
    first, last = hour_angle - half, hour_angle + half
    light = _light_until(last, lit) - _light_until(first, lit)
    at_once = np.abs(np.angle(np.exp(1j * hour_angle))) < lit
    share = np.divide(light, last - first, out=at_once.astype(float), where=half > 0)
    result: NDArray[np.float64] = (1 - share).clip(0, 1)
    return result


def _light_until(
    angle: NDArray[np.float64], lit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how much of the hour angles from -pi to `angle` is light."""
    turns, rest = np.divmod(angle + np.pi, 2 * np.pi)
    until: NDArray[np.float64] = 2 * lit * turns + (rest - np.pi + lit).clip(0, 2 * lit)
    return until


def _sun(
    timestamp: pd.Series | pd.DatetimeIndex, longitude_deg: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sun's declination and its hour angle at each place, in radians."""
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
    return declination, sidereal + longitude - ascension
