"""Journeys with a load and a reason: what a purpose does, and where to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import chains, draws
from anomaly.simulate.chains import Chains
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Places, Rows
from anomaly.simulate.sorties import Columns

_MAX_STOPS = 9
_TRIES = 6
_N_ROTATIONS = 10
"""Rotations of one purpose that a base flies again and again."""
_RESERVE = 0.95
"""Share of the ferry range that a flight plan may use; winds and ways take the rest."""
_STEEP = 1.1
"""Visits get fewer down an operator's list of fields: rank to minus this power."""


@dataclass(frozen=True)
class Errand:
    """One purpose, and how journeys of it look."""

    purpose: str
    routes: str
    """Kinds of fields in order, alternatives split by ``|``: ``home front home``."""
    logistics: bool = False
    look_alike: bool = False
    seldom: bool = False
    """An ordinary day holds few: surges, deployments, evacuations."""
    when: str = "any"
    ground_h: float = 2.5
    spread: float = 0.6
    dark: float = 0.02
    """Chance to fly dark around the last but one field."""
    train: float = 0.05
    """Chance to fly the route of the aircraft before, some minutes behind."""
    stay: float = 0.3
    """Chance to stay for a day or two before the last flight."""
    types: frozenset[str] = frozenset()
    """Types that fly so; any, if empty."""
    habit: float = 0.0
    """Chance to go where the crews of this base always go: routine repeats itself."""


def journeys(
    setting: Setting,
    rows: Rows,
    kinds: Sequence[Errand],
    which: Rows,
    day: int,
    *,
    habit: float = 1.0,
) -> Columns:
    """Return the flights of journeys begun on a day; `which` says what for.

    `habit` is how much of what is routine repeats itself.
    """
    group = str(setting.airframes["group"][rows[0]])
    rng = draws.generator("errands", setting.seed, group, day)
    chosen = [kinds[k] for k in which]
    missions = chains.mission_ids(setting.seed, group, day, len(rows))
    routes = _routes(setting, rows, chosen, missions, day, rng, habit)

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
    habit: float,
) -> _Routes:
    """Choose fields for each journey, or follow an aircraft of the same fleet."""
    n = len(rows)
    made = _Routes(
        np.full((n, _MAX_STOPS + 1), -1), np.empty(n), missions, np.full(n, -1)
    )
    planner = Planner(
        setting.places, rng, setting.seed, habit, crisis=_in_crisis(setting, day)
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
            base = Base(
                str(own["operator_id"][i]), int(own["home"][i]), str(own["bloc"][i])
            )
            found = planner.route(errand, base, own["range_nm"][i], own["ferry_nm"][i])
            made.stops[i, : len(found)] = found
            made.start_s[i] = starts_s[i]
            if len(found) > 2 and rng.random() < errand.dark:
                made.dark_leg[i] = len(found) - 3
        last_of[crew] = i
    return made


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


@dataclass(frozen=True)
class Base:
    """Whose aircraft set out, and from where."""

    operator: str
    home: int
    bloc: str


class Planner:
    """Chooses fields of the kinds that a route names."""

    def __init__(
        self,
        places: Places,
        rng: np.random.Generator,
        seed: int,
        habit: float = 1.0,
        crisis: Rows | None = None,
    ) -> None:
        self._places = places
        self._rng = rng
        self._seed = seed
        self._habit = habit
        self._crisis = crisis

    def route(
        self, errand: Errand, base: Base, range_nm: float, ferry_nm: float
    ) -> list[int]:
        """Return the fields of one journey in order, stops for fuel included.

        None of its flights is longer than the type can fly at all.
        """
        for number in range(_TRIES):
            usual = self._rng.random() < errand.habit * self._habit
            if usual:
                # A rotation of the timetable: the same whenever it is flown.
                turn = int(_N_ROTATIONS * self._rng.random() ** 2)
                key = (base.operator, base.home, errand.purpose, turn, number)
                rng = draws.generator("rotation", self._seed, *key)
                chooser = Planner(self._places, rng, self._seed)
            else:
                chooser = self
            fields = chooser._chosen(errand, base, range_nm, usual=usual)
            ways_nm = self._places.between_nm(
                np.array(fields[:-1]), np.array(fields[1:])
            )
            if ways_nm.max() <= _RESERVE * ferry_nm:
                return fields
        return [base.home, self._nearest(base.home), base.home]

    def _chosen(
        self, errand: Errand, base: Base, range_nm: float, *, usual: bool
    ) -> list[int]:
        variants = errand.routes.split("|")
        wanted = variants[self._rng.integers(len(variants))].split()
        fields = [base.home]
        for kind in wanted[1:]:
            found = (
                base.home
                if kind == "home"
                else self._field(kind, fields[-1], base, range_nm, usual)
            )
            if found is not None and found != fields[-1]:
                fields.append(found)
        if len(fields) == 1:
            fields.append(self._nearest(base.home))
        return self._with_fuel_stops(fields, base, range_nm, usual)

    def _field(
        self, kind: str, before: int, base: Base, range_nm: float, usual: bool
    ) -> int | None:
        """Return a field of a kind, rather near than far."""
        rows = self._pool(kind, base.bloc)
        away = self._places.between_nm(np.full(len(rows), before), rows)
        weight = np.exp(-away / (2.5 * range_nm + 1000.0))
        weight[(away < 120.0) | (away > 3.2 * range_nm + 600.0)] = 0.0
        if usual:
            weight *= self._known(kind, rows, base)
        if not weight.any():
            return None
        return int(draws.choice(self._rng, rows, weight, 1)[0])

    def _known(self, kind: str, rows: Rows, base: Base) -> NDArray[np.float64]:
        """Return how much more often an operator goes to one field than to another.

        Its hubs are the same all days of a world, and others in another world.
        """
        own = draws.generator("habit", self._seed, base.operator, kind)
        rank = own.permutation(len(rows))
        return np.asarray((rank + 1.0) ** -_STEEP)

    def _pool(self, kind: str, bloc: str) -> Rows:
        """Return the fields that a word means for a bloc.

        A ``crisis`` is where the calendar has one, else where relief goes at all times.
        """
        if kind == "crisis":
            kind = "relief:any"
            if self._crisis is not None and len(self._crisis):
                return self._crisis
        rows = self._places.pool(kind if ":" in kind else f"{kind}:{bloc}")
        return rows if len(rows) else self._places.pool(f"{kind}:UN")

    def _with_fuel_stops(
        self, fields: list[int], base: Base, range_nm: float, usual: bool
    ) -> list[int]:
        """Break every flight that is longer than the type flies with a load."""
        reach = 0.95 * range_nm
        whole = fields[:1]
        for target in fields[1:]:
            for _ in range(3):
                if self._away(whole[-1], target) <= reach or len(whole) >= _MAX_STOPS:
                    break
                stop = self._stop(whole[-1], target, base, reach, usual)
                if stop is None:
                    break
                whole.append(stop)
            whole.append(target)
        return whole[: _MAX_STOPS + 1]

    def _stop(
        self, here: int, there: int, base: Base, reach: float, usual: bool
    ) -> int | None:
        # On their usual ways the crews of an operator fuel at the same few places.
        rng = draws.generator("fuel", self._seed, base.operator) if usual else self._rng
        rows = self._pool("stop:any", base.bloc)
        if base.bloc in ("US", "GB", "FR", "RU") and rng.random() < 0.6:
            rows = np.concatenate([rows, self._pool("own", base.bloc)])
        first = self._places.between_nm(np.full(len(rows), here), rows)
        second = self._places.between_nm(rows, np.full(len(rows), there))
        total = self._away(here, there)
        # Crews choose fuel, weather and permits as well as miles.
        cost = (first + second) * rng.uniform(1.0, 1.12, len(rows))
        cost[(first > reach) | (first < 0.2 * min(reach, total))] = np.inf
        cost[second > total * 0.9] = np.inf
        best = int(np.argmin(cost))
        return int(rows[best]) if np.isfinite(cost[best]) else None

    def _away(self, here: int, there: int) -> float:
        return float(self._places.between_nm(np.array([here]), np.array([there]))[0])

    def _nearest(self, home: int) -> int:
        """Return the nearest larger field, at least some miles away."""
        away = self._places.away_nm(home)
        larger = self._places.kind_is("large_airport", "medium_airport")
        return int(np.argmin(np.where(larger & (away > 20.0), away, np.inf)))
