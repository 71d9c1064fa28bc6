"""Journeys with a load and a reason: what a purpose does, and where to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import airspace, chains, draws
from anomaly.simulate.chains import Chains
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Rows
from anomaly.simulate.purposes.planner import MAX_STOPS, Base, Errand, Planner
from anomaly.simulate.shares import Shares
from anomaly.simulate.sorties import Columns


def journeys(
    setting: Setting,
    rows: Rows,
    kinds: Sequence[Errand],
    which: Rows,
    day: int,
    shares: Shares,
) -> Columns:
    """Return the flights of journeys begun on a day; `which` says what for."""
    group = str(setting.airframes["group"][rows[0]])
    rng = draws.generator("errands", setting.seed, group, day)
    chosen = [kinds[k] for k in which]
    missions = chains.mission_ids(setting.seed, group, day, len(rows))
    routes = _routes(setting, rows, chosen, missions, day, rng, shares)

    def each(name: str) -> NDArray[Any]:
        return np.array([getattr(errand, name) for errand in chosen])

    planned = Chains(
        airframe=rows,
        stops=routes.stops,
        ground_h=_ground_h(routes.stops, each, rng),
        start_s=routes.start_s,
        purpose=each("purpose").astype(object),
        logistics=each("logistics"),
        look_alike=each("look_alike"),
        mission_id=routes.mission_id,
        dark_leg=routes.dark_leg,
        dark_share=rng.uniform(0.12, 0.7, len(rows)),
        same_callsign=rng.random(len(rows)) < 0.6,
    )
    return chains.flown(setting, planned, rng)


@dataclass(frozen=True, eq=False)
class _Routes:
    """Where each journey goes and when it begins."""

    stops: NDArray[np.int64]
    start_s: NDArray[np.float64]
    mission_id: NDArray[np.object_]
    dark_leg: NDArray[np.int64]


def _routes(
    setting: Setting,
    rows: Rows,
    chosen: Sequence[Errand],
    missions: NDArray[np.object_],
    day: int,
    rng: np.random.Generator,
    shares: Shares,
) -> _Routes:
    """Choose fields for each journey, or follow an aircraft of the same fleet."""
    n = len(rows)
    made = _Routes(
        np.full((n, MAX_STOPS + 1), -1), np.empty(n), missions, np.full(n, -1)
    )
    chooser = Planner(
        setting.places,
        rng,
        setting.seed,
        day * 86400.0,
        habit=shares.habit,
        at_home=shares.at_home,
        crisis=_in_crisis(setting, day),
    )
    own = {name: values[rows] for name, values in setting.airframes.items()}
    hours = np.array([chains.hours_of_day(rng, 1, e.when)[0] for e in chosen])
    starts_s = chains.local_start_s(setting, own["home"], day * 86400.0, hours)
    last_of: dict[tuple[str, int, str], int] = {}
    for i, errand in enumerate(chosen):
        crew = (own["operator_id"][i], int(own["home"][i]), errand.purpose)
        before = last_of.get(crew)
        if before is not None and rng.random() < errand.train:
            for values in (made.stops, made.mission_id, made.dark_leg):
                values[i] = values[before]
            made.start_s[i] = made.start_s[before] + 60.0 * rng.uniform(8.0, 110.0)
        else:
            base = _base({name: values[i] for name, values in own.items()})
            found = chooser.route(errand, base, own["range_nm"][i], own["ferry_nm"][i])
            made.stops[i, : len(found)] = found
            made.start_s[i] = starts_s[i]
            if len(found) > 2 and rng.random() < errand.dark:
                made.dark_leg[i] = len(found) - 3
        last_of[crew] = i
    return made


def _base(airframe: dict[str, Any]) -> Base:
    """Return where an airframe sets out from, and whose it is."""
    return Base(
        operator=str(airframe["operator_id"]),
        home=int(airframe["home"]),
        bloc=str(airframe["bloc"]),
        country=str(airframe["country"]),
        armed=airframe["group"] in airspace.ARMED,
    )


def _in_crisis(setting: Setting, day: int) -> Rows:
    """Return the larger fields at which relief was to be expected on a day."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    places = setting.places
    larger = np.flatnonzero(places.kind_is("large_airport", "medium_airport"))
    hit = setting.reference.crises.at(
        date,
        places.country[larger],
        places.latitude_deg[larger],
        places.longitude_deg[larger],
    )
    return np.asarray(larger[hit])


def _ground_h(
    stops: NDArray[np.int64],
    each: Callable[[str], NDArray[Any]],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return the time on the ground before each flight."""
    chance = rng.standard_normal(stops.shape)
    ground_h = each("ground_h")[:, None] * np.exp(each("spread")[:, None] * chance)
    ground_h = ground_h.clip(0.6, 40.0)
    stays = rng.random(len(stops)) < each("stay")
    last = (stops >= 0).sum(axis=1) - 2
    ground_h[stays, last[stays]] = rng.uniform(16.0, 52.0, int(stays.sum()))
    return np.asarray(ground_h)
