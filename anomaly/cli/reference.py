"""``anomaly reference``: what is known of airports and aircraft beforehand."""

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
@click.option(
    "--aircraft",
    multiple=True,
    metavar="NAME",
    help="Also fetch this list of aircraft: opensky, plane-alert-db, tar1090-db, or "
    "one that reference/publishers.csv in the data directory tells. Repeatable.",
)
@options.data_dir
def update(address: str | None, aircraft: tuple[str, ...], data_dir: Path) -> None:
    """Fetch the present list of airports, and of aircraft if asked.

    Airports come from OurAirports (public domain) and go to reference/ in the data
    directory, where they stand in for the list that comes with the program. Aircraft
    go to reference/aircraft/ there: of days ingested from then on, they tell the
    registration, type, owner and marks that an archive leaves out. Each list has its
    publisher's terms. If a file is missing, cut or something else, what is in use
    stays as it is.

    \b
    Example:
        anomaly reference update --aircraft tar1090-db
    """
    from anomaly.reference.publishers import publisher
    from anomaly.reference.update import update_aircraft, update_airports

    wanted = [publisher(name, "aircraft", data_dir) for name in aircraft]
    progress = options.progress()
    done = update_airports(data_dir, address, progress=progress)
    click.echo(f"{done.n_now:,} airports, {done.n_before:,} before: {done.path}")
    for by in wanted:
        done = update_aircraft(data_dir, by, progress=progress)
        click.echo(
            f"{done.n_now:,} aircraft, {done.n_before:,} before: {done.path}; "
            f"terms: {done.terms}"
        )
