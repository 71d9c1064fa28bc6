"""Which field an aircraft most likely landed at, or came from, and how likely.

Every candidate is weighed by what is seen of the approach (or, mirrored, of the
climb-out): its distance against the height still to lose, how well the course
points at it, and how well the field suits the aircraft.  One more candidate,
"elsewhere", keeps the weights honest where nothing fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anomaly.approach import (
    GLIDE_FT_PER_NM,
    LANDING,
    STEADY_FT_MIN,
    TAKEOFF,
    kinds,
    log_fit,
    log_prior,
    sight,
)
from anomaly.edges import Edges
from anomaly.fields import Fields
from anomaly.geo import EARTH_RADIUS_NM
from anomaly.tracks import Bools, Floats, Ints, arc_nm

# Above this, without descending, nothing tells where an aircraft will land.
CRUISE_FT = 12_000.0
# "None of these" weighs as much as a plain field of this prior would.
ELSEWHERE = -1.5


@dataclass(frozen=True, eq=False)
class Candidates:
    """Weighed fields of each edge, likeliest first; shapes (n, k)."""

    place: Ints
    """-1 where there are fewer candidates."""
    far_nm: Floats
    weight: Floats
    """Of all candidates and elsewhere, the weights sum to 1."""

    def where(self, keep: Bools | Ints) -> Candidates:
        """Return the candidates of the edges that `keep` chooses."""
        return Candidates(self.place[keep], self.far_nm[keep], self.weight[keep])


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


def scores(
    edge: Edges, place: Ints, able: pd.DataFrame, fields: Fields, *, ending: bool
) -> Floats:
    """Return how likely each field is, in log-odds against the others."""
    score = _fit(edge, place, fields, ending=ending)
    score += log_prior(kinds(place, able, fields))
    return np.where(place < 0, -np.inf, score)


def _fit(edge: Edges, place: Ints, fields: Fields, *, ending: bool) -> Floats:
    seen = sight(edge, place, fields, ending=ending)
    return log_fit(seen, LANDING if ending else TAKEOFF)


def ranked(place: Ints, far_nm: Floats, score: Floats, elsewhere: Floats) -> Candidates:
    """Return candidates with weights from scores in log-odds, each field once."""
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
    order = np.argsort(-weight, axis=1, kind="stable")
    weight = np.take_along_axis(weight, order, axis=1)
    place = np.where(weight > 0, np.take_along_axis(place, order, axis=1), -1)
    return Candidates(place, np.take_along_axis(far_nm, order, axis=1), weight)


def of_edges(
    edge: Edges, able: pd.DataFrame, fields: Fields, *, ending: bool
) -> Candidates:
    """Return the candidates of an edge of which only one side is known."""
    place = near_edge(edge, able, fields, ending=ending)
    score = scores(edge, place, able, fields, ending=ending)
    score[_unknowable(edge, ending=ending)] = -np.inf
    far_nm = arc_nm(edge.point[:, None], fields.points[place])
    glide_nm = np.nan_to_num(edge.altitude_ft / GLIDE_FT_PER_NM, nan=40.0).clip(0)
    ring = (LANDING if ending else TAKEOFF).ring
    elsewhere = ELSEWHERE - ring * np.log(2 * glide_nm + 3)
    return ranked(place, far_nm, score, elsewhere)


def _unknowable(edge: Edges, *, ending: bool) -> Bools:
    """Tell edges at cruise, from which any field ahead may be meant."""
    sink_ft_min = edge.climb_ft_min * (-1 if ending else 1)
    cruising = ~(edge.altitude_ft < CRUISE_FT) & ~(sink_ft_min > STEADY_FT_MIN)
    result: Bools = cruising & ~edge.on_ground
    return result


def of_stops(
    before: Edges,
    after: Edges,
    able: pd.DataFrame,
    fields: Fields,
) -> tuple[Candidates, Bools]:
    """Return the candidates of landings within a gap, seen from both sides.

    Also tells for which of them any field could have been reached in time.
    """
    place = np.hstack(
        (
            near_edge(before, able, fields, ending=True),
            near_edge(after, able, fields, ending=False),
        )
    )
    field = fields.points[place]
    way_nm = arc_nm(before.point[:, None], field), arc_nm(after.point[:, None], field)
    speed_kt = np.fmax(
        able["cruise_kt"].to_numpy(float), np.fmax(before.speed_kt, after.speed_kt)
    )
    hours = (after.t_s - before.t_s) / 3600
    ground_h = hours[:, None] - (way_nm[0] + way_nm[1]) / (speed_kt[:, None] * 1.1)
    in_time = ground_h > able["min_ground_h"].to_numpy(float)[:, None] * 0.7
    score = _fit(before, place, fields, ending=True)
    score += _fit(after, place, fields, ending=False)
    score += log_prior(kinds(place, able, fields))
    score = np.where(in_time & (place >= 0), score, -np.inf)
    reach_nm = 50 + speed_kt * hours.clip(0, 12) / 4
    elsewhere = ELSEWHERE - (LANDING.ring + TAKEOFF.ring) * np.log(reach_nm)
    reached = np.asarray(np.isfinite(score).any(axis=1))
    return ranked(place, way_nm[0], score, elsewhere), reached
