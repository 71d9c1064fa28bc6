"""``anomaly review``: decide on flags in a browser on this machine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from anomaly.cli import options


@click.command("review")
@click.argument("date", type=options.DATE, required=False)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8037,
    show_default=True,
    help="Port of this machine to listen on; 0 takes a free one.",
)
@options.reviewer
@options.show_private
@options.data_dir
def command(
    date: dt.date | None, port: int, by: str, show_private: bool, data_dir: Path
) -> None:
    """Serve the pages of all scored days on this machine, to be decided on.

    Keys on a flag's page: c confirms, d dismisses, u is unsure, z takes back, j and k
    move, r chooses a reason, n writes a note. Nothing but this machine can reach it;
    verdicts are kept like those of `anomaly verdict`. Stop it with Ctrl-C.

    \b
    Example:
        anomaly review 2019-03-23 --by anna
    """
    from anomaly.errors import NoDataError
    from anomaly.review.app import serve
    from anomaly.store import Store

    store = Store(data_dir)
    if date is not None and not store.has("scores", date):
        raise NoDataError(
            f"{date} has not been scored in {data_dir}",
            hint=f"Run `anomaly score {date}` first.",
        )

    def tell(address: str) -> None:
        click.echo(f"{address}{f'{date}/index.html' if date else ''}")
        click.echo(f"Reviewing as {by}. Ctrl-C stops it.", err=True)

    serve(store, port=port, by=by, show_private=show_private, on_ready=tell)
