"""Traces as readsb writes them, many at a time, into columns that are used again.

The kernel reads a file in one pass or gives up; what it gives up is for the reference
decoder.  Both read the head of a file with the same code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.ingest import trace_columns as cols
from anomaly.ingest import trace_details
from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.cut_traces import OPENING
from anomaly.ingest.jsonrows import decode_json
from anomaly.ingest.trace_checks import checked
from anomaly.ingest.trace_decoder import File, aircraft_of
from anomaly.ingest.trace_kernel import read_rows
from anomaly.layout import PACKED

# Rows of a block: some 30 MB, and more than any trace of one day has.
CAPACITY = 200_000

_WORDS = pa.array(cols.WORDS)
# A millisecond of a sum of seconds is sure only while doubles hold more than that.
_MAX_BASE_S = 1e11
_SURELY_MS = 1e-3


@dataclass(frozen=True)
class _Head:
    icao24: str
    base_ms: int
    aircraft: dict[str, object]
    n_rows: int


class FastTraces:
    """A block of traces, row after row, in columns of whole numbers."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows = np.empty((cols.N_COLUMNS, capacity), dtype=np.int32)
        self._callsigns = np.empty(capacity, dtype=np.uint64)
        self._held = np.empty(trace_details.N_HELD, dtype=np.int32)
        self._held_callsign = np.empty(2, dtype=np.uint64)
        self._heads: list[_Head] = []
        self._n_rows = 0

    def add(self, data: bytes) -> int:
        """Append the trace in an inflated file; return 0, or why not, below zero.

        `cols.FULL` says that it may fit once the block has been emptied.
        """
        opening = OPENING.search(data)
        if opening is None:
            return cols.MALFORMED
        start = opening.end()
        try:
            file = decode_json(data[:start] + b"]}", File, "")
            aircraft = aircraft_of(file, "")
        except DamagedError:
            return cols.MALFORMED
        if not abs(file.timestamp) < _MAX_BASE_S:
            return cols.TOO_PRECISE
        base_ms = round(file.timestamp * 1e3)
        if abs(file.timestamp * 1e3 - base_ms) > _SURELY_MS:
            return cols.TOO_PRECISE
        # As readsb's files do; it tells the kernel where to stop.
        whole = data if data.endswith(b"\n") else data + b"\n"
        text = np.frombuffer(whole, dtype=np.uint8)
        end = read_rows(
            text,
            start,
            self._rows,
            self._callsigns,
            self._n_rows,
            self._held,
            self._held_callsign,
        )
        if end < 0:
            return int(end)
        self._heads.append(_Head(file.icao, base_ms, aircraft, end - self._n_rows))
        self._n_rows = end
        return 0

    def __len__(self) -> int:
        return len(self._heads)

    @property
    def n_rows(self) -> int:
        """Rows of all traces."""
        return self._n_rows

    @property
    def aircraft(self) -> list[dict[str, object]]:
        """Of each trace the row of the aircraft table."""
        return [head.aircraft for head in self._heads]

    def clear(self) -> None:
        """Forget all traces; their columns are written again."""
        self._heads, self._n_rows = [], 0

    def positions(self, left_out: LeftOut) -> pa.Table:
        """Return the rows that can be true as packed positions.

        What cannot be is counted, and forgotten: the block is good for this once.
        """
        heads = self._heads
        lengths = np.array([head.n_rows for head in heads], dtype=np.int64)
        starts = np.append(0, np.cumsum(lengths))
        base_ms = np.array([head.base_ms for head in heads], dtype=np.int64)
        icao24s = [head.icao24 for head in heads]
        kept = checked(self._rows, icao24s, starts, base_ms, left_out)
        provenances = [str(head.aircraft["provenance"]) for head in heads]
        time_ms = np.repeat(base_ms, lengths) + self._column(cols.TIME_MS)
        columns = {
            "icao24": _repeated(icao24s, lengths),
            "timestamp": pa.array(time_ms).cast(PACKED.field("timestamp").type),
            "latitude_deg": self._numbers(cols.LATITUDE_E6),
            "longitude_deg": self._numbers(cols.LONGITUDE_E6),
            "altitude_ft": self._numbers(cols.ALTITUDE_FT),
            "on_ground": self._truths(cols.GROUND),
            "ground_speed_kt": self._numbers(cols.SPEED_E1),
            "track_deg": self._numbers(cols.TRACK_E1),
            "vertical_rate_ft_min": self._numbers(cols.RATE_FT_MIN),
            "callsign": self._callsign_texts(),
            "squawk": self._squawk_texts(),
            "position_source": self._words(cols.SOURCE),
            "category": self._words(cols.CATEGORY),
            "emergency": self._words(cols.EMERGENCY),
            "new_leg": self._truths(cols.NEW_LEG),
            "provenance": _repeated(provenances, lengths),
        }
        table = pa.table(columns, schema=PACKED)
        return table if kept.all() else table.filter(pa.array(kept))

    def _column(self, which: int) -> NDArray[np.int32]:
        column: NDArray[np.int32] = self._rows[which, : self._n_rows]
        return column

    def _numbers(self, which: int) -> pa.Array:
        column = self._column(which)
        unknown = column == cols.NULL
        # The columns are written again: what is handed out must not change.
        return pa.array(column.copy(), mask=unknown if unknown.any() else None)

    def _truths(self, which: int) -> pa.Array:
        column = self._column(which)
        return pa.array(column == 1, mask=column == cols.NULL)

    def _words(self, which: int) -> pa.DictionaryArray:
        return _of_codes(self._numbers(which), _WORDS)

    def _squawk_texts(self) -> pa.DictionaryArray:
        different, which = _different(self._column(cols.SQUAWK))
        return _coded(
            [None if code == cols.NULL else f"{code:04}" for code in different],
            which,
        )

    def _callsign_texts(self) -> pa.DictionaryArray:
        different, which = _different(self._callsigns[: self._n_rows])
        return _coded(
            [
                int(code).to_bytes(8, "little").rstrip(b"\0").decode("ascii") or None
                for code in different
            ],
            which,
        )


def _repeated(words: list[str], n_times: NDArray[np.int64]) -> pa.DictionaryArray:
    """Return each of `words` as often as told, and once in the dictionary."""
    coded = pa.array(words, pa.string()).dictionary_encode()
    codes = np.repeat(coded.indices.to_numpy(), n_times)
    return _of_codes(pa.array(codes), coded.dictionary)


def _coded(words: list[str | None], which: NDArray[np.int32]) -> pa.DictionaryArray:
    """Return each row's word of different ones, one of which may be null."""
    known = pa.array([word or "" for word in words], pa.string())
    codes = pa.array(which)
    if None in words:
        codes = pa.array(which, mask=which == words.index(None))
    return _of_codes(codes, known)


def _of_codes(codes: pa.Array, words: pa.Array) -> pa.DictionaryArray:
    """Return coded words; each code was made here, and is not looked at again."""
    return pa.DictionaryArray.from_arrays(codes, words, safe=False)


def _different(
    values: NDArray[np.int32] | NDArray[np.uint64],
) -> tuple[list[int], NDArray[np.int32]]:
    """Return the different values, and for each value its place among them."""
    # Values are held for many rows: look only where they change.
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    different, which = np.unique(values[starts], return_inverse=True)
    lengths = np.diff(np.append(starts, len(values)))
    return different.tolist(), np.repeat(which.astype(np.int32), lengths)
