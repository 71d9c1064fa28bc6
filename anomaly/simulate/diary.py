"""What the airframes of a world do, day by day; each day is thought of once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anomaly.simulate import draws
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Rows
from anomaly.simulate.purposes import airlines, errands, missions, private, rounds
from anomaly.simulate.purposes.planner import Errand
from anomaly.simulate.purposes.rounds import Round
from anomaly.simulate.shares import GROUPS, PRIVATE, Shares
from anomaly.simulate.sorties import SORTIES, Columns, joined

DAY_S = 86400.0
_LEAST_REST_S = 1800.0


@dataclass(eq=False)
class Diary:
    """The flights of a world, found window after window in the order of time."""

    setting: Setting
    shares: Shares
    _begun: dict[tuple[str, int], Columns] = field(default_factory=dict)

    def window(self, first: int, days: int) -> Columns:
        """Return the flights that touch `days` days from `first`, counted from 1970.

        The same day is the same whatever window it is asked in.
        """
        flown = [
            self._begun_on(group, day)
            for group in GROUPS
            # One cycle more than can reach into the window: it may rule out the next.
            for day in range(first - _before(group), first + days)
        ]
        sorties = _without_overlaps(joined(flown, {**SORTIES, "begun": "int64"}))
        inside = (sorties["landing_s"] >= first * DAY_S) & (
            sorties["takeoff_s"] < (first + days) * DAY_S
        )
        return {name: values[inside] for name, values in sorties.items()}

    def forget(self, first: int) -> None:
        """Drop what no window from `first` on can need."""
        for group, day in list(self._begun):
            if day < first - _before(group):
                del self._begun[group, day]

    def _begun_on(self, group: str, day: int) -> Columns:
        if (group, day) not in self._begun:
            flown = _journeys(self.setting, group, day, self.shares)
            begun = np.full(len(flown["key"]), day)
            self._begun[group, day] = {**flown, "begun": begun}
        return self._begun[group, day]


def _before(group: str) -> int:
    return 2 * GROUPS[group].period_days + 1


def _without_overlaps(sorties: Columns) -> Columns:
    """Leave out journeys whose aircraft is not back yet from the one before."""
    order = np.lexsort((sorties["takeoff_s"], sorties["begun"], sorties["airframe"]))
    airframe, begun = sorties["airframe"][order], sorties["begun"][order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(airframe) != 0) | (np.diff(begun) != 0)
    starts = np.flatnonzero(first)
    if not len(starts):
        return {name: sorties[name] for name in SORTIES}
    ends_s = np.maximum.reduceat(sorties["landing_s"][order], starts)
    # An offset for each airframe keeps the running maximum within it.
    apart_s = airframe[starts] * 1e10
    latest_s = np.maximum.accumulate(ends_s + apart_s)
    starts_s = sorties["takeoff_s"][order][starts] + apart_s
    clash = np.zeros(len(starts), dtype=bool)
    clash[1:] = (np.diff(airframe[starts]) == 0) & (
        starts_s[1:] < latest_s[:-1] + _LEAST_REST_S
    )
    kept = order[~clash[np.cumsum(first) - 1]]
    return {name: sorties[name][kept] for name in SORTIES}


def _journeys(setting: Setting, group: str, day: int, shares: Shares) -> Columns:
    """Return what a group begins on a day."""
    life = GROUPS[group]
    rng = draws.generator("who flies", setting.seed, group, day)
    rows = np.flatnonzero(setting.airframes["group"] == group)
    awake = rng.random(len(rows)) < life.activity
    turn = setting.airframes["phase"][rows] == day % life.period_days
    rows = rows[awake & turn]
    if not len(rows):
        return joined((), SORTIES)
    if group in PRIVATE:
        return private.journeys(setting, rows, day)
    if group in missions.MISSIONS:
        return _missions(setting, rows, group, day, shares, rng)
    return airlines.journeys(setting, rows, day)


def _missions(
    setting: Setting,
    rows: Rows,
    group: str,
    day: int,
    shares: Shares,
    rng: np.random.Generator,
) -> Columns:
    """Return the flights of fleets that do one thing today and another tomorrow."""
    kinds = [kind for kind, _ in missions.MISSIONS[group]]
    weights = [
        weight * _times(kind, shares) for kind, weight in missions.MISSIONS[group]
    ]
    which = draws.choice(rng, np.arange(len(kinds)), weights, len(rows))
    typecodes = setting.airframes["typecode"][rows]
    for number, kind in enumerate(kinds):
        unfit = (which == number) & ~np.isin(typecodes, list(kind.types) or typecodes)
        which[unfit] = 0
    is_round = np.array([isinstance(kind, Round) for kind in kinds])
    parts = []
    for local in (True, False):
        mine = is_round[which] == local
        numbers = np.flatnonzero(is_round == local)
        if not mine.any():
            continue
        places = np.searchsorted(numbers, which[mine])
        if local:
            around = tuple(kinds[k] for k in numbers)
            parts.append(
                rounds.journeys(setting, rows[mine], around, places, day)  # type: ignore[arg-type]
            )
        else:
            trips = [kind for kind in kinds if isinstance(kind, Errand)]
            parts.append(
                errands.journeys(setting, rows[mine], trips, places, day, shares)
            )
    return joined(parts, SORTIES)


def _times(kind: Errand | Round, shares: Shares) -> float:
    if isinstance(kind, Round):
        return shares.look_alikes if kind.look_alike else 1.0
    times = shares.seldom if kind.seldom else 1.0
    if kind.logistics:
        return times * shares.logistics
    return times * shares.look_alikes if kind.look_alike else times
