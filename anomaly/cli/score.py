"""``anomaly score``: a day's flights, the most alike to known logistics first."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options

if TYPE_CHECKING:
    from models.listing import Line

# Three tell a reader why; the report has them all, and what speaks against.
N_REASONS = 3


@click.command("score")
@click.argument("date", type=options.DATE)
@options.model
@options.budget
@click.option(
    "--hide",
    type=click.Choice(["identity"]),
    help="Score without address, registration, callsign, operator and type; nothing "
    "is stored.",
)
@click.option(
    "--flights",
    "every_flight",
    is_flag=True,
    help="List every flight, not one for each journey.",
)
@options.data_dir
@options.as_json
def command(
    date: dt.date,
    model_ref: str,
    budget: int,
    hide: str | None,
    every_flight: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Score the flights of DATE with a trained model, and list them best first.

    The score says how much a flight resembles state-military logistics, from 0 to 1.
    A journey is flagged for review if it is among the first N and reaches the
    threshold that was frozen for N when the model was trained.

    \b
    Example:
        anomaly score 2019-03-23 --json | jq -r '[.rank, .icao24, .journey[]] | @tsv'
    """
    import msgspec
    import pyarrow.compute as pc

    from anomaly import completeness
    from anomaly.store import Store
    from models.keep import score_and_keep
    from models.listing import lines
    from models.score import score_day

    store = Store(data_dir)
    if hide is None:
        scores = score_and_keep(
            store,
            date,
            model_ref=model_ref,
            budget=budget,
            progress=options.progress(),
        )
    else:
        scores = score_day(
            store,
            date,
            model_ref=model_ref,
            budget=budget,
            hide_identity=True,
            progress=options.progress(),
        )
    listed = lines(store, date, scores, every_flight=every_flight)
    if as_json:
        for line in listed:
            click.echo(msgspec.json.encode(line))
        return
    for line in islice(listed, budget):
        click.echo(_text(line))
    leads = scores.filter(scores["leads"])
    n_flagged = pc.sum(leads["flagged"]).as_py()
    if incomplete := completeness.sentence(store, date):
        click.secho(f"{date}: {incomplete}", fg="yellow", err=True)
    click.echo(
        f"{n_flagged} of {leads.num_rows:,} journeys flagged for review; "
        f"{scores.num_rows:,} flights, scored by {scores['model'][0]}.",
        err=True,
    )


def _text(line: Line) -> str:
    """Return one journey as a line, with what speaks most for it below."""
    head = (
        f"{line.rank:>5}  {line.score:.3f} {'flagged' if line.flagged else '       '}",
        f"{line.icao24}  {line.registration or '-':<9} {line.typecode or '-':<4}",
        f"{line.callsign or '-':<8}",
        " ".join(line.journey),
        "" if line.provenance == "observed" else f"({line.provenance})",
    )
    for_it = [reason.text for reason in line.reasons if reason.weight > 0]
    below = [f"{'':14}+ {text}" for text in for_it[:N_REASONS]]
    return "\n".join(["  ".join(head).rstrip(), *below])
