"""What a track reader is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from anomaly.schemas import AIRCRAFT, LISTED_FLIGHTS, POSITIONS


@dataclass
class LeftOut:
    """Counts, by reason, of what a reader could not use, with an example of each.

    Reasons are snake_case (``truncated_gzip``); units are ``rows``, ``files`` or
    ``flights``.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, reason: str, unit: str, n: int = 1, example: str = "") -> None:
        """Count `n` more things left out for `reason`."""
        if n:
            self.counts[reason, unit] += n
            self.examples.setdefault((reason, unit), example)


@dataclass(frozen=True)
class Batch:
    """What a reader yields: tables that conform to their schemas, any of them empty."""

    positions: pa.Table = field(default_factory=POSITIONS.empty_table)
    aircraft: pa.Table = field(default_factory=AIRCRAFT.empty_table)
    listed_flights: pa.Table = field(default_factory=LISTED_FLIGHTS.empty_table)
    n_files: int = 1
    """Files or archive members this batch was made of."""


@dataclass(frozen=True)
class TrackReader:
    """How one archive format becomes position reports.

    `sniff` looks at the name and the first bytes only.  `read` streams batches
    in the order of the file, never holds more than one in memory, counts in
    `left_out` whatever it must skip, and raises `BadInputError` only when
    nothing of the path can be read.
    """

    name: str
    sniff: Callable[[Path], bool]
    read: Callable[[Path, LeftOut], Iterator[Batch]]
