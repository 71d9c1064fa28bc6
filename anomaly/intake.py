"""From archives to the flights of their days, and to what is planned behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from anomaly import completeness
from anomaly.days import build_days
from anomaly.engine import LOCAL, Engine, Local, Planned, Task
from anomaly.ingest.pipeline import IngestSummary, ingest
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store

__all__ = ["IngestSummary", "take_in"]

Then = Callable[[Store, Sequence[dt.date], Mapping[dt.date, str]], list[Task]]
"""Plans for days more tasks, each to come after the task that is named for its day."""


def _nothing(
    _store: Store, _dates: Sequence[dt.date], _after: Mapping[dt.date, str]
) -> list[Task]:
    return []


def take_in(
    paths: Sequence[Path],
    store: Store,
    *,
    reader: str | None = None,
    progress: Progress = silent,
    engine: Engine = LOCAL,
    then: Then = _nothing,
) -> IngestSummary:
    """Read `paths`, find the flights of their days, and judge how complete these are.

    A day's flights wait for those of the day before, and what `then` plans for a day
    only for its flights: it is all one graph.

    Raises
    ------
    AnomalyError
        As `ingest`; or if another process is writing to the store.
    """
    with store.locked():
        summary = ingest(paths, store, reader=reader, progress=progress, engine=engine)
        dates = _to_build(summary.dates, store)
        _build(store, dates, progress, engine, then)
        completeness.judge(store, summary.dates)
    return summary


def _build(
    store: Store,
    dates: Sequence[dt.date],
    progress: Progress,
    engine: Engine,
    then: Then,
) -> None:
    """Find the flights of days, and do what is planned behind them."""
    if isinstance(engine, Local):
        # Here one thing comes after another, all with the same reference.
        build_days(store, dates, Reference.load(store.root), progress)
        engine.run(then(store, dates, {}))
        return
    flights = Planned()
    build_days(store, dates, store.root.absolute(), engine=flights)
    behind = then(store, dates, {date: f"day {date}" for date in dates})
    tasks = [*flights.tasks, *behind]
    engine.run(tasks, lambda n, of: progress("flights", n / of))


def _to_build(dates: Sequence[dt.date], store: Store) -> list[dt.date]:
    """Return the days read and each day after one that is stored.

    Flights that are open at midnight end on the next day.
    """
    stored = set(store.dates("positions")) | set(store.dates("listed_flights"))
    after = {date + dt.timedelta(days=1) for date in dates}
    return sorted(set(dates) | (after & stored))
