"""Give room back: drop the positions of old days, and keep what was found in them."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

from anomaly.errors import NoDataError
from anomaly.progress import Progress, silent
from anomaly.store import Store

# The flights of a day go on from the positions of the two days before it.
LEAST_DAYS = 3


@dataclass(frozen=True)
class Pruned:
    """What was dropped."""

    positions: tuple[dt.date, ...]
    raw: tuple[Path, ...]
    """Folders of fetched archives."""
    n_bytes: int


def prune(
    store: Store, keep_days: int, *, raw: bool = False, progress: Progress = silent
) -> Pruned:
    """Drop positions, and with `raw` fetched archives, of all but the newest days.

    Days are counted as stored, not by the calendar, so a clock that is wrong costs
    nothing.  Flights, stopovers, scores, verdicts and reports stay.

    Raises
    ------
    ValueError
        If `keep_days` is less than `LEAST_DAYS`.
    NoDataError
        If there is no such store.
    AnomalyError
        If another process is writing to the store.
    """
    if keep_days < LEAST_DAYS:
        raise ValueError(f"flights need the positions of {LEAST_DAYS} days")
    if not store.root.exists():
        raise NoDataError(
            f"nothing to drop in {store.root}", hint=store.first_run("anomaly ingest")
        )
    with store.locked():
        stored = store.dates("positions")
        old = stored[:-keep_days]
        n_bytes = 0
        for number, date in enumerate(old):
            progress("dropping positions", number / len(old))
            n_bytes += store.drop_positions(date)
        folders = _raw_before(store, stored[-keep_days:]) if raw else []
        for folder in folders:
            n_bytes += sum(f.stat().st_size for f in folder.iterdir() if f.is_file())
            shutil.rmtree(folder)
        progress("dropping positions", 1.0)
    return Pruned(tuple(old), tuple(folders), n_bytes)


def _raw_before(store: Store, kept: list[dt.date]) -> list[Path]:
    """Return the folders of fetched days older than all whose positions are kept."""
    if not kept or not store.raw.is_dir():
        return []
    folders = store.raw.glob("*/????-??-??")
    return sorted(f for f in folders if f.is_dir() and f.name < kept[0].isoformat())
