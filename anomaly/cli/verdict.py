"""``anomaly verdict``: record what an analyst says of a flight."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from anomaly.cli import options
from anomaly.verdicts import Judgement, Seen, Verdicts


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in a bare container
        return "analyst"


@click.command("verdict")
@click.argument("flight_id")
@click.argument("verdict", type=click.Choice([choice.value for choice in Judgement]))
@click.option("--note", default="", metavar="TEXT", help="Why, in a sentence.")
@click.option(
    "--by",
    default=_user,
    envvar="ANOMALY_REVIEWER",
    metavar="NAME",
    show_default="your user name",
    help="Who says so; of each reviewer's verdicts on a flight the last one counts.",
)
@options.data_dir
def command(flight_id: str, verdict: str, note: str, by: str, data_dir: Path) -> None:
    """Record a verdict on a flight; nothing recorded is ever changed.

    A verdict says whether the flight was state-military logistics (confirm), was not
    (dismiss), or cannot be told from the evidence (unsure).

    \b
    Example:
        anomaly verdict 1551e0-20190322T130500Z confirm --note "seen parked at SVMI"
    """
    from anomaly.lookup import find_flight
    from anomaly.store import Store

    store = Store(data_dir)
    row = find_flight(store, flight_id).to_pylist()[0]
    seen = Seen(flight_id, row["icao24"], row["first_seen"], row["last_seen"])
    recorded = Verdicts(store.verdicts).record(
        seen, Judgement(verdict), by=by.strip() or _user(), note=note.strip()
    )
    if recorded is None:
        click.echo(f"{by} has already said {verdict} of {flight_id}: nothing changed.")
    else:
        click.echo(
            f"Recorded as number {recorded.id}: {by} says {verdict}, {flight_id}."
        )
