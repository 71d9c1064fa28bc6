"""Keep which source told which aircraft of a day, and from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly.schemas import ORIGINS, UTC_US, conform
from anomaly.store import Store

_ROWS_IN_MEMORY = 200_000
_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000}
_KEYS = ["day", "icao24"]


class Seen:
    """Which aircraft one source tells of, by day, and from when to when."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []

    def add(self, rows: pa.Table, first: str, last: str, n_each: int) -> None:
        """Take in rows that reach from the time `first` to the time `last`."""
        if not rows.num_rows:
            return
        aircraft = rows["icao24"].combine_chunks().dictionary_encode()
        codes = aircraft.indices.to_numpy()
        # Most rows are of the aircraft and day of the row before: make runs of them.
        changed = codes[1:] != codes[:-1]
        # Flights of a list are of the day on which they end.
        if only_day(rows[last]) is None:
            day = days_of(rows[last])
            changed |= day[1:] != day[:-1]
        starts = np.append(0, np.flatnonzero(changed) + 1)
        runs = {
            "day": days_of(rows[last].take(pa.array(starts))),
            "icao24": aircraft.take(pa.array(starts)).cast(pa.string()),
            "first": _of_runs(np.minimum, rows[first], starts),
            "last": _of_runs(np.maximum, rows[last], starts),
            "n": np.diff(np.append(starts, len(codes))) * n_each,
        }
        self._keep(_grouped(pa.table(runs)))

    def join(self, other: Seen) -> None:
        """Add what another piece of the same source tells."""
        for table in other._tables:
            self._keep(table)

    def addresses(self) -> set[str]:
        """Return the addresses of all aircraft."""
        return {a for table in self._tables for a in table["icao24"].to_pylist()}

    def between_us(self) -> tuple[int, int]:
        """Return the first and the last moment told of, in microseconds since 1970."""
        every = pa.concat_tables(self._tables)
        return pc.min(every["first"]).as_py(), pc.max(every["last"]).as_py()

    def rows(self, date: dt.date, source: str, reader: str) -> pa.Table:
        """Return what the source told on a day, as ORIGINS."""
        if not self._tables:
            return ORIGINS.empty_table()
        every = _grouped(pa.concat_tables(self._tables))
        day = (date - dt.date(1970, 1, 1)).days
        mine = every.filter(pc.equal(every["day"], day))
        columns = {
            "icao24": mine["icao24"],
            "source": pa.repeat(source, mine.num_rows),
            "reader": pa.repeat(reader, mine.num_rows),
            "first_seen": mine["first"].cast(UTC_US),
            "last_seen": mine["last"].cast(UTC_US),
            "n_positions": mine["n"],
        }
        return conform(pa.table(columns), ORIGINS)

    def _keep(self, table: pa.Table) -> None:
        self._tables.append(table)
        if sum(rows.num_rows for rows in self._tables) > _ROWS_IN_MEMORY:
            self._tables = [_grouped(pa.concat_tables(self._tables))]


def only_day(times: pa.ChunkedArray) -> int | None:
    """Return the day since 1970 of all of some times, None if there is no such."""
    if not len(times):
        return None
    told, per_day = _told(times), _PER_DAY[times.type.unit]
    first, last = told.min() // per_day, told.max() // per_day
    return int(first) if first == last else None


def days_of(times: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return the days since 1970 of times."""
    return _told(times) // _PER_DAY[times.type.unit]


def replace(store: Store, date: dt.date, told: pa.Table, names: Iterable[str]) -> None:
    """Replace what the sources `names` told of a day, and keep the others' word."""
    if store.has("origins", date):
        stored = store.read("origins", date)
        again = pc.is_in(stored["source"], value_set=pa.array(sorted(names)))
        told = pa.concat_tables([stored.filter(pc.invert(again)), told])
    by = [(name, "ascending") for name in ("icao24", "source", "first_seen")]
    if told.num_rows:
        store.write("origins", told.sort_by(by), date)


def rename(store: Store, date: dt.date, icao24: pa.ChunkedArray) -> None:
    """Write the addresses of a day's rows anew."""
    rows = store.read("origins", date).set_column(0, ORIGINS.field(0), icao24)
    replace(store, date, rows, set(rows["source"].to_pylist()))


def _told(times: pa.ChunkedArray) -> NDArray[np.int64]:
    told: NDArray[np.int64] = times.cast(pa.int64()).to_numpy()
    return told


def _of_runs(
    which: np.ufunc, times: pa.ChunkedArray, starts: NDArray[np.int64]
) -> pa.Array:
    """Return the least or largest time of each run of rows, in microseconds."""
    found = pa.array(which.reduceat(_told(times), starts))
    return found.cast(times.type).cast(UTC_US).cast(pa.int64())


def _grouped(table: pa.Table) -> pa.Table:
    """Return one row for each day and aircraft."""
    found = table.group_by(_KEYS, use_threads=False).aggregate(
        [("first", "min"), ("last", "max"), ("n", "sum")]
    )
    # In one piece: it comes as slices of one table, and each would take all of that
    # along to another process.
    return found.rename_columns([*_KEYS, "first", "last", "n"]).combine_chunks()
