"""Fly documented cases again, from what is documented of them and nothing else.

Of a case only `anomaly.cases.FLOWN` is used; the rest (label, subtype, theatre…) must
not leak into its track.  What is not told is chosen by the seed, as it is for every
simulated flight.  An address that is not told is taken from those that ICAO gives to
no state, so that nobody can mistake it for a sighting; an unknown registration, type
or callsign stays unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anomaly.cases import Case
from anomaly.domain import Provenance
from anomaly.reference import Reference
from anomaly.simulate import draws, fleets, identity, legs
from anomaly.simulate.legs import Setting
from anomaly.simulate.sorties import SORTIES, Columns, World, joined, world_of

DAY_S = 86400.0
_STAND_IN_TYPE = "IL76"
"""What flies where the type is not told: the commonest in such reports."""
_REST_H = 3.0
_LEAST_REST_H = 0.7
_UNSEEN = (0.35, 0.75)
"""Share of a flight from or to an untold field that nobody saw."""


@dataclass(frozen=True)
class _Plan:
    """A case's fields in order, and which ends are untold."""

    fields: tuple[int, ...]
    starts_unseen: bool
    ends_unseen: bool


def reserved(cases: Sequence[Case]) -> frozenset[str]:
    """Return the addresses of these cases, which no simulated aircraft may have."""
    return frozenset(_address(case, 0) for case in cases)


def plan_cases(
    cases: Sequence[Case],
    start: dt.date,
    days: int,
    seed: int,
    *,
    reference: Reference,
) -> World:
    """Return the flights of every case that begins in the days asked."""
    last = start + dt.timedelta(days=days - 1)
    flown = sorted(
        (c for c in cases if c.date is not None and start <= c.date <= last),
        key=lambda case: (case.date_utc or "", case.key),
    )
    setting = Setting.of(reference, seed)
    return _world(setting, [(case, case.date or start) for case in flown])


def plan_case(case: Case, date: dt.date, seed: int, *, reference: Reference) -> World:
    """Return the flights of one case, moved so that its journey begins on `date`."""
    return _world(Setting.of(reference, seed), [(case, date)])


def _world(setting: Setting, flown: Sequence[tuple[Case, dt.date]]) -> World:
    planned = [
        (case, date, plan)
        for case, date in flown
        if (plan := _plan(setting, case)) is not None
    ]
    one_each: dict[str, int] = {}
    airframe_of = []
    owners: list[Case] = []
    for case, _, _ in planned:
        address = _address(case, setting.seed)
        if address not in one_each:
            one_each[address] = len(owners)
            owners.append(case)
        airframe_of.append(one_each[address])
    airframes = _airframes(setting, owners)
    setting = setting.furnished(airframes)
    free_s: dict[int, float] = {}
    parts = []
    for (case, date, plan), row in zip(planned, airframe_of, strict=True):
        flights = _journey(setting, case, date, plan, row, free_s.get(row, -np.inf))
        free_s[row] = float(flights["landing_s"][-1]) + 2 * 3600.0
        parts.append(flights)
    return world_of(airframes, joined(parts, SORTIES))


def _plan(setting: Setting, case: Case) -> _Plan | None:
    """Return the fields of a case; an inner unknown one is flown past."""
    known = [
        int(row)
        for ident in case.points
        if ident != "?"
        for row in setting.places.rows([ident])
    ]
    if case.n_known_points < 2 or len(known) < 2:
        return None
    rng = draws.generator("elsewhere", setting.seed, case.key)
    starts, ends = case.points[0] == "?", case.points[-1] == "?"
    typecode = np.array([case.typecode or _STAND_IN_TYPE], dtype=object)
    range_nm = float(setting.performance.of_types(typecode)["range_nm"][0])
    if starts:
        known.insert(0, _elsewhere(setting, known[0], known[1], range_nm, rng))
    if ends:
        known.append(_elsewhere(setting, known[-1], known[-2], range_nm, rng))
    return _Plan(tuple(known), starts, ends)


def _elsewhere(
    setting: Setting, near: int, beyond: int, range_nm: float, rng: np.random.Generator
) -> int:
    """Return a large field within range, rather not on the side of `beyond`."""
    places = setting.places
    away = places.away_nm(near)
    farther = places.away_nm(beyond)
    usable = places.kind_is("large_airport") & (away > 350.0)
    usable &= away < max(0.8 * range_nm, 700.0)
    weight = usable * np.where(farther > 0.8 * away, 1.0, 0.15)
    if not weight.any():
        return beyond
    return int(draws.choice(rng, np.arange(len(away)), weight, 1)[0])


def _airframes(setting: Setting, owners: Sequence[Case]) -> Columns:
    """Return one airframe for each address."""
    n = len(owners)
    none = np.full(n, None, dtype=object)

    def told(name: str) -> np.ndarray:  # type: ignore[type-arg]
        return np.array([getattr(case, name) for case in owners], dtype=object)

    typecode = np.array([c.typecode or _STAND_IN_TYPE for c in owners], dtype=object)
    listed = told("typecode")
    words = fleets.described(setting, typecode)
    numbers = np.array([_address(c, setting.seed) for c in owners], dtype=object)
    return {
        "icao24": numbers,
        "registration": told("registration"),
        "typecode": typecode,
        "listed_type": listed,
        "description": np.where(listed == None, None, words),  # noqa: E711
        "owner": told("operator"),
        "military_flag": _in_military_block(setting, numbers),
        "privacy_flag": np.zeros(n, dtype=bool),
        "operator_id": told("operator"),
        "operator_code": none,
        "callsign_style": np.full(n, "none", dtype=object),
        "country": none,
        "group": np.full(n, "case", dtype=object),
        "bloc": none,
        "home": np.zeros(n, dtype=np.int64),
        "mlat_only": np.zeros(n, dtype=bool),
        "phase": np.zeros(n, dtype=np.int64),
        "habit": np.zeros(n, dtype=np.int64),
        "provenance": np.full(n, str(Provenance.RE_ENACTED), dtype=object),
    }


def _in_military_block(setting: Setting, numbers: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    import pandas as pd

    text = pd.Series(numbers, dtype="str")
    return np.asarray(setting.reference.addresses.military(text), dtype=bool)


def _address(case: Case, seed: int) -> str:
    """Return the address of a case, or one that no state can have given."""
    if case.icao24 and re.fullmatch("[0-9a-f]{6}", case.icao24.lower()):
        return case.icao24.lower()
    low, high = identity.UNASSIGNED
    return f"{low + draws.key_of('address', case.key) % (high - low):06x}"


def _journey(
    setting: Setting,
    case: Case,
    date: dt.date,
    plan: _Plan,
    row: int,
    not_before_s: float,
) -> Columns:
    """Return the flights of one case."""
    rng = draws.generator("case", setting.seed, case.key)
    n = len(plan.fields) - 1
    flights = legs.blank(setting, np.full(n, row))
    origin, destination = np.array(plan.fields[:-1]), np.array(plan.fields[1:])
    durations_s = _durations_s(setting, flights, origin, destination)
    rests_h = (_REST_H * np.exp(0.5 * rng.standard_normal(n))).clip(_LEAST_REST_H, 30)
    takeoff_s = _takeoffs(case, date, plan, durations_s, rests_h * 3600.0, rng)
    takeoff_s += max(0.0, not_before_s - takeoff_s[0])
    hidden = rng.uniform(*_UNSEEN, 2)
    dark_from, dark_to = np.full(n, np.nan), np.full(n, np.nan)
    if plan.starts_unseen:
        dark_from[0], dark_to[0] = -legs.WHOLE, hidden[0]
    if plan.ends_unseen:
        dark_from[-1], dark_to[-1] = 1.0 - hidden[1], legs.WHOLE
    callsign = (case.callsign or "").replace(" ", "").upper()[:8] or None
    flights |= {
        "callsign": np.full(n, callsign, dtype=object),
        "squawk": identity.squawks(n, rng),
        "purpose": np.full(n, None, dtype=object),
        "logistics": np.full(n, None, dtype=object),
        "look_alike": np.full(n, None, dtype=object),
        "mission_id": np.full(n, f"case-{case.key}", dtype=object),
        "case_key": np.full(n, case.key, dtype=object),
        "dark_from": dark_from,
        "dark_to": dark_to,
    }
    flown = legs.routed(setting, flights, origin, destination, takeoff_s)
    if plan.starts_unseen:
        flown["origin"] = np.array(["?", *flown["origin"][1:]], dtype=object)
    if plan.ends_unseen:
        flown["destination"] = np.array([*flown["destination"][:-1], "?"], object)
    return flown


def _durations_s(
    setting: Setting,
    flights: Columns,
    origin: np.ndarray,
    destination: np.ndarray,  # type: ignore[type-arg]
) -> np.ndarray:  # type: ignore[type-arg]
    """Return how long the flights take, give or take their chances."""
    tried = legs.routed(setting, flights, origin, destination, np.zeros(len(origin)))
    return tried["landing_s"] - tried["takeoff_s"]


def _takeoffs(
    case: Case,
    date: dt.date,
    plan: _Plan,
    durations_s: np.ndarray,  # type: ignore[type-arg]
    rests_s: np.ndarray,  # type: ignore[type-arg]
    rng: np.random.Generator,
) -> np.ndarray:  # type: ignore[type-arg]
    """Return take-off times that keep to what is told of the first and the last."""
    offset_s = rests_s.copy()
    offset_s[0] = 0.0
    offset_s[1:] += durations_s[:-1]
    since_s = np.cumsum(offset_s)
    arrives_s = float(since_s[-1] + durations_s[-1])
    midnight_s = dt.datetime.combine(date, dt.time(), dt.UTC).timestamp()
    moved_s = 0.0
    if case.date is not None:
        moved_s = (date - case.date).days * DAY_S
    leaves = _moment(case.dep_time_utc, moved_s, rng)
    lands = _moment(case.arr_time_utc, moved_s, rng)
    # A departure is told of the first known field, an arrival of the last.
    first = 1 if plan.starts_unseen and len(since_s) > 1 else 0
    last_s = float(since_s[-2] + durations_s[-2]) if plan.ends_unseen else arrives_s
    if leaves is not None:
        return np.asarray(since_s - since_s[first] + leaves)
    if lands is not None:
        return np.asarray(since_s - last_s + lands)
    return np.asarray(since_s + midnight_s + rng.random() * DAY_S)


def _moment(text: str | None, moved_s: float, rng: np.random.Generator) -> float | None:
    """Return the time told, in seconds; of a bare date some time of that day."""
    if not text:
        return None
    try:
        told = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    whole_day = "T" not in text
    told = told if told.tzinfo else told.replace(tzinfo=dt.UTC)
    return told.timestamp() + moved_s + (rng.random() * DAY_S if whole_day else 0.0)
