"""What a track reader is, and how it reports what it could not use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from anomaly.errors import BadInputError, printable
from anomaly.layout import plain
from anomaly.schemas import AIRCRAFT, LISTED_FLIGHTS, POSITIONS

# Left out of input that is as it should be: what an aircraft sends may be nonsense
# without the file being broken.  Any other reason is damage, which `--strict` refuses.
PASSED_OVER = frozenset(
    {
        "implausible_altitude",
        "implausible_position",
        "implausible_speed",
        "implausible_vertical_rate",
        "no_address",
        "no_position",
        "non_icao_address",
        "not_a_trace",
        "stale_repeat",
        "surrogate_address",
        "surrogate_ambiguous",
        "surrogate_joined",
        "unknown_format",
    }
)

# More names than this help nobody; the counts are of all.
MAX_QUARANTINED = 10_000
_EXAMPLE_LENGTH = 120


class DamagedError(BadInputError):
    """A file, or a member of an archive, that cannot be read, and why in a word."""

    def __init__(self, reason: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


@dataclass
class LeftOut:
    """Counts, by reason, of what a reader could not use, with an example of each.

    Reasons are snake_case (``truncated_gzip``); units are ``rows``, ``files`` or
    ``flights``.  Of files that are damaged every name is kept, up to a bound.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    """Name and reason of each file that is damaged."""

    def add(
        self, reason: str, unit: str, n: int = 1, example: str = "", detail: str = ""
    ) -> None:
        """Count `n` more things left out for `reason`.

        `detail` is told of a damaged file behind its reason, and not counted by.
        """
        if n:
            self.counts[reason, unit] += n
            if example:
                shown = printable(example[:_EXAMPLE_LENGTH])
                self.examples.setdefault((reason, unit), shown)
                is_named = unit == "files" and reason not in PASSED_OVER
                if is_named and len(self.quarantined) < MAX_QUARANTINED:
                    told = f"{reason}: {detail}" if detail else reason
                    self.quarantined.append((shown, told))

    def join(self, other: LeftOut) -> None:
        """Add what another has counted."""
        self.counts.update(other.counts)
        self.examples = other.examples | self.examples
        room = MAX_QUARANTINED - len(self.quarantined)
        self.quarantined.extend(other.quarantined[:room])

    @property
    def n_damaged(self) -> int:
        """Things that were broken, not merely passed over."""
        return sum(
            n for (reason, _), n in self.counts.items() if reason not in PASSED_OVER
        )


@dataclass(frozen=True)
class Batch:
    """What a reader yields: tables that conform to their schemas, any of them empty."""

    rows: pa.Table = field(default_factory=POSITIONS.empty_table)
    """Positions as `POSITIONS`; or of whole traces, as `layout` packs them."""
    aircraft: pa.Table = field(default_factory=AIRCRAFT.empty_table)
    listed_flights: pa.Table = field(default_factory=LISTED_FLIGHTS.empty_table)
    n_files: int = 1
    """Files or archive members this batch was made of."""
    share: float = 0.0
    """How much of the source has been read with it, 0 to 1, for progress."""

    @property
    def positions(self) -> pa.Table:
        """The positions as `POSITIONS`."""
        return plain(self.rows)


Piece = Callable[[LeftOut], Iterator[Batch]]
"""Reads a piece of a path, perhaps in another process: it must be picklable."""


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
    pieces: Callable[[Path, LeftOut], Sequence[Piece] | None] | None = None
    """If it can, divides a path into pieces that together yield what `read` does."""
