"""Build ``world_land.json`` from a copy of the world map of npm's `world-atlas`.

Usage: build_world.py COUNTRIES_110M_JSON

Coastlines and borders come out as lists of [longitude, latitude], rounded to a tenth
of a degree, which is finer than a pixel of the maps in reports.  A border is an arc
that two states share.  Nothing is fetched.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Line = list[list[float]]


def main(topology: str) -> None:
    """Write the map beside this script."""
    world = json.loads(Path(topology).read_text(encoding="utf-8"))
    arcs = decoded(world)
    land = world["objects"]["land"]["geometries"]
    rings = [ring for shape in land for ring in rings_of(shape)]
    used: dict[int, set[int]] = {}
    for number, shape in enumerate(world["objects"]["countries"]["geometries"]):
        for ring in rings_of(shape):
            for arc in ring:
                used.setdefault(arc if arc >= 0 else ~arc, set()).add(number)
    shared = sorted(arc for arc, states in used.items() if len(states) > 1)
    out = {
        "land": [whole(thinned(joined(ring, arcs))) for ring in rings],
        "borders": [part for arc in shared for part in unbroken(thinned(arcs[arc]))],
    }
    out["land"] = [ring for ring in out["land"] if len(ring) >= 4]
    text = json.dumps(out, separators=(",", ":")) + "\n"
    (HERE / "world_land.json").write_text(text, encoding="utf-8")
    print(f"{len(out['land'])} rings, {len(out['borders'])} borders, {len(text)} bytes")


def decoded(world: dict[str, Any]) -> list[Line]:
    """Return the arcs in degrees; the file holds whole-numbered steps."""
    (sx, sy), (tx, ty) = world["transform"]["scale"], world["transform"]["translate"]
    arcs = []
    for steps in world["arcs"]:
        xs = accumulate(step[0] for step in steps)
        ys = accumulate(step[1] for step in steps)
        arcs.append([[x * sx + tx, y * sy + ty] for x, y in zip(xs, ys, strict=True)])
    return arcs


def rings_of(shape: dict[str, Any]) -> Iterator[list[int]]:
    """Return the rings of a shape as numbers of arcs; ``~n`` is arc n backwards."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    for polygon in polygons:
        yield from polygon


def joined(ring: list[int], arcs: list[Line]) -> Line:
    """Return the points of a ring."""
    points: Line = []
    for arc in ring:
        part = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        points += part[1:] if points else part
    return points


def thinned(line: Line) -> Line:
    """Return the line rounded, without points that fall together."""
    rounded = [[round(x, 1), round(y, 1)] for x, y in line]
    return rounded[:1] + [b for a, b in pairwise(rounded) if a != b]


def whole(ring: Line) -> Line:
    """Return the ring without jumps: over the antimeridian it runs on past 180."""
    turned, turn = ring[:1], 0.0
    for a, b in pairwise(ring):
        turn += 360.0 * ((b[0] - a[0] < -180) - (b[0] - a[0] > 180))
        turned.append([round(b[0] + turn, 1), b[1]])
    if turned[0] != turned[-1]:
        # Antarctica goes round the pole: closed along the map's lower edge.
        turned += [[turned[-1][0], -90.0], [turned[0][0], -90.0], turned[0]]
    return turned


def unbroken(line: Line) -> Iterator[Line]:
    """Cut a line where it jumps over the antimeridian."""
    part = line[:1]
    for a, b in pairwise(line):
        if abs(b[0] - a[0]) > 180:
            yield part
            part = []
        part.append(b)
    if len(part) > 1:
        yield part


if __name__ == "__main__":
    main(*sys.argv[1:])
