"""A world of traffic on the days asked, and on those before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from anomaly.reference import Reference
from anomaly.simulate import fleets, roster
from anomaly.simulate.diary import DAY_S, Diary
from anomaly.simulate.legs import Setting
from anomaly.simulate.shares import Shares
from anomaly.simulate.sorties import World, world_of

_BLOCK_DAYS = 3
"""So many days of a long time are thought of at once: memory is for one block."""


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
    diary = _diary(n_aircraft, seed, reference, shares, reserved)
    return world_of(diary.setting.airframes, diary.window(_number(start), days))


def plan_past(
    start: dt.date,
    days: int,
    n_aircraft: int,
    seed: int,
    *,
    reference: Reference,
    shares: Shares | None = None,
    reserved: frozenset[str] = frozenset(),
) -> Iterator[tuple[dt.date, World]]:
    """Yield the days before `start` some at a time, oldest first, with their first.

    They are days of the world that `plan_world` makes of the same arguments: the same
    airframes with the same habits.  Each flight is in the block in which it lands.
    """
    diary = _diary(n_aircraft, seed, reference, shares, reserved)
    begin, end = _number(start) - days, _number(start)
    for first in range(begin, end, _BLOCK_DAYS):
        n_days = min(_BLOCK_DAYS, end - first)
        flown = diary.window(first, n_days)
        diary.forget(first + n_days)
        lands = flown["landing_s"] < (first + n_days) * DAY_S
        world = world_of(
            diary.setting.airframes,
            {name: values[lands] for name, values in flown.items()},
        )
        yield dt.date(1970, 1, 1) + dt.timedelta(days=first), world


def _diary(
    n_aircraft: int,
    seed: int,
    reference: Reference,
    shares: Shares | None,
    reserved: frozenset[str],
) -> Diary:
    shares = shares or Shares()
    setting = Setting.of(reference, seed)
    airframes = roster.airframes(setting, n_aircraft, shares)
    airframes = fleets.without_twins(airframes, reserved)
    return Diary(setting.furnished(airframes), shares)


def _number(date: dt.date) -> int:
    return (date - dt.date(1970, 1, 1)).days
