"""What analysts said of flights: an append-only SQLite file.

A verdict attaches by aircraft and overlapping time rather than by ``flight_id``,
since a later ingest can move a flight's first position and with it the id.  Of the
verdicts of one reviewer on one flight the latest counts; the others stay.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from anomaly.errors import BadInputError

# Two reviewers at once wait for each other rather than lose a verdict.
LOCK_TIMEOUT_S = 30.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS verdicts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_at TEXT NOT NULL,
    flight_id TEXT NOT NULL,
    icao24 TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('confirm', 'dismiss', 'unsure')),
    note TEXT NOT NULL,
    reviewer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS verdicts_by_aircraft ON verdicts (icao24, reviewer);
CREATE TRIGGER IF NOT EXISTS verdicts_are_never_changed BEFORE UPDATE ON verdicts
BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;
CREATE TRIGGER IF NOT EXISTS verdicts_are_never_deleted BEFORE DELETE ON verdicts
BEGIN SELECT RAISE(ABORT, 'verdicts are append-only'); END;
"""
_COLUMNS = (
    "id, recorded_at, flight_id, icao24, first_seen, last_seen, verdict, note, reviewer"
)


class Judgement(StrEnum):
    """What an analyst says of a flagged flight."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Seen:
    """One flight as far as verdicts care: which aircraft, from when to when."""

    flight_id: str
    icao24: str
    first_seen: dt.datetime
    last_seen: dt.datetime

    def overlaps(self, other: Seen) -> bool:
        """Tell whether both are of one aircraft at one time."""
        return (
            self.icao24 == other.icao24
            and self.first_seen <= other.last_seen
            and other.first_seen <= self.last_seen
        )


@dataclass(frozen=True)
class Verdict:
    """One row of the file."""

    id: int
    recorded_at: dt.datetime
    seen: Seen
    verdict: Judgement
    note: str
    by: str


@dataclass(frozen=True)
class Verdicts:
    """The verdicts kept in one file; it is created by the first of them."""

    path: Path

    def record(
        self,
        seen: Seen,
        verdict: Judgement,
        *,
        by: str,
        note: str = "",
        now: dt.datetime | None = None,
    ) -> Verdict | None:
        """Append a verdict, unless it is what this reviewer said last.

        Returns
        -------
        Verdict or None
            The new row; None if nothing changed.
        """
        at = now or dt.datetime.now(dt.UTC)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.executescript(_SCHEMA)
            # From the look at the last verdict to the new row, nobody else writes.
            database.execute("BEGIN IMMEDIATE")
            rows = _select(
                database, "WHERE icao24 = ? AND reviewer = ?", seen.icao24, by
            )
            said = [row for row in rows if row.seen.overlaps(seen)]
            if said and (said[-1].verdict, said[-1].note) == (verdict, note):
                database.rollback()
                return None
            cursor = database.execute(
                f"INSERT INTO verdicts ({_COLUMNS}) VALUES (NULL,?,?,?,?,?,?,?,?)",
                (
                    at.isoformat(timespec="microseconds"),
                    seen.flight_id,
                    seen.icao24,
                    seen.first_seen.isoformat(),
                    seen.last_seen.isoformat(),
                    verdict.value,
                    note,
                    by,
                ),
            )
            database.commit()
        return Verdict(cursor.lastrowid or 0, at, seen, verdict, note, by)

    def history(self) -> tuple[Verdict, ...]:
        """Return every verdict ever recorded, oldest first."""
        # An empty file is what a kill between creation and first row leaves.
        if not self.path.exists() or not self.path.stat().st_size:
            return ()
        with self._open() as database:
            return tuple(_select(database))

    def latest(self) -> tuple[Verdict, ...]:
        """Return what counts: the last verdict of each reviewer on each flight."""
        kept: dict[tuple[str, str], list[Verdict]] = {}
        for verdict in reversed(self.history()):
            same = kept.setdefault((verdict.seen.icao24, verdict.by), [])
            if not any(later.seen.overlaps(verdict.seen) for later in same):
                same.append(verdict)
        every = [verdict for same in kept.values() for verdict in same]
        return tuple(sorted(every, key=lambda verdict: verdict.id))

    def of(self, flights: Sequence[Seen]) -> dict[str, tuple[Verdict, ...]]:
        """Return, per ``flight_id``, the verdicts that count for the flight."""
        by_aircraft: dict[str, list[Verdict]] = {}
        for verdict in self.latest():
            by_aircraft.setdefault(verdict.seen.icao24, []).append(verdict)
        return {
            seen.flight_id: tuple(
                verdict
                for verdict in by_aircraft.get(seen.icao24, ())
                if verdict.seen.overlaps(seen)
            )
            for seen in flights
        }

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(
                sqlite3.connect(self.path, timeout=LOCK_TIMEOUT_S)
            ) as database:
                yield database
        except sqlite3.DatabaseError as error:
            raise BadInputError(
                f"cannot use the verdicts in {self.path}: {error}",
                hint="Put a backup of the file in its place, or move it away.",
            ) from error


def _select(
    database: sqlite3.Connection, where: str = "", *values: str
) -> list[Verdict]:
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM verdicts {where} ORDER BY id", values
    )
    return [
        Verdict(
            id=row[0],
            recorded_at=dt.datetime.fromisoformat(row[1]),
            seen=Seen(
                row[2],
                row[3],
                dt.datetime.fromisoformat(row[4]),
                dt.datetime.fromisoformat(row[5]),
            ),
            verdict=Judgement(row[6]),
            note=row[7],
            by=row[8],
        )
        for row in rows
    ]
