"""The words for the deployments that join the states of a flight's journey."""

from __future__ import annotations

import datetime as dt

import numpy as np

from anomaly.reference.deployments import ABROAD, ARMS, BASE, OWN, PEACE
from features import ends
from features.base import FlightTables

_GROUPS = (PEACE, ABROAD, BASE, ARMS, OWN)
_DAYS_A_YEAR = 365.25
_OF_ONE = ("force_age", "newest_force", "force_parties", "narrowest_force")


def of_flights(few: FlightTables) -> dict[str, dict[str, str]]:
    """Return, per flight, what was deployed between the states it touched."""
    states = np.append(few.coded.fields.states.to_numpy(dtype=object), "")
    origin, destination = (ends.state(few, end) for end in ("origin", "destination"))
    home = few.home_state
    told = {}
    for row, flight_id in enumerate(few.flights.index):
        idents = few.journeys["airports"].get(flight_id, [])
        known = [few.reference.airports.get(ident) for ident in idents]
        touched = {one.country for one in known if one}
        touched |= {str(states[origin[row]]), str(states[destination[row]])} - {""}
        told[str(flight_id)] = _of(
            few, few.calendar_day(row), frozenset(touched), str(states[home[row]])
        )
    return told


def _of(
    few: FlightTables, date: dt.date, touched: frozenset[str], home: str
) -> dict[str, str]:
    listed, named = few.reference.deployments, few.reference.countries.name
    words = {}
    for group in _GROUPS:
        told = listed.told(date, group, touched, named=named)
        words[f"{group}_forces"] = told or "none"
        by_home = home and listed.told(date, group, touched, home, named=named)
        words[f"home_{group}_forces"] = by_home or "none"
    joining = [
        one
        for one in listed.on(date)
        if one.country in touched and one.senders & touched - {one.country}
    ]
    if not joining:
        return words | dict.fromkeys(_OF_ONE, "none")
    newest = max(joining, key=lambda one: one.since)
    narrowest = min(joining, key=lambda one: len(one.senders))
    n = len(narrowest.senders)
    return words | {
        "force_age": _ago((date - newest.since).days),
        "newest_force": newest.told(touched, named),
        "force_parties": "one state" if n == 1 else f"{n} states",
        "narrowest_force": narrowest.told(touched, named),
    }


def _ago(days: int) -> str:
    if days < _DAYS_A_YEAR:
        return f"{days} day{'' if days == 1 else 's'}"
    years = round(days / _DAYS_A_YEAR)
    return f"{years} year{'' if years == 1 else 's'}"
