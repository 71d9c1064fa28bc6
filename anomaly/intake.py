"""From archives to the flights of their days, by one process at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from anomaly import completeness
from anomaly.days import build_days
from anomaly.engine import LOCAL, Engine
from anomaly.ingest.pipeline import IngestSummary, ingest
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store

__all__ = ["IngestSummary", "take_in"]


def take_in(
    paths: Sequence[Path],
    store: Store,
    *,
    reader: str | None = None,
    progress: Progress = silent,
    engine: Engine = LOCAL,
) -> IngestSummary:
    """Read `paths`, find the flights of their days, and judge how complete these are.

    Raises
    ------
    AnomalyError
        As `ingest`; or if another process is writing to the store.
    """
    with store.locked():
        summary = ingest(paths, store, reader=reader, progress=progress, engine=engine)
        reference = Reference.load(store.root)
        build_days(store, _to_build(summary.dates, store), reference, progress, engine)
        completeness.assess(store, summary.dates, engine)
    return summary


def _to_build(dates: Sequence[dt.date], store: Store) -> list[dt.date]:
    """Return the days read and each day after one that is stored.

    Flights that are open at midnight end on the next day.
    """
    stored = set(store.dates("positions")) | set(store.dates("listed_flights"))
    after = {date + dt.timedelta(days=1) for date in dates}
    return sorted(set(dates) | (after & stored))
