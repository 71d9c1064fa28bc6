"""The words for the fields of a flight and of its journey."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from anomaly.reference.conflicts import ConflictAreas
from features.base import FlightTables


def named(ident: str, tables: FlightTables) -> str:
    """Return the name and the code of a field."""
    airport = tables.reference.airports.get(ident) if ident else None
    return f"{airport.name} ({ident})" if airport else "an unknown field"


def use(ident: str, tables: FlightTables) -> str:
    """Return what a field is used for, in words."""
    airport = tables.reference.airports.get(ident) if ident else None
    if airport is None:
        return "unknown"
    return "joint-use" if airport.field_use == "joint" else airport.field_use


def country(ident: str, tables: FlightTables) -> str:
    """Return the name of the state in which a field lies."""
    airport = tables.reference.airports.get(ident) if ident else None
    return (
        tables.reference.countries.name(airport.country)
        if airport
        else "an unknown state"
    )


def military(idents: Sequence[str], tables: FlightTables) -> list[str]:
    """Return which of these fields are military or joint-use."""
    used = ("military", "joint-use")
    return [one for one in dict.fromkeys(idents) if use(one, tables) in used]


def unscheduled(idents: Sequence[str], tables: FlightTables) -> list[str]:
    """Return which of these fields have no scheduled service, as far as known."""
    scheduled = tables.reference.airports.table["scheduled"]
    return [
        one
        for one in dict.fromkeys(idents)
        if one in scheduled.index and not scheduled[one]
    ]


def hubs(idents: Sequence[str], tables: FlightTables) -> list[str]:
    """Return which of these fields are hubs of documented air bridges."""
    hub = tables.reference.airports.table["hub"]
    return [one for one in dict.fromkeys(idents) if one in hub.index and hub[one]]


def forbidden(idents: Sequence[str], tables: FlightTables) -> str:
    """Return which of these fields lie where somebody was forbidden to fly, and who."""
    whom = _forbidden_to(tables.reference.conflicts, tables.date)
    told = []
    for ident in dict.fromkeys(idents):
        airport = tables.reference.airports.get(ident)
        if airport and airport.country in whom:
            state = tables.reference.countries.name(airport.country)
            told.append(f"{ident} ({state}, forbidden to {whom[airport.country]})")
    return ", ".join(told) or "none"


def together(
    found: Collection[str], idents: Collection[str], inferred: Collection[str]
) -> str:
    """Return some fields of a journey by name, or that it is all or none of them.

    With it, of which fields a landing was inferred.
    """
    unseen = [one for one in found if one in inferred]
    if found and set(found) == set(idents):
        return f"all ({', '.join(unseen)} inferred)" if unseen else "all"
    return (
        ", ".join(f"{one} (inferred)" if one in unseen else one for one in found)
        or "none"
    )


@lru_cache(maxsize=1)
def _forbidden_to(conflicts: ConflictAreas, date: dt.date) -> Mapping[str, str]:
    """Return who may not fly where on a day, looked up once for all its flights."""
    return conflicts.forbidden_to(date)
