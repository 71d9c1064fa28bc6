"""Journeys of several flights: field after field, with time on the ground between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import draws, identity, legs
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Rows
from anomaly.simulate.sorties import SORTIES, Columns, joined

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chains:
    """Journeys, one a row: who flies them, where to, when, and what for."""

    airframe: Rows
    stops: NDArray[np.int64]
    """Rows of `Places`, (n, k); -1 after the last."""
    ground_h: Numbers
    """Time on the ground before each flight, (n, k - 1); the first is not used."""
    start_s: Numbers
    purpose: NDArray[np.object_]
    logistics: NDArray[np.bool_]
    look_alike: NDArray[np.bool_]
    mission_id: NDArray[np.object_]
    dark_leg: NDArray[np.int64]
    """Which flight goes dark near its end, and the next near its start; -1: none."""
    dark_share: Numbers
    """The share of that flight flown dark."""
    same_callsign: NDArray[np.bool_]
    """All flights of the journey under one callsign."""


def flown(setting: Setting, chains: Chains, rng: np.random.Generator) -> Columns:
    """Return the flights of the journeys, one after the other."""
    found = []
    now_s = chains.start_s.copy()
    names = identity.callsigns(setting.airframes, chains.airframe, rng)
    codes = identity.squawks(len(names), rng)
    for number in range(chains.stops.shape[1] - 1):
        goes = np.flatnonzero(chains.stops[:, number + 1] >= 0)
        if not len(goes):
            break
        if number:
            now_s[goes] += chains.ground_h[goes, number] * 3600.0
        rows = chains.airframe[goes]
        pair = chains.stops[goes, number : number + 2].astype(np.uint64)
        routes = draws.mixed(pair[:, 0] << np.uint64(32) | pair[:, 1], 61)
        own = identity.callsigns(setting.airframes, rows, rng, routes)
        other = identity.squawks(len(goes), rng)
        dark_from, dark_to = _dark(chains, goes, number)
        sorties = legs.blank(setting, rows) | {
            "callsign": np.where(chains.same_callsign[goes], names[goes], own),
            "squawk": np.where(rng.random(len(goes)) < 0.5, codes[goes], other),
            "purpose": chains.purpose[goes],
            "logistics": chains.logistics[goes],
            "look_alike": chains.look_alike[goes],
            "mission_id": chains.mission_id[goes],
            "dark_from": dark_from,
            "dark_to": dark_to,
        }
        sorties = legs.routed(
            setting,
            sorties,
            chains.stops[goes, number],
            chains.stops[goes, number + 1],
            now_s[goes],
        )
        now_s[goes] = sorties["landing_s"]
        moves = chains.stops[goes, number] != chains.stops[goes, number + 1]
        found.append({name: values[moves] for name, values in sorties.items()})
    return joined(found, SORTIES)


def _dark(chains: Chains, goes: Rows, number: int) -> tuple[Numbers, Numbers]:
    """Return which share of a flight, from where to where, is flown dark."""
    coming = chains.dark_leg[goes] == number
    going = (chains.dark_leg[goes] == number - 1) & (chains.dark_leg[goes] >= 0)
    share = chains.dark_share[goes]
    dark_from = np.where(coming, 1.0 - share, np.where(going, -legs.WHOLE, np.nan))
    dark_to = np.where(coming, legs.WHOLE, np.where(going, share, np.nan))
    return dark_from, dark_to


def lognormal_h(
    rng: np.random.Generator, median_h: float, spread: float, shape: tuple[int, ...]
) -> Numbers:
    """Return times on the ground around a median, never below 35 minutes."""
    drawn = median_h * np.exp(spread * rng.standard_normal(shape))
    return np.asarray(drawn.clip(0.6, 40.0))


def local_start_s(
    setting: Setting,
    airfields: Rows,
    day_s: float,
    hours: Numbers,
) -> Numbers:
    """Return when it is `hours` o'clock by the sun at the airfields, on the UTC day."""
    offset_h = setting.places.longitude_deg[airfields] / 15.0
    return np.asarray(day_s + ((hours - offset_h) % 24.0) * 3600.0)


def hours_of_day(rng: np.random.Generator, n: int, kind: str) -> Numbers:
    """Return hours by the sun: ``day``, ``night`` or ``any``."""
    if kind == "day":
        return np.asarray((12.0 + 4.2 * rng.standard_normal(n)) % 24.0)
    if kind == "night":
        return np.asarray((23.5 + 3.2 * rng.standard_normal(n)) % 24.0)
    return rng.random(n) * 24.0


def mission_ids(seed: int, purpose: str, day: int, n: int) -> NDArray[np.object_]:
    """Return one name for each journey of a purpose that starts on a day."""
    head = f"{draws.key_of(seed, purpose, day):016x}"[:10]
    return np.array([f"{head}-{number}" for number in range(n)], dtype=object)
