"""``anomaly ingest``: raw tracks into the store, and a day's flights out of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anomaly.cli import options

if TYPE_CHECKING:
    from anomaly.ingest.pipeline import IngestSummary
    from anomaly.store import Store


def _known_format(
    _ctx: click.Context, _param: click.Parameter, name: str | None
) -> str | None:
    """Check the name of a reader when one is given: finding them costs time."""
    if name is None:
        return None
    from anomaly.ingest import readers

    names = [reader.name for reader in readers()]
    if name not in names:
        raise click.BadParameter(f"{name!r} is none of {', '.join(names)}.")
    return name


@click.command("ingest")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--format",
    "reader",
    metavar="NAME",
    callback=_known_format,
    help="Read every file as this format instead of looking at it; a wrong name "
    "lists them all.",
)
@click.option(
    "--strict", is_flag=True, help="Exit with 1 if anything was damaged or not read."
)
@options.data_dir
@options.as_json
def command(
    paths: Sequence[Path],
    reader: str | None,
    strict: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Read tracks and flight lists, and find the flights of their days.

    PATH is a file or a folder, of one source or of many: a day of a readsb archive
    (a tar, its parts, or the folder of traces), readsb snapshots, tables as `traffic`
    keeps them, OpenSky state vectors and flight lists, Flightradar24 exports.  What
    is damaged is left out and counted; the rest is kept.  Doing it again changes
    nothing.

    \b
    Example:
        anomaly ingest v2024.06.01-planes-readsb-prod-0.tar.aa
    """
    from anomaly.days import build_days
    from anomaly.ingest.pipeline import ingest
    from anomaly.reference import Reference
    from anomaly.store import Store

    store = Store(data_dir)
    summary = ingest(paths, store, reader=reader, progress=options.progress())
    build_days(
        store,
        _to_build(summary.dates, store),
        Reference.load(data_dir),
        options.progress(),
    )
    if as_json:
        _print_json(summary)
    else:
        _print_tables(summary)
    for failure in summary.failures:
        click.secho(f"Not read: {failure}", fg="yellow", err=True)
    if strict and summary.n_damaged:
        click.secho("Error: parts of the input were damaged", fg="red", err=True)
        click.echo("Hint: They are listed under what was left out.", err=True)
        click.get_current_context().exit(1)


def _to_build(dates: Sequence[dt.date], store: Store) -> list[dt.date]:
    """Return the days read and each day after one that is stored.

    Flights that are open at midnight end on the next day.
    """
    stored = set(store.dates("positions")) | set(store.dates("listed_flights"))
    after = {date + dt.timedelta(days=1) for date in dates}
    return sorted(set(dates) | (after & stored))


def _print_json(summary: IngestSummary) -> None:
    for kind, table in (("source", summary.sources), ("left_out", summary.left_out)):
        for row in table.to_pylist():
            click.echo(json.dumps({"kind": kind, **row}, default=_iso))


def _iso(time: dt.datetime) -> str:
    return time.isoformat()


def _print_tables(summary: IngestSummary) -> None:
    read = [
        [
            row["source"],
            row["reader"],
            f"{row['n_files']:,}",
            f"{row['n_aircraft']:,}",
            f"{row['n_positions']:,}",
            f"{row['n_listed_flights']:,}",
            f"{row['first_seen']:%Y-%m-%d %H:%M}",
            f"{row['last_seen']:%Y-%m-%d %H:%M}",
        ]
        for row in summary.sources.to_pylist()
    ]
    heads = ["read", "format", "files", "aircraft", "positions", "listed", "from", "to"]
    _print_table(heads, read)
    left_out = [
        [
            row["source"],
            row["reason"].replace("_", " "),
            f"{row['n']:,}",
            row["unit"],
            row["example"] or "",
        ]
        for row in summary.left_out.to_pylist()
    ]
    if left_out:
        click.echo()
        _print_table(["left out", "reason", "n", "unit", "for example"], left_out)
    if summary.n_lost_repeats:
        click.echo(
            "\nSaid twice and differently, the better one kept: "
            f"{summary.n_lost_repeats:,} positions."
        )


def _print_table(heads: list[str], rows: list[list[str]]) -> None:
    """Print rows under their heads, counts to the right."""
    columns = list(zip(heads, *rows, strict=True))
    lines = zip(*map(_aligned, columns), strict=True)
    for cells in lines:
        click.echo("  ".join(cells).rstrip())


def _aligned(column: Sequence[str]) -> list[str]:
    width = max(map(len, column))
    is_count = all(cell.replace(",", "").isdigit() for cell in column[1:])
    return [cell.rjust(width) if is_count else cell.ljust(width) for cell in column]
