"""Where an aircraft is after so many miles of its way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anomaly.geo import EARTH_RADIUS_NM, distance_nm
from anomaly.simulate.sorties import Columns, Shape

Numbers = NDArray[np.float64]


def unit_vectors(latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> Numbers:
    """Return points on the unit sphere, one row each."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    return np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=-1,
    )


def degrees(vectors: Numbers) -> tuple[Numbers, Numbers]:
    """Return latitudes and longitudes of vectors of any length."""
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def between(start: Numbers, end: Numbers, share: Numbers) -> Numbers:
    """Return points of the great circles from `start` to `end`; shares 0 to 1."""
    arc = np.arccos(np.sum(start * end, axis=-1).clip(-1.0, 1.0)).clip(1e-9)
    first = np.sin((1 - share) * arc) / np.sin(arc)
    second = np.sin(share * arc) / np.sin(arc)
    return np.asarray(first[..., None] * start + second[..., None] * end)


def course_deg(
    lat1_deg: ArrayLike, lon1_deg: ArrayLike, lat2_deg: ArrayLike, lon2_deg: ArrayLike
) -> Numbers:
    """Return the initial course from one point to another, from north."""
    lat1, lon1, lat2, lon2 = (
        np.radians(a) for a in (lat1_deg, lon1_deg, lat2_deg, lon2_deg)
    )
    y = np.sin(lon2 - lon1) * np.cos(lat2)
    x = np.cos(lat1) * np.sin(lat2) - np.sin(lat1) * np.cos(lat2) * np.cos(lon2 - lon1)
    return np.asarray(np.degrees(np.arctan2(y, x)) % 360.0)


def moved(
    latitude_deg: Numbers, longitude_deg: Numbers, course: Numbers, by_nm: Numbers
) -> tuple[Numbers, Numbers]:
    """Return the points reached on a great circle from here, by course and distance."""
    here = unit_vectors(latitude_deg, longitude_deg)
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    north = np.stack(
        [
            -np.sin(latitude) * np.cos(longitude),
            -np.sin(latitude) * np.sin(longitude),
            np.cos(latitude),
        ],
        axis=-1,
    )
    east = np.stack(
        [-np.sin(longitude), np.cos(longitude), np.zeros_like(longitude)], axis=-1
    )
    bearing, arc = np.radians(course)[..., None], (by_nm / EARTH_RADIUS_NM)[..., None]
    ahead = np.cos(bearing) * north + np.sin(bearing) * east
    return degrees(np.cos(arc) * here + np.sin(arc) * ahead)


def legs_nm(sorties: Columns) -> Numbers:
    """Return the lengths of the three parts of each way, one row a flight.

    A direct flight has two points on its way; any other flies out, does what it came
    for, and flies back.
    """
    shaped = sorties["shape"] != Shape.DIRECT
    points = [
        (sorties[f"{n}latitude{m}_deg"], sorties[f"{n}longitude{m}_deg"])
        for n, m in (("", "_1"), ("via_1_", ""), ("via_2_", ""), ("", "_2"))
    ]
    parts = np.stack(
        [distance_nm(*a, *b) for a, b in pairwise(points)],
        axis=1,
    )
    parts[shaped, 1] = sorties["shape_nm"][shaped]
    return parts


def oval_nm(straight_nm: Numbers, width_nm: Numbers) -> Numbers:
    """Return the length of one round."""
    return 2 * straight_nm + np.pi * width_nm


def oval(at: Numbers, straight: Numbers, width: Numbers) -> tuple[Numbers, Numbers]:
    """Return how far ahead and aside an aircraft is on its rounds."""
    radius = width / 2
    turn = np.pi * radius
    place = at % oval_nm(straight, width)
    angle_1 = (place - straight) / radius
    angle_2 = (place - 2 * straight - turn) / radius
    part = [
        place < straight,
        place < straight + turn,
        place < 2 * straight + turn,
    ]
    ahead = np.select(
        part,
        [place, straight + radius * np.sin(angle_1), 2 * straight + turn - place],
        -radius * np.sin(angle_2),
    )
    aside = np.select(
        part,
        [0.0 * place, radius * (1 - np.cos(angle_1)), width + 0.0 * place],
        radius * (1 + np.cos(angle_2)),
    )
    return ahead, aside


def lanes(
    at: Numbers, total: Numbers, lane: Numbers, extent: Numbers
) -> tuple[Numbers, Numbers]:
    """Return how far ahead and aside an aircraft is on its lanes."""
    # A triangle wave along the lanes, a slow one across them, there and back.
    along = lane * np.abs((at / lane + 1) % 2 - 1)
    across = extent * (1 - np.abs(2 * at / total - 1))
    return along, across
