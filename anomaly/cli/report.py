"""``anomaly report``: pages of a day's flagged flights."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from anomaly.cli import options


@click.command("report")
@click.argument("date", type=options.DATE)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the pages go; default: reports/DATE below the data directory.",
)
@options.show_private
@options.data_dir
def command(
    date: dt.date, out: Path | None, show_private: bool, data_dir: Path
) -> None:
    """Write an index and a page for each flight flagged on DATE.

    The pages need no network and no script: open index.html, or send the folder.

    \b
    Example:
        anomaly report 2019-03-23 --out march-23
    """
    from anomaly.report.build import build
    from anomaly.store import Store

    store = Store(data_dir)
    index = build(
        store,
        date,
        out or store.reports / f"{date:%Y-%m-%d}",
        show_private=show_private,
        progress=options.progress(),
    )
    click.echo(index)
