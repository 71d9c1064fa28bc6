"""``anomaly simulate``: make days of traffic whose purposes are known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from anomaly.cli import options


@click.command("simulate")
@click.option(
    "--start", type=options.DATE, required=True, metavar="DATE", help="First day."
)
@click.option(
    "--days", type=click.IntRange(1, 366), default=1, show_default=True, help="Days."
)
@click.option(
    "--aircraft",
    type=click.IntRange(1, 200_000),
    default=2000,
    show_default=True,
    help="Aircraft that fly on an average day.",
)
@options.cases
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="Another number, another world.",
)
@click.option(
    "--history-days",
    type=click.IntRange(0, 366),
    default=0,
    show_default=True,
    help="Days before the first of which to write a list of flights, without tracks.",
)
@click.option(
    "--for-training",
    is_flag=True,
    help="More of what is to be learnt: logistics and what resembles it.",
)
@click.option(
    "--crowded",
    type=click.FloatRange(1.0),
    default=1.0,
    show_default=True,
    metavar="TIMES",
    help="So many times the aircraft among which logistics hides: relief, charters, "
    "states' own. A small world then holds enough of them to search.",
)
@click.option(
    "--format",
    "form",
    # As `anomaly.simulate.archive.FORMS`, which help must not load.
    type=click.Choice(
        [
            "readsb-trace",
            "readsb-snapshot",
            "opensky-states",
            "traffic-table",
            "opensky-flight-list",
            "opdi-flight-list",
        ]
    ),
    default="readsb-trace",
    show_default=True,
    help="What the days are written as; of the others whole days are held in memory.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the days and truth.parquet.",
)
def command(
    start: dt.date,
    days: int,
    aircraft: int,
    cases: Path | None,
    seed: int,
    history_days: int,
    for_training: bool,
    crowded: float,
    form: str,
    out: Path,
) -> None:
    """Write simulated days, one tar each, and the truth about them beside.

    The days have the layout of the globe_history archives, for `anomaly ingest`.
    Every track says that it is simulated, or re-enacted if it is a documented case;
    the same arguments give the same bytes. The list of the days before (--history-days)
    is of the same aircraft, bases and networks, in the layout of OpenSky's lists.

    \b
    Example:
        anomaly simulate --start 2019-03-22 --days 2 --aircraft 2000 --out made
    """
    from anomaly import simulate
    from anomaly.cases import load_cases
    from anomaly.reference import Reference

    shares = simulate.Shares
    usual = shares.for_training() if for_training else shares()
    written = simulate.simulate(
        start,
        days,
        aircraft,
        out,
        reference=Reference.load(),
        cases=load_cases(cases) if cases else (),
        seed=seed,
        shares=usual.crowded(crowded),
        history_days=history_days,
        form=form,
        progress=options.progress(),
    )
    for path in written:
        click.echo(path)
