"""Put places of the globe on a flat picture, and cut away what lies outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anomaly.report.svg import Points

Floats = NDArray[np.float64]
Number = TypeVar("Number", float, Floats)

# Closer in than this a coastline of the whole world has no shape.
SMALLEST_DEG = 2.0
MARGIN_SHARE = 0.14


@dataclass(frozen=True)
class View:
    """An equirectangular picture around a centre, true to scale at its height."""

    width: float
    height: float
    latitude_deg: float
    longitude_deg: float
    px_per_deg: float
    """Along a meridian."""
    squeeze: float
    """Cosine of the centre's latitude: what a degree of longitude is worth there."""

    def x(self, longitude_deg: Number) -> Number:
        """Return how far right a longitude is; jumps opposite the centre."""
        off = (longitude_deg - self.longitude_deg + 180) % 360 - 180
        return off * self.px_per_deg * self.squeeze + self.width / 2

    def y(self, latitude_deg: Number) -> Number:
        """Return how far down a latitude is."""
        return (self.latitude_deg - latitude_deg) * self.px_per_deg + self.height / 2

    def lines(self, latitude_deg: Floats, longitude_deg: Floats) -> list[Points]:
        """Return a track as lines, cut where it leaves the picture on one side."""
        points = np.column_stack([self.x(longitude_deg), self.y(latitude_deg)])
        half_round = 180 * self.px_per_deg * self.squeeze
        cuts = np.flatnonzero(np.abs(np.diff(points[:, 0])) > half_round) + 1
        return np.split(points, cuts)

    def bounds_deg(self) -> tuple[float, float, float, float]:
        """Return south, north, west and east; west and east are not wrapped."""
        up = self.height / 2 / self.px_per_deg
        side = self.width / 2 / self.px_per_deg / self.squeeze
        return (
            self.latitude_deg - up,
            self.latitude_deg + up,
            self.longitude_deg - side,
            self.longitude_deg + side,
        )

    def ring(self, ring_deg: Points, turn_deg: float) -> Points:
        """Return what shows of a ring (longitude, latitude) moved `turn_deg` east."""
        south, north, west, east = self.bounds_deg()
        moved = ring_deg + np.array([turn_deg, 0.0])
        return self.straight(clip_ring(moved, west, south, east, north), 0.0)

    def straight(self, line_deg: Points, turn_deg: float) -> Points:
        """Return a line moved `turn_deg` east, however far it runs off the picture."""
        off = line_deg[:, 0] + turn_deg - self.longitude_deg
        x = off * self.px_per_deg * self.squeeze + self.width / 2
        return np.column_stack([x, self.y(line_deg[:, 1])])


def world(width: float, south: float = -58.0, north: float = 80.0) -> View:
    """Return the view of the whole world, without most of Antarctica."""
    px_per_deg = width / 360
    return View(
        width=width,
        height=(north - south) * px_per_deg,
        latitude_deg=(south + north) / 2,
        longitude_deg=0.0,
        px_per_deg=px_per_deg,
        squeeze=1.0,
    )


def around(
    latitude_deg: Floats,
    longitude_deg: Floats,
    *,
    width: float,
    lowest: float,
    highest: float,
    smallest_deg: float = SMALLEST_DEG,
) -> View:
    """Return the view that just shows the places, between two heights in pixels."""
    south, north = float(latitude_deg.min()), float(latitude_deg.max())
    west, breadth = _narrowest(longitude_deg)
    middle = (south + north) / 2
    squeeze = float(np.cos(np.radians(np.clip(middle, -70, 70))))
    tall = max((north - south), smallest_deg) * (1 + 2 * MARGIN_SHARE)
    wide = max(breadth, smallest_deg / squeeze) * squeeze * (1 + 2 * MARGIN_SHARE)
    height = float(np.clip(width * tall / wide, lowest, highest))
    # Never more than once round the world.
    px_per_deg = max(min(width / wide, height / tall), width / (360 * squeeze))
    return View(
        width=width,
        height=height,
        latitude_deg=middle,
        longitude_deg=(west + breadth / 2 + 180) % 360 - 180,
        px_per_deg=px_per_deg,
        squeeze=squeeze,
    )


def _narrowest(longitude_deg: Floats) -> tuple[float, float]:
    """Return the western end and the breadth of the shortest arc with all places."""
    different = np.unique(longitude_deg % 360)
    free = np.diff(different, append=different[0] + 360)
    widest = int(free.argmax())
    west = float(different[(widest + 1) % len(different)])
    return west, float(360 - free[widest])


@njit(cache=True)
def clip_ring(
    ring: Points, left: float, bottom: float, right: float, top: float
) -> Points:
    """Return the ring within a rectangle (the algorithm of Sutherland and Hodgman)."""
    for side in range(4):
        axis = side % 2
        bound = (left, bottom, right, top)[side]
        sign = 1.0 if side < 2 else -1.0
        n = len(ring)
        met = np.empty((2 * n, 2))
        m = 0
        for i in range(n):
            j = (i + 1) % n
            here, there = (ring[i, axis] - bound) * sign, (ring[j, axis] - bound) * sign
            if here >= 0:
                met[m] = ring[i]
                m += 1
            if (here >= 0) != (there >= 0):
                share = here / (here - there)
                met[m] = ring[i] + share * (ring[j] - ring[i])
                m += 1
        ring = met[:m].copy()
    return ring
