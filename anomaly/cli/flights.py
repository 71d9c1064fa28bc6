"""``anomaly flights``: look at what was found."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click

from anomaly.cli import options


@click.command("flights")
@click.argument("date", type=options.DATE, required=False)
@click.option("--icao24", metavar="HEX", help="Only this address.")
@options.data_dir
@options.as_json
def command(
    date: dt.date | None, icao24: str | None, data_dir: Path, as_json: bool
) -> None:
    """List the flights of a day with their ends and the stopover after each.

    Without DATE the latest day is listed.  An end in brackets was inferred; ? is an
    end that is not known.

    \b
    Example:
        anomaly flights 2019-03-22 --icao24 1551e0
    """
    from anomaly.errors import NoDataError
    from anomaly.store import Store

    store = Store(data_dir)
    days = store.dates("flights")
    if date is None and days:
        date = days[-1]
    address = icao24.strip().lower() if icao24 else None
    rows = _rows(store, date, address)
    if not rows:
        raise NoDataError(
            f"no flights of {address} on {date}" if address else f"none on {date}",
            hint=store.days_told(),
        )
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, default=_plain))
        return
    for row in rows:
        click.echo(_line(row))


def _rows(store: Any, date: dt.date | None, icao24: str | None) -> list[dict[str, Any]]:
    """Return the flights of a day, each with its sources, stopover and journey."""
    from anomaly import origins

    keep = [icao24] if icao24 else None
    flights: list[dict[str, Any]] = store.read("flights", date, icao24=keep).to_pylist()
    stopovers = store.read("stopovers", date, icao24=keep).to_pylist()
    journeys = store.read("journeys", date, icao24=keep).to_pylist()
    stop_after = {stop["flight_before"]: stop for stop in stopovers}
    airports = {row["flight_id"]: row["airports"] for row in journeys}
    told_by = origins.of_flights(store, flights)
    for flight in flights:
        flight["sources"] = told_by[flight["flight_id"]]
        flight["stopover"] = stop_after.get(flight["flight_id"])
        flight["journey"] = airports.get(flight["flight_id"])
    return flights


def _plain(value: Any) -> str:
    """Return a time or a day as ISO 8601, UTC as Z."""
    return str(value.isoformat()).replace("+00:00", "Z")


def _line(flight: dict[str, Any]) -> str:
    """Return one flight, and the stopover after it, as text."""
    parts = [
        f"{flight['flight_id']}",
        f"{flight['callsign'] or '-':8}",
        f"{flight['typecode'] or '-':4}",
        f"{_end(flight, 'origin'):>6} {flight['first_seen']:%d %H:%M}",
        f"to {_end(flight, 'destination'):>6} {flight['last_seen']:%d %H:%M}",
    ]
    stop = flight["stopover"]
    if stop:
        where = stop["airport"] or "?"
        how = "inferred" if stop["inferred"] else "seen"
        parts.append(
            f" then {stop['ground_time_h']:.1f} h at {where}"
            f" ({how}, confidence {stop['confidence']})"
        )
    if flight["provenance"] != "observed":
        parts.append(f"({flight['provenance']})")
    return "  ".join(parts)


def _end(flight: dict[str, Any], end: str) -> str:
    if flight[end] is None:
        return "?"
    seen = flight[f"{end}_kind"] == "observed"
    return str(flight[end]) if seen else f"({flight[end]})"
