"""Ways round airspace that is closed to an aircraft's flag."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from anomaly.geo import EARTH_RADIUS_NM
from anomaly.simulate import paths, tables
from anomaly.simulate.places import Places
from anomaly.simulate.sorties import Columns, Shape

Numbers = NDArray[np.float64]
Bools = NDArray[np.bool_]

ALL = "*"
_ALONG = ((1 / 3, 2 / 3), (0.5, 0.95), (0.05, 0.5))
_ASIDE = (0.0, 0.08, 0.16, 0.28, 0.42, 0.6)


def _length(turns: tuple[float, float, float, float]) -> float:
    along_1, along_2, aside_1, aside_2 = turns
    return (
        math.hypot(along_1, aside_1)
        + math.hypot(along_2 - along_1, aside_2 - aside_1)
        + math.hypot(1.0 - along_2, aside_2)
    )


# Where the two turning points are tried, as shares of the direct way along it and
# aside of it, both on one side: the shortest way that keeps clear is flown.
_TURNS = sorted(
    (
        (*along, side * first, side * second)
        for along in _ALONG
        for first in _ASIDE
        for second in _ASIDE
        if first or second
        for side in (1.0, -1.0)
    ),
    key=_length,
)
_SAMPLES = 12
"""Points of each of a way's three parts that must lie outside."""
END = "2100-01-01"
ARMED = ("airlift", "tanker", "isr")
"""Groups of the armed forces' own aircraft that go abroad; heads of state are received
by rivals too."""


@dataclass(frozen=True, eq=False)
class Closures:
    """Boxes of degrees, one row each, closed to some flags for some time."""

    south_north_west_east: Numbers
    since_s: Numbers
    until_s: Numbers
    of: tuple[frozenset[str], ...]
    """The states whose airspace each box stands for."""
    closed_to: tuple[frozenset[str], ...]
    bound_for: tuple[str | None, ...]
    armed_only: Bools
    """Closed to the armed forces of those states, and to nobody else."""

    @staticmethod
    @cache
    def of_table() -> Closures:
        """Return the closures of ``closures.csv``."""
        rows = tables.closures()
        return Closures(
            np.array([[row.south, row.north, row.west, row.east] for row in rows]),
            np.array([moment_s(row.since) for row in rows]),
            np.array([moment_s(row.until or END) for row in rows]),
            tuple(frozenset(row.of.split()) for row in rows),
            tuple(frozenset(row.closed_to.split()) for row in rows),
            tuple(row.bound_for for row in rows),
            np.array([row.armed_only for row in rows]),
        )

    def between(self, first_s: float, last_s: float) -> Closures:
        """Return those that hold at some time between the two."""
        rows = np.flatnonzero((self.since_s <= last_s) & (self.until_s > first_s))
        return Closures(
            self.south_north_west_east[rows],
            self.since_s[rows],
            self.until_s[rows],
            tuple(self.of[row] for row in rows),
            tuple(self.closed_to[row] for row in rows),
            tuple(self.bound_for[row] for row in rows),
            self.armed_only[rows],
        )

    def hold(
        self, country: NDArray[np.object_], time_s: Numbers, armed: Bools
    ) -> Bools:
        """Tell which closures hold for which aircraft at which time: (n, closures)."""
        flags = np.stack(
            [
                np.isin(country, list(states)) | (ALL in states)
                for states in self.closed_to
            ],
            axis=1,
        )
        flags &= armed[:, None] | ~self.armed_only
        return np.asarray(
            flags & (time_s[:, None] >= self.since_s) & (time_s[:, None] < self.until_s)
        )

    def inside(self, lat: Numbers, lon: Numbers) -> Bools:
        """Tell which points, of any shape, lie in which closure, on a last axis."""
        south, north, west, east = self.south_north_west_east.T
        lat, lon = lat[..., None], lon[..., None]
        return np.asarray((lat > south) & (lat < north) & (lon > west) & (lon < east))


def kept_clear(
    places: Places,
    sorties: Columns,
    country: NDArray[np.object_],
    farthest_nm: Numbers,
    armed: Bools,
) -> Columns:
    """Return direct flights with turning points that keep out of what is closed.

    A closure that holds an end of the flight does not bind it, nor does one that no
    way within `farthest_nm` keeps clear of.
    """
    time_s = sorties["takeoff_s"]
    if not len(time_s):
        return sorties
    closures = Closures.of_table().between(time_s.min(), time_s.max())
    if not closures.closed_to:
        return sorties
    binding = closures.hold(country, time_s, armed)
    binding[sorties["shape"] != Shape.DIRECT] = False
    for number, state in enumerate(closures.bound_for):
        if state is not None:
            fields = list(places.ident[places.country == state])
            binding[:, number] &= np.isin(sorties["origin"], fields) | np.isin(
                sorties["destination"], fields
            )
    for end in ("1", "2"):
        binding &= ~closures.inside(
            sorties[f"latitude_{end}_deg"], sorties[f"longitude_{end}_deg"]
        )
    left = np.flatnonzero(binding.any(axis=1))
    left = left[_violates(_of(sorties, left), binding[left], closures)]
    flown = {name: values.copy() for name, values in sorties.items() if "via" in name}
    for turns in _TURNS:
        if not len(left):
            break
        tried = _turned(_of(sorties, left), turns)
        way_nm = paths.legs_nm(tried).sum(axis=1)
        fits = ~_violates(tried, binding[left], closures)
        fits &= way_nm <= farthest_nm[left]
        for name, values in flown.items():
            values[left[fits]] = tried[name][fits]
        left = left[~fits]
    return {**sorties, **flown}


def _turned(flights: Columns, turns: tuple[float, float, float, float]) -> Columns:
    """Return flights whose turning points lie aside of the direct way."""
    lat_1, lon_1 = flights["latitude_1_deg"], flights["longitude_1_deg"]
    lat_2, lon_2 = flights["latitude_2_deg"], flights["longitude_2_deg"]
    start, end = paths.unit_vectors(lat_1, lon_1), paths.unit_vectors(lat_2, lon_2)
    arc = np.arccos(np.sum(start * end, axis=-1).clip(-1.0, 1.0))
    course = paths.course_deg(lat_1, lon_1, lat_2, lon_2)
    turned = dict(flights)
    for number, share, aside in ((1, turns[0], turns[2]), (2, turns[1], turns[3])):
        by_nm = aside * arc * EARTH_RADIUS_NM
        middle = paths.between(start, end, np.full(len(start), share))
        lat, lon = paths.moved(*paths.degrees(middle), course + 90.0, by_nm)
        turned[f"via_{number}_latitude_deg"] = lat
        turned[f"via_{number}_longitude_deg"] = lon
    return turned


def _violates(flights: Columns, binding: Bools, closures: Closures) -> Bools:
    """Tell which flights cross a closure that binds them."""
    corners = [
        paths.unit_vectors(
            flights[f"{n}latitude{m}_deg"], flights[f"{n}longitude{m}_deg"]
        )
        for n, m in (("", "_1"), ("via_1_", ""), ("via_2_", ""), ("", "_2"))
    ]
    crossed = np.zeros(len(binding), dtype=bool)
    for part in range(3):
        for share in np.linspace(0.0, 1.0, _SAMPLES, endpoint=False):
            at = paths.between(
                corners[part], corners[part + 1], np.full(len(binding), share)
            )
            crossed |= (closures.inside(*paths.degrees(at)) & binding).any(axis=1)
    return crossed


def _of(sorties: Columns, rows: NDArray[np.int64]) -> Columns:
    names = ("shape", "shape_nm")
    return {
        name: values[rows]
        for name, values in sorties.items()
        if name in names or name.endswith("_deg")
    }


def moment_s(date: str) -> float:
    """Return when a day begins, in seconds since 1970."""
    midnight = dt.datetime.combine(dt.date.fromisoformat(date), dt.time(), dt.UTC)
    return midnight.timestamp()
