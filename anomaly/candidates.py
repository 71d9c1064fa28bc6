"""Which field an aircraft most likely landed at, or came from, and how likely.

Every candidate is weighed by what is seen of the approach (or, mirrored, of the
climb-out) and by how well the field suits the aircraft.  One more candidate,
"elsewhere", keeps the weights honest where nothing fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from anomaly.approach import (
    CRUISE_FT,
    GLIDE_FT_PER_NM,
    LANDING,
    STEADY_FT_MIN,
    TAKEOFF,
    TASTE,
    kinds,
    log_fit,
    log_prior,
    sight,
)
from anomaly.edges import Edges
from anomaly.fields import Fields
from anomaly.geo import EARTH_RADIUS_NM
from anomaly.knowledge import Habits, Watch
from anomaly.tracks import Bools, Floats, Ints, arc_nm

N_KEPT = 8
# "None of these" weighs as much as a plain field of this prior would.
ELSEWHERE = -1.5
# A field where the airframe was seen before is likelier, other things equal.
VISITED = 2.0
# Ground times spread round two hours, by a factor of three either way.
USUAL_STOP_H, STOP_SPREAD = 2.0, 1.1
# Seen this near a field, an aircraft was not hidden there.
BESIDE_NM = 5.0
# Headwinds, and turns at both ends.
DETOUR = 1.1
_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Candidates:
    """Weighed fields of each edge, likeliest first; shapes (n, N_KEPT)."""

    place: Ints
    """-1 where there are fewer candidates."""
    far_nm: Floats
    weight: Floats
    """Of all candidates and elsewhere, the weights sum to 1."""

    def where(self, keep: Bools | Ints) -> Candidates:
        """Return the candidates of the edges that `keep` chooses."""
        return Candidates(self.place[keep], self.far_nm[keep], self.weight[keep])

    def weighed(self, factor: Floats) -> Candidates:
        """Return the candidates with other weights, elsewhere's as before."""
        weight = self.weight * np.where(self.place >= 0, factor, 0.0)
        elsewhere = (1 - self.weight.sum(axis=1, keepdims=True)).clip(0)
        weight /= weight.sum(axis=1, keepdims=True) + elsewhere + 1e-300
        order = np.argsort(-weight, axis=1, kind="stable")
        return Candidates(
            np.take_along_axis(self.place, order, axis=1),
            np.take_along_axis(self.far_nm, order, axis=1),
            np.take_along_axis(weight, order, axis=1),
        )

    def with_rows(self, rows: Ints, by: Candidates) -> Candidates:
        """Return candidates of which some rows are replaced."""
        place, far_nm = self.place.copy(), self.far_nm.copy()
        weight = self.weight.copy()
        place[rows], far_nm[rows], weight[rows] = by.place, by.far_nm, by.weight
        return Candidates(place, far_nm, weight)


def of_edges(
    edge: Edges, able: pd.DataFrame, fields: Fields, *, ending: bool
) -> Candidates:
    """Return the candidates of edges of which only one side is known."""
    place = near_edge(edge, able, fields, ending=ending)
    score = _fit(edge, place, fields, ending=ending)
    score += log_prior(kinds(place, able, fields))
    score[unknowable(edge, ending=ending)] = -np.inf
    far_nm = arc_nm(edge.point[:, None], fields.points[place])
    glide_nm = np.nan_to_num(edge.altitude_ft / GLIDE_FT_PER_NM, nan=40.0).clip(0)
    ring = (LANDING if ending else TAKEOFF).ring
    elsewhere = ELSEWHERE - ring * np.log(2 * glide_nm + 3)
    return _ranked(place, far_nm, score, elsewhere)


def of_stops(
    before: Edges,
    after: Edges,
    airframe: Ints,
    able: pd.DataFrame,
    fields: Fields,
    watch: Watch,
    habits: Habits,
) -> tuple[Candidates, Bools]:
    """Return the candidates of landings within a gap, seen from both sides.

    Also tells for which of them any field could have been reached in time.
    """
    speed_kt = np.fmax(
        able["cruise_kt"].to_numpy(float), np.fmax(before.speed_kt, after.speed_kt)
    )
    hours = (after.t_s - before.t_s) / 3600
    place = np.hstack(
        (
            near_edge(before, able, fields, ending=True),
            near_edge(after, able, fields, ending=False),
            on_the_way(before, after, able, fields, speed_kt * hours),
        )
    )
    field = fields.points[place]
    in_nm, out_nm = (arc_nm(edge.point[:, None], field) for edge in (before, after))
    ground_h = hours[:, None] - (in_nm + out_nm) / (speed_kt[:, None] * DETOUR)
    in_time = ground_h > able["min_ground_h"].to_numpy(float)[:, None] * 0.7
    score = _fit(before, place, fields, ending=True)
    score += _fit(after, place, fields, ending=False)
    score += log_prior(kinds(place, able, fields))
    score += np.where(habits.visited(airframe, place, after.t_s), VISITED, 0.0)
    # Landing and take-off would have been seen where others are; that both were not
    # has one cause.
    hidden = (in_nm > BESIDE_NM) & (out_nm > BESIDE_NM)
    score += np.where(hidden, watch.log_unseen(place), 0.0)
    score += np.log(watch.liking(place))
    length = np.log(ground_h.clip(0.1) / USUAL_STOP_H) / STOP_SPREAD
    score -= 0.5 * length**2
    score = np.where(in_time & (place >= 0), score, -np.inf)
    reach_nm = 30 + speed_kt * hours.clip(0, 12) / 4
    elsewhere = ELSEWHERE - (LANDING.ring + TAKEOFF.ring) / 2 * np.log(reach_nm)
    reached = np.asarray(np.isfinite(score).any(axis=1))
    return _ranked(place, in_nm, score, elsewhere), reached


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
    here, _ = fields.near(edge.point, category, k)
    sign = 1 if ending else -1
    glide_nm = np.nan_to_num(edge.altitude_ft / GLIDE_FT_PER_NM).clip(0, 150)
    step = np.nan_to_num(edge.heading) * (sign * glide_nm / EARTH_RADIUS_NM)[:, None]
    touch = edge.point + step
    touch /= np.sqrt((touch**2).sum(axis=1, keepdims=True))
    there, _ = fields.near(touch, category, k // 2)
    # Seen close to a short strip, even a large aircraft may have used it.
    nearest, _ = fields.near(edge.point, np.full(len(edge), "rotor"), 4)
    return np.hstack((here, there, nearest))


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
        for start in range(0, len(rows), _CHUNK if len(places) > k else 0):
            some = rows[start : start + _CHUNK]
            rough = _rough(
                before.where(some), after.where(some), places, fields, reach_nm[some]
            )
            top = np.argpartition(-rough, k, axis=1)[:, :k]
            there = np.isfinite(np.take_along_axis(rough, top, axis=1))
            chosen[some] = np.where(there, places[top], -1)
    return chosen


def _rough(
    before: Edges, after: Edges, places: Ints, fields: Fields, reach_nm: Floats
) -> Floats:
    """Return a first guess at how likely the fields are, shape (edges, fields)."""
    taste = (
        TASTE.large * (fields.kind[places] == "large_airport")
        + TASTE.medium * (fields.kind[places] == "medium_airport")
        + TASTE.scheduled * fields.scheduled[places]
    )
    guess: Floats = _guessed(
        before.point,
        np.nan_to_num(before.heading),
        after.point,
        np.nan_to_num(after.heading),
        fields.points[places],
        taste,
        reach_nm * DETOUR / EARTH_RADIUS_NM,
    )
    return guess


@njit(cache=True)
def _guessed(
    before: Floats,
    heading_before: Floats,
    after: Floats,
    heading_after: Floats,
    field: Floats,
    taste: Floats,
    reach: Floats,
) -> Floats:
    """Return `taste` and how the courses point at the fields; reach is in radians."""
    guess = np.full((len(before), len(field)), -np.inf)
    for i in range(len(before)):
        # Whatever is out of reach by one side alone needs no angles.
        least = np.cos(reach[i]) if reach[i] < np.pi else -1.0
        for k in range(len(field)):
            into = _cosine(before[i], field[k])
            out = _cosine(after[i], field[k])
            if into < least or out < least:
                continue
            far_in, far_out = np.arccos(into), np.arccos(out)
            if far_in + far_out <= reach[i]:
                ahead = _cosine(heading_before[i], field[k])
                astern = -_cosine(heading_after[i], field[k])
                guess[i, k] = (
                    taste[k] + _pointing(ahead, far_in) + _pointing(astern, far_out)
                )
    return guess


@njit(cache=True)
def _cosine(one: Floats, other: Floats) -> float:
    product = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return float(min(1.0, max(-1.0, product)))


@njit(cache=True)
def _pointing(along: float, far: float) -> float:
    """Return how likely a course is for a field so far away, as a logarithm."""
    cosine = min(1.0, max(-1.0, along / max(np.sin(far), 1e-6)))
    angle_deg = np.degrees(np.arccos(cosine))
    course = np.log(np.exp(-0.5 * (angle_deg / 10) ** 2) + 0.02)
    return float(course - np.log(far * EARTH_RADIUS_NM + 5))


def _fit(edge: Edges, place: Ints, fields: Fields, *, ending: bool) -> Floats:
    seen = sight(edge, place, fields, ending=ending)
    fit = log_fit(seen, LANDING if ending else TAKEOFF)
    return np.where(place < 0, -np.inf, fit)


def _ranked(
    place: Ints, far_nm: Floats, score: Floats, elsewhere: Floats
) -> Candidates:
    """Return the likeliest candidates, each field once, by scores in log-odds."""
    order = np.argsort(place, axis=1, kind="stable")
    place = np.take_along_axis(place, order, axis=1)
    score = np.take_along_axis(score, order, axis=1)
    far_nm = np.take_along_axis(far_nm, order, axis=1)
    again = np.zeros(place.shape, dtype=bool)
    again[:, 1:] = place[:, 1:] == place[:, :-1]
    score = np.where(again | (place < 0), -np.inf, score)
    top = np.fmax(score.max(axis=1, initial=-np.inf), elsewhere)[:, None]
    weight = np.exp(score - top)
    weight /= weight.sum(axis=1, keepdims=True) + np.exp(elsewhere[:, None] - top)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :N_KEPT]
    weight = np.take_along_axis(weight, order, axis=1)
    there = weight > 0
    return Candidates(
        np.where(there, np.take_along_axis(place, order, axis=1), -1),
        np.where(there, np.take_along_axis(far_nm, order, axis=1), np.inf),
        weight,
    )
