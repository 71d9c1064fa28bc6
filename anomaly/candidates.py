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
    GLIDE_FT_PER_NM,
    LANDING,
    TAKEOFF,
    log_fit,
    sight,
)
from anomaly.compiled import COMPILED
from anomaly.edges import Edges
from anomaly.fields import Fields
from anomaly.knowledge import Habits, Watch
from anomaly.searching import DETOUR, Choices, on_the_way, unknowable
from anomaly.taste import kinds, log_prior
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
    edge: Edges, near: Ints, able: pd.DataFrame, fields: Fields, *, ending: bool
) -> Candidates:
    """Return the candidates of edges of which only one side is known.

    Parameters
    ----------
    near : array of int
        The fields near each edge, from `searching.near_edge`.
    """
    hopeless = unknowable(edge, ending=ending)
    choices = Choices.of(np.where(hopeless[:, None], -1, near))
    seen = sight(edge, choices.edge, choices.place, fields, ending=ending)
    score = log_fit(seen, LANDING if ending else TAKEOFF)
    score += log_prior(kinds(choices.edge, choices.place, able, fields))
    glide_nm = np.nan_to_num(edge.altitude_ft / GLIDE_FT_PER_NM, nan=40.0).clip(0)
    ring = (LANDING if ending else TAKEOFF).ring
    elsewhere = ELSEWHERE - ring * np.log(2 * glide_nm + 3)
    return _ranked(choices, seen.far_nm, score, elsewhere)


@dataclass(frozen=True, eq=False)
class Stops:
    """Gaps between flights of an airframe, one row each."""

    before: Edges
    after: Edges
    near: Ints
    """The fields near both sides."""
    airframe: Ints
    able: pd.DataFrame

    @property
    def hours(self) -> Floats:
        """How long each of them is."""
        return (self.after.t_s - self.before.t_s) / 3600


def of_stops(
    stops: Stops, fields: Fields, watch: Watch, habits: Habits
) -> tuple[Candidates, Bools]:
    """Return the candidates of landings within a gap, seen from both sides.

    Also tells for which of them any field could have been reached in time.
    """
    before, after, hours = stops.before, stops.after, stops.hours
    speed_kt = np.fmax(
        stops.able["cruise_kt"].to_numpy(float),
        np.fmax(before.speed_kt, after.speed_kt),
    )
    far = on_the_way(before, after, stops.able, fields, speed_kt * hours)
    choices = Choices.of(np.hstack((stops.near, far)))
    in_nm, out_nm = _ways_nm(before, after, choices, fields)
    flown_h = (in_nm + out_nm) / (speed_kt[choices.edge] * DETOUR)
    ground_h = hours[choices.edge] - flown_h
    in_time = ground_h > stops.able["min_ground_h"].to_numpy(float)[choices.edge] * 0.7
    choices, in_nm, out_nm = choices.where(in_time), in_nm[in_time], out_nm[in_time]
    of, place = choices.edge, choices.place
    score = log_fit(sight(before, of, place, fields, ending=True), LANDING)
    score += log_fit(sight(after, of, place, fields, ending=False), TAKEOFF)
    score += log_prior(kinds(of, place, stops.able, fields))
    visited = habits.visited(stops.airframe[of], place[:, None], after.t_s[of])
    score += np.where(visited[:, 0], VISITED, 0.0)
    # Landing and take-off would have been seen where others are; that both were not
    # has one cause.
    hidden = (in_nm > BESIDE_NM) & (out_nm > BESIDE_NM)
    score += np.where(hidden, watch.log_unseen(place), 0.0)
    score += np.log(watch.liking(place))
    length = np.log(ground_h[in_time].clip(0.1) / USUAL_STOP_H) / STOP_SPREAD
    score -= 0.5 * length**2
    reach_nm = 30 + speed_kt * hours.clip(0, 12) / 4
    elsewhere = ELSEWHERE - (LANDING.ring + TAKEOFF.ring) / 2 * np.log(reach_nm)
    reached = np.bincount(of, minlength=len(hours)) > 0
    return _ranked(choices, in_nm, score, elsewhere), reached


def _ways_nm(
    before: Edges, after: Edges, choices: Choices, fields: Fields
) -> tuple[Floats, Floats]:
    """Return the ways to each field, and on from there."""
    field = fields.points[choices.place]
    return (
        arc_nm(before.point[choices.edge], field),
        arc_nm(after.point[choices.edge], field),
    )


def _ranked(
    choices: Choices, far_nm: Floats, score: Floats, elsewhere: Floats
) -> Candidates:
    """Return the likeliest choices of each edge, by scores in log-odds."""
    return Candidates(
        *_likeliest(choices.edge, choices.place, far_nm, score, elsewhere)
    )


@njit(**COMPILED)
def _likeliest(
    edge: Ints, place: Ints, far_nm: Floats, score: Floats, elsewhere: Floats
) -> tuple[Ints, Floats, Floats]:
    """Return places, distances and weights of the `N_KEPT` likeliest of each edge."""
    n = len(elsewhere)
    kept_place = np.full((n, N_KEPT), -1, np.int64)
    kept_nm = np.full((n, N_KEPT), np.inf)
    kept_weight = np.zeros((n, N_KEPT))
    end = 0
    for i in range(n):
        first = end
        top = elsewhere[i]
        while end < len(edge) and edge[end] == i:
            top = max(top, score[end])
            end += 1
        total = np.exp(elsewhere[i] - top)
        for j in range(first, end):
            total += np.exp(score[j] - top)
        for j in range(first, end):
            weight = np.exp(score[j] - top) / total
            rank = N_KEPT
            while rank > 0 and kept_weight[i, rank - 1] < weight:
                rank -= 1
            if rank == N_KEPT:
                continue
            for k in range(N_KEPT - 1, rank, -1):
                kept_place[i, k] = kept_place[i, k - 1]
                kept_nm[i, k] = kept_nm[i, k - 1]
                kept_weight[i, k] = kept_weight[i, k - 1]
            kept_place[i, rank] = place[j]
            kept_nm[i, rank] = far_nm[j]
            kept_weight[i, rank] = weight
    return kept_place, kept_nm, kept_weight
