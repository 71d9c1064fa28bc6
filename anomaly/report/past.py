"""Where the aircraft of a report were in the weeks before, from the stored days."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from anomaly.reference import Reference
from anomaly.report.context import Past, Visit
from anomaly.report.evidence import field_of
from anomaly.store import Store

DAYS = 90
_COLUMNS = [
    *("flight_id", "icao24", "date", "origin", "destination"),
    *("first_seen", "last_seen"),
]


def pasts(
    store: Store, date: dt.date, icao24s: Iterable[str], reference: Reference
) -> Mapping[str, Past]:
    """Return each aircraft's flights of the 90 days that end with `date`.

    Nothing stored after that day is used.
    """
    wanted = sorted(set(icao24s))
    first = date - dt.timedelta(days=DAYS - 1)
    stored = [day for day in store.dates("flights") if first <= day <= date]
    flights: dict[str, dict[str, dict[str, Any]]] = {icao24: {} for icao24 in wanted}
    for day in stored if wanted else ():
        rows = store.read("flights", day, columns=_COLUMNS, icao24=wanted)
        for row in rows.to_pylist():
            # A later day revises an earlier one: the last row knows most.
            flights[row["icao24"]][row["flight_id"]] = row
    return {
        icao24: _past(list(of.values()), first, date, frozenset(stored), reference)
        for icao24, of in flights.items()
    }


def _past(
    flights: list[dict[str, Any]],
    first: dt.date,
    last: dt.date,
    stored: frozenset[dt.date],
    reference: Reference,
) -> Past:
    n: Counter[str] = Counter()
    when: dict[str, dt.date] = {}
    before = None
    for row in sorted(flights, key=lambda row: row["flight_id"]):
        for end, seen in (("origin", "first_seen"), ("destination", "last_seen")):
            ident, day = row[end], row[seen].date()
            if ident is None:
                continue
            # Where it left from is where it had come to, unless nobody saw that.
            n[ident] += end == "destination" or ident != before
            # It was still there when it left, and not when the flight ended.
            when[ident] = max(when.get(ident, day), day)
        before = row["destination"]
    return Past(
        first=first,
        last=last,
        stored=stored,
        flights=Counter(row["date"] for row in flights if first <= row["date"] <= last),
        visits=tuple(
            _visit(ident, times, when[ident], reference)
            for ident, times in sorted(n.items(), key=lambda one: (-one[1], one[0]))
        ),
    )


def _visit(ident: str, times: int, last: dt.date, reference: Reference) -> Visit:
    field = field_of(ident, reference)
    state = reference.countries.name(field.country) if field else ""
    return Visit(ident, field, state, times, last)
