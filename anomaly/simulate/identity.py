"""Addresses, registrations and callsigns of airframes that never existed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.reference import AddressBlocks
from anomaly.simulate import draws
from anomaly.simulate.sorties import Columns

UNASSIGNED = (0xD00000, 0xDFFFFF)
"""Addresses that ICAO gives to no state: nobody can take one for a sighting."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"

# How registrations look: X a letter, 0 a digit.  Nationality marks are ICAO's (Annex
# 7); the pattern after them is a usual one.
_REGISTRATIONS = {
    "US": "N000XX", "CA": "C-GXXX", "MX": "XA-XXX", "BR": "PR-XXX", "AR": "LV-XXX",
    "CL": "CC-XXX", "CO": "HK-0000", "VE": "YV0000", "PE": "OB-0000", "GB": "G-XXXX",
    "IE": "EI-XXX", "FR": "F-GXXX", "DE": "D-XXXX", "NL": "PH-XXX", "BE": "OO-XXX",
    "LU": "LX-XXX", "CH": "HB-XXX", "AT": "OE-XXX", "IT": "I-XXXX", "ES": "EC-XXX",
    "PT": "CS-XXX", "SE": "SE-XXX", "NO": "LN-XXX", "FI": "OH-XXX", "DK": "OY-XXX",
    "IS": "TF-XXX", "PL": "SP-XXX", "CZ": "OK-XXX", "HU": "HA-XXX", "RO": "YR-XXX",
    "GR": "SX-XXX", "TR": "TC-XXX", "CY": "5B-XXX", "UA": "UR-00000", "RU": "RA-00000",
    "BY": "EW-000XX", "KZ": "UP-X0000", "AZ": "4K-00", "AM": "EK-00000",
    "GE": "4L-XXX", "KG": "EX-00000", "MD": "ER-XXX", "IL": "4X-XXX", "JO": "JY-XXX",
    "LB": "OD-XXX", "SY": "YK-XXX", "IQ": "YI-XXX", "IR": "EP-XXX", "SA": "HZ-XX00",
    "AE": "A6-XXX", "QA": "A7-XXX", "BH": "A9C-XX", "KW": "9K-XXX", "OM": "A4O-XX",
    "EG": "SU-XXX", "LY": "5A-XXX", "SD": "ST-XXX", "ET": "ET-XXX", "KE": "5Y-XXX",
    "ZA": "ZS-XXX", "NG": "5N-XXX", "AO": "D2-XXX", "MA": "CN-XXX", "DZ": "7T-XXX",
    "IN": "VT-XXX", "PK": "AP-XXX", "CN": "B-0000", "HK": "B-XXX", "TW": "B-00000",
    "JP": "JA000X", "KR": "HL0000", "TH": "HS-XXX", "MY": "9M-XXX", "SG": "9V-XXX",
    "ID": "PK-XXX", "PH": "RP-X0000", "VN": "VN-X000", "AU": "VH-XXX", "NZ": "ZK-XXX",
}  # fmt: skip


@lru_cache(maxsize=4)
def _blocks(
    addresses: AddressBlocks,
) -> dict[tuple[str, bool], tuple[tuple[int, int], ...]]:
    """Return the address blocks of each state, its forces' blocks apart."""
    found: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    table = addresses.table
    for block, country, military in zip(
        table.index, table["country"], table["military"], strict=True
    ):
        start, _, end = str(block).partition("-")
        if isinstance(country, str):
            ends = (int(start, 16), int(end, 16))
            found.setdefault((country, bool(military)), []).append(ends)
    return {key: tuple(blocks) for key, blocks in found.items()}


def addresses_of(
    blocks: AddressBlocks,
    country: str,
    n: int,
    rng: np.random.Generator,
    *,
    military: bool,
    assigned_share: float = 0.96,
) -> NDArray[np.int64]:
    """Return addresses from a state's blocks, a few from none; some may be alike."""
    known = _blocks(blocks)
    own = known.get((country, military)) or known.get((country, False)) or ()
    drawn = rng.integers(*UNASSIGNED, size=n)
    if not own:
        return np.asarray(drawn, dtype=np.int64)
    inside = _within(own, n, rng)
    if not military:
        # The forces' blocks lie within those of the state.
        for _ in range(8):
            text = pd.Series([f"{address:06x}" for address in inside], dtype="str")
            taken = blocks.military(text).to_numpy()
            inside = np.where(taken, _within(own, n, rng), inside)
    return np.where(rng.random(n) < assigned_share, inside, drawn)


def _within(
    blocks: tuple[tuple[int, int], ...], n: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    starts = np.array([start for start, _ in blocks])
    sizes = np.array([end - start + 1 for start, end in blocks])
    which = draws.choice(rng, np.arange(len(blocks)), sizes, n)
    return np.asarray(starts[which] + (rng.random(n) * sizes[which]).astype(np.int64))


def registrations(
    country: str, n: int, rng: np.random.Generator, *, military: bool
) -> list[str]:
    """Return registrations of the state's civil pattern, or serials of its forces."""
    if military:
        years, numbers = rng.integers(60, 123, n) % 100, rng.integers(1, 6000, n)
        return [f"{y:02d}-{k:04d}" for y, k in zip(years, numbers, strict=True)]
    return patterned(_REGISTRATIONS.get(country, f"{country[:1]}9-XXX"), n, rng)


def patterned(pattern: str, n: int, rng: np.random.Generator) -> list[str]:
    """Return texts in which X became a letter and 0 a digit.

    Examples
    --------
    >>> patterned("D-XXXX", 1, np.random.default_rng(1))
    ['D-MNTY']
    """
    columns = [
        np.array(list(_LETTERS if mark == "X" else _DIGITS))[
            rng.integers(26 if mark == "X" else 10, size=n)
        ]
        if mark in "X0"
        else np.full(n, mark)
        for mark in _split(pattern)
    ]
    return ["".join(row) for row in zip(*columns, strict=True)]


def _split(pattern: str) -> Sequence[str]:
    """Keep the nationality mark whole: its own letters and digits stay."""
    head, dash, tail = pattern.partition("-")
    if dash:
        return [f"{head}-", *tail]
    # Marks without a dash (N, JA, HL, YV): as far as the first placeholder.
    fixed = next((i for i, mark in enumerate(pattern) if mark in "X0"), len(pattern))
    return [pattern[:fixed], *pattern[fixed:]]


def squawks(n: int, rng: np.random.Generator) -> NDArray[np.object_]:
    """Return transponder codes: four octal digits."""
    codes = rng.integers(0o0100, 0o7700, n)
    return np.array([f"{code:04o}" for code in codes], dtype=object)


def callsigns(
    airframes: Columns, rows: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Return a callsign for each flight in its airframe's style; None if it sends none.

    Styles: ``number`` (designator and number), ``registration``, ``word`` (a tactical
    word and two digits), ``none``.
    """
    style, code = airframes["callsign_style"][rows], airframes["operator_code"][rows]
    registration, habit = airframes["registration"][rows], airframes["habit"][rows]
    number = rng.integers(11, 9999, len(rows))
    whim = rng.random(len(rows))
    made = np.full(len(rows), None, dtype=object)
    for i in range(len(rows)):
        kind = style[i]
        if kind == "number" and isinstance(code[i], str):
            # Some crews set nothing, or the tail number.
            if whim[i] < 0.94:
                made[i] = f"{code[i]}{number[i]}"
            elif whim[i] < 0.97 and isinstance(registration[i], str):
                made[i] = registration[i].replace("-", "")[:8]
        elif kind == "registration" and isinstance(registration[i], str):
            made[i] = registration[i].replace("-", "")[:8] if whim[i] < 0.93 else None
        elif kind == "word" and whim[i] < 0.85:
            made[i] = f"{_WORDS[habit[i] % len(_WORDS)]}{number[i] % 90 + 10:02d}"
    return made


_WORDS = (
    "HAWK", "TIGER", "COBRA", "RANGER", "BISON", "GRIZLY", "VIPER", "KNIGHT", "MUSTNG",
    "RAVEN", "DAGGER", "TALON", "SABRE", "ORCA", "CONDOR", "LYNX", "FALCO", "JAGUAR",
    "MAGMA", "NOMAD", "OTTER", "PYTHN", "QUAKE", "ROGUE", "SHARK", "TORCH", "ULTRA",
    "VADER", "WOLF", "ZEUS", "ARROW", "BARON", "COMET", "DRAGN", "EAGLE", "FROST",
)  # fmt: skip
