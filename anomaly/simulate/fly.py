"""From planned flights to position reports, as the receivers of the world got them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.simulate import draws
from anomaly.simulate.coverage import Coverage
from anomaly.simulate.motion import Motion, Reports, point_keys
from anomaly.simulate.sorties import Shape

Numbers = NDArray[np.float64]
# Errors of positions by multilateration, one deviation; unsourced.
_MLAT_NM = 0.08
_MLAT_KT = 6.0
_MLAT_DEG = 3.0


@dataclass(frozen=True)
class Cadence:
    """How often positions are kept, in seconds between two."""

    cruise_s: float = 45.0
    terminal_s: float = 18.0
    ground_s: float = 30.0


def reports(
    sorties: pd.DataFrame,
    airframes: pd.DataFrame,
    coverage: Coverage,
    cadence: Cadence | None = None,
    *,
    since_s: float = -np.inf,
    until_s: float = np.inf,
) -> Reports:
    """Return what is received of these flights from `since_s` until `until_s`."""
    flown = Motion.of(sorties)
    taxi_s = _taxi_s(sorties, coverage)
    row, time_s = _moments(flown, taxi_s, cadence or Cadence())
    start_s = sorties["takeoff_s"].to_numpy()[row]
    share = time_s / flown.profile.duration_s[row]
    dark_from, dark_to = (sorties[n].to_numpy()[row] for n in ("dark_from", "dark_to"))
    kept = ~((share >= dark_from) & (share <= dark_to))
    kept &= (start_s + time_s >= since_s) & (start_s + time_s < until_s)
    row, time_s = row[kept], time_s[kept]
    made = flown.at(row, time_s)
    lost = draws.uniform(point_keys(flown.columns["key"], row, time_s), 31) < 0.03
    mlat_only = airframes["mlat_only"].to_numpy()[sorties["airframe"].to_numpy()[row]]
    seen = made.on_ground & ~mlat_only
    aloft = ~made.on_ground
    seen[aloft] = coverage.sees(
        made.latitude_deg[aloft],
        made.longitude_deg[aloft],
        made.altitude_ft[aloft],
        mlat_only=mlat_only[aloft],
    )
    received = seen & ~lost
    return _blurred(_picked(made, received), flown.columns["key"], mlat_only[received])


def _blurred(
    got: Reports, keys: NDArray[np.uint64], by_mlat: NDArray[np.bool_]
) -> Reports:
    """Return reports in which what was reckoned from delays is a little wrong.

    The speed and the course of such a report are reckoned from its places.
    """
    moment = point_keys(keys, got.sortie, got.time_s)

    def error(salt: int, size: float) -> Numbers:
        return np.asarray(np.where(by_mlat, size * draws.normal(moment, salt), 0.0))

    parallel = np.cos(np.radians(got.latitude_deg)).clip(0.05)
    return replace(
        got,
        latitude_deg=got.latitude_deg + error(38, _MLAT_NM) / 60.0,
        longitude_deg=got.longitude_deg + error(39, _MLAT_NM) / 60.0 / parallel,
        ground_speed_kt=(got.ground_speed_kt + error(40, _MLAT_KT)).clip(0),
        track_deg=(got.track_deg + error(41, _MLAT_DEG)) % 360.0,
    )


def chunks(sorties: pd.DataFrame, hours: float = 1500.0) -> Iterator[pd.DataFrame]:
    """Cut flights, in order of address, so that no aircraft and no memory is torn."""
    spent = (sorties["landing_s"] - sorties["takeoff_s"]).to_numpy() / 3600.0
    part = (np.cumsum(spent) // hours).astype(np.int64)
    airframe = sorties["airframe"].to_numpy()
    # An aircraft belongs where its first flight does.
    first = np.flatnonzero(np.r_[True, airframe[1:] != airframe[:-1]])
    part = np.repeat(part[first], np.diff(np.r_[first, len(airframe)]))
    edges = np.flatnonzero(np.r_[True, part[1:] != part[:-1], True])
    for start, end in pairwise(edges):
        yield sorties.iloc[start:end].reset_index(drop=True)


def _taxi_s(sorties: pd.DataFrame, coverage: Coverage) -> Numbers:
    """Return for how long each flight is on the ground and in somebody's sight."""
    keys = sorties["key"].to_numpy()
    watched = np.stack(
        [
            sorties[name].isin(coverage.watched).to_numpy()
            for name in ("origin", "destination")
        ],
        axis=1,
    )
    lasts = np.stack(
        [
            180.0 + 600.0 * draws.uniform(keys, 34),
            120.0 + 360.0 * draws.uniform(keys, 35),
        ],
        axis=1,
    )
    return np.asarray(lasts * watched)


def _moments(
    flown: Motion, taxi_s: Numbers, cadence: Cadence
) -> tuple[NDArray[np.int64], Numbers]:
    """Return the row and the time of every report: close near fields, wide aloft."""
    knots, duration_s = flown.profile.time_s, flown.profile.duration_s
    shaped = flown.columns["shape"] != Shape.DIRECT
    half = duration_s / 2
    marks = np.stack(
        [
            -taxi_s[:, 0],
            np.zeros_like(half),
            np.minimum(knots[:, 2] + 60.0, half),
            np.maximum(knots[:, 5] - 60.0, half),
            duration_s,
            duration_s + taxi_s[:, 1],
        ],
        axis=1,
    )
    cruise_s = np.where(shaped, 0.6, 1.0) * cadence.cruise_s
    steps_s = np.stack(
        [
            np.full_like(half, cadence.ground_s),
            np.full_like(half, cadence.terminal_s),
            cruise_s,
            np.full_like(half, cadence.terminal_s),
            np.full_like(half, cadence.ground_s),
        ],
        axis=1,
    )
    counts = np.diff(marks, axis=1) / steps_s
    ends = np.concatenate([np.zeros((len(half), 1)), np.cumsum(counts, axis=1)], axis=1)
    n = np.floor(ends[:, -1]).astype(np.int64) + 1
    row = np.repeat(np.arange(len(n)), n)
    number = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
    keys = flown.columns["key"][row] + number.astype(np.uint64)
    place = number + 0.05 + 0.85 * draws.uniform(keys, 36)
    place = np.minimum(place, ends[row, -1])
    part = np.zeros(len(row), dtype=np.int64)
    for mark in range(1, 5):
        part += place >= ends[:, mark][row]
    time_s = marks[row, part] + (place - ends[row, part]) * steps_s[row, part]
    # Rounding must not put the last report behind the landing: that is the ground.
    latest_s = np.floor(marks[:, -1] * 100.0) / 100.0
    return row, np.minimum(np.round(time_s, 2), latest_s[row])


def _picked(made: Reports, kept: NDArray[np.bool_]) -> Reports:
    return Reports(**{name: values[kept] for name, values in vars(made).items()})
