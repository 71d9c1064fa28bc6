"""Tell which sources a stored flight was put together from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from anomaly.store import Store


def of_flights(
    store: Store, flights: Collection[Mapping[str, Any]]
) -> dict[str, list[dict[str, str]]]:
    """Return the `source` and `reader` of what told of each flight, by its flight_id.

    A source is kept by aircraft and day with its first and last report: it told of a
    flight if it has any of the aircraft that day and the two times overlap.  Days
    ingested before this was kept tell nothing.
    """
    if not flights:
        return {}
    told = defaultdict(list)
    first = min(flight["first_seen"] for flight in flights).date()
    last = max(flight["last_seen"] for flight in flights).date()
    wanted = {flight["icao24"] for flight in flights}
    for n in range((last - first).days + 1):
        date = first + dt.timedelta(days=n)
        if store.has("origins", date):
            for row in store.read("origins", date, icao24=wanted).to_pylist():
                told[row["icao24"]].append(row)
    return {
        flight["flight_id"]: [
            {"source": source, "reader": reader}
            for source, reader in sorted(
                {
                    (row["source"], row["reader"])
                    for row in told[flight["icao24"]]
                    if row["first_seen"] <= flight["last_seen"]
                    and row["last_seen"] >= flight["first_seen"]
                }
            )
        ]
        for flight in flights
    }
