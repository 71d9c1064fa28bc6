"""Fly documented cases again, from what is documented of them and nothing else.

Of a case only `anomaly.cases.FLOWN` is used; the rest (label, subtype, theatre…) must
not leak into its track.  What is not told is chosen by the seed, as it is for every
simulated flight, and so is a stop where two told fields are too far apart for the
type.  An address that is not told is taken from those that ICAO gives to no state, so
that nobody can mistake it for a sighting; an unknown registration, type or callsign
stays unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.cases import Case
from anomaly.domain import Provenance
from anomaly.reference import Reference
from anomaly.simulate import draws, fleets, identity, legs, paths, timetable, untold
from anomaly.simulate.legs import Setting
from anomaly.simulate.sorties import SORTIES, Columns, World, hidden, joined, world_of

# Airliners do not fly farther in one go, whatever their type.
_FARTHEST_NM = 8_500.0
_STAND_IN_TYPE = "IL76"
"""What flies where the type is not told: the commonest in such reports."""
_UNSEEN = (0.35, 0.75)
"""Share of a flight from or to an untold field that nobody saw."""
_TURN_NM = (120.0, 450.0)
"""How far a flight goes that is told to have come back to where it began."""
_TURNROUND_S = 2 * 3600.0
"""Least time between two cases of one airframe."""


@dataclass(frozen=True)
class _Plan:
    """A case's fields in order, chosen stops among them, and its untold ends."""

    case: Case
    date: dt.date
    """The day on which the journey begins, which need not be the case's own."""
    fields: tuple[int, ...]
    starts_unseen: bool
    ends_unseen: bool


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
    begun = [(case, case.date) for case in cases if case.date is not None]
    flown = [(case, date) for case, date in begun if start <= date <= last]
    flown.sort(key=lambda one: (one[1], one[0].key))
    return _world(Setting.of(reference, seed), flown)


def plan_moved(
    cases: Sequence[Case], date: dt.date, seed: int, *, reference: Reference
) -> World:
    """Return the flights of cases, moved so that their journeys begin on `date`."""
    return _world(Setting.of(reference, seed), [(case, date) for case in cases])


def address_of(case: Case) -> str:
    """Return the address of a case, or one that no state can have given."""
    told = (case.icao24 or "").lower()
    if re.fullmatch("[0-9a-f]{6}", told):
        return told
    low, high = identity.UNASSIGNED
    own = case.registration or case.key
    return f"{low + draws.key_of('address', own) % (high - low):06x}"


def _world(setting: Setting, flown: Sequence[tuple[Case, dt.date]]) -> World:
    plans = [p for case, date in flown if (p := _plan(setting, case, date)) is not None]
    owners: dict[str, _Plan] = {}
    for plan in plans:
        owners.setdefault(address_of(plan.case), plan)
    rows = {address: row for row, address in enumerate(owners)}
    airframes = _airframes(setting, list(owners.values()))
    setting = setting.furnished(airframes)
    free_s: dict[int, float] = {}
    parts = []
    for plan in plans:
        row = rows[address_of(plan.case)]
        flights = _journey(setting, plan, row, free_s.get(row, -np.inf))
        free_s[row] = float(flights["landing_s"][-1]) + _TURNROUND_S
        parts.append(flights)
    return world_of(airframes, joined(parts, SORTIES))


def _plan(setting: Setting, case: Case, date: dt.date) -> _Plan | None:
    """Return the fields of a case; an inner unknown one is flown past.

    Stops are chosen where it could not have flown from one to the next.
    """
    known = [
        int(row)
        for ident in case.points
        if ident != "?"
        for row in setting.places.rows([ident])
    ]
    if len(known) < 2:
        return None
    rng = draws.generator("elsewhere", setting.seed, case.key)
    starts, ends = case.points[0] == "?", case.points[-1] == "?"
    typecode = np.array([case.typecode or _STAND_IN_TYPE], dtype=object)
    flies = setting.performance.of_types(typecode)
    range_nm, ferry_nm = (float(flies[name][0]) for name in ("range_nm", "ferry_nm"))
    if starts:
        known.insert(0, untold.elsewhere(setting, known[0], known[1], range_nm, rng))
    if ends:
        known.append(untold.elsewhere(setting, known[-1], known[-2], range_nm, rng))
    if case.typecode is None:  # nobody knows how far it flies
        ferry_nm = _FARTHEST_NM
    fields = untold.with_stops(
        setting, known, range_nm=range_nm, ferry_nm=ferry_nm, rng=rng
    )
    return _Plan(case, date, fields, starts, ends)


def _airframes(setting: Setting, owners: Sequence[_Plan]) -> Columns:
    """Return one airframe for each address."""
    n = len(owners)
    none = np.full(n, None, dtype=object)

    def told(name: str) -> NDArray[Any]:
        return np.array([getattr(plan.case, name) for plan in owners], dtype=object)

    listed = told("typecode")
    unlisted = np.array([code is None for code in listed], dtype=bool)
    typecode = np.array([code or _STAND_IN_TYPE for code in listed], dtype=object)
    addresses = np.array([address_of(plan.case) for plan in owners], dtype=object)
    block = setting.reference.addresses.military(pd.Series(addresses, dtype="str"))
    flag = setting.reference.addresses.country(pd.Series(addresses, dtype="str"))
    return {
        "icao24": addresses,
        "registration": told("registration"),
        "typecode": typecode,
        "listed_type": listed,
        "description": hidden(fleets.described(setting, typecode), unlisted),
        "owner": told("operator"),
        "military_flag": block.to_numpy(dtype=bool),
        # Nothing is told of the flag itself; a block of a state's forces tells it.
        "flag_known": block.to_numpy(dtype=bool),
        "privacy_flag": np.zeros(n, dtype=bool),
        "operator_id": told("operator"),
        "operator_code": none,
        "callsign_style": np.full(n, "none", dtype=object),
        # Its flag tells whose airspace it must keep out of, as with everybody.
        "country": flag.to_numpy(dtype=object),
        "group": np.full(n, "case", dtype=object),
        "bloc": none,
        "home": np.zeros(n, dtype=np.int64),
        "mlat_only": np.zeros(n, dtype=bool),
        "phase": np.zeros(n, dtype=np.int64),
        "habit": np.zeros(n, dtype=np.int64),
        "provenance": np.full(n, str(Provenance.RE_ENACTED), dtype=object),
    }


def _journey(setting: Setting, plan: _Plan, row: int, not_before_s: float) -> Columns:
    """Return the flights of one case."""
    case, n = plan.case, len(plan.fields) - 1
    rng = draws.generator("case", setting.seed, case.key)
    origin, destination = np.array(plan.fields[:-1]), np.array(plan.fields[1:])
    flights = legs.blank(setting, np.full(n, row)) | _told(plan, rng)
    turns = _Turns.of(setting, origin, destination, rng)
    tried = turns.made(
        setting, legs.routed(setting, flights, origin, destination, np.zeros(n))
    )
    takeoff_s = timetable.takeoffs(
        case,
        plan.date,
        tried["landing_s"] - tried["takeoff_s"],
        rng,
        starts_unseen=plan.starts_unseen,
        ends_unseen=plan.ends_unseen,
    )
    takeoff_s += max(0.0, not_before_s - takeoff_s[0])
    flown = legs.routed(setting, flights, origin, destination, takeoff_s)
    flown = turns.made(setting, flown)
    if plan.starts_unseen:
        flown["origin"] = np.array(["?", *flown["origin"][1:]], dtype=object)
    if plan.ends_unseen:
        flown["destination"] = np.array([*flown["destination"][:-1], "?"], object)
    return flown


@dataclass(frozen=True, eq=False)
class _Turns:
    """Where flights that end where they began turn round."""

    rows: NDArray[np.int64]
    latitude_deg: NDArray[np.float64]
    longitude_deg: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        setting: Setting,
        origin: NDArray[np.int64],
        destination: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> _Turns:
        rows = np.flatnonzero(origin == destination)
        lat, lon = paths.moved(
            setting.places.latitude_deg[origin[rows]],
            setting.places.longitude_deg[origin[rows]],
            rng.uniform(0.0, 360.0, len(rows)),
            rng.uniform(*_TURN_NM, len(rows)),
        )
        return cls(rows, lat, lon)

    def made(self, setting: Setting, flights: Columns) -> Columns:
        """Return the flights with their turning points and the time they take."""
        if not len(self.rows):
            return flights
        moved = dict(flights)
        for number in (1, 2):
            for name in ("latitude_deg", "longitude_deg"):
                moved[f"via_{number}_{name}"] = flights[f"via_{number}_{name}"].copy()
                moved[f"via_{number}_{name}"][self.rows] = getattr(self, name)
        untold = np.zeros(len(flights["key"]))
        asked = {"cruise_ft": untold, "speed_kt": untold}
        return legs.levelled(setting, moved | asked, untold)


def _told(plan: _Plan, rng: np.random.Generator) -> Columns:
    """Return what is the same for all flights of a case, and which were not seen."""
    n = len(plan.fields) - 1
    unseen = rng.uniform(*_UNSEEN, 2)
    dark_from, dark_to = np.full(n, legs.NEVER), np.full(n, legs.NEVER)
    if plan.starts_unseen:
        dark_from[0], dark_to[0] = -legs.WHOLE, unseen[0]
    if plan.ends_unseen:
        dark_from[-1], dark_to[-1] = 1.0 - unseen[1], legs.WHOLE
    callsign = (plan.case.callsign or "").replace(" ", "").upper()[:8] or None
    unknown = np.full(n, None, dtype=object)
    # Not by the take-off: how long a flight takes must not change with its start.
    own = draws.key_of("chances", rng.integers(1 << 62))
    return {
        "key": draws.mixed(np.uint64(own) ^ np.arange(n, dtype=np.uint64), 4),
        "callsign": np.full(n, callsign, dtype=object),
        "squawk": identity.squawks(n, rng),
        "purpose": unknown,
        "logistics": unknown,
        "look_alike": unknown,
        "mission_id": np.full(n, f"case-{plan.case.key}", dtype=object),
        "case_key": np.full(n, plan.case.key, dtype=object),
        "dark_from": dark_from,
        "dark_to": dark_to,
    }
