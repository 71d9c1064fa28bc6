"""A world of traffic: how much of what, flown by whom, on which day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from anomaly.reference import Reference
from anomaly.simulate import draws, fleets, tables
from anomaly.simulate.fleets import Fleet
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Rows
from anomaly.simulate.purposes import airlines, errands, missions, private, rounds
from anomaly.simulate.purposes.errands import Errand
from anomaly.simulate.purposes.rounds import Round
from anomaly.simulate.sorties import SORTIES, Columns, World, joined, world_of

DAY_S = 86400.0
_WIDE_T = 150.0
_LEAST_REST_S = 1800.0
_PRIVATE = ("business", "light", "rotor", "glider")


@dataclass(frozen=True)
class Shares:
    """What part of the aircraft that fly on a day belongs to each group.

    Only the proportions count.  Military aircraft are some 2.5 % of those seen in a
    day, airlifters 0.35 % (four months of hourly positions, 2026), of which six in ten
    go somewhere.  Light aircraft are a fifth of the instant sky of 1 November 2023,
    in which no Ilyushin and no Antonov of a civil owner was among ten thousand.  How
    many fly for a relief agency or on a contract of a state no list tells: that is our
    estimate, for an ordinary day.
    """

    passenger: float = 0.33
    passenger_wide: float = 0.055
    cargo: float = 0.015
    cargo_wide: float = 0.015
    business: float = 0.075
    light: float = 0.7
    rotor: float = 0.1
    glider: float = 0.008
    training: float = 0.027
    airlift: float = 0.0065
    tanker: float = 0.0016
    isr: float = 0.0012
    state: float = 0.0035
    grey: float = 0.0015
    contract_pax: float = 0.0015
    relief: float = 0.0015
    survey: float = 0.003
    fire: float = 0.002
    logistics: float = 1.0
    """Times the usual weight of journeys that are state-military logistics."""
    look_alikes: float = 1.0
    """Times the usual weight of journeys that resemble it."""
    seldom: float = 0.15
    """Times the weight of journeys that an ordinary day holds few of."""
    habit: float = 1.0
    """How much of what is routine repeats itself, day by day."""
    evenness: float = 0.0
    """0: each operator as large as it is; 1: all alike."""

    @classmethod
    def for_training(cls) -> Shares:
        """Return shares with some percent of logistics, as many look-alikes, or more.

        Ordinary traffic teaches little by its thousandth airliner, and what is learnt
        of a few large air forces would not hold for the many small ones.
        """
        return cls(
            passenger=0.3,
            light=0.3,
            airlift=0.09,
            tanker=0.008,
            isr=0.008,
            state=0.02,
            grey=0.07,
            contract_pax=0.035,
            relief=0.025,
            training=0.03,
            survey=0.004,
            fire=0.003,
            seldom=1.0,
            habit=0.4,
            evenness=0.5,
        )


@dataclass(frozen=True)
class _Group:
    """How a group of airframes lives: its cycle in days, and how busy it is."""

    period_days: int
    activity: float
    """Chance that an airframe sets out when its turn comes."""
    flying_days: float
    """Days of a journey on which it takes off, on average; measured."""


_GROUPS = {
    "passenger": _Group(1, 0.85, 1.0),
    "passenger_wide": _Group(2, 0.95, 1.7),
    "cargo": _Group(1, 0.8, 1.0),
    "cargo_wide": _Group(3, 0.9, 2.0),
    "business": _Group(2, 0.7, 1.2),
    "light": _Group(2, 0.4, 1.03),
    "rotor": _Group(1, 0.5, 1.0),
    "glider": _Group(3, 0.4, 1.0),
    "training": _Group(1, 0.6, 1.0),
    "airlift": _Group(4, 0.8, 1.8),
    "tanker": _Group(2, 0.7, 1.1),
    "isr": _Group(2, 0.7, 1.0),
    "state": _Group(4, 0.7, 1.8),
    "grey": _Group(6, 0.85, 3.0),
    "contract_pax": _Group(4, 0.85, 2.2),
    "relief": _Group(5, 0.8, 2.4),
    "survey": _Group(1, 0.5, 1.0),
    "fire": _Group(1, 0.5, 1.0),
}


def plan_world(
    start: dt.date,
    days: int,
    n_aircraft: int,
    seed: int,
    *,
    reference: Reference,
    shares: Shares | None = None,
    reserved: frozenset[str] = frozenset(),
) -> World:
    """Return the airframes of a world, and their flights that touch the days asked.

    The same day of the same world is the same whatever window it is asked in.
    `n_aircraft` fly on an average day; addresses in `reserved` are left to others.
    """
    shares = shares or Shares()
    setting = Setting.of(reference, seed)
    airframes = _airframes(setting, n_aircraft, shares)
    airframes = fleets.without_twins(airframes, reserved)
    setting = setting.furnished(airframes)
    first = (start - dt.date(1970, 1, 1)).days
    flown = [
        _begun(_journeys(setting, group, day, shares), day)
        for group, life in _GROUPS.items()
        # One cycle more than can reach into the window: it may rule out the next.
        for day in range(first - 2 * life.period_days - 1, first + days)
    ]
    sorties = _without_overlaps(joined(flown, {**SORTIES, "begun": "int64"}))
    inside = (sorties["landing_s"] >= first * DAY_S) & (
        sorties["takeoff_s"] < (first + days) * DAY_S
    )
    return world_of(airframes, {k: values[inside] for k, values in sorties.items()})


def _begun(sorties: Columns, day: int) -> Columns:
    return {**sorties, "begun": np.full(len(sorties["key"]), day)}


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


def _airframes(setting: Setting, n_aircraft: int, shares: Shares) -> Columns:
    """Return all fleets, as large as it takes for `n_aircraft` to fly on a day."""
    wanted = {name: getattr(shares, name) for name in _GROUPS}
    total = sum(wanted.values())
    kinds: list[Fleet] = []
    counts: list[int] = []
    for name, group in _GROUPS.items():
        per_day = n_aircraft * wanted[name] / total
        n = round(per_day * group.period_days / group.activity / group.flying_days)
        found = _fleets(setting, name)
        if name in missions.MISSIONS:
            found = tuple(
                replace(one, weight=one.weight ** (1.0 - shares.evenness))
                for one in found
            )
        kinds.extend(found)
        counts.extend(fleets.apportioned(found, n, setting.seed))
    periods = np.array([_GROUPS[kind.group].period_days for kind in kinds])
    return fleets.built(setting, kinds, counts, {"days": periods})


def _fleets(setting: Setting, name: str) -> tuple[Fleet, ...]:
    if name in _PRIVATE:
        return private.fleets_of(setting, name)
    if name.startswith(("passenger", "cargo")):
        return _airlines(setting, name)
    return fleets.of_table(setting, name)


def _airlines(setting: Setting, name: str) -> tuple[Fleet, ...]:
    """Return the airlines' large or their other types as fleets."""
    group, _, size = name.partition("_")
    mtow_t = setting.reference.types.table["mtow_t"].to_dict()
    found = []
    for row in tables.airlines():
        codes, weights = tables.weighted(row.types)
        kept = {
            code: weight
            for code, weight in zip(codes, weights, strict=True)
            if (mtow_t.get(code, 0.0) > _WIDE_T) == (size == "wide")
        }
        if row.group != group or not kept:
            continue
        found.append(
            Fleet(
                group=name,
                name=row.name,
                country=row.country,
                types=" ".join(f"{code}:{weight}" for code, weight in kept.items()),
                homes=setting.places.rows(row.hubs.split()),
                code=row.code,
                style="route",
                weight=row.weight * sum(kept.values()) / sum(weights),
            )
        )
    return tuple(found)


def _journeys(setting: Setting, group: str, day: int, shares: Shares) -> Columns:
    """Return what a group begins on a day."""
    life = _GROUPS[group]
    rng = draws.generator("who flies", setting.seed, group, day)
    rows = np.flatnonzero(setting.airframes["group"] == group)
    awake = rng.random(len(rows)) < life.activity
    turn = setting.airframes["phase"][rows] == day % life.period_days
    rows = rows[awake & turn]
    if not len(rows):
        return joined((), SORTIES)
    if group in _PRIVATE:
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
                errands.journeys(
                    setting, rows[mine], trips, places, day, habit=shares.habit
                )
            )
    return joined(parts, SORTIES)


def _times(kind: Errand | Round, shares: Shares) -> float:
    if isinstance(kind, Round):
        return shares.look_alikes if kind.look_alike else 1.0
    times = shares.seldom if kind.seldom else 1.0
    if kind.logistics:
        return times * shares.logistics
    return times * shares.look_alikes if kind.look_alike else times
