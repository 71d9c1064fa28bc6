"""Traces as readsb writes them, many at a time, into columns that are used again.

The kernel reads a file in one pass or gives up; what it gives up is for the reference
decoder.  Both read the head of a file with the same code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.ingest import trace_kernel as kernel
from anomaly.ingest.base import DamagedError
from anomaly.ingest.columns import Floats
from anomaly.ingest.jsonrows import decode_json
from anomaly.ingest.tables import Reports
from anomaly.ingest.trace_decoder import File, aircraft_of

# Rows of a block: some 30 MB, and more than any trace of one day has.
CAPACITY = 200_000

_OPENING = re.compile(rb'"trace"[ \t\r\n]*:[ \t\r\n]*\[')
_WORDS = pa.array(kernel.WORDS)
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
        self._rows = np.empty((kernel.N_COLUMNS, capacity), dtype=np.int32)
        self._callsigns = np.empty(capacity, dtype=np.uint64)
        self._held = np.empty(kernel.N_COLUMNS, dtype=np.int32)
        self._held_callsign = np.empty(1, dtype=np.uint64)
        self._heads: list[_Head] = []
        self._n_rows = 0

    def add(self, data: bytes) -> int:
        """Append the trace in an inflated file; return 0, or why not, below zero.

        `kernel.FULL` says that it may fit once the block has been emptied.
        """
        opening = _OPENING.search(data)
        if opening is None:
            return kernel.MALFORMED
        start = opening.end()
        try:
            file = decode_json(data[:start] + b"]}", File, "")
            aircraft = aircraft_of(file, "")
        except DamagedError:
            return kernel.MALFORMED
        if not abs(file.timestamp) < _MAX_BASE_S:
            return kernel.TOO_PRECISE
        base_ms = round(file.timestamp * 1e3)
        if abs(file.timestamp * 1e3 - base_ms) > _SURELY_MS:
            return kernel.TOO_PRECISE
        # The zero byte tells the kernel where to stop.
        text = np.frombuffer(data + b"\0", dtype=np.uint8)
        end = kernel.read_rows(
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

    def reports(self) -> Reports:
        """Return the rows in columns of their own."""
        of_row = np.repeat(
            np.arange(len(self._heads)), [head.n_rows for head in self._heads]
        )
        base_ms = np.array([head.base_ms for head in self._heads], dtype=np.int64)
        each = pa.array(of_row)
        time_ms = base_ms[of_row] + self._column(kernel.TIME_MS)
        return Reports(
            icao24=pa.array([h.icao24 for h in self._heads], pa.string()).take(each),
            provenance=pa.array(
                [h.aircraft["provenance"] for h in self._heads], pa.string()
            ).take(each),
            time_us=(time_ms * 1_000).astype(np.float64),
            latitude_deg=self._column(kernel.LATITUDE_E6) / 1e6,
            longitude_deg=self._column(kernel.LONGITUDE_E6) / 1e6,
            altitude_ft=self._numbers(kernel.ALTITUDE_FT),
            on_ground=self._truths(kernel.GROUND),
            ground_speed_kt=self._numbers(kernel.SPEED_E1, 10),
            track_deg=self._numbers(kernel.TRACK_E1, 10),
            vertical_rate_ft_min=self._numbers(kernel.RATE_FT_MIN),
            callsign=self._callsign_texts(),
            squawk=self._squawk_texts(),
            position_source=self._words(kernel.SOURCE),
            category=self._words(kernel.CATEGORY),
            emergency=self._words(kernel.EMERGENCY),
            new_leg=self._truths(kernel.NEW_LEG),
        )

    def _column(self, which: int) -> NDArray[np.int32]:
        column: NDArray[np.int32] = self._rows[which, : self._n_rows]
        return column

    def _numbers(self, which: int, scale: int = 1) -> Floats:
        column = self._column(which)
        # The quotient of two whole numbers is the double nearest to the decimal number
        # in the file, which is what the reference makes of its digits too.
        return np.where(column == kernel.NULL, np.nan, column / scale)

    def _truths(self, which: int) -> pa.Array:
        column = self._column(which)
        return pa.array(column == 1, mask=column == kernel.NULL)

    def _words(self, which: int) -> pa.Array:
        column = self._column(which)
        return _WORDS.take(pa.array(column, mask=column == kernel.NULL))

    def _squawk_texts(self) -> pa.Array:
        different, which = _different(self._column(kernel.SQUAWK))
        texts = [None if code == kernel.NULL else f"{code:04}" for code in different]
        return pa.array(texts, pa.string()).take(which)

    def _callsign_texts(self) -> pa.Array:
        different, which = _different(self._callsigns[: self._n_rows])
        texts = [
            int(code).to_bytes(8, "little").rstrip(b"\0").decode("ascii") or None
            for code in different
        ]
        return pa.array(texts, pa.string()).take(which)


def _different(
    values: NDArray[np.int32] | NDArray[np.uint64],
) -> tuple[list[int], pa.Array]:
    """Return the different values, and for each value its place among them."""
    # Values are held for many rows: look only where they change.
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    different, which = np.unique(values[starts], return_inverse=True)
    lengths = np.diff(np.append(starts, len(values)))
    return different.tolist(), pa.array(np.repeat(which, lengths))
