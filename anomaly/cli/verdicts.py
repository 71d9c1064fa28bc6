"""``anomaly verdicts``: share verdicts, and see how past alerts did."""

from __future__ import annotations

from pathlib import Path

import click

from anomaly.cli import options
from anomaly.errors import BadInputError


@click.group("verdicts")
def command() -> None:
    """Hand verdicts to another team, or take theirs in, as CSV.

    \b
    Example:
        anomaly verdicts export > ours.csv
    """


@command.command("export")
@options.data_dir
def export(data_dir: Path) -> None:
    """Print the verdicts that count, one a line, as CSV.

    Each says whether its flight was observed, re-enacted or simulated; the cell is
    empty where neither the verdict's record nor a stored flight tells.

    \b
    Example:
        anomaly verdicts export > ours.csv
    """
    from anomaly.lookup import with_provenance
    from anomaly.sharing import to_csv
    from anomaly.store import Store
    from anomaly.verdicts import Verdicts

    store = Store(data_dir)
    latest = Verdicts(store.verdicts).latest()
    click.echo(to_csv(with_provenance(store, latest)), nl=False)


@command.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.data_dir
def take(path: Path, data_dir: Path) -> None:
    """Take in the verdicts of a CSV file; those already known change nothing.

    Reviewers keep their names: of two teams' Anna the later verdict would count.

    \b
    Example:
        anomaly verdicts import theirs.csv
    """
    from anomaly import sharing
    from anomaly.store import Store
    from anomaly.verdicts import Verdicts

    taken = sharing.take(Verdicts(Store(data_dir).verdicts), path)
    click.echo(f"{taken.n_new} new verdicts, {taken.n_known} known before.")
    if taken.n_made:
        click.echo(
            f"on simulated or re-enacted flights, by what the file says: "
            f"{taken.n_made}",
            err=True,
        )
    for reason, n in taken.left_out.items():
        click.echo(f"left out, {reason}: {n}", err=True)
    if taken.left_out and not (taken.n_new or taken.n_known):
        raise BadInputError(
            f"{path} holds no verdict that can be taken in",
            hint="`anomaly verdicts export` shows how such a file looks.",
        )
