"""``anomaly verdict``: record what an analyst says of a flight."""

from __future__ import annotations

from pathlib import Path

import click

from anomaly.cli import options
from anomaly.sharing import LONGEST_NOTE, line
from anomaly.verdicts import REASONS, Judgement, Seen, Verdicts


@click.command("verdict")
@click.argument("flight_id")
@click.argument("verdict", type=click.Choice([choice.value for choice in Judgement]))
@click.option("--note", default="", metavar="TEXT", help="Why, in a sentence.")
@click.option(
    "--reason",
    default="",
    metavar="CODE",
    help="Why, from the short list: "
    + "; ".join(
        f"to {said.value}: {', '.join(codes)}" for said, codes in REASONS.items()
    )
    + ".",
)
@click.option(
    "--correct",
    "correction",
    default="",
    metavar="TEXT",
    help="What was wrong with the published flag; shown on its page from now on.",
)
@options.reviewer
@options.data_dir
def command(
    flight_id: str,
    verdict: str,
    note: str,
    reason: str,
    correction: str,
    by: str,
    data_dir: Path,
) -> None:
    """Record a verdict on a flight; nothing recorded is ever changed.

    A verdict says whether the flight was state-military logistics (confirm), was not
    (dismiss), or cannot be told from the evidence (unsure).

    \b
    Example:
        anomaly verdict 1551e0-20190322T215657Z confirm --reason seen --note "at SVMI"
    """
    from anomaly.lookup import find_flight, listed_by, shown_of
    from anomaly.marks import Marks
    from anomaly.store import Store

    store = Store(data_dir)
    row = find_flight(store, flight_id).to_pylist()[0]
    seen = Seen.of(row)
    recorded = Verdicts(store.verdicts).record(
        seen,
        Judgement(verdict),
        by=by,
        note=line(note, LONGEST_NOTE),
        reason=reason,
        shown=shown_of(store, flight_id),
    )
    if text := line(correction, LONGEST_NOTE):
        Marks(store.verdicts).correct(seen, text, by=by)
    if recorded is None:
        click.echo(f"{by} has already said {verdict} of {flight_id}: nothing changed.")
    else:
        click.echo(
            f"Recorded as number {recorded.id}: {by} says {verdict}, {flight_id}."
        )
    lead = listed_by(store, flight_id)
    if lead != flight_id:
        click.echo(
            f"Its journey is listed, and its page kept, by its flight {lead}: "
            "a verdict on that one is shown there.",
            err=True,
        )
