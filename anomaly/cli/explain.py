"""``anomaly explain``: one flight's evidence in the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import click

from anomaly.cli import options


@click.command("explain")
@click.argument("flight_id")
@options.data_dir
@options.as_json
def command(flight_id: str, data_dir: Path, as_json: bool) -> None:
    """Show why a flight got its score, and what was not observed.

    \b
    Example:
        anomaly explain 1551e0-20190322T215657Z --data-dir demo/made
    """
    from anomaly.lookup import find_flight, listed_by
    from anomaly.reference import Reference
    from anomaly.report import exports, links, plain
    from anomaly.report.reading import read_alert
    from anomaly.store import Store

    store = Store(data_dir)
    find_flight(store, flight_id)
    lead = listed_by(store, flight_id)
    if lead != flight_id:
        # Above all that is told of this flight, for there its reasons are.
        click.echo(
            f"Its journey is listed, with its reasons, by its flight {lead}: "
            f"`{links.explain_command(lead, data_dir)}`.",
            err=True,
        )
    alert = read_alert(store, flight_id, Reference.load(store.root))
    if as_json:
        told = exports.full_record(alert)
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(plain.text(alert))
