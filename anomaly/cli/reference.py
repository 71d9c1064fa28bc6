"""``anomaly reference``: what is known of airports beforehand."""

from __future__ import annotations

from pathlib import Path

import click

from anomaly.cli import options


@click.group("reference")
def command() -> None:
    """Look after the tables of airports, aircraft types and operators.

    \b
    Example:
        anomaly reference update
    """


@command.command("update")
@click.option(
    "--from",
    "address",
    show_default="their publisher's address",
    metavar="URL|DIR",
    help="Where airports.csv and runways.csv of OurAirports lie.",
)
@options.data_dir
def update(address: str | None, data_dir: Path) -> None:
    """Fetch the present list of airports.

    It comes from OurAirports (public domain) and goes to reference/ in the data
    directory, where it stands in for the list that comes with the program. If a file
    is missing, cut or something else, the airports in use stay as they are.

    \b
    Example:
        anomaly reference update
    """
    from anomaly.reference.update import PUBLISHERS, update_airports

    address = address or PUBLISHERS["OurAirports"]
    done = update_airports(data_dir, address, progress=options.progress())
    click.echo(f"{done.n_now:,} airports, {done.n_before:,} before: {done.path}")
