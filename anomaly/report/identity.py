"""Who an aircraft is said to be, and by whom: each field with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from anomaly.reference import Reference
from anomaly.report.context import Told

Row = dict[str, Any]


def identity(
    flight: Row,
    reference: Reference,
    readers: str,
    looked_up: Mapping[tuple[str, str], str] | None = None,
) -> tuple[Told, ...]:
    """Return what is told of a flight's aircraft.

    Parameters
    ----------
    flight
        Its row of `schemas.FLIGHTS`.
    readers
        What the day was read with, in words.
    looked_up
        By address and field: the database that told what the archive did not.
    """
    archive = f"the archive's aircraft data ({readers})"
    sources = dict.fromkeys(flight, archive)
    for (icao24, column), database in (looked_up or {}).items():
        if icao24 == flight["icao24"]:
            sources[column] = f"{database}, looked up by the address"
    return tuple(_told(flight, reference, sources))


def seen_in(origins: Sequence[Row]) -> tuple[Told, ...]:
    """Return of which files, read as what, a flight was put together."""
    if not origins:
        return ()
    sources = ", ".join(row["source"] for row in origins)
    readers = ", ".join(sorted({row["reader"] for row in origins}))
    return (Told("Seen in", sources, f"what was ingested, read as {readers}"),)


def _told(
    flight: Row, reference: Reference, sources: Mapping[str, str]
) -> Iterator[Told]:
    yield Told("Address", flight["icao24"], "sent with every position")
    state = reference.addresses.country(pd.Series([flight["icao24"]])).iloc[0]
    if isinstance(state, str):
        name = reference.countries.name(state)
        yield Told("State of the address", name, "ICAO's blocks of addresses")
    if flight["registration"]:
        yield Told("Registration", flight["registration"], sources["registration"])
    yield from _type(flight["typecode"], reference, sources["typecode"])
    if flight["owner_operator"]:
        yield Told(
            "Owner or operator", flight["owner_operator"], sources["owner_operator"]
        )
    if flight["military_flag"] is not None:
        marked = "yes" if flight["military_flag"] else "no"
        yield Told("Marked military", marked, sources["military_flag"])
    if flight["callsign"]:
        yield Told("Callsign", flight["callsign"], "sent by the aircraft")
    yield from _operator(flight["operator_code"], reference)


def _type(typecode: str | None, reference: Reference, archive: str) -> Iterator[Told]:
    if not typecode:
        return
    yield Told("Type", typecode, archive)
    if typecode in reference.types.table.index:
        row = reference.types.table.loc[typecode]
        role = str(row["role"]).replace("_", " ")
        named, role_by = (
            reference.types.source(typecode, column) for column in ("name", "role")
        )
        yield Told(
            "What the type is",
            f"{row['name']}, {role}",
            f"name: {named}; role: {role_by}",
        )


def _operator(code: str | None, reference: Reference) -> Iterator[Told]:
    if not code:
        return
    if code not in reference.operators.table.index:
        yield Told("Operator", f"designator {code}", "the callsign; in no list we have")
        return
    row = reference.operators.table.loc[code]
    nature = str(row["nature"]).replace("_", " ")
    yield Told(
        "Operator",
        f"{row['name']} ({code}, {row['country']}), {nature}",
        f"the callsign's designator; {row['source']}",
    )
