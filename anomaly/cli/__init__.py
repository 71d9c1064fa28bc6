"""The ``anomaly`` command: one subcommand per module."""

from __future__ import annotations

import errno
import os
from importlib import import_module
from typing import Any

import click

from anomaly.cli import options
from anomaly.errors import AnomalyError

COMMANDS = (
    "daily",
    "fetch",
    "ingest",
    "simulate",
    "labels",
    "train",
    "models",
    "evaluate",
    "score",
    "report",
    "review",
    "verdict",
    "verdicts",
    "flights",
    "features",
    "explain",
    "prune",
    "mlflow",
    "reference",
)

# A disk that is full, broken or not for us to write on is no fault of ours.
_OF_THE_MACHINE = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}


class Commands(click.Group):
    """Import a subcommand only when it runs, and report our errors plainly."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Return the command of that name, if there is one."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"anomaly.cli.{name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; turn an input's fault into one readable line."""
        try:
            return super().invoke(ctx)
        except AnomalyError as error:
            options.say_error(error)
            ctx.exit(error.exit_status)
        except OSError as error:
            if error.errno not in _OF_THE_MACHINE:
                raise
            told = f"cannot use {error.filename or 'the disk'}: {error.strerror}"
            hint = "Make room, or the place writable, or pass another --data-dir."
            options.say_error(AnomalyError(told, hint=hint))
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="flight-anomaly")
def main() -> None:
    """Find flights that resemble state-military logistics in historical ADS-B."""
    # While threads of OpenMP wait for each other they keep the processors busy, unless
    # told otherwise before scikit-learn is loaded; each tree asked makes them wait.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
