"""Where a journey goes: fields of the kinds that its purpose names, and fuel stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import access, draws
from anomaly.simulate.places import Places, Rows

MAX_STOPS = 9
_TRIES = 6
_N_ROTATIONS = 10
"""Rotations of one purpose that a base flies again and again."""
_RESERVE = 0.95
"""Share of the ferry range that a flight plan may use; winds and ways take the rest."""
_STEEP = 1.1
"""Visits get fewer down an operator's list of fields: rank to minus this power."""
_TO_ANYONE = ("relief", "crisis")
"""Kinds of field where whoever brings help is received, rival or not."""
_TO_GUESTS = ("capital", "venue")
"""Kinds of field where all but rivals' armed forces are received, by leave."""
_AT_HOME = ("own", "mro:any")
"""Kinds of which the armed forces have their own at home."""


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


@dataclass(frozen=True)
class Base:
    """Whose aircraft set out, and from where."""

    operator: str
    home: int
    bloc: str
    country: str
    armed: bool
    """Of the armed forces themselves."""


class Pool(NamedTuple):
    """Fields that a word means, closed ones too: hubs stay hubs when others close."""

    rows: Rows
    may_land: NDArray[np.bool_]


class Planner:
    """Chooses fields of the kinds that a route names."""

    def __init__(
        self,
        places: Places,
        rng: np.random.Generator,
        seed: int,
        time_s: float,
        *,
        habit: float = 1.0,
        at_home: float = 1.0,
        crisis: Rows | None = None,
    ) -> None:
        """Plan for a moment.

        Parameters
        ----------
        habit
            How much of what is routine repeats itself.
        at_home
            How much likelier than one abroad the armed forces choose a field at home.
        crisis
            The fields at which relief is to be expected.
        """
        self._places = places
        self._rng = rng
        self._seed = seed
        self._time_s = time_s
        self._habit = habit
        self._at_home = at_home
        self._crisis = crisis
        self._pools: dict[tuple[str, str, str, bool], Pool] = {}

    def _by_timetable(self, rng: np.random.Generator) -> Planner:
        """Return a planner of the same day that draws by a rotation's own chances."""
        other = Planner(
            self._places,
            rng,
            self._seed,
            self._time_s,
            at_home=self._at_home,
            crisis=self._crisis,
        )
        other._pools = self._pools
        return other

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
                chooser = self._by_timetable(rng)
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
        rows, may_land = self._pool(kind, base)
        away = self._places.between_nm(np.full(len(rows), before), rows)
        weight = np.exp(-away / (2.5 * range_nm + 1000.0))
        if base.armed and kind in _AT_HOME:
            weight[self._places.country[rows] == base.country] *= self._at_home
        weight[(away < 120.0) | (away > 3.2 * range_nm + 600.0) | ~may_land] = 0.0
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

    def _pool(self, kind: str, base: Base) -> Pool:
        """Return the fields that a word means for whoever flies from a base.

        A ``crisis`` is where the calendar has one, else where relief goes at all times.
        """
        key = (kind, base.bloc, base.country, base.armed)
        if key not in self._pools:
            rows = self._named(kind, base.bloc)
            self._pools[key] = Pool(rows, self._may_land(kind, rows, base))
        return self._pools[key]

    def _named(self, kind: str, bloc: str) -> Rows:
        if kind == "crisis":
            if self._crisis is not None and len(self._crisis):
                return self._crisis
            kind = "relief:any"
        rows = self._places.pool(kind if ":" in kind else f"{kind}:{bloc}")
        return rows if len(rows) else self._places.pool(f"{kind}:UN")

    def _may_land(self, kind: str, rows: Rows, base: Base) -> NDArray[np.bool_]:
        """Tell which fields of a kind are open to the aircraft of a base."""
        kind = kind.partition(":")[0]
        if kind in _TO_ANYONE:
            return np.ones(len(rows), dtype=bool)
        if kind in _TO_GUESTS:
            of_state = self._places.country[rows]
            barred = access.is_rival(of_state, base.country, self._time_s)
            return ~(barred & base.armed)
        return access.is_open(
            self._places, rows, base.country, self._time_s, armed=base.armed
        )

    def _with_fuel_stops(
        self, fields: list[int], base: Base, range_nm: float, usual: bool
    ) -> list[int]:
        """Break every flight that is longer than the type flies with a load."""
        reach = 0.95 * range_nm
        whole = fields[:1]
        for target in fields[1:]:
            for _ in range(3):
                if self._away(whole[-1], target) <= reach or len(whole) >= MAX_STOPS:
                    break
                stop = self._stop(whole[-1], target, base, reach, usual)
                if stop is None:
                    break
                whole.append(stop)
            whole.append(target)
        return whole[: MAX_STOPS + 1]

    def _stop(
        self, here: int, there: int, base: Base, reach: float, usual: bool
    ) -> int | None:
        # On their usual ways the crews of an operator fuel at the same few places.
        rng = draws.generator("fuel", self._seed, base.operator) if usual else self._rng
        pools = [self._pool("stop:any", base)]
        if base.bloc in ("US", "GB", "FR", "RU") and rng.random() < 0.6:
            pools.append(self._pool("own", base))
        rows = np.concatenate([pool.rows for pool in pools])
        may_land = np.concatenate([pool.may_land for pool in pools])
        first = self._places.between_nm(np.full(len(rows), here), rows)
        second = self._places.between_nm(rows, np.full(len(rows), there))
        total = self._away(here, there)
        # Crews choose fuel, weather and permits as well as miles.
        cost = (first + second) * rng.uniform(1.0, 1.12, len(rows))
        cost[(first > reach) | (first < 0.2 * min(reach, total))] = np.inf
        cost[(second > total * 0.9) | ~may_land] = np.inf
        best = int(np.argmin(cost))
        return int(rows[best]) if np.isfinite(cost[best]) else None

    def _away(self, here: int, there: int) -> float:
        return float(self._places.between_nm(np.array([here]), np.array([there]))[0])

    def _nearest(self, home: int) -> int:
        """Return the nearest larger field, at least some miles away."""
        away = self._places.away_nm(home)
        larger = self._places.kind_is("large_airport", "medium_airport")
        return int(np.argmin(np.where(larger & (away > 20.0), away, np.inf)))
