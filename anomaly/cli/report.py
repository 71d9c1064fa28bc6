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
    from anomaly.report.writing import pages
    from anomaly.store import Store

    store = Store(data_dir)
    if first and last and not date:
        if last < first:
            raise click.UsageError("--to is before --from.")
        out = out or store.reports / f"{first}_{last}"
        earlier = pages(out)
        index = build_weeks(
            store,
            first,
            last,
            out,
            show_private=show_private,
            progress=options.progress(),
        )
    elif date and not first and not last:
        out = out or store.reports / f"{date:%Y-%m-%d}"
        earlier = pages(out)
        index = build(
            store,
            date,
            out,
            show_private=show_private,
            progress=options.progress(),
        )
    else:
        raise click.UsageError("Give a DATE, or both --from and --to.")
    click.echo(index)
    if n_gone := len(earlier - pages(out)):
        which = "page" if n_gone == 1 else "pages"
        click.echo(f"Removed {n_gone:,} {which} of an earlier list.", err=True)
