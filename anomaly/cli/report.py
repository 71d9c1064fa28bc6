"""``anomaly report``: pages of a day's flagged flights."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from anomaly.cli import options


@click.command("report")
@click.argument("date", type=options.DATE, required=False)
@click.option("--from", "first", type=options.DATE, help="First day of a roll-up.")
@click.option("--to", "last", type=options.DATE, help="Last day of a roll-up.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the pages go; default: reports/DATE, or reports/FROM_TO, below the "
    "data directory.",
)
@options.show_private
@options.data_dir
def command(
    date: dt.date | None,
    first: dt.date | None,
    last: dt.date | None,
    out: Path | None,
    show_private: bool,
    data_dir: Path,
) -> None:
    """Write an index and a page for each flight flagged on DATE, or a roll-up of days.

    The pages need no network and no script: open index.html, or send the folder. With
    --from and --to it is one page on the scored days between: flags, verdicts, aircraft
    that come again, with links to the pages of those days that have been written.

    \b
    Example:
        anomaly report 2019-03-23 --out march-23
        anomaly report --from 2019-03-18 --to 2019-03-24
    """
    from anomaly.report.build import build
    from anomaly.report.weeks import build_weeks
    from anomaly.store import Store

    store = Store(data_dir)
    if first and last and not date:
        if last < first:
            raise click.UsageError("--to is before --from.")
        index = build_weeks(
            store,
            first,
            last,
            out or store.reports / f"{first}_{last}",
            show_private=show_private,
            progress=options.progress(),
        )
        click.echo(index)
        return
    if not date or first or last:
        raise click.UsageError("Give a DATE, or both --from and --to.")
    index = build(
        store,
        date,
        out or store.reports / f"{date:%Y-%m-%d}",
        show_private=show_private,
        progress=options.progress(),
    )
    click.echo(index)
