"""``anomaly ingest``: raw tracks into the store, and a day's flights out of them."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
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


# Of many damaged files the first tell what is wrong with them.
N_SHOWN = 20


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
@options.engine
@options.scheduler
@options.data_dir
@options.as_json
def command(
    paths: Sequence[Path],
    reader: str | None,
    strict: bool,
    engine: str,
    scheduler: str | None,
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
    from anomaly.engine import engine_for

    # Before the imports that take long: other processes import beside this one.
    runs_on = engine_for(engine, scheduler, _size(paths), options.TAKING_IN)
    from anomaly.intake import take_in
    from anomaly.store import Store
    from features import stored

    store = Store(data_dir)
    summary = take_in(
        paths,
        store,
        reader=reader,
        progress=options.progress(),
        engine=runs_on,
        then=stored.plan,
    )
    if as_json:
        _print_json(summary)
    else:
        _print_tables(summary)
    for failure in summary.failures:
        click.secho(f"Not read: {failure}", fg="yellow", err=True)
    _say_of_days(summary, store)
    if strict and summary.n_damaged:
        click.secho("Error: parts of the input were damaged", fg="red", err=True)
        click.echo("Hint: They are listed under what was left out.", err=True)
        click.get_current_context().exit(1)


def _size(paths: Sequence[Path]) -> int:
    """Return how many bytes files have, and the files in folders."""
    return sum(
        file.stat().st_size
        for path in paths
        for file in (path.rglob("*") if path.is_dir() else [path])
        if file.is_file()
    )


def _say_of_days(summary: IngestSummary, store: Store) -> None:
    """Tell what the days that were read lack, and which were left alone."""
    from anomaly import completeness

    for date in summary.dates:
        if none := _why_no_flights(store, date):
            click.secho(f"{date}: {none}", fg="yellow", err=True)
        if lacking := completeness.sentence(store, date):
            click.secho(f"{date}: {lacking}", fg="yellow", err=True)
    if summary.pruned:
        days = ", ".join(map(str, summary.pruned))
        click.secho(
            f"Left alone, their positions pruned: {days}", fg="yellow", err=True
        )


def _why_no_flights(store: Store, date: dt.date) -> str:
    """Return in a sentence that a day has no flights, and why; nothing if it has."""
    from anomaly.assembly import source_name

    if store.read("flights", date, columns=["flight_id"]).num_rows:
        return ""
    told = store.read("left_out").to_pylist() if store.has("left_out") else []
    reasons = [
        f"{row['reason'].replace('_', ' ')}: {row['n']:,}"
        for row in told
        if row["source"] == source_name(date)
    ]
    return f"no flight can be made of what was read ({', '.join(reasons) or 'nothing'})"


def _print_json(summary: IngestSummary) -> None:
    for kind, table in (
        ("source", summary.sources),
        ("left_out", summary.left_out),
        ("quarantined", summary.quarantined),
    ):
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
    _print_quarantine(summary)
    if summary.n_lost_repeats:
        click.echo(
            "\nSaid twice and differently, the better one kept: "
            f"{summary.n_lost_repeats:,} positions."
        )


def _print_quarantine(summary: IngestSummary) -> None:
    """Print, of each source, what was read, skipped and quarantined, and the last."""
    rows = summary.quarantined.to_pylist()
    skipped = Counter(
        {
            row["source"]: 0
            for row in [*summary.sources.to_pylist(), *summary.left_out.to_pylist()]
            # What is no file, like the joining of flights, read and skipped none.
            if "unit" not in row or row["unit"] == "files"
        }
    )
    for row in summary.left_out.to_pylist():
        skipped[row["source"]] += row["n"] * (row["unit"] == "files")
    damaged = Counter(row["source"] for row in rows)
    read = {row["source"]: row["n_files"] for row in summary.sources.to_pylist()}
    click.echo()
    _print_table(
        ["files of", "read", "skipped", "quarantined"],
        [
            [
                name,
                f"{read.get(name, 0):,}",
                f"{n - damaged[name]:,}",
                f"{damaged[name]:,}",
            ]
            for name, n in skipped.items()
        ],
    )
    if rows:
        click.echo()
        shown = [[r["member"], r["reason"].replace("_", " ")] for r in rows[:N_SHOWN]]
        _print_table(["quarantined", "reason"], shown)
    if len(rows) > N_SHOWN:
        click.echo(f"and {len(rows) - N_SHOWN:,} more; --json prints them all")


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
