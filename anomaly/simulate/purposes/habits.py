"""Where an owner's aircraft goes: the same few fields again and again, mostly at home.

A field's network is the same all days of a world, and another in another world.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from anomaly.geo import EARTH_RADIUS_NM
from anomaly.simulate import draws, paths
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Places, Rows

Numbers = NDArray[np.float64]

_SHORT_NM = 300.0
_N_PARTNERS = 12
"""Fields that the business aircraft of one field fly to, by far most of the time."""
_SKEW = 2.0
"""How much more the first of them draw than the last."""
_ELSEWHERE = 0.04
"""Share of trips to none of them."""
# What draws business: large fields most, short ones and those without service least.
_DRAW = {"large_airport": 3.0, "medium_airport": 1.5, "small_airport": 0.5}
_FARTHEST = 2.9
"""No trip is so many times longer than usual: types fly about four times as far."""
_AT_HOME = 8.0
"""A field of the same state draws so many times more than one abroad."""
_N_TURNS = 5
"""Outings that the pilot of a light aircraft knows by heart."""
_ABROAD = 0.02
"""Share of their trips on which borders count for nothing."""
_NEAREST = 24


def business_fields(places: Places) -> tuple[Rows, Numbers]:
    """Return the fields business aircraft use, and how much each draws."""
    return _business(places)


def business_trip(
    setting: Setting, here: Rows, usual_nm: Numbers, rng: np.random.Generator
) -> Rows:
    """Return for each field where a business aircraft flies from there."""
    fields, _ = _business(setting.places)
    found = np.empty(len(here), dtype=np.int64)
    # Aircraft of like range at one field share its network.
    step = np.round(np.log2((usual_nm / _SHORT_NM).clip(1.0))).astype(np.int64)
    number, which = np.unique(here * 100 + step, return_inverse=True)
    for k, key in enumerate(number):
        mine = np.flatnonzero(which == k)
        usual = _SHORT_NM * 2.0 ** float(key % 100)
        partners = _partners(setting.places, setting.seed, int(key // 100), usual)
        first = rng.random(len(mine)) ** _SKEW * len(partners)
        found[mine] = partners[first.astype(np.int64)]
    far = np.flatnonzero(rng.random(len(here)) < _ELSEWHERE)
    for i in far:
        weight = _weights(setting.places, int(here[i]), float(usual_nm[i]))
        found[i] = draws.choice(rng, fields, weight, 1)[0]
    return found


def outing(
    setting: Setting,
    rows: Rows,
    here: Rows,
    usual_nm: Numbers,
    rng: np.random.Generator,
) -> Rows:
    """Return for each light aircraft where it flies from here, in sight of home.

    The ways it knows are its own; few cross a border.
    """
    places = setting.places
    tree, fields = _open_to_all(places)
    turn = rng.integers(_N_TURNS, size=len(rows)).astype(np.uint64)
    keys = draws.mixed(setting.airframes["habit"][rows], 53) + turn
    known = rng.random(len(rows)) < 0.8
    angle = np.where(known, draws.uniform(keys, 54), rng.random(len(rows)))
    # Mostly somewhat nearer than usual, at times twice as far.
    far = np.where(known, draws.uniform(keys, 55), rng.random(len(rows)))
    lat, lon = paths.moved(
        places.latitude_deg[here],
        places.longitude_deg[here],
        360.0 * angle,
        (usual_nm * (0.25 + 1.5 * far**1.5)).clip(15.0),
    )
    _, nearest = tree.query(paths.unit_vectors(lat, lon), k=_NEAREST)
    found = fields[nearest]
    abroad = places.country[found] != places.country[here][:, None]
    stays = rng.random(len(rows)) > _ABROAD
    # The nearest other field, at home if there is one at home.
    cost = np.arange(_NEAREST) + 100.0 * (abroad & stays[:, None])
    cost = np.where(found == here[:, None], np.inf, cost)
    result: Rows = found[np.arange(len(rows)), cost.argmin(axis=1)]
    return result


@lru_cache(maxsize=16384)
def _partners(places: Places, seed: int, home: int, usual_nm: float) -> Rows:
    """Return where business aircraft of a field fly, the most flown first."""
    fields, _ = _business(places)
    weight = _weights(places, home, usual_nm)
    rng = draws.generator("partners", seed, places.ident[home], usual_nm)
    n = min(_N_PARTNERS, int((weight > 0).sum()))
    drawn = rng.choice(len(fields), size=n, replace=False, p=weight / weight.sum())
    return fields[drawn]


def _weights(places: Places, home: int, usual_nm: float) -> Numbers:
    """Return how much each business field draws aircraft from `home`."""
    _, draw = _business(places)
    points = _points(places)
    # For thousands of homes the chord is cheaper than the haversine.
    here = paths.unit_vectors(places.latitude_deg[home], places.longitude_deg[home])
    away = EARTH_RADIUS_NM * np.arccos((points @ here).clip(-1.0, 1.0))
    weight: Numbers = draw * np.exp(-away / usual_nm)
    weight[_of_states(places)[places.country[home]]] *= _AT_HOME
    weight[(away < min(60.0, 0.3 * usual_nm)) | (away > _FARTHEST * usual_nm)] = 0.0
    if not weight.any():
        weight[np.argsort(away)[1:4]] = 1.0
    return weight


@lru_cache(maxsize=4)
def _business(places: Places) -> tuple[Rows, Numbers]:
    usable = ~places.is_closed & (places.runway_ft > 4500)
    size = sum(places.kind_is(kind) * draw for kind, draw in _DRAW.items())
    size = np.asarray(size) * np.where(places.runway_ft > 5500, 1.0, 0.4) * usable
    fields = np.flatnonzero(size > 0)
    rng = draws.generator("business draw")
    return fields, size[fields] * rng.lognormal(0.0, 1.3, len(fields))


@lru_cache(maxsize=4)
def _points(places: Places) -> Numbers:
    fields, _ = _business(places)
    return paths.unit_vectors(places.latitude_deg[fields], places.longitude_deg[fields])


@lru_cache(maxsize=4)
def _of_states(places: Places) -> dict[str, Rows]:
    """Return for each state which of the business fields are its own."""
    country = places.country[_business(places)[0]]
    return {state: np.flatnonzero(country == state) for state in set(places.country)}


@lru_cache(maxsize=4)
def _open_to_all(places: Places) -> tuple[cKDTree, Rows]:
    """Return the fields where light aircraft land, as a search tree."""
    usable = ~places.is_closed & ~places.kind_is("heliport")
    fields = np.flatnonzero(usable & (places.runway_ft > 1500))
    points = paths.unit_vectors(
        places.latitude_deg[fields], places.longitude_deg[fields]
    )
    return cKDTree(points), fields
