"""What was not observed of a flight, in words: the part no score can make up for."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from features.base import FlightTables
from features.tables import HISTORY_DAYS


class _Seen(NamedTuple):
    """One flight as far as its coverage is told."""

    n_positions: int
    origin: str | None
    origin_kind: str
    destination: str | None
    destination_kind: str
    typecode: str | None
    registration: str | None
    callsign: str | None
    military_flag: bool | None
    n_gaps: float
    longest_gap_h: float
    unobserved_share: float
    mlat_share: float
    reader: str


def sentences(tables: FlightTables) -> list[tuple[str, ...]]:
    """Return, per flight of the day, what was not observed, the weightiest first."""
    history = _history(tables)
    flights = tables.flights[list(_Seen._fields)]
    known = flights.astype(object).where(flights.notna(), None)
    return [
        (*_of_flight(_Seen(*row)), *([history] if history else []))
        for row in known.itertuples(index=False, name=None)
    ]


def _of_flight(seen: _Seen) -> tuple[str, ...]:
    told = (
        *_of_ends(seen),
        *_of_track(seen),
        *_of_identity(seen),
    )
    return tuple(sentence for sentence in told if sentence)


def _of_ends(seen: _Seen) -> tuple[str, ...]:
    return (
        _of_end("take-off", seen.origin, seen.origin_kind),
        _of_end("landing", seen.destination, seen.destination_kind),
    )


def _of_end(what: str, airport: str | None, kind: str) -> str:
    if airport is None:
        return f"the field of {what} is not known"
    if kind != "observed":
        return f"the {what} at {airport} is {kind}, not seen"
    return ""


def _of_track(seen: _Seen) -> tuple[str, ...]:
    if not seen.n_positions:
        return (
            "no positions: known from a list of flights, so gaps and movement are not",
        )
    gaps = ""
    if seen.n_gaps:
        times = "once" if seen.n_gaps == 1 else f"{seen.n_gaps:.0f} times"
        gaps = (
            f"lost {times} in flight, at longest for {seen.longest_gap_h or 0:.1f} h; "
            f"{seen.unobserved_share or 0:.0%} of the flight went unobserved"
        )
    mlat = seen.mlat_share or 0.0
    return (
        gaps,
        f"{mlat:.0%} of its positions by multilateration, less exact"
        if mlat >= 0.1
        else "",
    )


def _of_identity(seen: _Seen) -> tuple[str, ...]:
    missing = [
        word
        for word, value in (
            ("type", seen.typecode),
            ("registration", seen.registration),
            ("callsign", seen.callsign),
        )
        if value is None
    ]
    return (f"not told by the source: {', '.join(missing)}" if missing else "",)


def _history(tables: FlightTables) -> str:
    known = tables.known_days
    dates = pd.to_datetime(
        tables.history["date"] if known is None else pd.Series(known, dtype="object")
    )
    n_days = int(dates.nunique())
    if not n_days:
        return "no earlier day is stored, so nothing is known of its past"
    if n_days >= HISTORY_DAYS:
        return ""
    lacking = HISTORY_DAYS - n_days
    verb = "is" if lacking == 1 else "are"
    return f"of the {HISTORY_DAYS} days before, {lacking} {verb} not stored"
