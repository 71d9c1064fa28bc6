"""Flights that come back to where they began: circuits, areas, tracks, lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import chains, draws, identity, legs, paths
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Rows
from anomaly.simulate.sorties import SORTIES, Columns, Shape, joined

# Of what a type can fly at all: how far out its area may lie, and how much of it a
# flight may use.  Turning and low flying cost more than cruise does.
_MOST_AWAY = 0.25
_RESERVE = 0.8


@dataclass(frozen=True)
class Round:
    """One way of flying out and back; pairs are the least and the most."""

    purpose: str
    shape: Shape
    hours: tuple[float, float]
    """Time in the area."""
    away_nm: tuple[float, float]
    straight_nm: tuple[float, float]
    width_nm: tuple[float, float]
    height_ft: tuple[float, float]
    """Above the field for circuits, else above the sea."""
    slow: float = 1.0
    """Speed as a share of the type's cruising speed."""
    look_alike: bool = False
    when: str = "day"
    types: frozenset[str] = frozenset()
    """Types that fly so; any, if empty."""


def journeys(
    setting: Setting,
    rows: Rows,
    kinds: tuple[Round, ...],
    which: Rows,
    day: int,
    *,
    again: float = 0.3,
) -> Columns:
    """Return the flights of a day; `which` says for each row what is flown.

    `again` is the chance that an aircraft goes out once more the same day.
    """
    if not len(rows):
        return joined((), SORTIES)
    group = str(setting.airframes["group"][rows[0]])
    rng = draws.generator("rounds", setting.seed, group, day)
    hours = np.select(
        [np.array([kinds[k].when == "day" for k in which])],
        [chains.hours_of_day(rng, len(rows), "day")],
        chains.hours_of_day(rng, len(rows), "any"),
    )
    home = setting.airframes["home"][rows]
    start_s = chains.local_start_s(setting, home, day * 86400.0, hours)
    found: list[Columns] = []
    going = np.arange(len(rows))
    while len(going):
        flights = _once(setting, rows[going], kinds, which[going], start_s[going], rng)
        flights["mission_id"] = chains.mission_ids(
            setting.seed, f"{group}-{len(found)}", day, len(going)
        )
        found.append(flights)
        rest_s = 3600.0 * chains.lognormal_h(rng, 1.3, 0.5, (len(going),))
        start_s[going] = flights["landing_s"] + rest_s
        more = rng.random(len(going)) < again
        more &= start_s[going] < (day + 1) * 86400.0 - 7200.0
        going = going[more]
    return joined(found, SORTIES)


def _once(
    setting: Setting,
    rows: Rows,
    kinds: tuple[Round, ...],
    which: Rows,
    start_s: chains.Numbers,
    rng: np.random.Generator,
) -> Columns:
    """Return one flight of each aircraft."""
    own = {name: values[rows] for name, values in setting.airframes.items()}

    def between(name: str) -> chains.Numbers:
        low_high = np.array([getattr(kind, name) for kind in kinds], dtype=np.float64)
        low, high = low_high[which, 0], low_high[which, 1]
        return np.asarray(low + (high - low) * rng.random(len(rows)))

    def each(name: str) -> NDArray[Any]:
        return np.array([getattr(kind, name) for kind in kinds])[which]

    elevation_ft = setting.places.elevation_ft[own["home"]]
    circuits = each("shape") == Shape.CIRCUITS
    speed_kt = np.where(
        circuits, own["approach_kt"] * 1.2, own["cruise_kt"] * each("slow")
    )
    # A helicopter's area is lower than a jet's.
    most_ft = np.where(circuits, np.inf, 1.15 * own["cruise_ft"])
    sorties = legs.blank(setting, rows) | {
        "cruise_ft": _height_ft(between("height_ft"), most_ft, elevation_ft, circuits),
        "speed_kt": speed_kt,
        "shape": each("shape").astype(np.int64),
        "straight_nm": between("straight_nm"),
        "width_nm": between("width_nm"),
        "heading_deg": rng.random(len(rows)) * 360.0,
        "callsign": identity.callsigns(setting.airframes, rows, rng),
        "squawk": identity.squawks(len(rows), rng),
        "purpose": each("purpose").astype(object),
        "look_alike": each("look_alike"),
    }
    away_nm = np.minimum(between("away_nm"), _MOST_AWAY * own["ferry_nm"])
    left_nm = _RESERVE * own["ferry_nm"] - 2.0 * away_nm
    inside_nm = np.minimum(between("hours") * speed_kt, left_nm)
    sorties["shape_nm"] = _whole_rounds(sorties, inside_nm)
    sorties = legs.routed(setting, sorties, own["home"], own["home"], start_s)
    # The same aircraft goes to the same area again and again.
    bearing = 360.0 * draws.uniform(own["habit"], 51)
    bearing += 25.0 * rng.standard_normal(len(rows))
    return _moved_out(setting, sorties, bearing, away_nm)


def _height_ft(
    wanted_ft: chains.Numbers,
    most_ft: chains.Numbers,
    elevation_ft: chains.Numbers,
    circuits: NDArray[np.bool_],
) -> chains.Numbers:
    """Return heights above the sea: circuits are flown above the field."""
    above_sea_ft = wanted_ft + np.where(circuits, elevation_ft, 0.0)
    above_sea_ft = np.minimum(above_sea_ft, most_ft + elevation_ft)
    return np.maximum(np.round(above_sea_ft / 100.0) * 100.0, elevation_ft + 500.0)


def _moved_out(
    setting: Setting,
    sorties: Columns,
    bearing: chains.Numbers,
    away_nm: chains.Numbers,
) -> Columns:
    """Put the area where it belongs and plan the time anew."""
    lat, lon = paths.moved(
        sorties["latitude_1_deg"], sorties["longitude_1_deg"], bearing, away_nm
    )
    area = {
        f"via_{number}_{name}": values
        for number in (1, 2)
        for name, values in (("latitude_deg", lat), ("longitude_deg", lon))
    }
    return legs.levelled(setting, sorties | area, bearing)


def _whole_rounds(sorties: Columns, length_nm: chains.Numbers) -> chains.Numbers:
    """Return lengths after which the shape is back at its start."""
    oval = np.isin(sorties["shape"], [Shape.CIRCUITS, Shape.RACETRACK])
    straight, width = sorties["straight_nm"], sorties["width_nm"]
    one = paths.oval_nm(straight, width).clip(0.1)
    lanes = sorties["shape"] == Shape.SURVEY
    two_lanes = 2.0 * straight.clip(0.1)
    rounds = np.maximum(1.0, np.floor(length_nm / np.where(lanes, two_lanes, one)))
    length_nm = np.where(lanes, rounds * two_lanes, length_nm)
    return np.where(oval, rounds * one, length_nm)
