"""Find one flight by its id, as last known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anomaly.domain import Provenance
from anomaly.errors import NoDataError
from anomaly.store import Store
from anomaly.verdicts import Shown, Verdict


def find_flight(store: Store, flight_id: str) -> pa.Table:
    """Return the one row of `flights` that tells most about a flight.

    Raises
    ------
    NoDataError
        If no such flight is stored.
    """
    icao24, _, first_seen = flight_id.rpartition("-")
    days = store.dates("flights")
    if (earliest := _day(first_seen)) is not None:
        days = [day for day in days if day >= earliest]
    # A later day may hold a revision, which knows more than the first row.
    for day in reversed(days):
        rows = store.read("flights", day, icao24=[icao24])
        rows = rows.filter(pc.equal(rows["flight_id"], flight_id))
        if rows.num_rows:
            return rows.slice(rows.num_rows - 1)
    listing = "`anomaly flights` lists the flights and their ids."
    raise NoDataError(
        f"no flight {flight_id!r} in {store.root}",
        hint=listing if store.root.exists() else store.first_run("anomaly ingest"),
    )


def with_provenance(store: Store, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Yield the verdicts, each with its flight's provenance if it is known.

    Of those whose record does not tell it, the stored flight of that id does.
    """
    for one in verdicts:
        if one.seen.provenance is not None:
            yield one
            continue
        try:
            row = find_flight(store, one.seen.flight_id).to_pylist()[0]
        except NoDataError:
            yield one
        else:
            provenance = Provenance(row["provenance"])
            yield replace(one, seen=replace(one.seen, provenance=provenance))


def shown_of(store: Store, flight_id: str) -> Shown | None:
    """Return what the list said of a flight last; None if it was never scored."""
    row = _scored(store, flight_id)
    if row is None:
        return None
    return Shown(row["date"], row["model"], row["score"], row["rank"], row["flagged"])


def listed_by(store: Store, flight_id: str) -> str:
    """Return the flight that stands in the list for a flight's journey, or itself."""
    row = _scored(store, flight_id)
    if row is None:
        return flight_id
    scores = store.read("scores", row["date"], icao24=[row["icao24"]])
    own = pc.equal(scores["journey_id"], row["journey_id"])
    leads = scores.filter(pc.and_(own, scores["leads"]))["flight_id"].to_pylist()
    return str(leads[0]) if leads else flight_id


def _scored(store: Store, flight_id: str) -> dict[str, Any] | None:
    """Return the flight's row in the list that last held it; None if none did."""
    for date in reversed(store.dates("scores")):
        scores = store.read("scores", date, icao24=[flight_id.rpartition("-")[0]])
        rows = scores.filter(pc.equal(scores["flight_id"], flight_id)).to_pylist()
        if rows:
            return {**rows[0], "date": date}
    return None


def _day(first_seen: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(first_seen, "%Y%m%dT%H%M%S%z").date()
    except ValueError:
        return None
