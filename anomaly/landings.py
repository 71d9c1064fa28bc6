"""Whether an aircraft landed within a gap, or flew on, by what both sides show.

EUROCONTROL's open flight data cut at 30 minutes without reports, or 10 below 1 km; here
a gap is weighed by what the type can do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anomaly.edges import Edges, edges, tangent
from anomaly.fields import Fields
from anomaly.tracks import Bools, Floats, Ints, Tracks, arc_nm

# An aircraft on its way across a gap is late by no more than this, nine times in ten:
# so much, and so much an hour (airline routes of one day, cut into gaps).
DELAY_H, DELAY_SHARE = 0.5, 0.06
# Slower than this against its own speed, it was not on its way all the time.
DIRECT_SHARE = 0.8
SAME_LEVEL_FT = 60.0
# Climb to cruise and approach cost this much more than cruising the same way.
CLIMB_H = 0.12
# Nearer than this, the direction from one report to the other means nothing.
NEAR_NM = 20.0
_NEAR_FIELDS = 12


def evidence(
    tracks: Tracks, able: pd.DataFrame, fields: Fields, ground: Bools, pairs: Ints
) -> Floats:
    """Return, for gaps, by how much a landing within is likelier than flying on.

    Minus infinity where there was no time to land; in log-odds, roughly.
    """
    before, after = _edges_of_gaps(tracks, ground, pairs)
    able_here = able.iloc[tracks.airframe[pairs]]
    fastest_kt = np.fmax(
        able_here["cruise_kt"].to_numpy(float),
        np.fmax(before.speed_kt, after.speed_kt),
    )
    hours = (after.t_s - before.t_s) / 3600
    low = [
        _nearness(edge, able_here, fields, ending=side == 0)
        for side, edge in enumerate((before, after))
    ]
    n_low = sum((side.low).astype(float) for side in low)
    # What was flown at both ends of a gap was, near enough, flown within it.
    seen_kt = (before.speed_kt + after.speed_kt) / 2
    level = low[0].level & low[1].level
    speed_kt = np.where(level & ~np.isnan(seen_kt), seen_kt, fastest_kt)
    flown_h = arc_nm(before.point, after.point) / speed_kt + n_low * CLIMB_H
    feasible = _time_to_land(before, after, able_here, fields, hours, fastest_kt)
    loiters = able_here["loiters"].to_numpy(bool)
    # Transports do not linger: time that flying does not explain is a landing.
    spare_h = hours - flown_h - DELAY_H - DELAY_SHARE * hours
    by_time = (spare_h * np.where(loiters, 1.0, 4.0)).clip(-5, 6)
    direct = flown_h / np.maximum(hours, 1e-6) > DIRECT_SHARE
    total = -1 + by_time + low[0].evidence + low[1].evidence
    total += np.where(direct, -3.0, 0)
    # Half of the aircraft on their way still fly at the very same level after an hour,
    # a fifth after three (airline routes of one day); of those that landed one in ten.
    total += np.where(level & _same_level(before, after), -1.2, 0.0)
    circled = _circled(before, after)
    elsewhere = _went_elsewhere(before, after) & ~circled
    total += np.where(elsewhere, np.where(loiters, 0.8, 2.0), 0.0)
    total += np.where(circled, -4.0, 0.0)
    total += np.where(tracks.new_leg[pairs + 1], 1.5, 0)
    total += _callsign_evidence(tracks, pairs)
    return np.where(feasible, total, -np.inf)


def _same_level(before: Edges, after: Edges) -> Bools:
    """Tell gaps on both sides of which the aircraft flew at the very same height."""
    away_ft = np.abs(before.altitude_ft - after.altitude_ft)
    return np.asarray(away_ft < SAME_LEVEL_FT)


def _circled(before: Edges, after: Edges) -> Bools:
    """Tell gaps that aircraft left where they entered, turned round, and as high.

    They circled: the levels for the way back from somewhere are others than there.
    """
    turned = (before.heading * after.heading).sum(axis=1) < -0.5
    near = arc_nm(before.point, after.point) < NEAR_NM
    steady = np.fmax(np.abs(before.climb_ft_min), np.abs(after.climb_ft_min)) < 150
    return np.asarray(near & turned & steady & _same_level(before, after))


def _went_elsewhere(before: Edges, after: Edges) -> Bools:
    """Tell gaps that the aircraft entered and left on courses away from the other end.

    It flew somewhere and came back, or on from there.
    """
    ahead = tangent(before.point, after.point)
    astern = -tangent(after.point, before.point)
    off_before = (before.heading * ahead).sum(axis=1) < 0
    off_after = (after.heading * astern).sum(axis=1) < 0
    # Of reports close together only the courses tell: there, and back.
    near = arc_nm(before.point, after.point) < NEAR_NM
    back = (before.heading * after.heading).sum(axis=1) < -0.5
    result: Bools = np.where(near, back, off_before & off_after)
    return result


def _edges_of_gaps(tracks: Tracks, ground: Bools, pairs: Ints) -> tuple[Edges, Edges]:
    n = len(tracks)
    first = np.searchsorted(tracks.airframe, tracks.airframe[pairs], side="left")
    last = np.searchsorted(tracks.airframe, tracks.airframe[pairs], side="right") - 1
    last = np.minimum(last, n - 1)
    return (
        edges(tracks, pairs, ground, ending=True, limit=first),
        edges(tracks, pairs + 1, ground, ending=False, limit=last),
    )


def _callsign_evidence(tracks: Tracks, pairs: Ints) -> Floats:
    one, other = tracks.callsign[pairs], tracks.callsign[pairs + 1]
    both = (one >= 0) & (other >= 0)
    return np.where(both, np.where(one != other, 2.0, -0.5), 0.0)


@dataclass(frozen=True, eq=False)
class _Nearness:
    """How much one side of a gap looks like an approach or a departure."""

    low: Bools
    level: Bools
    """On its way, neither up nor down."""
    evidence: Floats


def _nearness(
    edge: Edges, able: pd.DataFrame, fields: Fields, *, ending: bool
) -> _Nearness:
    category = able["category"].to_numpy(dtype=object)
    place = fields.near(edge.point, category, 1)[:, 0]
    far_nm = arc_nm(edge.point, fields.points[place])
    elevation = np.append(fields.elevation_ft, 0.0)[place]
    height_ft = edge.altitude_ft - np.where(far_nm < 40, elevation, 0)
    toward_ft_min = edge.climb_ft_min * (-1 if ending else 1)
    nearing, leaving = toward_ft_min > 400, toward_ft_min < -400
    low = edge.on_ground | ((height_ft < 3_000) & (far_nm < 15) & ~leaving)
    mid = (height_ft < 10_000) & (far_nm < 60) & nearing
    # What stays low all the way tells little by being low.
    local = np.isin(category, ["light", "rotor"]) & ~nearing
    told = [edge.on_ground, low & local, low, mid, nearing, leaving]
    evidence = np.select(
        [*told, np.isnan(height_ft)],
        [3.0, 1.5, 2.5, 1.8, 1.0, -1.5, 0.0],
        default=-1.0,
    )
    level = ~(np.logical_or.reduce(told) | np.isnan(height_ft))
    return _Nearness(low=low | mid, level=level, evidence=evidence)


def _time_to_land(
    before: Edges,
    after: Edges,
    able: pd.DataFrame,
    fields: Fields,
    hours: Floats,
    speed_kt: Floats,
) -> Bools:
    """Tell whether some field could have been reached, used and left in the time."""
    category = able["category"].to_numpy(dtype=object)
    ground_h = able["min_ground_h"].to_numpy(float)

    def in_time(way_nm: Floats, of: Ints) -> Bools:
        flown_h = way_nm / (1.1 * speed_kt[of, None])
        return np.asarray((flown_h + ground_h[of, None] <= hours[of, None]).any(axis=1))

    every = np.arange(len(before))
    # Helicopters and light aircraft land where there is no field.
    anywhere = np.isin(category, ["rotor", "light"])
    direct_nm = arc_nm(before.point, after.point)
    result = anywhere & in_time(direct_nm[:, None], every)
    middle = before.point + after.point
    middle /= np.sqrt((middle**2).sum(axis=1, keepdims=True))
    # As a rule the field nearest to one side will do, and the others need no search.
    for n_fields in (1, _NEAR_FIELDS):
        for point in (before.point, after.point, middle):
            rest = np.flatnonzero(~anywhere & ~result)
            place = fields.near(point[rest], category[rest], n_fields)
            field = fields.points[place]
            way_nm = arc_nm(before.point[rest, None], field) + arc_nm(
                field, after.point[rest, None]
            )
            result[rest] = in_time(way_nm, rest)
    return result
