"""Account for each source: what was read of it, and what was left out, by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from anomaly.coding import different
from anomaly.domain import Provenance
from anomaly.errors import AnomalyError, UnknownFormatError
from anomaly.ingest.base import Batch, DamagedError, LeftOut
from anomaly.ingest.origins import Seen
from anomaly.schemas import LEFT_OUT, QUARANTINE, SOURCES
from anomaly.store import Store

# A source is called by what sets it furthest from a real one.
# The format whose days keep their traces in a folder for each last two digits.
_IN_FOLDERS = "readsb-trace"
_BY_REALITY = (Provenance.RE_ENACTED, Provenance.SIMULATED, Provenance.OBSERVED)


@dataclass
class Account:
    """What one source has given."""

    name: str
    reader: str
    left_out: LeftOut = field(default_factory=LeftOut)
    failure: AnomalyError | None = None
    n_files: int = 0
    n_positions: int = 0
    n_listed_flights: int = 0
    provenances: set[str] = field(default_factory=set)
    seen: Seen = field(default_factory=Seen)
    """Which aircraft it told of, and when."""

    def add(self, batch: Batch) -> None:
        """Count what is in a batch."""
        self.n_files += batch.n_files
        self.n_positions += batch.rows.num_rows
        self.n_listed_flights += batch.listed_flights.num_rows
        for table, first, last, n_each in (
            (batch.rows, "timestamp", "timestamp", 1),
            (batch.listed_flights, "first_seen", "last_seen", 0),
        ):
            self.seen.add(table, first, last, n_each)
            self.provenances.update(different(table["provenance"]).to_pylist())

    def join(self, other: Account) -> None:
        """Add the account of another piece of the same source."""
        self.left_out.join(other.left_out)
        self.n_files += other.n_files
        self.n_positions += other.n_positions
        self.n_listed_flights += other.n_listed_flights
        self.provenances |= other.provenances
        self.seen.join(other.seen)

    @property
    def is_read(self) -> bool:
        """Tell whether anything of it goes into the store."""
        return bool(self.n_positions or self.n_listed_flights)

    def row(self) -> dict[str, object]:
        """Return its row of the table of sources."""
        kinds = [str(kind) for kind in _BY_REALITY if kind in self.provenances]
        addresses = self.seen.addresses()
        first_us, last_us = self.seen.between_us()
        folders = self._trace_folders(addresses)
        return {
            "source": self.name,
            "reader": self.reader,
            "n_files": self.n_files,
            "n_aircraft": len(addresses),
            "n_positions": self.n_positions,
            "n_listed_flights": self.n_listed_flights,
            "first_seen": first_us,
            "last_seen": last_us,
            "n_trace_folders": None if folders is None else folders.bit_count(),
            "trace_folders": None if folders is None else f"{folders:064x}",
            "provenance": kinds[0],
        }

    def _trace_folders(self, addresses: set[str]) -> int | None:
        """Return of which of an archive's folders anything was read, a bit for each."""
        if self.reader != _IN_FOLDERS:
            return None
        return sum(1 << int(digits, 16) for digits in {a[-2:] for a in addresses})


def sources_table(accounts: Iterable[Account]) -> pa.Table:
    """Return what was read, a row for each source."""
    rows = [account.row() for account in accounts if account.is_read]
    return pa.Table.from_pylist(rows, schema=SOURCES)


def left_out_table(left_out: Iterable[tuple[str, LeftOut]]) -> pa.Table:
    """Return what was left out, a row for each source, reason and unit."""
    counts: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], str] = {}
    for source, counted in left_out:
        for (reason, unit), n in counted.counts.items():
            counts[source, reason, unit] += n
            if example := counted.examples.get((reason, unit)):
                examples.setdefault((source, reason, unit), example)
    rows = [
        {
            "source": s,
            "reason": r,
            "unit": u,
            "n": n,
            "example": examples.get((s, r, u)),
        }
        for (s, r, u), n in sorted(counts.items())
    ]
    return pa.Table.from_pylist(rows, schema=LEFT_OUT)


def quarantine_table(left_out: Iterable[tuple[str, LeftOut]]) -> pa.Table:
    """Return the damaged files, a row for each."""
    rows = [
        {"source": source, "member": name, "reason": reason}
        for source, counted in left_out
        for name, reason in counted.quarantined
    ]
    table = pa.Table.from_pylist(rows, schema=QUARANTINE)
    return table.sort_by([(name, "ascending") for name in QUARANTINE.names])


def failed(error: AnomalyError) -> LeftOut:
    """Return the account of an input of which nothing could be read."""
    left_out = LeftOut()
    if isinstance(error, DamagedError):
        reason = error.reason
    elif isinstance(error, UnknownFormatError):
        reason = "unknown_format"
    else:
        reason = "unreadable"
    left_out.add(reason, "files", example=str(error))
    return left_out


def replace_rows(store: Store, table: str, rows: pa.Table, names: set[str]) -> None:
    """Replace what `table` says of the sources `names`, and keep the rest."""
    if store.has(table):
        stored = store.read(table)
        others = pc.invert(
            pc.is_in(stored["source"], value_set=pa.array(sorted(names)))
        )
        rows = pa.concat_tables([stored.filter(others), rows])
    names_of_keys = ("source", "member", "reason", "unit")
    columns = [c for c in names_of_keys if c in rows.column_names]
    store.write(table, rows.sort_by([(name, "ascending") for name in columns]))
