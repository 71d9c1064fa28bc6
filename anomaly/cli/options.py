"""Options that more than one command takes, and what they print alike."""

from __future__ import annotations

import datetime as dt
import getpass
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anomaly.errors import AnomalyError
from anomaly.progress import Progress
from anomaly.sharing import LONGEST_NAME, line

if TYPE_CHECKING:
    from anomaly.engine import Engine
    from models.metrics import Figure

# What taking archives in needs, for other processes to import beforehand; some of it
# would be imported at the first count and the first search, by each of them.
TAKING_IN = (
    "anomaly.ready",
    "anomaly.intake",
    "anomaly.census",
    "anomaly.ingest.readsb_trace",
    "features.stored",
    "scipy.spatial",
)
MOST_SIDE_BY_SIDE = 4
"""Processes that train or evaluate: with 90 days of the world's flights known, each
takes some gigabytes."""
data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data"),
    show_default=True,
    envvar="ANOMALY_DATA_DIR",
    help="Where tables, models and reports live.",
)
as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, one object a line."
)
engine = click.option(
    "--engine",
    type=click.Choice(["auto", "local", "processes", "dask"]),
    default="auto",
    show_default=True,
    help="Who does the work: this process, one process for each processor, or the "
    "workers of a Dask cluster that see the data directory. The result is the same.",
)
side_by_side = click.option(
    "--engine",
    type=click.Choice(["local", "processes"]),
    default="processes",
    show_default=True,
    help="Who does what needs nothing of each other: this process, one after another, "
    f"or one for each processor, {MOST_SIDE_BY_SIDE} at the most. The result is the "
    "same; each takes memory of its own.",
)
scheduler = click.option(
    "--scheduler", metavar="ADDRESS", help="Of the Dask cluster, tcp://HOST:PORT."
)
model = click.option(
    "--model",
    "model_ref",
    default="champion",
    show_default=True,
    metavar="REF",
    help="A registered model: an alias, a version, or another data directory.",
)
source = click.option(
    "--source",
    default="adsblol",
    show_default=True,
    metavar="NAME|URL",
    help="An archive by name, or an address with {date}, or {year}, {month} and {day}, "
    "in it; parts (.aa, .ab …) are found by themselves.",
)
budget = click.option(
    "--budget",
    type=click.IntRange(min=1),
    default=25,
    show_default=True,
    metavar="N",
    help="Journeys you can review that day: no more than these are flagged.",
)
cases = click.option(
    "--cases",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Documented cases, a CSV with the casebook's columns.",
)


def runs_side_by_side(engine: str, modules: Sequence[str]) -> Engine:
    """Return who does what needs nothing of each other."""
    from anomaly.engine import LOCAL, Processes, n_processors

    if engine == "local":
        return LOCAL
    return Processes(min(n_processors(), MOST_SIDE_BY_SIDE), modules)


def truths(told: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option for what simulated worlds know of their flights."""
    return click.option(
        "--truth",
        "truths",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        multiple=True,
        help=f"{told} Repeatable.",
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in a bare container
        return "analyst"


def _name(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    return line(value, LONGEST_NAME) or _user()


reviewer = click.option(
    "--by",
    default=_user,
    callback=_name,
    envvar="ANOMALY_REVIEWER",
    metavar="NAME",
    show_default="your user name",
    help="Who says so; of each reviewer's verdicts on a flight the last one counts.",
)
show_private = click.option(
    "--show-private",
    is_flag=True,
    help="Name aircraft whose owners asked for privacy (PIA, LADD).",
)


class Date(click.ParamType[dt.date]):
    """A calendar day in UTC, YYYY-MM-DD."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Return the day, or fail with what was expected."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as YYYY-MM-DD.", param, ctx)


DATE = Date()


def say_error(error: AnomalyError) -> None:
    """Tell what went wrong, and what to do about it."""
    click.secho(f"Error: {error}", fg="red", err=True)
    if error.hint:
        click.echo(f"Hint: {error.hint}", err=True)


def figure(told: Figure, *, signed: bool = False, counted: bool = True) -> str:
    """Return a figure of merit with its interval, for people.

    With `counted` also how many alerts or cases it rests on.
    """
    sign = "+" if signed else ""
    between = (
        ""
        if told.low is None or told.high is None
        else f"{told.low:{sign}.2f} to {told.high:{sign}.2f}"
    )
    inside = ", ".join(filter(None, (between, f"n {told.n:,}" if counted else "")))
    value = "not known" if told.value is None else f"{told.value:{sign}.2f}"
    return f"{value} ({inside})" if inside else value


def group(name: str) -> str:
    """Return what figures were measured on, as people are told it.

    Examples
    --------
    >>> group("documented_identity_hidden")
    'documented without identity'
    """
    return name.replace("_identity_hidden", " without identity").replace("_", " ")


def progress() -> Progress:
    """Return a listener that shows a line on stderr once work exceeds two seconds."""
    started = time.monotonic()
    last = started

    def show(what: str, share: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - started < 2 or (now - last < 0.5 and share < 1):
            return
        last = now
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{what}: {share:.0%}", err=True, nl=share >= 1)
        elif share >= 1:
            click.echo(f"{what}: done", err=True)

    return show
