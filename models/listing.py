"""The review list: scores joined with what is known of each flight and its journey."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anomaly.domain import Reason, operator_told
from anomaly.errors import NoDataError
from anomaly.store import Store

# A journey rests less than a day at a stop; a week of them covers all but the longest.
STOPOVER_DAYS = 7

_OF_FLIGHT = (
    "registration",
    "callsign",
    "typecode",
    "origin",
    "destination",
    "first_seen",
    "last_seen",
)
_WHO = ("operator", "owner_operator")
_OF_JOURNEY = ["flight_id", "journey_id", "flight_ids", "airports"]
_OF_SCORE = (
    "flight_id",
    "icao24",
    "date",
    "score",
    "score_without_identity",
    "ordinary_bits",
    "look_alike_bits",
    "surprise_bits",
    "priority_bits",
    "mission_id",
    "rank",
    "flagged",
    "budget",
    "threshold_bits",
    "identity_hidden",
    "provenance",
    "model",
)


@dataclass(frozen=True)
class Stop:
    """A stopover of the journey so far."""

    airport: str | None
    field_use: str | None
    arrived: dt.datetime
    departed: dt.datetime
    ground_time_h: float
    inferred: bool
    confidence: int


@dataclass(frozen=True)
class Line:
    """One line of the review list: a journey by its leading flight, or a flight."""

    rank: int
    score: float
    score_without_identity: float | None
    """As if neither the operator nor the type of aircraft were known."""
    ordinary_bits: float | None
    """The odds of logistics against ordinary traffic."""
    look_alike_bits: float | None
    """The odds of logistics against what resembles it; None if nobody asked."""
    surprise_bits: float
    priority_bits: float
    """What the list is ordered by; see `features.surprise`."""
    mission_id: str
    """Shared by journeys that went one unusual way that day."""
    flagged: bool
    budget: int | None
    threshold_bits: float | None
    """The priority that a flag needs, of the journey or of its mission."""
    flight_id: str
    date: dt.date
    icao24: str
    registration: str | None
    callsign: str | None
    operator: str | None
    """Told by the callsign, or else by the owner's name."""
    typecode: str | None
    origin: str | None
    destination: str | None
    journey: tuple[str, ...]
    n_flights: int
    """Flights of the journey up to the end of the day, or up to this flight."""
    stopovers: tuple[Stop, ...]
    first_seen: dt.datetime
    last_seen: dt.datetime
    reasons: tuple[Reason, ...]
    coverage: tuple[str, ...]
    identity_hidden: bool
    provenance: str
    model: str


def lines(
    store: Store,
    date: dt.date,
    scores: pa.Table,
    *,
    every_flight: bool = False,
    most: int | None = None,
) -> Iterator[Line]:
    """Yield the review list of a day, best first: its leading flights, or all.

    No more is looked up than for `most` lines, where so many are wanted.
    """
    listed = scores if every_flight else scores.filter(scores["leads"])
    listed = listed.slice(0, most)
    flights = store.read("flights", date, columns=["flight_id", *_OF_FLIGHT, *_WHO])
    known = _by(flights, "flight_id", listed["flight_id"])
    chains = store.read("journeys", date, columns=_OF_JOURNEY)
    journeys = _by(chains, "flight_id", listed["flight_id"])
    if not every_flight:
        longest = _longest(journeys, chains)
        journeys = {key: longest[row["journey_id"]] for key, row in journeys.items()}
    stops = _stops_before(store, date, listed, journeys)
    for score in listed.to_pylist():
        flight = known[score["flight_id"]]
        journey = journeys.get(score["flight_id"], {})
        chain = journey.get("flight_ids") or [score["flight_id"]]
        yield Line(
            **{name: score[name] for name in _OF_SCORE},
            **{name: flight[name] for name in _OF_FLIGHT},
            operator=operator_told(flight["operator"], flight["owner_operator"]),
            journey=tuple(journey.get("airports") or _ends(flight)),
            n_flights=len(chain),
            stopovers=tuple(stops[key] for key in chain if key in stops),
            reasons=tuple(Reason(**reason) for reason in score["reasons"]),
            coverage=tuple(score["coverage"]),
        )


def _longest(leading: dict[str, Any], journeys: pa.Table) -> dict[str, dict[str, Any]]:
    """Return each leading flight's journey as it stood when the day ended."""
    wanted = pa.array({row["journey_id"] for row in leading.values()}, pa.string())
    rows = journeys.filter(pc.is_in(journeys["journey_id"], value_set=wanted))
    by_length = sorted(rows.to_pylist(), key=lambda row: len(row["flight_ids"]))
    return {row["journey_id"]: row for row in by_length}


def _by(table: pa.Table, key: str, wanted: pa.ChunkedArray) -> dict[str, Any]:
    kept = table.filter(pc.is_in(table[key], value_set=pc.unique(wanted)))
    # A revision stands below what it revises, so the last row is what is known.
    return {row[key]: row for row in kept.to_pylist()}


def _stops_before(
    store: Store, date: dt.date, listed: pa.Table, journeys: dict[str, dict[str, Any]]
) -> dict[str, Stop]:
    """Return the stopover before each flight listed and each of its journey.

    They are those of this day and of the week before.
    """
    wanted = set(listed["flight_id"].to_pylist())
    wanted.update(*(row["flight_ids"] for row in journeys.values()))
    names = [*Stop.__dataclass_fields__, "flight_after"]
    found: dict[str, Stop] = {}
    for back in range(STOPOVER_DAYS, -1, -1):
        try:
            day = date - dt.timedelta(days=back)
            rows = store.read("stopovers", day, columns=names)
        except NoDataError:
            continue
        kept = pc.is_in(rows["flight_after"], value_set=pa.array(wanted, pa.string()))
        for row in rows.filter(kept).to_pylist():
            departing = row.pop("flight_after")
            found[departing] = Stop(**row)
    return found


def _ends(flight: dict[str, Any]) -> tuple[str, str]:
    return flight["origin"] or "?", flight["destination"] or "?"
