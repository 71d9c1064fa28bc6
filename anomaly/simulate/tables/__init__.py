"""Who flies what from where in the simulated world; hand-made and unsourced."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class TypeRow:
    """Figures of a type that the reference table need not have."""

    typecode: str
    description: str
    engine: str
    cruise_kt: float
    cruise_ft: float
    range_nm: float


@dataclass(frozen=True)
class FleetRow:
    """One operator and its types."""

    group: str
    code: str | None
    name: str
    country: str
    bloc: str
    types: str
    bases: str
    weight: float
    style: str
    flagged: float


@dataclass(frozen=True)
class AirlineRow:
    """One airline, its hubs and types."""

    group: str
    code: str
    name: str
    country: str
    hubs: str
    types: str
    weight: float


@dataclass(frozen=True)
class ClosureRow:
    """A box of degrees that is closed to the aircraft of some states; `*`: all.

    With `bound_for` only to those on their way to or from that state.
    """

    name: str
    of: str
    """The states whose airspace it stands for: fields of others stay open."""
    south: float
    north: float
    west: float
    east: float
    closed_to: str
    bound_for: str | None
    since: str
    until: str | None
    armed_only: bool
    """Closed to the armed forces of those states alone."""


@dataclass(frozen=True)
class RivalRow:
    """States whose armed forces do not land in some others."""

    states: str
    not_in: str
    since: str
    until: str | None


@cache
def rivals() -> tuple[RivalRow, ...]:
    """Return whose armed forces keep out of which states, with dates."""
    return tuple(
        RivalRow(row["states"], row["not_in"], row["since"], row["until"] or None)
        for row in _rows("rivals")
    )


@cache
def closures() -> tuple[ClosureRow, ...]:
    """Return airspace that was closed, as boxes, with dates."""
    return tuple(
        ClosureRow(
            name=row["name"],
            of=row["of"],
            south=float(row["south"]),
            north=float(row["north"]),
            west=float(row["west"]),
            east=float(row["east"]),
            closed_to=row["closed_to"],
            bound_for=row["bound_for"] or None,
            since=row["since"],
            until=row["until"] or None,
            armed_only=row["armed_only"] == "yes",
        )
        for row in _rows("closures")
    )


@cache
def types() -> dict[str, TypeRow]:
    """Return descriptions and figures by typecode."""
    return {
        row["typecode"]: TypeRow(
            typecode=row["typecode"],
            description=row["description"],
            engine=row["engine"],
            cruise_kt=float(row["cruise_kt"]),
            cruise_ft=float(row["cruise_ft"]),
            range_nm=float(row["range_nm"]),
        )
        for row in _rows("types")
    }


@cache
def fleets() -> tuple[FleetRow, ...]:
    """Return every fleet but the airlines'."""
    return tuple(
        FleetRow(
            group=row["group"],
            code=row["code"] or None,
            name=row["name"],
            country=row["country"],
            bloc=row["bloc"],
            types=row["types"],
            bases=row["bases"],
            weight=float(row["weight"]),
            style=row["style"],
            flagged=float(row["flagged"]),
        )
        for row in _rows("fleets")
    )


@cache
def airlines() -> tuple[AirlineRow, ...]:
    """Return the airlines, passenger and cargo."""
    return tuple(
        AirlineRow(
            group=row["group"],
            code=row["code"],
            name=row["name"],
            country=row["country"],
            hubs=row["hubs"],
            types=row["types"],
            weight=float(row["weight"]),
        )
        for row in _rows("airlines")
    )


@cache
def pools() -> dict[str, tuple[str, ...]]:
    """Return the named groups of fields that journeys choose from.

    A field that stands there twice draws twice as much.
    """
    return {row["pool"]: tuple(row["idents"].split()) for row in _rows("pools")}


def weighted(text: str) -> tuple[list[str], list[float]]:
    """Return the names and the weights of a list such as ``C17:4 C5M:1``.

    Examples
    --------
    >>> weighted("C17:4 C5M:1")
    (['C17', 'C5M'], [4.0, 1.0])
    """
    pairs = [part.partition(":") for part in text.split()]
    return [name for name, _, _ in pairs], [float(w or 1) for _, _, w in pairs]


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))
