"""``anomaly labels``: what rules of thumb say of real flights."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from anomaly.cli import options


@click.command("labels")
@click.option("--from", "first", type=options.DATE, help="First day to look at.")
@click.option("--to", "last", type=options.DATE, help="Last day to look at.")
@click.option(
    "--keep",
    is_flag=True,
    help="Keep the labels, so that the next training learns from them too.",
)
@options.data_dir
def command(
    first: dt.date | None, last: dt.date | None, keep: bool, data_dir: Path
) -> None:
    """Label observed flights by rules; print what each covers, and contradictions.

    Where rules contradict each other, and where none holds, there is no label. A
    verdict or a documented case outranks every rule.

    \b
    Example:
        anomaly labels --from 2024-06-01 --to 2024-06-07
    """
    from anomaly.reference import Reference
    from anomaly.store import Store
    from models.silvered import label_days

    done = label_days(
        Store(data_dir), Reference.load(data_dir), first=first, last=last, keep=keep
    )
    click.echo(f"{'rule':32} {'says':14} {'flights':>9}")
    for name, (logistics, n) in done.coverage.items():
        says = "logistics" if logistics else "not logistics"
        click.echo(f"{name:32} {says:14} {n:9,}")
    for (one, other), n in done.conflicts.items():
        click.echo(f"{one} against {other}: {n:,}")
    for reason, n in done.left_out.items():
        click.echo(f"left out, {reason.replace('_', ' ')}: {n:,}", err=True)
    click.echo(
        f"day by day: {done.n_flights:,} flights, {done.n_labels:,} labelled, "
        f"{done.n_logistics:,} of them logistics; a flight that goes on past midnight "
        "counts on each day",
        err=True,
    )
    if done.kept is None:
        click.echo(
            f"not kept: labels of {done.n_different:,} flights, each counted once",
            err=True,
        )
        return
    click.echo(
        f"kept: {done.kept.n_labels:,} labels, one a flight; {done.kept.n_outranked:,} "
        "flights keep one of more authority instead; labels in the store, of all "
        f"sources and days: {done.kept.n_stored:,}",
        err=True,
    )
