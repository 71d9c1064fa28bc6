"""Which listed deployments join two states of a journey, or one and an operator's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from features import ends
from features.base import FlightTables
from features.coding import Bools, Floats, Ints


class Asked(NamedTuple):
    """Whether forces of a sender were in a country, asked of flights."""

    flight: Ints
    country: Ints
    sender: Ints


class Found(NamedTuple):
    """Deployments that answer what was asked; arrays of one length."""

    flight: Ints
    asked: Ints
    """The row of the question."""
    row: Ints
    """The row in `Deployments.pairs`."""


def touched(tables: FlightTables) -> tuple[Ints, Ints]:
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


def is_known(tables: FlightTables, flight: Ints) -> Bools:
    """Tell of which flights the journey is known, and two fields of it by state.

    Where a flight alone is known, what it flies on from may join other states.
    """
    n = len(tables.flights)
    has_journey = np.bincount(tables.chains.flight, minlength=n) > 0
    known: Bools = has_journey & (np.bincount(flight, minlength=n) >= 2)
    return known


def pairs(flight: Ints, state: Ints) -> tuple[Asked, Bools]:
    """Return what to ask of two states each of a journey, and which goes outward.

    Of two that differ each may be the other's host; of two alike, the state's own.
    """
    asked: list[Asked] = []
    outward: list[Bools] = []
    most = int(np.bincount(flight).max(initial=0))
    for apart in range(1, most):
        same = np.flatnonzero(flight[apart:] == flight[:-apart])
        first, then = state[same], state[same + apart]
        asked += [
            Asked(flight[same], then, first),
            Asked(flight[same], first, then),
        ]
        outward += [np.ones(len(same), bool), np.zeros(len(same), bool)]
    if not asked:
        none = np.zeros(0, np.int64)
        return Asked(none, none, none), np.zeros(0, bool)
    return (
        Asked(*(np.concatenate(part) for part in zip(*asked, strict=True))),
        np.concatenate(outward),
    )


def holding(tables: FlightTables, asked: Asked) -> Found:
    """Return the deployments that answer, on the day of each flight."""
    listed, fields = tables.reference.deployments.pairs, tables.coded.fields
    n = len(fields.states)
    country, sender = (fields.state_of(listed[name]) for name in ("country", "sender"))
    is_here = np.flatnonzero((country >= 0) & (sender >= 0))
    keys = country[is_here] * n + sender[is_here]
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], is_here[order]
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
        listed[name].to_numpy("datetime64[D]")[row] for name in ("since", "until")
    )
    holds = (since <= day) & (day <= until)
    return Found(flight[holds], question[holds], row[holds])


def stayed(flight: Ints, state: Ints, n: int) -> Floats:
    """Return 1 for flights whose journeys touched one state only."""
    first = np.full(n, -1)
    first[flight[::-1]] = state[::-1]
    left = np.zeros(n)
    left[flight[state != first[flight]]] = 1.0
    return 1.0 - left
