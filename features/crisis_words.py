"""The words for the crises where a flight went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np

from features import ends
from features.base import FlightTables


def of_flights(few: FlightTables) -> dict[str, dict[str, str]]:
    """Return, per flight, the crises at its two ends and at its journey's fields."""
    origin, destination = _at_ends(few, "origin"), _at_ends(few, "destination")
    return {
        str(flight_id): {
            "origin_crisis": origin[row],
            "destination_crisis": destination[row],
            "crisis_fields": _at_fields(
                few.journeys["airports"].get(flight_id, []), few, few.calendar_day(row)
            ),
        }
        for row, flight_id in enumerate(few.flights.index)
    }


def _at_ends(few: FlightTables, end: str) -> list[str]:
    """Return the crises that hit each flight's end."""
    states = np.append(few.coded.fields.states.to_numpy(dtype=object), "")
    latitude, longitude = ends.coordinates(few, end)
    told = few.reference.crises.told
    return [
        told(few.calendar_day(row), str(states[n]), latitude[row], longitude[row])
        or "none"
        for row, n in enumerate(ends.state(few, end))
    ]


def _at_fields(idents: Iterable[str], few: FlightTables, date: dt.date) -> str:
    """Return which of these fields lie where relief was to be expected, and why."""
    told = []
    for ident in dict.fromkeys(idents):
        airport = few.reference.airports.get(ident)
        why = airport and few.reference.crises.told(
            date, airport.country, airport.latitude_deg, airport.longitude_deg
        )
        if why:
            told.append(f"{ident} ({why})")
    return "; ".join(told) or "none"
