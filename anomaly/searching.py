"""Which fields come into question for where a track stops or starts.

Rather too many than too few: what speaks for each of them is weighed later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from anomaly.approach import CRUISE_FT, GLIDE_FT_PER_NM, STEADY_FT_MIN
from anomaly.compiled import COMPILED, INLINE
from anomaly.edges import Edges
from anomaly.fields import Fields
from anomaly.geo import EARTH_RADIUS_NM
from anomaly.taste import TASTE
from anomaly.tracks import Bools, Floats, Ints

# Headwinds, and turns at both ends.
DETOUR = 1.1
# How far courses miss the field that they are meant for, and how likely one is for a
# field far aside of it.
_COURSE_DEG, _ASIDE = 10, 0.02
# So near, distance tells fields no more apart.
_FIELD_NM = 5
# At four times as far aside a course makes no more of a field than this.
_COS_FOUR = np.cos(np.radians(4 * _COURSE_DEG))
_BEYOND_FOUR = np.exp(-0.5 * 4**2) + _ASIDE
# Bounds are reckoned otherwise than what they bound, and rounded otherwise.
_ROUNDED_UP = 1 + 1e-6


@dataclass(frozen=True, eq=False)
class Choices:
    """Fields that come into question for edges: one row for each of both, in order."""

    edge: Ints
    """Which of the edges."""
    place: Ints

    @classmethod
    def of(cls, places: Ints) -> Choices:
        """Return the places of each row once; -1 is none."""
        # Searches from several points find the same fields again and again.
        in_order = np.sort(places, axis=1)
        is_new = in_order >= 0
        is_new[:, 1:] &= in_order[:, 1:] != in_order[:, :-1]
        return cls(np.nonzero(is_new)[0], in_order[is_new].astype(np.int64))

    def where(self, keep: Bools) -> Choices:
        """Return the rows that `keep` chooses."""
        return Choices(self.edge[keep], self.place[keep])


def unknowable(edge: Edges, *, ending: bool) -> Bools:
    """Tell edges at cruise, from which any field ahead may be meant."""
    sink_ft_min = edge.climb_ft_min * (-1 if ending else 1)
    cruising = ~(edge.altitude_ft < CRUISE_FT) & ~(sink_ft_min > STEADY_FT_MIN)
    result: Bools = cruising & ~edge.on_ground
    return result


def near_edge(
    edge: Edges, able: pd.DataFrame, fields: Fields, *, ending: bool, k: int = 24
) -> Ints:
    """Return fields round the edge and round where it would touch the ground."""
    category = able["category"].to_numpy(dtype=object)
    here = fields.near(edge.point, category, k)
    sign = 1 if ending else -1
    glide_nm = np.nan_to_num(edge.altitude_ft / GLIDE_FT_PER_NM).clip(0, 150)
    step = np.nan_to_num(edge.heading) * (sign * glide_nm / EARTH_RADIUS_NM)[:, None]
    there = np.full((len(edge), k // 2), -1, dtype=np.int64)
    aloft = np.flatnonzero(step.any(axis=1))  # others touch it where they are
    touch = edge.point[aloft] + step[aloft]
    touch /= np.sqrt((touch**2).sum(axis=1, keepdims=True))
    there[aloft] = fields.near(touch, category[aloft], k // 2)
    # Seen close to a short strip, even a large aircraft may have used it.
    nearest = fields.near(edge.point, np.full(len(edge), "rotor"), 4)
    return np.hstack((here, there, nearest)).astype(np.int32)


def on_the_way(
    before: Edges,
    after: Edges,
    able: pd.DataFrame,
    fields: Fields,
    reach_nm: Floats,
    k: int = 32,
) -> Ints:
    """Return likely fields between edges at cruise: within reach, ahead and behind."""
    chosen = np.full((len(before), k), -1, dtype=np.int64)
    high = unknowable(before, ending=True) | unknowable(after, ending=False)
    category = able["category"].to_numpy(dtype=object)
    for name, places in fields.places.items():
        rows = np.flatnonzero(high & (category == name))
        if len(places) <= k or not len(rows):
            continue
        there = _likely(
            before.point[rows],
            np.nan_to_num(before.heading[rows]),
            after.point[rows],
            np.nan_to_num(after.heading[rows]),
            fields.points[places],
            _taste(fields, places),
            reach_nm[rows] * DETOUR / EARTH_RADIUS_NM,
            k,
        )
        chosen[rows] = np.append(places, -1)[there]
    return chosen


def _taste(fields: Fields, places: Ints) -> Floats:
    """Return by how much aircraft like fields, roughly."""
    kind = fields.kind[places]
    taste: Floats = (
        TASTE.large * (kind == "large_airport")
        + TASTE.medium * (kind == "medium_airport")
        + TASTE.scheduled * fields.scheduled[places]
    )
    return taste


@njit(**COMPILED)
def _likely(
    before: Floats,
    heading_before: Floats,
    after: Floats,
    heading_after: Floats,
    field: Floats,
    taste: Floats,
    reach: Floats,
    n_kept: int,
) -> Ints:
    """Return the likeliest fields by `taste` and how courses point at them.

    In no order; -1 where there are no more within reach, which is in radians.
    """
    kept = np.full((len(before), n_kept), -1, np.int64)
    guess = np.empty(n_kept)
    liked = np.exp(taste)
    for i in range(len(before)):
        # Whatever is out of reach by one side alone needs no angles.
        least = np.cos(reach[i]) if reach[i] < np.pi else -1.0
        n, worst, farthest = 0, 0, np.inf
        for k in range(len(field)):
            into = _cosine(before[i], field[k])
            if into < least:
                continue
            out = _cosine(after[i], field[k])
            if out < least:
                continue
            ahead = _cosine(heading_before[i], field[k])
            astern = -_cosine(heading_after[i], field[k])
            # Nor is a closer look needed where courses point away, and it is far off.
            aim = _at_best(ahead, into) * _at_best(astern, out)
            if _away(_chord(into), _chord(out)) > farthest * liked[k] * aim:
                continue
            far_in, far_out = np.arccos(into), np.arccos(out)
            if not far_in + far_out <= reach[i]:
                continue
            here = taste[k] + _pointing(ahead, far_in) + _pointing(astern, far_out)
            if n < n_kept:
                guess[n], kept[i, n] = here, k
                n += 1
            elif here > guess[worst]:
                guess[worst], kept[i, worst] = here, k
            else:
                continue
            if n == n_kept:
                worst = int(np.argmin(guess))
                farthest = np.exp(-guess[worst]) * _ROUNDED_UP
    return kept


@njit(**INLINE)
def _cosine(one: Floats, other: Floats) -> float:
    product = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return float(min(1.0, max(-1.0, product)))


@njit(**INLINE)
def _pointing(along: float, far: float) -> float:
    """Return how likely a course is for a field so far away, as a logarithm.

    The exponential of two is never above `_at_best` of both over `_away`.
    """
    cosine = min(1.0, max(-1.0, along / max(np.sin(far), 1e-6)))
    angle_deg = np.degrees(np.arccos(cosine))
    course = np.log(np.exp(-0.5 * (angle_deg / _COURSE_DEG) ** 2) + _ASIDE)
    return float(course - np.log(far * EARTH_RADIUS_NM + _FIELD_NM))


@njit(**INLINE)
def _at_best(along: float, cosine: float) -> float:
    """Return no less than what a course makes of a field, without looking closely."""
    is_ahead = along > _COS_FOUR * np.sqrt(1 - cosine * cosine)
    return 1 + _ASIDE if is_ahead else _BEYOND_FOUR


@njit(**INLINE)
def _chord(cosine: float) -> float:
    """Return a little less than the angle, at a fraction of the cost."""
    return float(np.sqrt(2 - 2 * cosine))


@njit(**INLINE)
def _away(far_in: float, far_out: float) -> float:
    """Return what distance takes of a field that two courses point at, as a factor."""
    return float(
        (far_in * EARTH_RADIUS_NM + _FIELD_NM) * (far_out * EARTH_RADIUS_NM + _FIELD_NM)
    )
