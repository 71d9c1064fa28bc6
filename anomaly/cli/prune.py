"""``anomaly prune``: room on the disk for new days."""

from __future__ import annotations

from pathlib import Path

import click

from anomaly.cli import options

# As `anomaly.pruning.LEAST_DAYS`, which help must not load.
_LEAST_DAYS = 3


@click.command("prune")
@click.option(
    "--keep-days",
    type=click.IntRange(min=_LEAST_DAYS),
    required=True,
    metavar="N",
    help="Keep the positions of the N newest stored days.",
)
@click.option(
    "--raw", is_flag=True, help="Drop the fetched archives of older days, too."
)
@options.data_dir
def command(keep_days: int, raw: bool, data_dir: Path) -> None:
    """Drop the positions of old days, a GB or more of each published day.

    Their flights, stopovers, journeys, scores, verdicts and reports stay, and go on
    telling what is unusual today.  A report of an old day can no longer be drawn anew.

    \b
    Example:
        anomaly prune --keep-days 30 --raw
    """
    from anomaly.pruning import prune
    from anomaly.store import Store

    done = prune(Store(data_dir), keep_days, raw=raw, progress=options.progress())
    archives = f" and {len(done.raw)} fetched archives" if raw else ""
    click.echo(
        f"dropped the positions of {len(done.positions)} days{archives}: "
        f"{done.n_bytes / 1e9:.2f} GB"
    )
