"""Find one flight by its id, as last known."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from anomaly.errors import NoDataError
from anomaly.store import Store


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
    raise NoDataError(
        f"no flight {flight_id!r} in {store.root}",
        hint="`anomaly flights` lists the flights and their ids.",
    )


def _day(first_seen: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(first_seen, "%Y%m%dT%H%M%S%z").date()
    except ValueError:
        return None
