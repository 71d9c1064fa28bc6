"""The analysts' SQLite file: append-only tables that several people write at once.

Whoever changes their mind adds a row; no row is ever changed or taken away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from anomaly.errors import BadInputError

# Two reviewers at once wait for each other rather than lose a verdict.
LOCK_TIMEOUT_S = 30.0
VERSION = 3

Database = sqlite3.Connection

_TABLES = {
    "verdicts": """
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_at TEXT NOT NULL,
    flight_id TEXT NOT NULL,
    icao24 TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('confirm', 'dismiss', 'unsure')),
    note TEXT NOT NULL,
    reviewer TEXT NOT NULL""",
    # What a reviewer took back; the verdict itself stays.
    "withdrawals": """
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_at TEXT NOT NULL,
    verdict_id INTEGER NOT NULL UNIQUE REFERENCES verdicts (id)""",
    "list_changes": """
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_at TEXT NOT NULL,
    list TEXT NOT NULL CHECK (list IN ('watch', 'ignore')),
    kind TEXT NOT NULL CHECK (kind IN ('aircraft', 'operator', 'field', 'area')),
    value TEXT NOT NULL,
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    note TEXT NOT NULL,
    reviewer TEXT NOT NULL""",
    "corrections": """
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recorded_at TEXT NOT NULL,
    flight_id TEXT NOT NULL,
    icao24 TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    text TEXT NOT NULL,
    reviewer TEXT NOT NULL""",
}
# What later versions of the file know besides: the third, the flight's provenance.
_ADDED_TO_VERDICTS = {
    "reason": "TEXT NOT NULL DEFAULT ''",
    "shown_date": "TEXT",
    "shown_model": "TEXT",
    "shown_score": "REAL",
    "shown_rank": "INTEGER",
    "shown_flagged": "INTEGER",
    "provenance": "TEXT",
}


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Yield the file opened, or None before anything was written."""
    # An empty file is what a kill between creation and first row leaves.
    if not path.exists() or not path.stat().st_size:
        yield None
        return
    with _opened(path) as database:
        yield database


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield the file opened for one change, while nobody else writes.

    The change is kept, whole, when the block ends; an exception takes it back.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            database.rollback()
            raise
        database.commit()


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(
            sqlite3.connect(path, timeout=LOCK_TIMEOUT_S, isolation_level=None)
        ) as database:
            _prepare(database, path)
            yield database
    except sqlite3.DatabaseError as error:
        raise BadInputError(
            f"cannot use the verdicts in {path}: {error}",
            hint="Put a backup of the file in its place, or move it away.",
        ) from error


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Bring a new or older file up to date; two at once do it once."""
    if _version(database) == VERSION:
        return
    database.execute("BEGIN IMMEDIATE")
    if (known := _version(database)) > VERSION:
        database.rollback()
        raise BadInputError(
            f"{path} was written by a newer version of this program ({known})",
            hint="Update the program, or put a backup of the file in its place.",
        )
    for table, columns in _TABLES.items():
        database.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
        for what, word in (("UPDATE", "changed"), ("DELETE", "deleted")):
            database.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table}_are_never_{word} "
                f"BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            )
    has = {row[1] for row in database.execute("PRAGMA table_info(verdicts)")}
    for column, kind in _ADDED_TO_VERDICTS.items():
        if column not in has:
            database.execute(f"ALTER TABLE verdicts ADD COLUMN {column} {kind}")
    database.execute(
        "CREATE INDEX IF NOT EXISTS verdicts_by_aircraft ON verdicts (icao24, reviewer)"
    )
    database.execute(f"PRAGMA user_version = {VERSION}")
    database.commit()


def _version(database: sqlite3.Connection) -> int:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    return int(version)
