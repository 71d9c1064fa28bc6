"""``anomaly fetch``: a published day into the data directory."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options
from anomaly.errors import AnomalyError

if TYPE_CHECKING:
    from anomaly.fetch import Fetched


@click.command("fetch")
@click.argument("date", type=options.DATE)
@click.option(
    "--to", "last", type=options.DATE, help="Fetch every day from DATE to this one."
)
@options.source
@options.data_dir
@options.as_json
def command(
    date: dt.date, last: dt.date | None, source: str, data_dir: Path, as_json: bool
) -> None:
    """Fetch a published day of the world's traffic.

    Days end and are published in UTC.  What was cut short is gone on from, and what is
    here and unchanged is not fetched again.  Prints the file to ingest of each day.
    Exits with 3 if a day is not over or not published yet, so that cron may try again.

    \b
    Example:
        anomaly ingest $(anomaly fetch 2024-06-01)
    """
    if last is not None and last < date:
        raise click.BadParameter(f"{last} is before {date}.", param_hint="--to")
    failed: list[AnomalyError] = []
    days = range(((last or date) - date).days + 1)
    for day in (date + dt.timedelta(days=n) for n in days):
        try:
            told(fetched(day, source, data_dir), as_json)
        except AnomalyError as error:
            if last is None:
                raise
            options.say_error(error)
            failed.append(error)
    if failed:
        # Waiting does not help against the others.
        statuses = {error.exit_status for error in failed}
        click.get_current_context().exit(min(statuses))


def fetched(date: dt.date, source: str, data_dir: Path) -> Fetched:
    """Fetch a day, and say on the way what is doubtful of it."""
    from anomaly.fetch import fetch_day
    from anomaly.store import Store

    day = fetch_day(
        date,
        Store(data_dir).raw,
        source=source,
        data_dir=data_dir,
        progress=options.progress(),
    )
    for doubt in day.doubts:
        click.secho(f"{date} may be incomplete: {doubt}", fg="yellow", err=True)
    return day


def told(day: Fetched, as_json: bool) -> None:
    """Print where a day is."""
    if as_json:
        click.echo(json.dumps(summary(day)))
        return
    click.echo(day.first)
    done = "fetched" if day.is_new else "here already"
    click.echo(f"{day.date}: {day.n_bytes / 1e9:.2f} GB {done}", err=True)


def summary(day: Fetched) -> dict[str, object]:
    """Return what a day's fetching came to, for other programs."""
    return {
        "date": day.date.isoformat(),
        "source": day.source,
        "address": day.address,
        "files": [str(path) for path in day.files],
        "n_bytes": day.n_bytes,
        "is_new": day.is_new,
        "doubts": list(day.doubts),
    }
