"""Deployments: whether the states of a journey had forces in each other.

What an analyst asks next of a transport far from home: does who sent it have troops
there, or arm somebody?  It makes logistics the likelier explanation, and no more:
where a state has troops, it also sends relief, ministers and coffins.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from anomaly.reference.deployments import ABROAD, ARMS, BASE, OWN, PEACE
from features import ends
from features.base import Feature, FlightTables
from features.coding import Bools, Floats, Ints

NO_STATES = "the journey is not known, or fewer than two of its fields, or "
NOT_KEPT = "nobody kept a list of that time's deployments"

FEATURES = (
    Feature(
        "route_peace_force",
        unit="0 or 1",
        doc="one state of the journey had troops or police in another of them that "
        "day, in a listed peace mission",
        null_means=NO_STATES + NOT_KEPT,
        says="its journey joins states of which one had peacekeepers or police in the "
        "other: {peace_forces}",
        says_not="no listed peace mission joins the states of its journey",
        high=1.0,
    ),
    Feature(
        "route_force_abroad",
        unit="0 or 1",
        doc="one state of the journey had troops at war, or instructors, in another of "
        "them that day, as far as listed",
        null_means=NO_STATES + NOT_KEPT,
        says="its journey joins states of which one had troops or instructors in the "
        "other: {abroad_forces}",
        says_not="no listed intervention or training joins the states of its journey",
        high=1.0,
    ),
    Feature(
        "route_force_base",
        unit="0 or 1",
        doc="one state of the journey had a base or an air hub in another of them that "
        "day, as far as listed",
        null_means=NO_STATES + NOT_KEPT,
        says="its journey joins states of which one had a base or an air hub in the "
        "other: {base_forces}",
        says_not="no listed base joins the states of its journey",
        high=1.0,
    ),
    Feature(
        "route_arms_client",
        unit="0 or 1",
        doc="one state of the journey armed another of them, or a force in it, that "
        "day, as far as listed",
        null_means=NO_STATES + NOT_KEPT,
        says="its journey joins states of which one armed the other, or a force in it: "
        "{arms_forces}",
        says_not="no listed supply of arms joins the states of its journey",
        high=1.0,
    ),
    Feature(
        "route_force_own",
        unit="0 or 1",
        doc="the journey stayed in one state that moved its own forces about in a "
        "conflict of its own that day, as far as listed",
        null_means=NO_STATES + NOT_KEPT,
        says="its journey stayed in a state that moved its own forces in a conflict: "
        "{own_forces}",
        says_not="it left the state, or no conflict in that state is listed",
        high=1.0,
    ),
    Feature(
        "route_force_outward",
        unit="0 or 1",
        doc="the journey went from a state that sent forces or arms to the one they "
        "were for, not only back",
        null_means=NO_STATES + NOT_KEPT,
        says="went from a state with forces or arms abroad to where they were",
        says_not="did not go from a state with listed forces or arms abroad to where "
        "they were",
        high=1.0,
    ),
    Feature(
        "route_force_newness",
        unit="share",
        doc="1 / (1 + years) since the youngest of these deployments began; 0 where "
        "there is none",
        null_means=NO_STATES + NOT_KEPT,
        says="of the listed deployments that join the states of its journey the "
        "youngest began {force_age} before",
        says_not="no listed deployment joins the states of its journey",
        high=1.0,
    ),
    Feature(
        "route_force_narrowness",
        unit="share",
        doc="1 / the fewest states that took part in any of these deployments; 0 "
        "where there is none",
        null_means=NO_STATES + NOT_KEPT,
        says="in the narrowest of the listed deployments that join the states of its "
        "journey {force_parties} took part",
        says_not="no listed deployment joins the states of its journey",
        high=1.0,
    ),
)
"""As the family *route* holds them."""

NO_HOME = "the operator's (or else the address's) state is not known, or "
OF_OPERATOR = (
    Feature(
        "operator_peace_force",
        unit="0 or 1",
        doc="the operator's (or else the address's) state had troops or police in a "
        "listed peace mission in another state of the journey that day",
        null_means=NO_HOME + NO_STATES + NOT_KEPT,
        says="its operator's (or else its address's) state had peacekeepers or police "
        "where it went: {home_peace_forces}",
        says_not="no listed peace mission of its operator's state is where it went",
        high=1.0,
        identity=True,
    ),
    Feature(
        "operator_force_abroad",
        unit="0 or 1",
        doc="the same of troops at war, or instructors",
        null_means=NO_HOME + NO_STATES + NOT_KEPT,
        says="its operator's (or else its address's) state had troops or instructors "
        "where it went: {home_abroad_forces}",
        says_not="no listed intervention or training of its operator's state is where "
        "it went",
        high=1.0,
        identity=True,
    ),
    Feature(
        "operator_force_base",
        unit="0 or 1",
        doc="the same of bases and air hubs",
        null_means=NO_HOME + NO_STATES + NOT_KEPT,
        says="its operator's (or else its address's) state had a base or an air hub "
        "where it went: {home_base_forces}",
        says_not="no listed base of its operator's state is where it went",
        high=1.0,
        identity=True,
    ),
    Feature(
        "operator_arms_client",
        unit="0 or 1",
        doc="the operator's (or else the address's) state armed another state of the "
        "journey, or a force in it, that day, as far as listed",
        null_means=NO_HOME + NO_STATES + NOT_KEPT,
        says="its operator's (or else its address's) state armed somebody where it "
        "went: {home_arms_forces}",
        says_not="no listed supply of arms by its operator's state goes where it went",
        high=1.0,
        identity=True,
    ),
)
"""As the family *operator* holds them."""

_GROUPS = {
    PEACE: "peace_force",
    ABROAD: "force_abroad",
    BASE: "force_base",
    ARMS: "arms_client",
}
_DAYS_A_YEAR = 365.25


class _Asked(NamedTuple):
    """Whether forces of a sender were in a country, asked of flights."""

    flight: Ints
    country: Ints
    sender: Ints


class _Found(NamedTuple):
    """Deployments that answer what was asked; arrays of one length."""

    flight: Ints
    asked: Ints
    """The row of the question."""
    row: Ints
    """The row in `Deployments.pairs`."""


def between_states(tables: FlightTables) -> dict[str, Floats]:
    """Return which deployments join the states of each flight's journey."""
    flight, state = _touched(tables)
    asked, is_outward = _pairs(flight, state)
    found = _holding(tables, asked)
    pairs = tables.reference.deployments.pairs
    group = pairs["group"].to_numpy(object)[found.row]
    abroad = group != OWN
    columns = {
        f"route_{name}": _any(tables, found.flight[group == one])
        for one, name in _GROUPS.items()
    }
    stayed = _stayed(flight, state, len(tables.flights))
    columns["route_force_own"] = _any(tables, found.flight[~abroad]) * stayed
    columns["route_force_outward"] = _any(
        tables, found.flight[abroad & is_outward[found.asked]]
    )
    years = _years(tables, found)
    columns["route_force_newness"] = _most(tables, found, 1 / (1 + years), abroad)
    narrow = 1 / pairs["n_senders"].to_numpy(np.float64)[found.row]
    columns["route_force_narrowness"] = _most(tables, found, narrow, abroad)
    known = _is_known(tables, flight)
    return {name: _told(tables, hit, known) for name, hit in columns.items()}


def of_operators(tables: FlightTables) -> dict[str, Floats]:
    """Return which deployments of the operator's state are where a flight went."""
    flight, state = _touched(tables)
    home = tables.home_state
    elsewhere = (home[flight] >= 0) & (home[flight] != state)
    asked = _Asked(flight[elsewhere], state[elsewhere], home[flight][elsewhere])
    found = _holding(tables, asked)
    group = tables.reference.deployments.pairs["group"].to_numpy(object)[found.row]
    known = _is_known(tables, flight)
    return {
        f"operator_{name}": _told(
            tables, _any(tables, found.flight[group == one]), known & (home >= 0)
        )
        for one, name in _GROUPS.items()
    }


def _touched(tables: FlightTables) -> tuple[Ints, Ints]:
    """Return the states of each flight's journey, in order; unknown ones left out.

    Where the journey is not known, or not where it ended, by the flight's own ends.
    """
    chains, fields = tables.chains, tables.coded.fields
    n = len(tables.flights)
    alone = np.flatnonzero(np.bincount(chains.flight, minlength=n) == 0)
    origin, destination = (ends.state(tables, end) for end in ("origin", "destination"))
    lost = np.flatnonzero(tables.coded.now.destination < 0)
    lost = np.setdiff1d(lost, alone)
    flight = np.concatenate([chains.flight, alone, alone, lost])
    state = np.concatenate(
        [
            fields.state[chains.field],
            origin[alone],
            destination[alone],
            destination[lost],
        ]
    )
    order = np.argsort(flight, kind="stable")
    flight, state = flight[order], state[order]
    known = state >= 0
    return flight[known], state[known]


def _is_known(tables: FlightTables, flight: Ints) -> Bools:
    """Tell of which flights the journey is known, and two fields of it by state.

    Where a flight alone is known, what it flies on from may join other states.
    """
    n = len(tables.flights)
    has_journey = np.bincount(tables.chains.flight, minlength=n) > 0
    known: Bools = has_journey & (np.bincount(flight, minlength=n) >= 2)
    return known


def _pairs(flight: Ints, state: Ints) -> tuple[_Asked, Bools]:
    """Return what to ask of two states each of a journey, and which goes outward.

    Of two that differ each may be the other's host; of two alike, the state's own.
    """
    asked: list[_Asked] = []
    outward: list[Bools] = []
    most = int(np.bincount(flight).max(initial=0))
    for apart in range(1, most):
        same = np.flatnonzero(flight[apart:] == flight[:-apart])
        first, then = state[same], state[same + apart]
        asked += [
            _Asked(flight[same], then, first),
            _Asked(flight[same], first, then),
        ]
        outward += [np.ones(len(same), bool), np.zeros(len(same), bool)]
    if not asked:
        none = np.zeros(0, np.int64)
        return _Asked(none, none, none), np.zeros(0, bool)
    return (
        _Asked(*(np.concatenate(part) for part in zip(*asked, strict=True))),
        np.concatenate(outward),
    )


def _holding(tables: FlightTables, asked: _Asked) -> _Found:
    """Return the deployments that answer, on the day of each flight."""
    pairs, fields = tables.reference.deployments.pairs, tables.coded.fields
    n = len(fields.states)
    country, sender = (fields.state_of(pairs[name]) for name in ("country", "sender"))
    is_known = np.flatnonzero((country >= 0) & (sender >= 0))
    keys = country[is_known] * n + sender[is_known]
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], is_known[order]
    # Hardly any two states that planes fly between have forces in each other.
    is_listed = np.zeros(n * n, bool)
    is_listed[keys] = True
    which = np.flatnonzero(is_listed[asked.country * n + asked.sender])
    wanted = asked.country[which] * n + asked.sender[which]
    low = np.searchsorted(keys, wanted, side="left")
    length = np.searchsorted(keys, wanted, side="right") - low
    question = np.repeat(which, length)
    nth = np.arange(len(question)) - np.repeat(np.cumsum(length) - length, length)
    row = rows[np.repeat(low, length) + nth]
    flight = asked.flight[question]
    day = tables.calendar_days[flight]
    since, until = (
        pairs[name].to_numpy("datetime64[D]")[row] for name in ("since", "until")
    )
    holds = (since <= day) & (day <= until)
    return _Found(flight[holds], question[holds], row[holds])


def _years(tables: FlightTables, found: _Found) -> Floats:
    since = tables.reference.deployments.pairs["since"].to_numpy("datetime64[D]")
    days = tables.calendar_days[found.flight] - since[found.row]
    years: Floats = days.astype(np.float64) / _DAYS_A_YEAR
    return years


def _any(tables: FlightTables, flight: Ints) -> Floats:
    hit = np.zeros(len(tables.flights))
    hit[flight] = 1.0
    return hit


def _most(tables: FlightTables, found: _Found, value: Floats, which: Bools) -> Floats:
    most = np.zeros(len(tables.flights))
    np.maximum.at(most, found.flight[which], value[which])
    return most


def _stayed(flight: Ints, state: Ints, n: int) -> Floats:
    """Return 1 for flights whose journeys touched one state only."""
    first = np.full(n, -1)
    first[flight[::-1]] = state[::-1]
    left = np.zeros(n)
    left[flight[state != first[flight]]] = 1.0
    return 1.0 - left


def _told(tables: FlightTables, hit: Floats, known: Bools) -> Floats:
    """Return what was found; NaN where nothing was, and it cannot be told."""
    kept = tables.reference.deployments
    day, days = pd.factorize(tables.calendar_days)
    is_kept = np.array([kept.is_kept(pd.Timestamp(one).date()) for one in days], bool)
    can_tell = known & (day >= 0)
    can_tell[can_tell] &= is_kept[day[can_tell]]
    return np.where(can_tell | (hit > 0), hit, np.nan)
