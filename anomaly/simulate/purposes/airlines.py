"""Scheduled passengers and freight: out of a hub and back, all day long."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from anomaly.simulate import chains, draws
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Places, Rows
from anomaly.simulate.sorties import Columns

_N_SPOKES = 28
_MAX_FLIGHTS = 8
_DAY_H = 16.5
"""Hours from the first departure in which an aircraft must be back."""
# States that airlines serve less than their airports' size would tell, by the number of
# callsigns on scheduled routes (standing data of vradarserver, CC0), roughly.
_SELDOM_SERVED = {
    0.05: "KP SS ER",
    0.15: "SD DJ",
    0.35: "HT IR ET",
    0.6: "LY SO MZ NE CD",
}
# Shortest, usual and longest way by kind of aircraft, as shares of the type's range.
_REACH = {"narrow": (0.07, 0.35, 0.85), "wide": (0.22, 0.7, 1.15)}


def journeys(setting: Setting, rows: Rows, day: int) -> Columns:
    """Return the flights that these airliners begin on a day."""
    group = str(setting.airframes["group"][rows[0]])
    rng = draws.generator("airlines", setting.seed, group, day)
    places = setting.places
    home = setting.airframes["home"][rows]
    wide = group.endswith("wide")
    stops = np.full((len(rows), _MAX_FLIGHTS + 1), -1, dtype=np.int64)
    stops[:, 0] = home
    for number in range(1, _MAX_FLIGHTS + 1):
        stops[:, number] = home if number % 2 == 0 else _spokes(setting, rows, rng)
    ground_h = chains.lognormal_h(
        rng, 1.9 if wide else 0.85, 0.3, (len(rows), _MAX_FLIGHTS + 1)
    )
    speed_kt = setting.airframes["cruise_kt"][rows]
    _cut(places, stops, ground_h, speed_kt, (1.9 if wide else 1.0) * _DAY_H)
    cargo = group.startswith("cargo")
    # Freight moves by night as much as by day; passengers start with the morning.
    # An aircraft's rotation begins at about the same time every day.
    n = len(rows)
    habit = draws.uniform(setting.airframes["habit"][rows], 52)
    hours = np.where(cargo, 15.0 + 10.0 * habit, 5.0 + 6.0 * habit**2)
    if wide:
        # Banks of long flights leave their hubs at all hours.
        hours = 24.0 * habit
    hours += rng.normal(0.0, 0.3, n)
    planned = chains.Chains(
        airframe=rows,
        stops=stops,
        ground_h=ground_h,
        start_s=chains.local_start_s(setting, home, day * 86400.0, hours),
        purpose=np.full(
            n, "scheduled_cargo" if cargo else "scheduled_passenger", dtype=object
        ),
        logistics=np.zeros(n, dtype=bool),
        look_alike=np.zeros(n, dtype=bool),
        mission_id=chains.mission_ids(setting.seed, group, day, n),
        dark_leg=np.full(n, -1),
        dark_share=np.zeros(n),
        same_callsign=np.zeros(n, dtype=bool),
    )
    return chains.flown(setting, planned, rng)


def _spokes(setting: Setting, rows: Rows, rng: np.random.Generator) -> Rows:
    """Return one destination for each airliner, from its airline's network."""
    chosen = np.empty(len(rows), dtype=np.int64)
    which_of, networks = _networks(setting)
    which = which_of[rows]
    for number in np.unique(which):
        mine = np.flatnonzero(which == number)
        fields = _network(setting.places, *networks[number])
        # Some routes are flown more often than others.
        skew = (rng.random(len(mine)) ** 1.4 * len(fields)).astype(np.int64)
        chosen[mine] = fields[skew]
    return chosen


@lru_cache(maxsize=2)
def _networks(setting: Setting) -> tuple[Rows, list[tuple[str, str, int, int, str]]]:
    """Return the number of each airframe's network, and what defines each network."""
    own = setting.airframes
    reach = np.round(own["range_nm"] / 500.0).astype(np.int64) * 500
    number_of: dict[tuple[str, str, int, int, str], int] = {}
    numbers = [
        number_of.setdefault(key, len(number_of))
        for key in zip(
            own["operator_id"],
            own["country"],
            own["home"],
            reach,
            own["group"],
            strict=True,
        )
    ]
    return np.array(numbers), list(number_of)


@lru_cache(maxsize=4096)
def _network(
    places: Places, name: str, country: str, home: int, range_nm: int, group: str
) -> Rows:
    """Return where an airline flies from one of its hubs, the most flown first.

    The same in every world: it depends on the airline, never on the seed.
    """
    low, usual, high = _REACH["wide" if group.endswith("wide") else "narrow"]
    fields, popularity = _served(places)
    away = places.between_nm(np.full(len(fields), home), fields)
    weight = popularity * np.exp(-away / (usual * max(range_nm, 500)))
    weight *= _likely(places, fields, country, group)
    weight[(away < low * range_nm + 60.0) | (away > high * range_nm)] = 0.0
    rng = draws.generator("network", name, places.ident[home], range_nm)
    n = min(_N_SPOKES, int((weight > 0).sum()))
    if n == 0:
        # A hub so remote has one place to go: the nearest other one.
        return fields[np.argsort(away)[1:2]]
    drawn = rng.choice(len(fields), size=n, replace=False, p=weight / weight.sum())
    return fields[drawn]


def _likely(
    places: Places, fields: Rows, country: str, group: str
) -> NDArray[np.float64]:
    """Return how much likelier an airline of a state serves one field than another.

    At home it serves more fields, and smaller ones, than abroad.  Large aircraft go
    to large airports only, and freight crosses borders to where freight is handled.
    """
    at_home = places.country[fields] == country
    large = places.kind_is("large_airport")[fields]
    likely = np.where(at_home, 3.0, np.where(large, 1.0, 0.25))
    if group.endswith("wide"):
        likely = np.where(large & (places.runway_ft[fields] > 8000), likely, 1e-6)
    if group.startswith("cargo"):
        freight = np.isin(fields, places.pool("cargo:any"))
        likely = likely * np.where(freight, 4.0, np.where(at_home, 1.0, 0.05))
    return likely


@lru_cache(maxsize=4)
def _served(places: Places) -> tuple[Rows, NDArray[np.float64]]:
    """Return the fields that airlines serve, and how much each draws people."""
    large, medium = (places.kind_is(f"{size}_airport") for size in ("large", "medium"))
    size = 1.0 * large + 0.12 * medium
    size *= places.is_scheduled & (places.runway_ft > 5000) & ~places.is_closed
    for share, states in _SELDOM_SERVED.items():
        size *= np.where(np.isin(places.country, states.split()), share, 1.0)
    fields = np.flatnonzero(size > 0)
    rng = draws.generator("popularity")
    return fields, size[fields] * rng.lognormal(0.0, 0.9, len(fields))


def _cut(
    places: Places,
    stops: NDArray[np.int64],
    ground_h: NDArray[np.float64],
    speed_kt: NDArray[np.float64],
    limit_h: float,
) -> None:
    """End each day with the last return that fits in."""
    ways = np.stack(
        [
            places.between_nm(stops[:, i], stops[:, i + 1])
            for i in range(stops.shape[1] - 1)
        ],
        axis=1,
    )
    spent_h = np.cumsum(
        ways / speed_kt[:, None] + 0.45 + np.c_[ground_h[:, 1:]], axis=1
    )
    back = np.arange(1, stops.shape[1]) % 2 == 0
    fits = np.where(back, spent_h <= limit_h, False)
    # At least one round trip, however long.
    last = np.maximum((fits * np.arange(1, stops.shape[1])).max(axis=1), 2)
    stops[np.arange(stops.shape[1])[None, :] > last[:, None]] = -1
