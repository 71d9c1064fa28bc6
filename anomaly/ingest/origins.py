"""Keep which source told which aircraft of a day, and from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
        ends = [pc.cast(rows[name].cast(UTC_US), pa.int64()) for name in (first, last)]
        told = {
            # Flights of a list are of the day on which they end.
            "day": pa.array(ends[1].to_numpy() // _DAY_US),
            "icao24": rows["icao24"].combine_chunks(),
            "first": ends[0],
            "last": ends[1],
            "n": pa.array(np.full(rows.num_rows, n_each)),
        }
        # A batch has few aircraft: their addresses as words cost little from here on.
        grouped = _grouped(pa.table(told))
        words = grouped["icao24"].cast(pa.string())
        self._keep(grouped.set_column(1, "icao24", words))

    def join(self, other: Seen) -> None:
        """Add what another piece of the same source tells."""
        for table in other._tables:
            self._keep(table)

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
