"""Where whose aircraft are not sent: to rivals, and below airspace closed to them."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import tables
from anomaly.simulate.airspace import Closures
from anomaly.simulate.places import Places, Rows


def is_open(
    places: Places, fields: Rows, country: str, time_s: float, *, armed: bool
) -> NDArray[np.bool_]:
    """Tell at which fields aircraft of a state may land, as far as tables tell."""
    closures = Closures.of_table()
    state = np.array([country], dtype=object)
    hold = closures.hold(state, np.array([time_s]), np.array([armed]))[0]
    # What is closed on the way to one state only says nothing of other ends.
    hold &= np.array([state is None for state in closures.bound_for])
    inside = closures.inside(places.latitude_deg[fields], places.longitude_deg[fields])
    of_state = places.country[fields]
    found = ~(inside & hold).any(axis=1)
    if armed:
        found &= ~np.isin(of_state, list(rivals_of(country)))
    # Nothing keeps an aircraft out of its own state.
    may_land: NDArray[np.bool_] = found | (of_state == country)
    return may_land


@cache
def rivals_of(country: str) -> frozenset[str]:
    """Return the states in which a state's armed forces do not land."""
    return frozenset(
        rival
        for row in tables.rivals()
        if country in row.states.split()
        for rival in row.not_in.split()
    )
