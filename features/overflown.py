"""What lies below the direct way between a flight's two ends.

The track itself is not at hand here: it tells where an aircraft could have flown, and
a flight much longer than that where it did not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anomaly.geo import distance_nm
from anomaly.reference.bans import ALL
from anomaly.reference.territory import SEA, Territory, territory_of
from features import ends
from features.base import FlightTables
from features.coding import Bools, Floats, Ints

# An eighth of a degree, the size of the cells, is 7.5 nm: every cell that a way crosses
# for longer than a step is found.
STEP_NM = 5.0
COARSE = 4


@dataclass(frozen=True, eq=False)
class Overflown:
    """One entry for each stretch of the direct way of each flight, from end to end."""

    flight: Ints
    """The row of the flight."""
    state: Ints
    """Which of `Fields.states` lies below; -1 for the sea and for no state known."""
    at_sea: Bools
    n_steps: Ints
    """How long the stretch is."""
    n_flights: int

    def share(self, what: Bools) -> Floats:
        """Return the share of each flight's way of which it is so."""
        n = np.bincount(self.flight, self.n_steps, minlength=self.n_flights)
        which = np.bincount(
            self.flight[what], self.n_steps[what], minlength=self.n_flights
        )
        with np.errstate(invalid="ignore"):
            result: Floats = which / np.where(n > 0, n, np.nan)
        return result


def overflown(tables: FlightTables) -> Overflown:
    """Return what lies below the direct ways; nothing where an end is unknown."""
    fields = tables.coded.fields
    corners = np.column_stack(
        [*ends.coordinates(tables, "origin"), *ends.coordinates(tables, "destination")]
    )
    known = np.flatnonzero(~np.isnan(corners).any(axis=1))
    # The same few pairs of fields come again and again.
    different, which = np.unique(corners[known], axis=0, return_inverse=True)
    territory = territory_of(tables.reference.airports)
    way, cell, n_steps = _stretches(different, territory)
    names = np.append(fields.states.get_indexer(territory.states), -1)
    state = np.where(cell >= 0, names[cell], -1)
    n_stretches = np.bincount(way, minlength=len(different))
    first = np.cumsum(n_stretches) - n_stretches
    n = n_stretches[which.ravel()]
    at = np.repeat(first[which.ravel()] - (np.cumsum(n) - n), n) + np.arange(n.sum())
    return Overflown(
        np.repeat(known, n),
        state[at],
        cell[at] == SEA,
        n_steps[at],
        len(tables.flights),
    )


def between(tables: FlightTables, below: Overflown) -> Bools:
    """Tell which stretches lie over a state where a flight neither began nor ended."""
    now = tables.coded.now
    result: Bools = (
        (below.state >= 0)
        & (below.state != now.origin_state[below.flight])
        & (below.state != now.destination_state[below.flight])
    )
    return result


def n_states(tables: FlightTables, below: Overflown) -> Floats:
    """Count the states on each way in which the flight neither began nor ended."""
    passed = between(tables, below)
    n = len(tables.coded.fields.states)
    pairs = np.unique(below.flight[passed] * np.int64(n) + below.state[passed])
    counted = np.bincount(pairs // n, minlength=below.n_flights).astype(np.float64)
    has_way = np.bincount(below.flight, minlength=below.n_flights) > 0
    return np.where(has_way, counted, np.nan)


def closed(tables: FlightTables, below: Overflown) -> Bools:
    """Tell which stretches lie over airspace that was closed or forbidden.

    Closed to its state's aircraft, or a conflict area that an authority forbade to
    some carriers; never where it began or ended, where it evidently was let in.
    """
    areas = tables.coded.fields.state_of(
        pd.Series(tables.reference.conflicts.on(tables.date), dtype="str")
    )
    forbidden = np.isin(below.state, areas[areas >= 0])
    result: Bools = (forbidden & between(tables, below)) | barred(tables, below)
    return result


def barred(tables: FlightTables, below: Overflown) -> Bools:
    """Tell which stretches lie over third states that closed their airspace to it."""
    fields, now = tables.coded.fields, tables.coded.now
    shut = np.zeros(len(below.state), dtype=bool)
    own = tables.home_state
    bans = tables.reference.bans.on(tables.date)
    country, against, to = (
        fields.state_of(bans[name].astype("str"))
        for name in ("country", "against", "destination")
    )
    for n, (whose, into) in enumerate(
        zip(bans["against"], bans["destination"], strict=True)
    ):
        is_meant = (own == against[n]) | (whose == ALL)
        if isinstance(into, str):
            is_meant &= now.destination_state == to[n]
        shut |= (below.state == country[n]) & is_meant[below.flight]
    result: Bools = shut & between(tables, below)
    return result


def _stretches(corners: Floats, territory: Territory) -> tuple[Ints, Ints, Ints]:
    """Return what lies below great circles: which circle, over what, how many steps."""
    way, latitude, longitude = _steps(corners)
    cell = territory.at(latitude, longitude)
    changes = np.diff(cell, prepend=SEA) != 0
    begins = np.flatnonzero(changes | (np.diff(way, prepend=-1) != 0))
    return way[begins], cell[begins], np.diff(np.append(begins, len(way)))


def _steps(corners: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the steps of great circles: which circle, latitude and longitude.

    Between points of the circle `COARSE` steps apart, steps are on a straight line of
    the map: sines for each would cost more than all else.
    """
    way, latitude, longitude = _points(corners, COARSE * STEP_NM)
    is_last = np.diff(way, append=-1) != 0
    ahead = np.where(is_last, 0.0, np.diff(latitude, append=0.0))
    east = np.where(is_last, 0.0, np.diff(longitude, append=0.0))
    # The shorter way round, where it crosses the 180th meridian.
    east = (east + 180) % 360 - 180
    n = np.where(is_last, 1, COARSE)
    at = np.repeat(np.arange(len(way)), n)
    share = (np.arange(len(at)) - np.repeat(np.cumsum(n) - n, n)) / COARSE
    return way[at], latitude[at] + share * ahead[at], longitude[at] + share * east[at]


def _points(corners: Floats, apart_nm: float) -> tuple[Ints, Floats, Floats]:
    """Return points of great circles: which circle, latitude and longitude."""
    lat1, lon1, lat2, lon2 = np.radians(corners.T)
    n = np.ceil(distance_nm(*corners.T) / apart_nm).astype(np.int64) + 1
    way = np.repeat(np.arange(len(corners)), n)
    point = np.arange(len(way)) - np.repeat(np.cumsum(n) - n, n)
    share = point / np.maximum(n[way] - 1, 1)
    a, b = (_vectors(lat, lon) for lat, lon in ((lat1, lon1), (lat2, lon2)))
    angle = np.arccos(np.einsum("ij,ij->i", a, b).clip(-1, 1))[way]
    # Of a way of no length any mixture is right.
    whole = np.where(angle > 1e-9, np.sin(angle), 1.0)
    left = np.where(angle > 1e-9, np.sin((1 - share) * angle), 1.0) / whole
    right = np.where(angle > 1e-9, np.sin(share * angle), 0.0) / whole
    x, y, z = (left[:, None] * a[way] + right[:, None] * b[way]).T
    return way, np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def _vectors(latitude: Floats, longitude: Floats) -> Floats:
    return np.column_stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )
