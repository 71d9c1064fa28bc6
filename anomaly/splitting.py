"""Where one flight of an airframe ends and the next begins.

A flight is cut where the aircraft stood on the ground, and where a gap leaves room
for a landing that the way across the gap makes likely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numba import njit

from anomaly import landings
from anomaly.arcs import way_nm
from anomaly.compiled import COMPILED, INLINE
from anomaly.fields import Fields
from anomaly.tracks import Bools, Codes, Floats, Ints, Singles, Tracks

GAP_S = 600.0
"""Reports further apart than this have a gap between them."""
# Ground contact shorter than this between airborne reports is a touch and go.
TOUCH_AND_GO_S = 240.0
# An aircraft standing with its transponder off is between two flights.
PARKED_S = 1_800.0
# Wheels roll slower than anything but a helicopter flies.
ROLLING_KT = 40.0
# Who is aloft, and heard, moves further than this from where it left the ground.
STAYED_NM, STAYED_S = 1.0, 120.0
# No aircraft rolls so fast, and no field lies so high.
BROKEN_SWITCH_KT, HIGHEST_FIELD_FT = 220.0, 15_000.0
# Endurance is given for typical variants; some carry more fuel.
LONGEST_SHARE = 1.15


@dataclass(frozen=True, eq=False)
class Split:
    """Where flights were cut, and which reports are from the ground."""

    cut: Bools
    """For each report but the last: whether the next is of another flight."""
    on_ground: Bools
    """For each report: said to be on the ground, or too slow to fly."""
    step_nm: Floats
    """For each report but the last: how far it is to the next of the airframe."""
    silent: Ints
    """After which reports nothing was heard for longer than `GAP_S`.

    Without those that cannot be of one flight with the next anyway.
    """


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
    cut, silent, step_nm = _sure_cuts(
        tracks.airframe,
        tracks.t_s,
        tracks.points,
        able["max_speed_kt"].to_numpy(float),
    )
    pairs = np.flatnonzero(silent)
    evidence = landings.evidence(tracks, able, fields, ground, pairs)
    aloft = ~ground[pairs + 1] & ~ground[pairs]
    parked = tracks.t_s[pairs + 1] - tracks.t_s[pairs] > PARKED_S
    cut[pairs] |= (aloft | parked) & (evidence > 0)
    cut[pairs] |= ground[pairs + 1] & ground[pairs] & parked
    cut |= _turnrounds(tracks.airframe, tracks.t_s, ground, cut)
    if len(pairs):
        cut = _within_endurance(tracks, able, cut, pairs, evidence)
    return Split(cut=cut, on_ground=ground, step_nm=step_nm, silent=pairs)


@njit(**COMPILED)
def _grounded(
    airframe: Codes,
    t_s: Floats,
    points: Floats,
    altitude_ft: Singles,
    on_ground: Bools,
    speed_kt: Singles,
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
    airframe: Codes, t_s: Floats, points: Floats, top_kt: Floats
) -> tuple[Bools, Bools, Floats]:
    """Tell, of each two reports, whether they cannot be of one flight.

    That is so of two airframes, and of steps that the airframe cannot have flown.
    Also tells which of the others have a gap between them, and how far the steps are.
    """
    n = max(len(airframe) - 1, 0)
    cut, silent = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    step_nm = np.zeros(n)
    for i in range(n):
        wait_s = t_s[i + 1] - t_s[i]
        if airframe[i + 1] != airframe[i]:
            cut[i] = True
            continue
        reach_nm = 5 + 1.05 * top_kt[airframe[i]] * (wait_s / 3600 + 0.01)
        step_nm[i] = way_nm(points, i, i + 1)
        if step_nm[i] > reach_nm:
            cut[i] = True
        elif wait_s > GAP_S:
            silent[i] = True
    return cut, silent, step_nm


@njit(**COMPILED)
def _turnrounds(airframe: Codes, t_s: Floats, ground: Bools, cut: Bools) -> Bools:
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
