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
_DAY_US = 86_400_000_000
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
        last_us = rows[last].cast(UTC_US).cast(pa.int64()).to_numpy()
        first_us = last_us
        if first != last:
            first_us = rows[first].cast(UTC_US).cast(pa.int64()).to_numpy()
        # Flights of a list are of the day on which they end.
        day = days_of(last_us, _DAY_US)
        # Most rows are of the aircraft and day of the row before: make runs of them.
        changed = (codes[1:] != codes[:-1]) | (day[1:] != day[:-1])
        starts = np.append(0, np.flatnonzero(changed) + 1)
        runs = {
            "day": day[starts],
            "icao24": aircraft.take(pa.array(starts)).cast(pa.string()),
            "first": np.minimum.reduceat(first_us, starts),
            "last": np.maximum.reduceat(last_us, starts),
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


def days_of(times: NDArray[np.int64], per_day: int) -> NDArray[np.int64]:
    """Return the days since 1970 of times, of which a day has `per_day`."""
    if not len(times):
        return times
    first, last = times.min() // per_day, times.max() // per_day
    # As a rule all are of one day, and divisions are slow.
    return np.full(len(times), first) if first == last else times // per_day


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


def _grouped(table: pa.Table) -> pa.Table:
    """Return one row for each day and aircraft."""
    found = table.group_by(_KEYS, use_threads=False).aggregate(
        [("first", "min"), ("last", "max"), ("n", "sum")]
    )
    return found.rename_columns([*_KEYS, "first", "last", "n"])
