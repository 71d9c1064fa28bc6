"""What readers yield, set aside by day and aircraft until it is merged."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly.ingest import merge
from anomaly.ingest.base import Batch
from anomaly.schemas import POSITIONS

# Some 100 MB of positions.
_ROWS_IN_MEMORY = 1_000_000
_AIRCRAFT_IN_MEMORY = 200_000
_DAY_US = 86_400_000_000
_DIGITS = "0123456789abcdef"


Located = tuple[Path, int]
"""A file, and the number of a batch within it."""


def positions(batches: list[Located]) -> list[pa.Table]:
    """Return positions that were set aside."""
    tables = []
    for path, number in batches:
        with pa.ipc.open_file(pa.memory_map(str(path))) as reader:
            tables.append(pa.Table.from_batches([reader.get_batch(number)]))
    return tables


class Spool:
    """Batches sorted into days and parts, the positions in files, the rest in memory.

    Parts are the last hex digits of the addresses: every aircraft is whole in one of
    them, and no step needs more than a sixteenth of a day in memory.
    """

    def __init__(self, folder: Path) -> None:
        self.provenances: set[str] = set()
        self.folder = folder
        self._held: list[pa.Table] = []
        self._n_held = 0
        self._written: dict[tuple[dt.date, str], list[Located]] = {}
        self._n_files = 0
        self._aircraft: dict[dt.date, list[pa.Table]] = defaultdict(list)
        self._listed: dict[dt.date, list[pa.Table]] = defaultdict(list)

    def add(self, batch: Batch) -> None:
        """Take in what a reader has yielded."""
        for table in (batch.positions, batch.listed_flights):
            self.provenances.update(pc.unique(table["provenance"]).to_pylist())
        self._held.append(batch.positions)
        self._n_held += batch.positions.num_rows
        self._add_dated(batch)
        if self._n_held >= _ROWS_IN_MEMORY:
            self.flush()

    def flush(self) -> None:
        """Write the positions held in memory to a file, a batch for each part."""
        table = pa.concat_tables([POSITIONS.empty_table(), *self._held])
        self._held, self._n_held = [], 0
        last = pc.utf8_slice_codeunits(table["icao24"], 5, 6)
        digits = pc.index_in(last, value_set=pa.array(list(_DIGITS))).to_numpy()
        keys = _days(table["timestamp"]) * len(_DIGITS) + digits
        path = self.folder / f"{self._n_files:06}.arrow"
        self._n_files += 1
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_file(path, POSITIONS, options=options) as writer:
            for number, (key, rows) in enumerate(_groups(keys, table)):
                day, digit = divmod(key, len(_DIGITS))
                writer.write_batch(rows.combine_chunks().to_batches()[0])
                part = (_date(day), _DIGITS[digit])
                self._written.setdefault(part, []).append((path, number))

    def join(self, other: Spool) -> None:
        """Take over what another has set aside; its files stay where they are."""
        self.provenances |= other.provenances
        for part, batches in other._written.items():
            self._written.setdefault(part, []).extend(batches)
        for kept, more in (
            (self._aircraft, other._aircraft),
            (self._listed, other._listed),
        ):
            for date, tables in more.items():
                kept[date].extend(tables)

    def dates(self) -> list[dt.date]:
        """Return the days of which there is anything, in order."""
        days = {date for date, _ in self._written}
        return sorted(days | set(self._aircraft) | set(self._listed))

    def parts(self, date: dt.date) -> list[str]:
        """Return the names of a day's parts of which there are positions, in order."""
        return sorted(part for day, part in self._written if day == date)

    def batches(self, date: dt.date, part: str) -> list[Located]:
        """Return where the positions of a part of a day are."""
        return self._written[date, part]

    def aircraft(self, date: dt.date) -> list[pa.Table]:
        """Return what is known of the aircraft of a day."""
        return self._aircraft.get(date, [])

    def listed_flights(self, date: dt.date) -> list[pa.Table]:
        """Return the listed flights that ended on a day."""
        return self._listed.get(date, [])

    def _add_dated(self, batch: Batch) -> None:
        """Keep listed flights by their day, and aircraft for each day they are seen."""
        listed = batch.listed_flights
        for day, rows in _groups(_days(listed["last_seen"]), listed):
            self._listed[_date(day)].append(rows)
        if not batch.aircraft.num_rows:
            return
        for table, time in ((batch.positions, "timestamp"), (listed, "last_seen")):
            for day, rows in _groups(_days(table[time]), table.select(["icao24"])):
                there = pc.unique(rows["icao24"])
                seen = pc.is_in(batch.aircraft["icao24"], value_set=there)
                kept = self._aircraft[_date(day)]
                kept.append(batch.aircraft.filter(seen))
                if sum(rows.num_rows for rows in kept) > _AIRCRAFT_IN_MEMORY:
                    kept[:] = [merge.aircraft(kept)]


def _days(times: pa.ChunkedArray) -> NDArray[np.int64]:
    days: NDArray[np.int64] = times.cast(pa.int64()).to_numpy() // _DAY_US
    return days


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def _groups(keys: NDArray[np.int64], table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """Yield the rows of each key, in the order of the keys and then of the table."""
    if not len(keys):
        return
    if (keys == keys[0]).all():
        yield int(keys[0]), table
        return
    order = np.argsort(keys, kind="stable")
    in_order = table.combine_chunks().take(pa.array(order))
    starts = np.flatnonzero(np.diff(keys[order], prepend=keys.min() - 1))
    ends = [*starts[1:], len(keys)]
    for start, end in zip(starts, ends, strict=True):
        yield int(keys[order[start]]), in_order.slice(start, end - start)
