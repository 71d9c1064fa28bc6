"""Coasts and borders, fine enough for a map of one journey.

The file is `countries-50m.json` of world-atlas 2.0.2 (Copyright 2013-2019 Michael
Bostock, ISC licence), as TopoJSON and unchanged; the data are those of Natural Earth
at a scale of 1:50 million, which are in the public domain.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from anomaly.store import bundled

FILE = "countries-50m.json.gz"
# Names of ours that Natural Earth writes otherwise, of states that closed airspace.
_OTHER_NAMES = {
    "Czech Republic": "Czechia",
    "United States": "United States of America",
}
Line = NDArray[np.float64]
"""Shape (n, 2): longitude and latitude in degrees."""


class _Transform(msgspec.Struct):
    scale: tuple[float, float]
    translate: tuple[float, float]


class _Named(msgspec.Struct):
    name: str = ""


class _Polygon(msgspec.Struct, tag_field="type", tag="Polygon"):
    arcs: list[list[int]] = []
    properties: _Named | None = None

    def rings(self) -> Iterator[list[int]]:
        yield from self.arcs


class _MultiPolygon(msgspec.Struct, tag_field="type", tag="MultiPolygon"):
    arcs: list[list[list[int]]]
    properties: _Named | None = None

    def rings(self) -> Iterator[list[int]]:
        for polygon in self.arcs:
            yield from polygon


class _Shapes(msgspec.Struct):
    geometries: list[_Polygon | _MultiPolygon]


class _Objects(msgspec.Struct):
    countries: _Shapes
    land: _Shapes


class _Topology(msgspec.Struct):
    objects: _Objects
    arcs: list[list[tuple[int, int]]]
    transform: _Transform


@cache
def land_rings() -> tuple[Line, ...]:
    """Return the outlines of all land and of the lakes within it.

    Fill them by the even-odd rule; the last point joins the first.  Longitudes do
    not jump along a ring: one that crosses the antimeridian goes on beyond 180
    degrees.
    """
    topology = _read()
    return _rings(topology, topology.objects.land.geometries)


@cache
def state_rings(name: str) -> tuple[Line, ...]:
    """Return the outlines of a state by its name in Natural Earth; none if unknown.

    They are as those of `land_rings`.
    """
    topology = _read()
    shapes = topology.objects.countries.geometries
    wanted = _OTHER_NAMES.get(name, name)
    return _rings(
        topology, [s for s in shapes if s.properties and s.properties.name == wanted]
    )


def country_rings() -> Iterator[tuple[Line, ...]]:
    """Yield the outlines of each state, lakes not cut out; see `land_rings`."""
    topology = _read()
    arcs = _arcs(topology)
    for shape in topology.objects.countries.geometries:
        yield tuple(
            _closed(np.concatenate([_arc(arcs, number)[:-1] for number in ring]))
            for ring in shape.rings()
        )


@cache
def border_lines() -> tuple[Line, ...]:
    """Return the borders between states: the arcs that two of them share."""
    topology = _read()
    arcs = _arcs(topology)
    states: Counter[int] = Counter()
    for shape in topology.objects.countries.geometries:
        states.update({max(n, ~n) for ring in shape.rings() for n in ring})
    shared = sorted(arc for arc, n_states in states.items() if n_states > 1)
    return tuple(_continuous(arcs[number]) for number in shared)


@cache
def _read() -> _Topology:
    packed = bundled("reference", FILE).read_bytes()
    return msgspec.json.decode(gzip.decompress(packed), type=_Topology)


def _rings(
    topology: _Topology, shapes: Sequence[_Polygon | _MultiPolygon]
) -> tuple[Line, ...]:
    arcs = _arcs(topology)
    return tuple(
        _closed(np.concatenate([_arc(arcs, number)[:-1] for number in ring]))
        for shape in shapes
        for ring in shape.rings()
    )


def _arcs(topology: _Topology) -> list[Line]:
    # Each point is the step from the one before it, in units of a grid.
    return [
        np.cumsum(np.array(arc), axis=0) * topology.transform.scale
        + topology.transform.translate
        for arc in topology.arcs
    ]


def _arc(arcs: list[Line], number: int) -> Line:
    """Return an arc; ``~n`` is arc n backwards."""
    return arcs[number] if number >= 0 else arcs[~number][::-1]


def _continuous(line: Line) -> Line:
    """Return the line without jumps of a full round, its middle on the usual map."""
    longitude = np.unwrap(line[:, 0], period=360)
    middle = (longitude.min() + longitude.max()) / 2
    return np.column_stack([longitude - 360 * np.round(middle / 360), line[:, 1]])


def _closed(ring: Line) -> Line:
    """Return the ring without jumps; one round a pole closes over the pole."""
    ring = _continuous(ring)
    if abs(ring[-1, 0] - ring[0, 0]) < 180:
        return ring
    pole = float(np.copysign(90, ring[:, 1].mean()))
    return np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]]])
