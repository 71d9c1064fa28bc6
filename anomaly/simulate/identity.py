"""Addresses, registrations and callsigns of airframes that never existed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
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
    "MT": "9H-XXX",
}  # fmt: skip


@lru_cache(maxsize=4)
def _blocks(
    addresses: AddressBlocks,
) -> dict[tuple[str, bool], tuple[tuple[int, int], ...]]:
    """Return the address blocks of each state, its forces' apart.

    What lies inside a block and is another's (a territory's, the forces') is cut out.
    """
    table = addresses.table
    ends = [str(block).partition("-") for block in table.index]
    blocks = [(int(start, 16), int(end, 16)) for start, _, end in ends]
    owners = [
        (str(country), bool(military))
        for country, military in zip(table["country"], table["military"], strict=True)
    ]
    found: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    for block, owner in zip(blocks, owners, strict=True):
        others = [
            other
            for other, whose in zip(blocks, owners, strict=True)
            if whose != owner and block[0] <= other[0] and other[1] <= block[1]
        ]
        found.setdefault(owner, []).extend(_outside(block, others))
    return {owner: tuple(stretches) for owner, stretches in found.items()}


def _outside(
    block: tuple[int, int], others: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the stretches of a block that no other covers."""
    left = []
    start, end = block
    for low, high in sorted(others):
        if low > start:
            left.append((start, low - 1))
        start = max(start, high + 1)
    if start <= end:
        left.append((start, end))
    return left


def addresses_of(
    blocks: AddressBlocks,
    country: str,
    n: int,
    rng: np.random.Generator,
    *,
    military: bool,
    assigned_share: float = 0.9,
) -> NDArray[np.int64]:
    """Return addresses from a state's blocks, a few from none; some may be alike."""
    known = _blocks(blocks)
    own = known.get((country, military)) or known.get((country, False)) or ()
    drawn = rng.integers(*UNASSIGNED, size=n)
    if own:
        starts = np.array([start for start, _ in own])
        sizes = np.array([end - start + 1 for start, end in own])
        which = draws.choice(rng, np.arange(len(own)), sizes, n)
        inside = starts[which] + (rng.random(n) * sizes[which]).astype(np.int64)
        drawn = np.where(rng.random(n) < assigned_share, inside, drawn)
    return np.asarray(drawn, dtype=np.int64)


def is_unassigned(numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which addresses ICAO gives to no state."""
    low, high = UNASSIGNED
    return np.asarray((numbers >= low) & (numbers <= high))


def russian(tails: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the addresses Russia gives: its block's first, and the tail's number.

    Examples
    --------
    >>> hex(russian(np.array(["RA-86496"], dtype=object))[0])
    '0x1551e0'
    """
    return 0x140000 + np.array([int(tail[3:]) for tail in tails], dtype=np.int64)


def registrations(
    country: str, n: int, rng: np.random.Generator, *, military: bool
) -> NDArray[np.object_]:
    """Return registrations of the state's civil pattern, or serials of its forces."""
    if military:
        years, numbers = rng.integers(60, 123, n) % 100, rng.integers(1, 6000, n)
        tails = [f"{y:02d}-{k:04d}" for y, k in zip(years, numbers, strict=True)]
    else:
        pattern = _REGISTRATIONS.get(country, f"{country[:1]}9-XXX")
        tails = patterned(pattern, n, rng)
    return np.array(tails, dtype=object)


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
    airframes: Columns,
    rows: NDArray[np.int64],
    rng: np.random.Generator,
    routes: NDArray[np.uint64] | None = None,
) -> NDArray[np.object_]:
    """Return a callsign for each flight in its airframe's style; None if it sends none.

    Styles: ``route`` (designator, and a number that goes with the route), ``number``
    (designator and any number), ``registration``, ``word`` (a tactical word and two
    digits), ``none``.
    """
    n = len(rows)
    style, code = airframes["callsign_style"][rows], airframes["operator_code"][rows]
    numbers = rng.integers(11, 9999, n)
    if routes is not None:
        # A few flights a day on each route, every day under the same numbers.
        slots = draws.mixed(routes, 60) % np.uint64(2200)
        fixed = 10 + 4 * slots.astype(np.int64) + rng.integers(4, size=n)
        numbers = np.where(style == "route", fixed, numbers)
    tails = _plain(airframes["registration"][rows])
    words = np.array(_WORDS, dtype=object)[airframes["habit"][rows] % len(_WORDS)]
    flights = np.array([f"{c}{k}" for c, k in zip(code, numbers, strict=True)], object)
    calls = np.array([f"{w}{k % 90 + 10}" for w, k in zip(words, numbers, strict=True)])
    whim = rng.random(n)
    numbered = np.isin(style, ["route", "number"]) & (code != None)  # noqa: E711
    # Some crews set nothing, or the tail number.
    made = np.full(n, None, dtype=object)
    for where, names in (
        (numbered & (whim < 0.955), flights),
        (numbered & (whim >= 0.955) & (whim < 0.985), tails),
        ((style == "registration") & (whim < 0.93), tails),
        ((style == "word") & (whim < 0.86), calls.astype(object)),
    ):
        made[where] = names[where]
    return made


def _plain(tails: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return registrations as crews type them: without the dash, eight at most."""
    return np.array(
        [tail and str(tail).replace("-", "")[:8] for tail in tails], dtype=object
    )


_WORDS = (
    "HAWK", "TIGER", "COBRA", "RANGER", "BISON", "GRIZLY", "VIPER", "KNIGHT", "MUSTNG",
    "RAVEN", "DAGGER", "TALON", "SABRE", "ORCA", "CONDOR", "LYNX", "FALCO", "JAGUAR",
    "MAGMA", "NOMAD", "OTTER", "PYTHN", "QUAKE", "ROGUE", "SHARK", "TORCH", "ULTRA",
    "VADER", "WOLF", "ZEUS", "ARROW", "BARON", "COMET", "DRAGN", "EAGLE", "FROST",
)  # fmt: skip
