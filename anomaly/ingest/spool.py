"""What readers yield, set aside by day and aircraft until it is merged."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from anomaly import layout
from anomaly.coding import different
from anomaly.ingest import merge
from anomaly.ingest.base import Batch
from anomaly.ingest.origins import days_of, only_day
from anomaly.schemas import POSITIONS

# Some 100 MB of positions.
_ROWS_IN_MEMORY = 1_000_000
_AIRCRAFT_IN_MEMORY = 200_000
_DIGITS = "0123456789abcdef"

Key = tuple[dt.date, str]
"""A day, and the last digit of the addresses of a part of it."""


@dataclass(frozen=True)
class Located:
    """Where positions of a part of a day were set aside."""

    path: Path
    number: int = 0
    """Which batch of the file, if it is one of batches."""
    is_layout: bool = False
    """Whether it is a file as the store has them."""
    is_merged: bool = False
    """Whether its rows are in order, one for each aircraft and time."""

    def read(self) -> pa.Table:
        """Return the positions."""
        if self.is_layout:
            return layout.read(self.path)
        with pa.ipc.open_file(pa.memory_map(str(self.path))) as reader:
            return pa.Table.from_batches([reader.get_batch(self.number)])


class _PartFile:
    """A file of packed positions that may become a part of a day as it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_merged = True
        self._last = ("", 0)
        self._writer = layout.Writer(path, layout.PACKED)

    def add(self, rows: pa.Table) -> None:
        first, last = (
            (rows["icao24"][i].as_py(), rows["timestamp"][i].value) for i in (0, -1)
        )
        self.is_merged &= first > self._last and merge.is_merged(rows)
        self._last = last
        self._writer.add(rows)

    def close(self) -> Located:
        self._writer.close()
        return Located(self.path, is_layout=True, is_merged=self.is_merged)


class Spool:
    """Batches sorted into days and parts, the positions in files, the rest in memory.

    Parts are the last hex digits of the addresses: every aircraft is whole in one of
    them, and no step needs more than a sixteenth of a day in memory.  Positions that
    come packed, as a rule whole aircraft in order, are written as the store will have
    them: if nothing else is told of their part of the day, there is nothing to merge.
    """

    def __init__(self, folder: Path) -> None:
        self.provenances: set[str] = set()
        self.folder = folder
        self._held: list[pa.Table] = []
        self._n_held = 0
        self._part_files: dict[Key, _PartFile] = {}
        self._written: dict[Key, list[Located]] = {}
        self._n_files = 0
        self._aircraft: dict[dt.date, list[pa.Table]] = defaultdict(list)
        self._listed: dict[dt.date, list[pa.Table]] = defaultdict(list)

    def add(self, batch: Batch) -> None:
        """Take in what a reader has yielded."""
        for table in (batch.rows, batch.listed_flights):
            self.provenances.update(different(table["provenance"]).to_pylist())
        self._add_dated(batch)
        if batch.rows.schema.equals(layout.PACKED):
            self._add_packed(batch.rows)
            return
        self._held.append(batch.rows)
        self._n_held += batch.rows.num_rows
        if self._n_held >= _ROWS_IN_MEMORY:
            self._flush_held()

    def flush(self) -> None:
        """Write what is still in memory, and end all files."""
        self._flush_held()
        for part, file in self._part_files.items():
            self._written.setdefault(part, []).append(file.close())
        self._part_files = {}

    def _add_packed(self, positions: pa.Table) -> None:
        for part, rows in _by_part(positions):
            if part not in self._part_files:
                self._part_files[part] = _PartFile(self._new_path(".parquet"))
            self._part_files[part].add(rows)

    def _flush_held(self) -> None:
        """Write the positions held in memory to a file, a batch for each part."""
        if not self._held:
            return
        table = pa.concat_tables(self._held)
        self._held, self._n_held = [], 0
        path = self._new_path(".arrow")
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_file(path, POSITIONS, options=options) as writer:
            for number, (part, rows) in enumerate(_by_part(table)):
                writer.write_batch(rows.combine_chunks().to_batches()[0])
                self._written.setdefault(part, []).append(Located(path, number))

    def _new_path(self, ending: str) -> Path:
        self._n_files += 1
        return self.folder / f"{self._n_files:06}{ending}"

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
        for day, rows in _by_day(listed, "last_seen"):
            self._listed[_date(day)].append(rows)
        if not batch.aircraft.num_rows:
            return
        for table, time in ((batch.rows, "timestamp"), (listed, "last_seen")):
            for day, rows in _by_day(table.select(["icao24", time]), time):
                there = different(rows["icao24"])
                seen = pc.is_in(batch.aircraft["icao24"], value_set=there)
                kept = self._aircraft[_date(day)]
                kept.append(batch.aircraft.filter(seen))
                if sum(rows.num_rows for rows in kept) > _AIRCRAFT_IN_MEMORY:
                    kept[:] = [merge.aircraft(kept)]


def _by_part(positions: pa.Table) -> Iterator[tuple[Key, pa.Table]]:
    """Yield the day and part of positions, and the rows that belong there, in order."""
    if not positions.num_rows:
        return
    coded = positions["icao24"].combine_chunks().dictionary_encode()
    last = pc.utf8_slice_codeunits(coded.dictionary, 5, 6)
    digits = pc.index_in(last, value_set=pa.array(list(_DIGITS))).to_numpy()
    day = only_day(positions["timestamp"])
    if day is not None and (digits == digits[0]).all():
        yield (_date(day), _DIGITS[digits[0]]), positions
        return
    keys = digits[coded.indices.to_numpy()].astype(np.int64)
    keys += days_of(positions["timestamp"]) * len(_DIGITS)
    for key, rows in _groups(keys, positions):
        day, digit = divmod(key, len(_DIGITS))
        yield (_date(day), _DIGITS[digit]), rows


def _by_day(table: pa.Table, time: str) -> Iterator[tuple[int, pa.Table]]:
    """Yield the days since 1970 of a column of times, and the rows of each."""
    day = only_day(table[time])
    if day is None:
        yield from _groups(days_of(table[time]), table)
    else:
        yield day, table


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def _groups(keys: NDArray[np.int64], table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """Yield the rows of each key, in the order of the keys and then of the table."""
    if not len(keys):
        return
    order = np.argsort(keys, kind="stable")
    whole = table.combine_chunks()
    starts = np.flatnonzero(np.diff(keys[order], prepend=keys.min() - 1))
    for rows in np.split(order, starts[1:]):
        # Not cut out of one table: each piece would keep all of it in memory, and take
        # all of it along to another process.
        yield int(keys[rows[0]]), whole.take(pa.array(rows))
