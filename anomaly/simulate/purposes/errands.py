"""Journeys with a load and a reason: what a purpose does, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import chains, draws
from anomaly.simulate.chains import Chains
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Places, Rows
from anomaly.simulate.sorties import Columns

_MAX_STOPS = 9


@dataclass(frozen=True)
class Errand:
    """One purpose, and how journeys of it look."""

    purpose: str
    routes: str
    """Kinds of fields in order, alternatives split by ``|``: ``home front home``."""
    logistics: bool = False
    look_alike: bool = False
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


def journeys(
    setting: Setting,
    rows: Rows,
    kinds: Sequence[Errand],
    which: Rows,
    day: int,
) -> Columns:
    """Return the flights of journeys begun on a day; `which` says what for."""
    group = str(setting.airframes["group"][rows[0]])
    rng = draws.generator("errands", setting.seed, group, day)
    planner = Planner(setting.places, rng)
    n = len(rows)
    stops = np.full((n, _MAX_STOPS + 1), -1, dtype=np.int64)
    start_s = np.empty(n)
    missions = chains.mission_ids(setting.seed, group, day, n)
    dark_leg = np.full(n, -1)
    own = {name: values[rows] for name, values in setting.airframes.items()}
    homes, fleets = own["home"], own["operator_id"]
    last_of: dict[tuple[str, int], int] = {}
    for i in range(n):
        errand = kinds[which[i]]
        before = last_of.get((fleets[i], which[i]))
        if before is not None and rng.random() < errand.train:
            stops[i] = stops[before]
            start_s[i] = start_s[before] + 60.0 * rng.uniform(8.0, 110.0)
            missions[i] = missions[before]
            dark_leg[i] = dark_leg[before]
        else:
            found = planner.route(errand, homes[i], own["bloc"][i], own["range_nm"][i])
            stops[i, : len(found)] = found
            hours = chains.hours_of_day(rng, 1, errand.when)
            start_s[i] = chains.local_start_s(
                setting, homes[i : i + 1], day * 86400.0, hours
            )[0]
            if len(found) > 2 and rng.random() < errand.dark:
                dark_leg[i] = len(found) - 3
        last_of[fleets[i], which[i]] = i
    chosen = [kinds[k] for k in which]
    ground_h = np.array([errand.ground_h for errand in chosen])[:, None] * np.exp(
        np.array([errand.spread for errand in chosen])[:, None]
        * rng.standard_normal((n, _MAX_STOPS + 1))
    )
    ground_h = ground_h.clip(0.6, 40.0)
    stays = rng.random(n) < np.array([errand.stay for errand in chosen])
    last = (stops >= 0).sum(axis=1) - 2
    ground_h[stays, last[stays]] = rng.uniform(16.0, 52.0, int(stays.sum()))
    planned = Chains(
        airframe=rows,
        stops=stops,
        ground_h=ground_h,
        start_s=start_s,
        purpose=np.array([errand.purpose for errand in chosen], dtype=object),
        logistics=np.array([errand.logistics for errand in chosen]),
        look_alike=np.array([errand.look_alike for errand in chosen]),
        mission_id=missions,
        dark_leg=dark_leg,
        dark_share=rng.uniform(0.12, 0.7, n),
        same_callsign=rng.random(n) < 0.6,
    )
    return chains.flown(setting, planned, rng)


class Planner:
    """Chooses fields of the kinds that a route names."""

    def __init__(self, places: Places, rng: np.random.Generator) -> None:
        self._places = places
        self._rng = rng

    def route(self, errand: Errand, home: int, bloc: str, range_nm: float) -> list[int]:
        """Return the fields of one journey in order, stops for fuel included."""
        variants = errand.routes.split("|")
        wanted = variants[self._rng.integers(len(variants))].split()
        fields = [home]
        for kind in wanted[1:]:
            found = (
                home
                if kind == "home"
                else self._field(kind, fields[-1], bloc, range_nm)
            )
            if found is not None and found != fields[-1]:
                fields.append(found)
        if len(fields) == 1:
            fields.append(self._nearest(home))
        return self._with_fuel_stops(fields, bloc, range_nm)

    def _field(self, kind: str, before: int, bloc: str, range_nm: float) -> int | None:
        """Return a field of a kind, rather near than far."""
        rows = self._pool(kind, bloc)
        away = self._places.between_nm(np.full(len(rows), before), rows)
        weight = np.exp(-away / (2.5 * range_nm + 1000.0))
        weight[(away < 120.0) | (away > 3.2 * range_nm + 600.0)] = 0.0
        if not weight.any():
            return None
        return int(draws.choice(self._rng, rows, weight, 1)[0])

    def _pool(self, kind: str, bloc: str) -> Rows:
        """Return the fields that a word means for a bloc."""
        rows = self._places.pool(kind if ":" in kind else f"{kind}:{bloc}")
        return rows if len(rows) else self._places.pool(f"{kind}:UN")

    def _with_fuel_stops(
        self, fields: list[int], bloc: str, range_nm: float
    ) -> list[int]:
        """Break every flight that is longer than the type flies with a load."""
        reach = 0.95 * range_nm
        whole = fields[:1]
        for target in fields[1:]:
            for _ in range(3):
                if self._away(whole[-1], target) <= reach or len(whole) >= _MAX_STOPS:
                    break
                stop = self._stop(whole[-1], target, bloc, reach)
                if stop is None:
                    break
                whole.append(stop)
            whole.append(target)
        return whole[: _MAX_STOPS + 1]

    def _stop(self, here: int, there: int, bloc: str, reach: float) -> int | None:
        rows = self._pool("stop:any", bloc)
        if bloc in ("US", "GB", "FR", "RU") and self._rng.random() < 0.6:
            rows = np.concatenate([rows, self._pool("own", bloc)])
        first = self._places.between_nm(np.full(len(rows), here), rows)
        second = self._places.between_nm(rows, np.full(len(rows), there))
        total = self._away(here, there)
        # Crews choose fuel, weather and permits as well as miles.
        cost = (first + second) * self._rng.uniform(1.0, 1.12, len(rows))
        cost[(first > reach) | (first < 0.2 * min(reach, total))] = np.inf
        cost[second > total * 0.9] = np.inf
        best = int(np.argmin(cost))
        return int(rows[best]) if np.isfinite(cost[best]) else None

    def _away(self, here: int, there: int) -> float:
        return float(self._places.between_nm(np.array([here]), np.array([there]))[0])

    def _nearest(self, home: int) -> int:
        rows: NDArray[np.int64] = self._pool("stop:any", "UN")
        return int(
            rows[np.argmin(self._places.away_nm(home)[rows] + 1e6 * (rows == home))]
        )
