"""How an aircraft moved where its track stops or starts: height, climb, course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numba import njit

from anomaly.compiled import COMPILED
from anomaly.tracks import Bools, Floats, Ints, Singles, Tracks, arc_nm, dot

# Over this long a climb or descent shows through the noise of single reports.
TREND_S = 150.0
# A sparse track tells the trend from the report before, if that is not too old.
OLDEST_S = 900.0
# A bearing between reports nearer than this is mostly rounding.
SHORTEST_NM = 0.3


@dataclass(frozen=True, eq=False)
class Edges:
    """Last reports before, or first after, time without any; unknown is NaN."""

    t_s: Floats
    latitude_deg: Floats
    longitude_deg: Floats
    point: Floats
    """On the unit sphere, shape (n, 3)."""
    altitude_ft: Floats
    climb_ft_min: Floats
    speed_kt: Floats
    heading: Floats
    """Direction of flight, a unit vector tangent to the sphere, shape (n, 3)."""
    sure_course: Bools
    """Whether the direction was reported, or is that between near reports."""
    on_ground: Bools

    @classmethod
    def joined(cls, parts: Sequence[Edges]) -> Edges:
        """Return the edges of all parts."""
        return cls(
            *(
                np.concatenate([getattr(part, f.name) for part in parts])
                for f in fields(cls)
            )
        )

    def __len__(self) -> int:
        return len(self.t_s)

    def where(self, keep: Bools | Ints) -> Edges:
        """Return the edges that `keep` chooses."""
        return Edges(*(getattr(self, f.name)[keep] for f in fields(self)))


def edges(
    tracks: Tracks, rows: Ints, on_ground: Bools, *, ending: bool, limit: Ints
) -> Edges:
    """Return how the aircraft moved at `rows`.

    Parameters
    ----------
    on_ground : array of bool
        For each row of the tracks.
    ending : bool
        Whether to look back from the rows (the end of a track) or forward.
    limit : array of int
        For each of `rows`, the furthest row to look at.
    """
    inner, height_row = _inner_rows(tracks.t_s, tracks.altitude_ft, rows, limit, ending)
    points = tracks.points
    altitude_ft = tracks.altitude_ft[height_row].astype(float)
    altitude_ft[height_row < 0] = np.nan
    return Edges(
        t_s=tracks.t_s[rows],
        latitude_deg=tracks.latitude_deg[rows],
        longitude_deg=tracks.longitude_deg[rows],
        point=points[rows],
        altitude_ft=altitude_ft,
        climb_ft_min=_climb(tracks, rows, inner, altitude_ft),
        speed_kt=tracks.speed_kt[rows].astype(float),
        heading=_heading(tracks, points, rows, inner, ending=ending),
        sure_course=~np.isnan(tracks.track_deg[rows])
        | (np.abs(tracks.t_s[inner] - tracks.t_s[rows]) <= TREND_S),
        on_ground=on_ground[rows],
    )


@njit(**COMPILED)
def _inner_rows(
    t_s: Floats, altitude_ft: Singles, rows: Ints, limit: Ints, ending: bool
) -> tuple[Ints, Ints]:
    """Return, for each of `rows`, rows of the same track further in.

    The first is some minutes away, or the edge itself if there is none; the second
    is the nearest with a known height, or -1.
    """
    step = -1 if ending else 1
    inner, with_height = rows.copy(), np.full(len(rows), -1)
    for k in range(len(rows)):
        row = rows[k]
        i = row
        while abs(t_s[i] - t_s[row]) < TREND_S:
            if with_height[k] < 0 and not np.isnan(altitude_ft[i]):
                with_height[k] = i
            if i == limit[k] or abs(t_s[i + step] - t_s[row]) > TREND_S:
                break
            i += step
        if i == row and row != limit[k]:
            i += step  # the next one is further away than wanted
        if abs(t_s[i] - t_s[row]) <= OLDEST_S:
            inner[k] = i
    return inner, with_height


def _climb(tracks: Tracks, rows: Ints, inner: Ints, altitude_ft: Floats) -> Floats:
    """Return the climb over some minutes, else the rate that was reported."""
    minutes = (tracks.t_s[rows] - tracks.t_s[inner]) / 60
    rise_ft = altitude_ft - tracks.altitude_ft[inner]
    with np.errstate(invalid="ignore", divide="ignore"):
        trend = np.where(np.abs(minutes) >= 0.3, rise_ft / minutes, np.nan)
    return np.where(np.isnan(trend), tracks.climb_ft_min[rows], trend)


def _heading(
    tracks: Tracks, points: Floats, rows: Ints, inner: Ints, *, ending: bool
) -> Floats:
    """Return the direction of flight, as reported or else as flown."""
    latitude = np.radians(tracks.latitude_deg[rows])
    longitude = np.radians(tracks.longitude_deg[rows])
    course = np.radians(tracks.track_deg[rows].astype(float))
    north = np.stack(
        (
            -np.sin(latitude) * np.cos(longitude),
            -np.sin(latitude) * np.sin(longitude),
            np.cos(latitude),
        ),
        axis=-1,
    )
    east = np.stack(
        (-np.sin(longitude), np.cos(longitude), np.zeros(len(rows))), axis=-1
    )
    reported = np.cos(course)[:, None] * north + np.sin(course)[:, None] * east
    here, there = points[rows], points[inner]
    flown = tangent(here, there) * (-1 if ending else 1)
    flown[arc_nm(here, there) < SHORTEST_NM] = np.nan
    return np.where(np.isnan(reported), flown, reported)


def tangent(here: Floats, there: Floats) -> Floats:
    """Return the direction from places to others, a unit vector; NaN if the same."""
    along = there - dot(here, there)[..., None] * here
    length = np.sqrt(dot(along, along))[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = np.where(length > 1e-9, along / length, np.nan)
    return result
