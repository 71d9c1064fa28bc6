"""``anomaly mlflow``: browse the training runs."""

from __future__ import annotations

from pathlib import Path

import click

from anomaly.cli import options


@click.command("mlflow")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=5037,
    show_default=True,
    help="Port of this machine to listen on.",
)
@options.data_dir
def command(port: int, data_dir: Path) -> None:
    """Open MLflow's pages over the training runs of the data directory.

    Nothing but this machine can reach them. Stop it with Ctrl-C.

    \b
    Example:
        anomaly mlflow --port 5000
    """
    from anomaly.store import Store
    from models.tracking import browse

    browse(Store(data_dir), port, click.echo)
