"""``anomaly score``: a day's flights, the most alike to known logistics first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from anomaly.store import Store
    from models.listing import Line

# Three tell a reader why; the report has them all, and what speaks against.
N_REASONS = 3
HEADER = (
    " rank   score  without identity  unlike ordinary  surprise           "
    "address registr.  type  callsign  journey"
)


@click.command("score")
@click.argument("date", type=options.DATE, required=False)
@click.option("--from", "first", type=options.DATE, help="First of several days.")
@click.option("--to", "last", type=options.DATE, help="Last of several days.")
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
@options.engine
@options.scheduler
@options.data_dir
@options.as_json
def command(
    date: dt.date | None,
    first: dt.date | None,
    last: dt.date | None,
    model_ref: str,
    budget: int,
    hide: str | None,
    every_flight: bool,
    engine: str,
    scheduler: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Score the flights of DATE with a trained model, and list them best first.

    With --from and --to every stored day between is scored, and listed in its turn.

    The score says how much a flight resembles state-military logistics, from 0 to 1;
    beside it stands the score without identity, as if neither the operator nor the
    type of aircraft were known.  A journey is flagged for review if it is among the
    first N and reaches the threshold that was frozen for N when the model was trained.

    The list is ordered by a sum of bits: the odds against ordinary traffic (unlike
    ordinary; more than 10 counts as 10); plus twice the odds against look-alikes
    (relief, charters, state visits; more than 0.5 counts as 0.5, and it is less than
    nothing where a look-alike is the likelier); plus twice the surprise, from 0
    (routine) to 7.5 (hardly anybody flew so before).  Aircraft on one unusual way the
    same day stand together, where the best of them does.

    \b
    Example:
        anomaly score 2019-03-23 --json | jq -r '[.rank, .icao24, .journey[]] | @tsv'
        anomaly score --from 2019-03-01 --to 2019-03-31 --engine processes
    """
    from anomaly.engine import engine_for
    from anomaly.store import Store
    from models.plan import score_days, score_unnamed

    store = Store(data_dir)
    dates = _dates(store, date, first, last)
    runs_on = engine_for(engine, scheduler, _size(store, dates))
    if hide is None:
        score_days(
            store,
            dates,
            model_ref=model_ref,
            budget=budget,
            engine=runs_on,
            progress=options.progress(),
        )
    for day in dates:
        scores = (
            store.read("scores", day)
            if hide is None
            else score_unnamed(
                store,
                day,
                model_ref=model_ref,
                budget=budget,
                engine=runs_on,
                progress=options.progress(),
            )
        )
        most = None if as_json else budget
        _list(store, day, scores, most, every_flight=every_flight)


def _dates(
    store: Store, date: dt.date | None, first: dt.date | None, last: dt.date | None
) -> list[dt.date]:
    """Return the day asked for, or the stored days between two."""
    from anomaly.errors import NoDataError

    if date and not first and not last:
        return [date]
    if date or not (first and last):
        raise click.UsageError("Give a DATE, or both --from and --to.")
    if last < first:
        raise click.UsageError("--to is before --from.")
    if found := [day for day in store.dates("flights") if first <= day <= last]:
        return found
    raise NoDataError(
        f"no day from {first} to {last} is stored in {store.root}",
        hint=store.first_run("anomaly ingest"),
    )


def _size(store: Store, dates: list[dt.date]) -> int:
    """Return how large the features of the days are: what scoring reads."""
    paths = [store.path("features", date) for date in dates]
    return sum(path.stat().st_size for path in paths if path.exists())


def _list(
    store: Store,
    date: dt.date,
    scores: pa.Table,
    most: int | None,
    *,
    every_flight: bool,
) -> None:
    """Print the review list of a day: as JSON if whole, for people if cut."""
    import msgspec
    import pyarrow.compute as pc

    from anomaly import completeness
    from features.surprise import MOST_ORDINARY_BITS
    from models.listing import lines

    listed = lines(store, date, scores, every_flight=every_flight, most=most)
    if most is None:
        for line in listed:
            click.echo(msgspec.json.encode(line))
        return
    shown = list(listed)
    click.echo(HEADER)
    for line in shown:
        click.echo(_text(line, beside(line, shown)))
    leads = scores.filter(scores["leads"])
    n_flagged = pc.sum(leads["flagged"]).as_py()
    most_bits = MOST_ORDINARY_BITS
    if any((line.ordinary_bits or 0.0) > most_bits for line in shown):
        click.echo(
            f"unlike ordinary: in the order more than {most_bits:g} counts as "
            f"{most_bits:g}.",
            err=True,
        )
    if incomplete := completeness.sentence(store, date):
        click.secho(f"{date}: {incomplete}", fg="yellow", err=True)
    click.echo(
        f"{date}: {n_flagged} of {leads.num_rows:,} journeys flagged for review; "
        f"{scores.num_rows:,} flights, scored by {scores['model'][0]}.",
        err=True,
    )


def beside(line: Line, shown: Sequence[Line]) -> str:
    """Return which others of a line's mission are listed; empty if it has none."""
    ranks = {one.rank for one in shown if one.mission_id == line.mission_id}
    others = sorted(ranks - {line.rank})
    return f"with rank {', '.join(map(str, others))}" if others else ""


def _text(line: Line, beside: str) -> str:
    """Return one journey as a line, with what speaks most for it below."""
    from anomaly.report.words import score

    without = line.score_without_identity
    without = line.score if without is None else without
    odds = line.ordinary_bits
    head = (
        f"{line.rank:>5}  {score(line.score):>6}  {score(without):>16}",
        f"{'-' if odds is None else format(odds, '.1f'):>15}",
        f"{line.surprise_bits:>8.1f}",
        "flagged" if line.flagged else "       ",
        f"{line.icao24}  {line.registration or '-':<9} {line.typecode or '-':<4}",
        f"{line.callsign or '-':<8}",
        " ".join(line.journey),
        "" if line.provenance == "observed" else f"({line.provenance})",
        beside,
    )
    for_it = [reason.text for reason in line.reasons if reason.weight > 0]
    below = [f"{'':14}+ {text}" for text in for_it[:N_REASONS]]
    told = "\n".join(["  ".join(filter(None, head)).rstrip(), *below])
    return told.replace("\N{NO-BREAK SPACE}", " ")
