"""From the store to the pages of a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.report.html import render
from anomaly.report.reading import read_day
from anomaly.report.writing import write
from anomaly.store import Store


def build(
    store: Store,
    date: dt.date,
    out: Path,
    *,
    show_private: bool = False,
    progress: Progress = silent,
) -> Path:
    """Write the report of `date` into `out` and return its index.

    Raises
    ------
    NoDataError
        If the day has not been scored.
    """
    progress("reading the day", 0.0)
    day = read_day(store, date, Reference.load(store.root), show_private=show_private)
    progress("drawing pages", 0.3)
    files = render(day, store.root)
    progress("writing pages", 0.9)
    index = write(files, out)
    progress("report", 1.0)
    return index
