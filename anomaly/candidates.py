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

from anomaly.edges import Edges, tangent
from anomaly.fields import Fields
from anomaly.tracks import Bools, Floats, Ints, arc_nm

# A three-degree glide path loses this much height a mile.
GLIDE_FT_PER_NM = 318.0
# Runways and aprons reach about this far from the point that stands for a field.
FIELD_RADIUS_NM = 1.2
# Above this, without descending, nothing tells where an aircraft will land.
CRUISE_FT = 12_000.0
STEADY_FT_MIN = 300.0


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
    step = np.nan_to_num(edge.heading) * (sign * glide_nm / 3440.065)[:, None]
    touch = edge.point + step
    touch /= np.sqrt((touch**2).sum(axis=1, keepdims=True))
    there, _ = fields.near(touch, category, k // 2)
    return np.hstack((here, there))


def log_fit(edge: Edges, place: Ints, fields: Fields, *, ending: bool) -> Floats:
    """Return how well each field explains how the aircraft moved at the edge."""
    field = fields.points[place]
    far_nm = arc_nm(edge.point[:, None], field)
    height_ft = edge.altitude_ft[:, None] - np.append(fields.elevation_ft, 0.0)[place]
    glide_nm = height_ft.clip(0) / GLIDE_FT_PER_NM
    toward = edge.climb_ft_min * (-1 if ending else 1)
    low = glide_nm * GLIDE_FT_PER_NM < CRUISE_FT
    nearing = (toward > STEADY_FT_MIN)[:, None]
    leaving = (toward < -STEADY_FT_MIN)[:, None]
    distance = _distance_fit(far_nm, glide_nm, nearing, leaving, low)
    fit = distance + _course_fit(edge, field, far_nm, ending=ending)
    on_field = -0.5 * ((far_nm - FIELD_RADIUS_NM).clip(0) / 1.0) ** 2
    fit = np.where(edge.on_ground[:, None], on_field.clip(-30), fit)
    return np.where(place < 0, -np.inf, fit)


def _distance_fit(
    far_nm: Floats, glide_nm: Floats, nearing: Bools, leaving: Bools, low: Bools
) -> Floats:
    """Return how well the distance agrees with the height still to lose."""
    ratio = np.log((far_nm + 2) / (np.nan_to_num(glide_nm, nan=5.0) + 2))
    spread = np.where(nearing, 0.55, 0.8)
    fit = -0.5 * (ratio / spread) ** 2
    # Steeper than six degrees is hardly flown; beyond the glide anything is.
    level = np.where(ratio < -0.1, -8 * (ratio + 0.1) ** 2, -1.0 * ratio)
    fit = np.where(nearing | low, fit, level)
    fit = np.where(leaving, fit - 2.5, fit)
    # The same likelihood spreads over a ring that grows with the distance.
    result: Floats = fit - 1.5 * np.log(far_nm + 2)
    return result


def _course_fit(edge: Edges, field: Floats, far_nm: Floats, *, ending: bool) -> Floats:
    """Return how well the course points at the fields (or away from them)."""
    bearing = tangent(edge.point[:, None], field)
    cosine = (bearing * edge.heading[:, None]).sum(axis=-1) * (1 if ending else -1)
    angle_deg = np.degrees(np.arccos(cosine.clip(-1, 1)))
    # Close to a field the angle says little: runways are wide, points coarse.
    spread_deg = np.hypot(15.0, 57.3 * 0.8 / np.maximum(far_nm, 0.3))
    aimed = np.exp(-0.5 * (angle_deg / spread_deg) ** 2) * 180 / spread_deg * 0.8
    # A share flies a pattern or is vectored, and points anywhere.
    result: Floats = np.log(np.nan_to_num(0.7 * aimed + 0.3, nan=1.0))
    return result


def log_prior(place: Ints, able: pd.DataFrame, fields: Fields) -> Floats:
    """Return how well each field suits the aircraft, whatever it did."""
    need_ft = able["min_runway_ft"].to_numpy(float)[:, None]
    heavy = np.isin(able["category"].to_numpy(dtype=object), ["jet", "propeller"])
    heavy = heavy[:, None]
    runway_ft = np.append(fields.runway_ft, np.nan)[place]
    kind = np.append(fields.kind, "")[place]
    use = np.append(fields.use, "")[place]
    scheduled = np.append(fields.scheduled, False)[place]
    hub = np.append(fields.hub, False)[place]
    short = (1 - runway_ft / np.maximum(need_ft, 1)).clip(0)
    score = np.where(np.isnan(runway_ft), 0, -8 * short)
    score += np.where(heavy & (kind == "large_airport"), 1.0, 0)
    score += np.where(heavy & np.isin(kind, ["small_airport"]), -2.0, 0)
    score += np.where(kind == "seaplane_base", -4.0, 0)
    score += np.where(kind == "heliport", -1.5, 0)
    airline = (able["role"] == "airliner").to_numpy()[:, None]
    score += np.where(airline, np.where(scheduled, 1.0, -1.5), 0)
    score += np.where(airline & (use == "military"), -1.5, 0)
    military = able["military"].to_numpy(dtype=bool)[:, None]
    score += np.where(military & (use != "civil"), 1.2, 0)
    score += np.where(military & hub, 0.7, 0)
    return np.where(place < 0, -np.inf, score)


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


def elsewhere_alone(edge: Edges) -> Floats:
    """Return the score of "none of these fields" for an edge seen from one side."""
    glide_nm = np.nan_to_num(edge.altitude_ft / GLIDE_FT_PER_NM, nan=40.0).clip(0)
    score: Floats = -1.5 * np.log(3 * glide_nm + 8) - 1.0
    return np.where(edge.on_ground, -10.0, score)


def of_edges(
    edge: Edges, able: pd.DataFrame, fields: Fields, *, ending: bool
) -> Candidates:
    """Return the candidates of an edge of which only one side is known."""
    place = near_edge(edge, able, fields, ending=ending)
    score = log_fit(edge, place, fields, ending=ending)
    score += log_prior(place, able, fields)
    toward = edge.climb_ft_min * (-1 if ending else 1)
    unknowable = ~edge.on_ground & ~(edge.altitude_ft < CRUISE_FT)
    unknowable &= ~(toward > STEADY_FT_MIN)
    score[unknowable] = -np.inf
    far_nm = arc_nm(edge.point[:, None], fields.points[place])
    return ranked(place, far_nm, score, elsewhere_alone(edge))


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
    in_time = (ground_h > able["min_ground_h"].to_numpy(float)[:, None] * 0.7) & (
        place >= 0
    )
    score = (
        log_fit(before, place, fields, ending=True)
        + log_fit(after, place, fields, ending=False)
        + log_prior(place, able, fields)
    )
    score = np.where(in_time, score, -np.inf)
    elsewhere = -2.0 * np.log(100 + speed_kt * hours.clip(0, 12) / 4) - 1.0
    return ranked(place, way_nm[0], score, elsewhere), in_time.any(axis=1)
