"""Where whose aircraft are not sent: to rivals, and to states closed to them."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import tables
from anomaly.simulate.airspace import END, Closures, moment_s
from anomaly.simulate.places import Places, Rows

Bools = NDArray[np.bool_]


def is_open(
    places: Places, fields: Rows, country: str, time_s: float, *, armed: bool
) -> Bools:
    """Tell at which fields aircraft of a state may land, as far as tables tell."""
    of_state = places.country[fields]
    closed = _is_closed(places, fields, country, time_s, armed=armed)
    if armed:
        closed |= is_rival(of_state, country, time_s)
    # Nothing keeps an aircraft out of its own state.
    may_land: Bools = ~closed | (of_state == country)
    return may_land


def is_rival(of_state: NDArray[np.object_], country: str, time_s: float) -> Bools:
    """Tell in which of some states a state's armed forces do not land."""
    barred: Bools = np.isin(of_state, list(rivals_of(country, time_s)))
    return barred


def rivals_of(country: str, time_s: float) -> frozenset[str]:
    """Return the states in which a state's armed forces do not land."""
    return frozenset(
        rival
        for states, rivals, since_s, until_s in _rivalries()
        if country in states and since_s <= time_s < until_s
        for rival in rivals
    )


def _is_closed(
    places: Places, fields: Rows, country: str, time_s: float, *, armed: bool
) -> Bools:
    """Tell which fields their own state has closed to the aircraft of another."""
    closures = Closures.of_table()
    state = np.array([country], dtype=object)
    hold = closures.hold(state, np.array([time_s]), np.array([armed]))[0]
    # What is closed on the way to one state only says nothing of other ends.
    hold &= np.array([bound is None for bound in closures.bound_for])
    inside = closures.inside(places.latitude_deg[fields], places.longitude_deg[fields])
    of_state = places.country[fields]
    theirs = np.stack([np.isin(of_state, list(of)) for of in closures.of], axis=-1)
    closed: Bools = (inside & hold & theirs).any(axis=1)
    return closed


@cache
def _rivalries() -> tuple[tuple[frozenset[str], frozenset[str], float, float], ...]:
    return tuple(
        (
            frozenset(row.states.split()),
            frozenset(row.not_in.split()),
            moment_s(row.since),
            moment_s(row.until or END),
        )
        for row in tables.rivals()
    )
