"""Features kept when a day is ingested, and whether they still hold.

They hold while the declarations are the same, and while all that they were made of is:
the day's own tables, the days before it, and the reference tables.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

import features
from anomaly.engine import LOCAL, Engine, Task
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store, bundled
from features.base import FlightTables
from features.tables import days_before, tables_for

_OF_THE_DAY = ("flights", "journeys", "stopovers", "gaps")
# Of other tables than flights, features need no more of the past than a journey.
_JOURNEY_DAYS = 8
# So many flights are scored in a quarter of a second.
BLOCK_ROWS = 10_000
# 1.3 MB of features: what a processor has at hand, or not far off.
_CACHED_ROWS = 1_000
_COLUMNS = ["flight_id", "values"]


def keep_days(
    store: Store,
    dates: Iterable[dt.date],
    engine: Engine = LOCAL,
    progress: Progress = silent,
) -> None:
    """Store the features of the days' flights where none that hold are stored.

    Days without flights have none.
    """
    known = sorted(set(dates) & set(store.dates("flights")))
    tasks = plan(store, known, also_listed=True)
    engine.run(tasks, lambda n, of: progress("features", n / of))


def plan(
    store: Store,
    dates: Iterable[dt.date],
    after: Mapping[dt.date, str] = MappingProxyType({}),
    *,
    also_listed: bool = False,
) -> list[Task]:
    """Return the tasks of storing the features of days, one a day.

    `after` names the task that puts a day together, if it is yet to be.  A day is not
    divided: what a flight is compared with is all that flew that day and before.  Days
    of which only lists are stored are mostly the past of others: they get features
    where they are asked for, with `also_listed`.
    """
    there = Store(store.root.absolute())
    return [
        Task(
            f"features {date}",
            keep,
            (there, date, BLOCK_ROWS, also_listed),
            (after[date],) if date in after else (),
        )
        for date in dates
    ]


def keep(
    store: Store, date: dt.date, block_rows: int, also_listed: bool, *_before: None
) -> None:
    """Store the features of a day's flights, if none that hold are stored."""
    wanted = also_listed or store.has("positions", date)
    if not wanted or hold(store, date):
        return
    reference = Reference.load(store.root)
    frame = features.build(tables_for(store, date, reference))
    n_rows = len(frame)
    columns = {
        "flight_id": pa.array(frame.index, pa.string()),
        "basis": pa.array([basis(store, date)] * n_rows, pa.string()),
        "values": _rows_of(frame, block_rows),
    }
    store.write("features", pa.table(columns), date, block_rows=block_rows)


def _rows_of(frame: pd.DataFrame, block_rows: int) -> pa.ChunkedArray:
    """Return each row as a list, some at a time: all at once would be two copies."""
    lists = [
        _lists(_row_by_row(frame.iloc[start : start + block_rows]))
        for start in range(0, len(frame), block_rows)
    ]
    return pa.chunked_array(lists, pa.list_(pa.float64()))


def _lists(rows: NDArray[np.float64]) -> pa.ListArray:
    ends = np.arange(len(rows) + 1, dtype=np.int32) * rows.shape[1]
    return pa.ListArray.from_arrays(ends, rows.ravel())


def _row_by_row(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return the values of a frame, which keeps columns, as rows that lie in memory.

    As many rows at a time as go into a processor's cache: eight times as fast.
    """
    rows = np.empty(frame.shape)
    for start in range(0, len(frame), _CACHED_ROWS):
        here = slice(start, start + _CACHED_ROWS)
        rows[here] = frame.iloc[here].to_numpy(np.float64)
    return rows


def of_day(
    store: Store, date: dt.date, reference: Reference
) -> tuple[FlightTables, pd.DataFrame]:
    """Return the tables of a day and its features, from the store if these hold.

    Of a day whose features are stored, the past is not read.

    Raises
    ------
    NoDataError
        If no flights are stored for the day.
    """
    frame = stored(store, date)
    if frame is None:
        tables = tables_for(store, date, reference)
        return tables, features.build(tables)
    tables = tables_for(store, date, reference, history_days=0)
    return tables, frame.loc[tables.flights.index]


def hold(store: Store, date: dt.date) -> bool:
    """Tell whether a day's features are stored, and hold."""
    if not store.has("features", date):
        return False
    told = store.read("features", date, columns=["basis"], coded=["basis"])
    return set(told["basis"].unique().to_pylist()) <= {basis(store, date)}


def stored(store: Store, date: dt.date) -> pd.DataFrame | None:
    """Return the stored features of a day, or None if there are none that hold."""
    return read(store, date) if hold(store, date) else None


def read(store: Store, date: dt.date) -> pd.DataFrame:
    """Return the stored features of a day, whether they hold or not."""
    return _frame(store.read("features", date, columns=_COLUMNS))


def block(store: Store, date: dt.date, number: int) -> pd.DataFrame:
    """Return a block of a day's stored features: of flights whose addresses follow."""
    return _frame(store.read_block("features", date, number, columns=_COLUMNS))


def _frame(rows: pa.Table) -> pd.DataFrame:
    names = [feature.name for feature in features.declared()]
    values = np.asarray(rows["values"].combine_chunks().flatten())
    return pd.DataFrame(
        values.reshape(rows.num_rows, len(names)),
        index=pd.Index(rows["flight_id"].to_pandas(), name="flight_id"),
        columns=names,
    )


def basis(store: Store, date: dt.date) -> str:
    """Return a hash of all that the features of a day rest on."""
    told = hashlib.sha256(features.feature_set_id().encode())
    for path in rests_on(store, date):
        told.update(_digest(path))
    return told.hexdigest()[:16]


def rests_on(store: Store, date: dt.date) -> list[Path]:
    """Return the files that a day's tables and their past are read from."""
    paths = [
        store.path(table, day, part)
        for table, days in _read_days(store, date)
        for day in days
        for part in store.parts(table, day)
    ]
    for folder in (bundled("reference"), store.root / "reference"):
        paths += sorted(folder.glob("*.csv*"))
    return paths


def _read_days(store: Store, date: dt.date) -> list[tuple[str, list[dt.date]]]:
    """Return the days of each table that the features of a day are made of."""
    before = days_before(store, date)
    week = [day for day in before if day >= date - dt.timedelta(days=_JOURNEY_DAYS)]
    others = [(table, [*week, date]) for table in _OF_THE_DAY[1:]]
    return [("flights", [*before, date]), *others]


def _digest(path: Path) -> bytes:
    """Return the SHA-256 of a file: times would change with every copy of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
