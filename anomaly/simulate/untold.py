"""Choose fields that a documented flight used and nobody told."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import draws
from anomaly.simulate.legs import Setting

_CHOOSY_NM = 60.0
"""How much longer a way must be for its stop to be chosen e times more rarely."""


def elsewhere(
    setting: Setting, near: int, beyond: int, range_nm: float, rng: np.random.Generator
) -> int:
    """Return a large field within range, rather not on the side of `beyond`."""
    places = setting.places
    away, farther = places.away_nm(near), places.away_nm(beyond)
    usable = places.kind_is("large_airport") & (away > 350.0)
    usable &= away < max(0.8 * range_nm, 700.0)
    weight = usable * np.where(farther > 0.8 * away, 1.0, 0.15)
    if not weight.any():
        return beyond
    return int(draws.choice(rng, np.arange(len(away)), weight, 1)[0])


def with_stops(
    setting: Setting,
    fields: Sequence[int],
    *,
    range_nm: float,
    ferry_nm: float,
    rng: np.random.Generator,
) -> tuple[int, ...]:
    """Return fields in order, with stops between two that are too far apart.

    Reports name where a load came from and where it went, and often nothing between.
    What no aircraft of the type flies even empty it did not fly in one go.
    """
    stops = list(fields[:1])
    for end in fields[1:]:
        left_nm = setting.places.away_nm(end)
        while left_nm[stops[-1]] > ferry_nm:
            cost_nm = _costs_nm(setting, stops[-1], left_nm, range_nm, ferry_nm)
            if np.isinf(cost_nm).all():
                break
            weight = np.exp(-(cost_nm - cost_nm.min()) / _CHOOSY_NM)
            stops.append(int(draws.choice(rng, np.arange(len(weight)), weight, 1)[0]))
        stops.append(end)
    return tuple(stops)


def _costs_nm(
    setting: Setting,
    start: int,
    left_nm: NDArray[np.float64],
    range_nm: float,
    ferry_nm: float,
) -> NDArray[np.float64]:
    """Return of each field how ill it serves as the next stop; infinite: not at all."""
    places = setting.places
    flown_nm = places.away_nm(start)
    # Each brings the end nearer, or the way would have no end.
    nearer = (left_nm > 1.0) & (left_nm < 0.9 * left_nm[start])
    usable = places.kind_is("large_airport") & nearer & (flown_nm <= ferry_nm)
    # A state that closed its airspace to some may have closed it to this one.
    usable &= ~np.isin(places.country, setting.reference.bans.table["country"].array)
    n_legs = np.ceil(left_nm[start] / range_nm)
    longer_nm = flown_nm + left_nm - left_nm[start]
    uneven_nm = np.abs(flown_nm - left_nm[start] / n_legs)
    return np.where(usable, longer_nm + uneven_nm, np.inf)
