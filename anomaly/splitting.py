"""Where one flight of an airframe ends and the next begins.

A flight is cut where the aircraft stood on the ground, and where a gap leaves room
for a landing that the way across the gap makes likely.  EUROCONTROL's open flight
data cut at 30 minutes without reports, or 10 below 1 km; here a gap is weighed by
what the type can do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from anomaly.arcs import way_nm
from anomaly.compiled import COMPILED, INLINE
from anomaly.edges import Edges, edges, tangent
from anomaly.fields import Fields
from anomaly.tracks import Bools, Floats, Ints, Tracks, arc_nm

GAP_S = 600.0
"""Reports further apart than this have a gap between them."""
# Ground contact shorter than this between airborne reports is a touch and go.
TOUCH_AND_GO_S = 240.0
# An aircraft standing with its transponder off is between two flights.
PARKED_S = 1_800.0
# Wheels roll slower than anything but a helicopter flies.
ROLLING_KT = 40.0
# An aircraft on its way across a gap is late by no more than this, nine times in ten:
# so much, and so much an hour (airline routes of one day, cut into gaps).
DELAY_H, DELAY_SHARE = 0.5, 0.06
# Slower than this against its own speed, it was not on its way all the time.
DIRECT_SHARE = 0.8
SAME_LEVEL_FT = 60.0
# Who is aloft, and heard, moves further than this from where it left the ground.
STAYED_NM, STAYED_S = 1.0, 120.0
# No aircraft rolls so fast, and no field lies so high.
BROKEN_SWITCH_KT, HIGHEST_FIELD_FT = 220.0, 15_000.0
# Climb to cruise and approach cost this much more than cruising the same way.
CLIMB_H = 0.12
# Endurance is given for typical variants; some carry more fuel.
LONGEST_SHARE = 1.15
# Nearer than this, the direction from one report to the other means nothing.
NEAR_NM = 20.0
_NEAR_FIELDS = 12


@dataclass(frozen=True, eq=False)
class Split:
    """Where flights were cut, and which reports are from the ground."""

    cut: Bools
    """For each report but the last: whether the next is of another flight."""
    on_ground: Bools
    """For each report: said to be on the ground, or too slow to fly."""


def split(tracks: Tracks, able: pd.DataFrame, fields: Fields) -> Split:
    """Return where the reports of each airframe are cut into flights.

    Parameters
    ----------
    able : DataFrame
        What each airframe can do, from `performance.of_airframes`.
    """
    fixed_wing = able["category"].isin(["jet", "propeller"]).to_numpy()
    ground = _grounded(
        tracks.airframe,
        tracks.t_s,
        tracks.points,
        tracks.altitude_ft,
        tracks.on_ground,
        tracks.speed_kt,
        fixed_wing,
    )
    cut, silent = _sure_cuts(
        tracks.airframe,
        tracks.t_s,
        tracks.points,
        able["max_speed_kt"].to_numpy(float),
    )
    pairs = np.flatnonzero(silent)
    evidence = landing_evidence(tracks, able, fields, ground, pairs)
    aloft = ~ground[pairs + 1] & ~ground[pairs]
    parked = tracks.t_s[pairs + 1] - tracks.t_s[pairs] > PARKED_S
    cut[pairs] |= (aloft | parked) & (evidence > 0)
    cut[pairs] |= ground[pairs + 1] & ground[pairs] & parked
    cut |= _turnrounds(tracks.airframe, tracks.t_s, ground, cut)
    if len(pairs):
        cut = _within_endurance(tracks, able, cut, pairs, evidence)
    return Split(cut=cut, on_ground=ground)


@njit(**COMPILED)
def _grounded(
    airframe: Ints,
    t_s: Floats,
    points: Floats,
    altitude_ft: Floats,
    on_ground: Bools,
    speed_kt: Floats,
    fixed_wing: Bools,
) -> Bools:
    """Tell reports from the ground; some transponders never say so themselves.

    Reports as if from the air, between others from the ground, of who stayed there
    are so too: wrong heights come in single reports, and in runs of minutes.
    """
    n = len(airframe)
    ground = np.empty(n, np.bool_)
    for i in range(n):
        # Jets on the ground at speed have a broken switch.
        said = on_ground[i] and not speed_kt[i] > BROKEN_SWITCH_KT
        slow = speed_kt[i] < ROLLING_KT and fixed_wing[airframe[i]]
        ground[i] = said or (slow and not altitude_ft[i] > HIGHEST_FIELD_FT)
    first = 0
    while first < n:
        end = first + 1
        while (
            end < n
            and airframe[end] == airframe[first]
            and ground[end] == ground[first]
        ):
            end += 1
        if (
            not ground[first]
            and fixed_wing[airframe[first]]
            and first > 0
            and airframe[first - 1] == airframe[first]
            and end < n
            and airframe[end] == airframe[first]
            and _stayed(t_s, points, first, end)
        ):
            ground[first:end] = True
        first = end
    return ground


@njit(**INLINE)
def _stayed(t_s: Floats, points: Floats, first: int, end: int) -> bool:
    """Tell whether nothing moved from the report before some to the one behind."""
    for i in range(first, end):
        if t_s[i] - t_s[i - 1] > STAYED_S or way_nm(points, i, first - 1) > STAYED_NM:
            return False
    if t_s[end] - t_s[end - 1] > STAYED_S:
        return False
    return bool(way_nm(points, end, end - 1) <= STAYED_NM)


@njit(**COMPILED)
def _sure_cuts(
    airframe: Ints, t_s: Floats, points: Floats, top_kt: Floats
) -> tuple[Bools, Bools]:
    """Tell, of each two reports, whether they cannot be of one flight.

    That is so of two airframes, and of steps that the airframe cannot have flown.
    Also tells which of the others have a gap between them.
    """
    n = max(len(airframe) - 1, 0)
    cut, silent = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for i in range(n):
        wait_s = t_s[i + 1] - t_s[i]
        if airframe[i + 1] != airframe[i]:
            cut[i] = True
            continue
        reach_nm = 5 + 1.05 * top_kt[airframe[i]] * (wait_s / 3600 + 0.01)
        if way_nm(points, i + 1, i) > reach_nm:
            cut[i] = True
        elif wait_s > GAP_S:
            silent[i] = True
    return cut, silent


def landing_evidence(
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
    place, far_nm = (x[:, 0] for x in fields.near(edge.point, category, 1))
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
    middle = before.point + after.point
    middle /= np.sqrt((middle**2).sum(axis=1, keepdims=True))
    ground_h = able["min_ground_h"].to_numpy(float)
    shortest_nm = np.full(len(before), np.inf)
    for point in (before.point, after.point, middle):
        place, _ = fields.near(point, category, _NEAR_FIELDS)
        field = fields.points[place]
        way_nm = arc_nm(before.point[:, None], field) + arc_nm(
            field, after.point[:, None]
        )
        shortest_nm = np.fmin(shortest_nm, np.fmin.reduce(way_nm, axis=1))
    # Helicopters and light aircraft land where there is no field.
    anywhere = np.isin(category, ["rotor", "light"])
    direct_nm = arc_nm(before.point, after.point)
    way_nm = np.where(anywhere, direct_nm, shortest_nm)
    result: Bools = way_nm / (1.1 * speed_kt) + ground_h <= hours
    return result


@njit(**COMPILED)
def _turnrounds(airframe: Ints, t_s: Floats, ground: Bools, cut: Bools) -> Bools:
    """Return one cut, at the longest wait, for each stop on the ground without one.

    A stop has reports of the same airframe from the air on both sides.
    """
    n = len(ground)
    chosen = np.zeros(len(cut), np.bool_)
    first = 0
    while first < n:
        end = first + 1
        while (
            end < n
            and airframe[end] == airframe[first]
            and ground[end] == ground[first]
        ):
            end += 1
        if (
            ground[first]
            and first > 0
            and airframe[first - 1] == airframe[first]
            and end < n
            and airframe[end] == airframe[first]
            and t_s[end] - t_s[first - 1] >= TOUCH_AND_GO_S
            and not cut[first - 1 : end].any()
        ):
            waits_s = t_s[first : end + 1] - t_s[first - 1 : end]
            chosen[first - 1 + np.argmax(waits_s)] = True
        first = end
    return chosen


def _within_endurance(
    tracks: Tracks, able: pd.DataFrame, cut: Bools, gaps: Ints, evidence: Floats
) -> Bools:
    """Cut flights longer than the type can stay up at their likeliest landing.

    `evidence` is that of a landing in each of the `gaps`.
    """
    cut = cut.copy()
    limit_s = able["endurance_h"].to_numpy(float) * 3600 * LONGEST_SHARE
    for _ in range(6):
        starts = np.append(0, np.flatnonzero(cut) + 1)
        lasts = np.append(starts[1:], len(tracks)) - 1
        flown_s = tracks.t_s[lasts] - tracks.t_s[starts]
        too_long = flown_s > limit_s[tracks.airframe[starts]]
        flight = np.searchsorted(starts, gaps, side="right") - 1
        open_ = np.isfinite(evidence) & ~cut[gaps] & too_long[flight]
        if not open_.any():
            break
        order = np.lexsort((-evidence[open_], flight[open_]))
        _, first = np.unique(flight[open_][order], return_index=True)
        cut[gaps[open_][order][first]] = True
    return cut
