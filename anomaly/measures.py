"""What was flown: lengths, heights, speeds and turns of each flight."""

from __future__ import annotations

import numpy as np
from numba import njit

from anomaly.arcs import way_nm
from anomaly.compiled import COMPILED, INLINE
from anomaly.geo import EARTH_RADIUS_NM
from anomaly.tracks import Bools, Floats, Ints, Singles, Tracks

LOW_FT = 10_000.0
SLOW_KT = 200.0
LEVEL_FT_MIN = 300.0
# A degree a mile is a circle of 115 miles round: no way between two places bends so.
STRAIGHT_DEG_NM = 1.0
# Over longer steps nobody knows what was flown between.
LONGEST_STEP_NM = 12.0
# Turns are summed over steps this long: shorter ones turn with every rounding.
TURN_STEP_NM = 0.5
# Speed at cruise is that of the upper part of the flight.
CRUISE_SHARE = 0.8

COLUMNS = (
    "flown_nm",
    "max_altitude_ft",
    "cruise_speed_kt",
    "max_speed_kt",
    "max_climb_ft_min",
    "low_share",
    "slow_share",
    "level_share",
    "turning_deg_per_h",
    "box_diagonal_nm",
    "mlat_share",
    "straight_share",
)


def of_flights(
    tracks: Tracks,
    on_ground: Bools,
    step_nm: Floats,
    first: Ints,
    last: Ints,
    gap_s: float,
) -> Floats:
    """Return `COLUMNS`, which are of FLIGHTS, for the flights of rows first to last.

    `step_nm` is how far it is from each report to the next.  Time without reports for
    longer than `gap_s` counts for no share of time.
    """
    values: Floats = _measure(
        first,
        last,
        tracks.t_s,
        tracks.points,
        step_nm,
        tracks.altitude_ft,
        on_ground,
        tracks.speed_kt,
        tracks.climb_ft_min,
        tracks.mlat,
        gap_s,
    )
    return values


@njit(**COMPILED)
def _measure(
    first: Ints,
    last: Ints,
    t_s: Floats,
    points: Floats,
    step_nm: Floats,
    altitude_ft: Singles,
    on_ground: Bools,
    speed_kt: Singles,
    climb_ft_min: Singles,
    mlat: Bools,
    gap_s: float,
) -> Floats:
    """Return one row of `COLUMNS` for each flight; NaN where nothing is known."""
    result = np.full((len(first), 12), np.nan)
    room = np.empty(len(t_s))
    for f in range(len(first)):
        a, b = first[f], last[f] + 1
        result[f, 1], result[f, 2] = _cruise(
            altitude_ft[a:b], on_ground[a:b], speed_kt[a:b], room
        )
        result[f, 3] = _quantile(speed_kt[a:b], room, 0.95)
        result[f, 4] = _quantile(climb_ft_min[a:b], room, 0.95)
        low, slow, level = 0.0, 0.0, 0.0
        low_of, slow_of, level_of = 0.0, 0.0, 0.0
        for i in range(a + 1, b):
            step_s = t_s[i] - t_s[i - 1]
            if step_s > gap_s or on_ground[i]:
                continue
            if not np.isnan(altitude_ft[i]):
                low_of += step_s
                low += step_s * (altitude_ft[i] < LOW_FT)
            if not np.isnan(speed_kt[i]):
                slow_of += step_s
                slow += step_s * (speed_kt[i] < SLOW_KT)
            if not np.isnan(climb_ft_min[i]):
                level_of += step_s
                level += step_s * (abs(climb_ft_min[i]) < LEVEL_FT_MIN)
        if low_of > 0:
            result[f, 5] = low / low_of
        if slow_of > 0:
            result[f, 6] = slow / slow_of
        if level_of > 0:
            result[f, 7] = level / level_of
        hours = (t_s[b - 1] - t_s[a]) / 3600
        result[f, 0], turned_deg, result[f, 11] = _way(points[a:b], step_nm[a : b - 1])
        if hours > 0:
            result[f, 8] = turned_deg / hours
        result[f, 9] = _extent_nm(points[a:b])
        result[f, 10] = mlat[a:b].mean()
    return result


@njit(**INLINE)
def _cruise(
    altitude_ft: Singles, on_ground: Bools, speed_kt: Singles, room: Floats
) -> tuple[float, float]:
    """Return the greatest height and the usual speed near it."""
    top_ft = -np.inf
    for i in range(len(altitude_ft)):
        if not on_ground[i] and altitude_ft[i] > top_ft:
            top_ft = altitude_ft[i]
    if top_ft == -np.inf:
        return np.nan, np.nan
    n = 0
    for i in range(len(altitude_ft)):
        is_high = not on_ground[i] and altitude_ft[i] >= CRUISE_SHARE * top_ft
        if is_high and not np.isnan(speed_kt[i]):
            room[n] = speed_kt[i]
            n += 1
    speed: float = _quantile_of(room, n, 0.5)
    return top_ft, speed


@njit(**INLINE)
def _quantile(values: Singles, room: Floats, share: float) -> float:
    """Return a quantile of the known values; NaN if there are none."""
    n = 0
    for i in range(len(values)):
        if not np.isnan(values[i]):
            room[n] = values[i]
            n += 1
    quantile: float = _quantile_of(room, n, share)
    return quantile


@njit(**INLINE)
def _quantile_of(room: Floats, n: int, share: float) -> float:
    """Return a quantile of the first `n` values, which change places (quickselect)."""
    if n == 0:
        return np.nan
    wanted = int(np.round(share * (n - 1)))
    low, end = 0, n
    while end - low > 1:
        pivot = room[(low + end) // 2]
        # Which way a value goes nobody can foretell, so there is no branch for it: it
        # changes places in any case, and the border moves or does not.
        border, n_alike = low, 0
        for i in range(low, end):
            value = room[i]
            room[i], room[border] = room[border], value
            border += value < pivot
            n_alike += value == pivot
        if wanted < border:
            end = border
            continue
        if wanted < border + n_alike:
            return float(pivot)
        low = border
        for i in range(low, end):
            value = room[i]
            room[i], room[border] = room[border], value
            border += value == pivot
        low = border
    return float(room[wanted])


@njit(**INLINE)
def _way(points: Floats, step_nm: Floats) -> tuple[float, float, float]:
    """Return the way flown, the sum of its turns, and the share flown straight.

    Turns are those between steps that are not too short: the normals of two great
    circles differ by the turn between them, at the poles as anywhere.  The share is of
    the way in short steps; NaN where that is less than half of it.
    """
    length_nm, total, straight_nm, short_nm, all_nm = 0.0, 0.0, 0.0, 0.0, 0.0
    anchor = 0
    before_x, before_y, before_z = 0.0, 0.0, 0.0
    has_before = False
    for i in range(1, len(points)):
        length_nm += step_nm[i - 1]
        gone_nm = step_nm[i - 1] if anchor == i - 1 else way_nm(points, anchor, i)
        if gone_nm < TURN_STEP_NM:
            continue
        all_nm += gone_nm
        ax, ay, az = points[anchor, 0], points[anchor, 1], points[anchor, 2]
        bx, by, bz = points[i, 0], points[i, 1], points[i, 2]
        x, y, z = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
        length = np.sqrt(x * x + y * y + z * z)
        anchor = i
        if length < 1e-12:
            continue
        x, y, z = x / length, y / length, z / length
        if has_before:
            cosine = x * before_x + y * before_y + z * before_z
            turn_deg = np.degrees(np.arccos(min(1.0, max(-1.0, cosine))))
            total += turn_deg
            if gone_nm <= LONGEST_STEP_NM:
                short_nm += gone_nm
                straight_nm += gone_nm * (turn_deg <= STRAIGHT_DEG_NM * gone_nm)
        before_x, before_y, before_z = x, y, z
        has_before = True
    if short_nm == 0 or short_nm < all_nm / 2:
        return length_nm, total, np.nan
    return length_nm, total, straight_nm / short_nm


@njit(**INLINE)
def _extent_nm(points: Floats) -> float:
    """Return the diagonal of the box, in space, that holds the track."""
    least_x, least_y, least_z = points[0, 0], points[0, 1], points[0, 2]
    most_x, most_y, most_z = least_x, least_y, least_z
    # All sides in one pass: each comparison waits for the one before of its own side.
    for i in range(1, len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        least_x, most_x = min(least_x, x), max(most_x, x)
        least_y, most_y = min(least_y, y), max(most_y, y)
        least_z, most_z = min(least_z, z), max(most_z, z)
    total = (most_x - least_x) ** 2 + (most_y - least_y) ** 2 + (most_z - least_z) ** 2
    return float(2 * EARTH_RADIUS_NM * np.arcsin(min(np.sqrt(total) / 2, 1.0)))
