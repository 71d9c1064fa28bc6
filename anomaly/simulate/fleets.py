"""Airframes: types, homes, names and addresses; the same all days of a world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anomaly.domain import Provenance
from anomaly.simulate import draws, identity, tables
from anomaly.simulate.legs import Setting
from anomaly.simulate.places import Rows
from anomaly.simulate.sorties import Columns, hidden


@dataclass(frozen=True, eq=False)
class Fleet:
    """One operator's airframes of one kind."""

    group: str
    name: str
    country: str
    types: str
    """Typecodes with weights: ``C17:4 C5M:1``."""
    homes: Rows
    code: str | None = None
    style: str = "registration"
    flagged: float = 0.0
    """Share of it that the archive's data base marks military."""
    bloc: str = "-"
    weight: float = 1.0
    private: bool = False
    """Every airframe has an owner of its own."""


# Shares of airframes about which the archive's data base is silent.  Of the aircraft
# aloft in the instant sky of 1 November 2023 one in a hundred lacks registration or
# type; of military aircraft, whose flag comes from the same data base, it cannot be
# told.  Owners are rarer.
_UNLISTED = 0.012
_UNLISTED_MILITARY = 0.08
_UNTYPED = 0.006
_NO_OWNER = 0.45
_PRIVATE = 0.02
_MLAT_ONLY = 0.06
_MLAT_ONLY_MILITARY = 0.2
_OWNERS = (
    "AVIATION LLC",
    "AERO CLUB",
    "FLIGHT SCHOOL",
    "AIR SERVICE",
    "HOLDINGS INC",
    "FLYING GROUP",
    "TRUSTEE",
)
# Above these shares of flagged airframes a fleet has serials, and addresses from the
# block that its state keeps for its forces.
_SERIALS = 0.3
_OWN_BLOCK = 0.75


def built(
    setting: Setting, fleets: Sequence[Fleet], counts: Sequence[int], periods: Columns
) -> Columns:
    """Return so many airframes of each fleet; `periods` holds the days of a cycle."""
    rng = draws.generator("airframes", setting.seed)
    of = np.repeat(np.arange(len(fleets)), counts)
    n = len(of)
    flagged = np.array([fleet.flagged for fleet in fleets])[of]
    military = rng.random(n) < flagged
    typecode, home = _types_and_homes(fleets, counts, rng)
    unlisted = rng.random(n) < np.where(military, _UNLISTED_MILITARY, _UNLISTED)
    untyped = unlisted | (rng.random(n) < _UNTYPED)
    no_owner = unlisted | (rng.random(n) < _NO_OWNER)
    country = _each(fleets, "country", of)
    numbers, tails = _addresses_and_tails(setting, country, flagged, rng)
    private = _each(fleets, "private", of).astype(bool)
    name, group = _each(fleets, "name", of), _each(fleets, "group", of)
    owners = np.array([f"{g} {t}" for g, t in zip(group, tails, strict=True)], object)
    return {
        "icao24": np.array([f"{number:06x}" for number in numbers], dtype=object),
        "registration": hidden(tails, unlisted),
        "typecode": typecode,
        "listed_type": hidden(typecode, untyped),
        "description": hidden(described(setting, typecode), untyped),
        "owner": hidden(np.where(private, _private_owners(of, rng), name), no_owner),
        "military_flag": military & ~unlisted,
        # The data base goes by address: of one that no state gave it tells nothing.
        "flag_known": ~unlisted & ~identity.is_unassigned(numbers),
        "privacy_flag": rng.random(n) < _PRIVATE,
        "operator_id": np.where(private, owners, name),
        "operator_code": _each(fleets, "code", of),
        "callsign_style": _each(fleets, "style", of),
        "country": country,
        "group": group,
        "bloc": _each(fleets, "bloc", of),
        "home": home,
        "mlat_only": rng.random(n)
        < np.where(military, _MLAT_ONLY_MILITARY, _MLAT_ONLY),
        "phase": (rng.random(n) * periods["days"][of]).astype(np.int64),
        "habit": rng.integers(1 << 30, size=n),
        "provenance": np.full(n, str(Provenance.SIMULATED), dtype=object),
    }


def described(setting: Setting, typecodes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the types in words, as data bases have them; None where unknown."""
    names = setting.reference.types.table["name"].to_dict()
    words = names | {code: row.description for code, row in tables.types().items()}
    return np.array([words.get(code) for code in typecodes], dtype=object)


def of_table(setting: Setting, group: str) -> tuple[Fleet, ...]:
    """Return the fleets of a group from the table of operators."""
    return tuple(
        Fleet(
            group=group,
            name=row.name,
            country=row.country,
            types=row.types,
            homes=setting.places.rows(row.bases.split()),
            code=row.code,
            style=row.style,
            flagged=row.flagged,
            bloc=row.bloc,
            weight=row.weight,
        )
        for row in tables.fleets()
        if row.group == group
    )


def apportioned(fleets: Sequence[Fleet], n: int, seed: int) -> list[int]:
    """Share `n` airframes among the fleets by weight, leftovers by lot."""
    weights = np.array([fleet.weight for fleet in fleets])
    exact = n * weights / weights.sum()
    counts = np.floor(exact).astype(int)
    rng = draws.generator("apportion", seed, fleets[0].group)
    chance = (exact - counts).clip(1e-9)
    left = n - int(counts.sum())
    counts[rng.choice(len(fleets), left, replace=False, p=chance / chance.sum())] += 1
    return [int(count) for count in counts]


def without_twins(airframes: Columns, reserved: frozenset[str]) -> Columns:
    """Move airframes whose address is taken to the next free one."""
    taken = {int(address, 16) for address in reserved}
    moved = []
    for text in airframes["icao24"]:
        number = int(text, 16)
        while number in taken:
            number += 1
        taken.add(number)
        moved.append(f"{number:06x}")
    return {**airframes, "icao24": np.array(moved, dtype=object)}


def _types_and_homes(
    fleets: Sequence[Fleet], counts: Sequence[int], rng: np.random.Generator
) -> tuple[NDArray[np.object_], Rows]:
    typecodes: list[NDArray[np.object_]] = [np.array([], dtype=object)]
    homes: list[Rows] = [np.array([], dtype=np.int64)]
    for fleet, n in zip(fleets, counts, strict=True):
        if n:
            codes, weights = tables.weighted(fleet.types)
            names = np.array(codes, dtype=object)
            typecodes.append(draws.choice(rng, names, weights, n))
            homes.append(fleet.homes[rng.integers(len(fleet.homes), size=n)])
    return np.concatenate(typecodes), np.concatenate(homes)


def _addresses_and_tails(
    setting: Setting,
    country: NDArray[np.object_],
    flagged: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return addresses and registrations, made state by state."""
    numbers = np.zeros(len(country), dtype=np.int64)
    tails = np.full(len(country), None, dtype=object)
    for state in sorted(set(country)):
        for low, high in ((0.0, _SERIALS), (_SERIALS, _OWN_BLOCK), (_OWN_BLOCK, 9.0)):
            mine = (country == state) & (flagged >= low) & (flagged < high)
            n = int(mine.sum())
            if n:
                numbers[mine] = identity.addresses_of(
                    setting.reference.addresses,
                    state,
                    n,
                    rng,
                    military=low >= _OWN_BLOCK,
                )
                tails[mine] = identity.registrations(
                    state, n, rng, military=low >= _SERIALS
                )
                if state == "RU" and low < _SERIALS:
                    numbers[mine] = identity.russian(tails[mine])
    return numbers, tails


def _private_owners(of: Rows, rng: np.random.Generator) -> NDArray[np.object_]:
    """Return names as owners' registers have them, of nobody in particular."""
    kinds = np.array(_OWNERS, dtype=object)[rng.integers(len(_OWNERS), size=len(of))]
    letters = identity.patterned("XX", len(of), rng)
    return np.array([f"{a} {b}" for a, b in zip(letters, kinds, strict=True)], object)


def _each(fleets: Sequence[Fleet], name: str, of: Rows) -> NDArray[np.object_]:
    return np.array([getattr(fleet, name) for fleet in fleets], dtype=object)[of]
