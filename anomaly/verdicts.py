"""What analysts said of flights: verdicts, each with who, when and why.

A verdict attaches by aircraft and overlapping time rather than by ``flight_id``,
since a later ingest can move a flight's first position and with it the id; never
from a made flight to an observed one, or back, where it is known of both.  Of the
verdicts of one reviewer on one flight the latest that was not withdrawn counts; the
others stay.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from anomaly import notebook
from anomaly.domain import Provenance
from anomaly.errors import BadInputError

_COLUMNS = (
    "id, recorded_at, flight_id, icao24, first_seen, last_seen, verdict, note, "
    "reviewer, reason, shown_date, shown_model, shown_score, shown_rank, "
    "shown_flagged, provenance"
)


class Judgement(StrEnum):
    """What an analyst says of a flagged flight."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    UNSURE = "unsure"


REASONS: Mapping[Judgement, Mapping[str, str]] = {
    Judgement.CONFIRM: {
        "load_told": "another source tells of the load",
        "seen": "seen on a photograph or by a witness",
        "pattern": "part of a known air bridge",
        "force_aircraft": "a force's own transport, on its way",
    },
    Judgement.DISMISS: {
        "relief": "relief or evacuation",
        "charter": "commercial charter or freight",
        "state_visit": "state visit or government passengers",
        "ferry": "ferry, delivery or maintenance",
        "training": "training or exercise",
        "scheduled": "scheduled or routine service",
        "bad_track": "track, landing or address is wrong",
    },
    Judgement.UNSURE: {
        "too_little": "too little was observed",
        "at_odds": "sources contradict each other",
        "ask": "somebody else should look",
    },
}
"""The short list of reasons that goes with each judgement: code and words."""


SEEN_COLUMNS = ("flight_id", "icao24", "first_seen", "last_seen", "provenance")
"""The columns of `flights` that tell which flight a verdict is of."""


@dataclass(frozen=True)
class Seen:
    """One flight as far as verdicts care: which aircraft, from when to when."""

    flight_id: str
    icao24: str
    first_seen: dt.datetime
    last_seen: dt.datetime
    provenance: Provenance | None = None
    """None where nobody recorded it."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Seen:
        """Return the flight of a row with `SEEN_COLUMNS`."""
        told = {name: row[name] for name in SEEN_COLUMNS}
        return cls(**{**told, "provenance": Provenance(row["provenance"])})

    def overlaps(self, other: Seen) -> bool:
        """Tell whether both are of one aircraft at one time, seen or made alike."""
        return (
            self.icao24 == other.icao24
            and (
                self.provenance is None
                or other.provenance is None
                or self.provenance == other.provenance
            )
            and self.first_seen <= other.last_seen
            and other.first_seen <= self.last_seen
        )


@dataclass(frozen=True)
class Shown:
    """What the list said of the flight when the verdict was given."""

    date: dt.date
    model: str
    score: float
    rank: int
    flagged: bool


@dataclass(frozen=True)
class Verdict:
    """One row of the file."""

    id: int
    recorded_at: dt.datetime
    seen: Seen
    verdict: Judgement
    note: str
    by: str
    reason: str = ""
    shown: Shown | None = None

    @property
    def why(self) -> str:
        """The reason in words, and the note."""
        reason = REASONS[self.verdict].get(self.reason, self.reason)
        return ": ".join(part for part in (reason, self.note) if part)


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
        reason: str = "",
        shown: Shown | None = None,
        now: dt.datetime | None = None,
    ) -> Verdict | None:
        """Append a verdict, unless it is what this reviewer said last.

        Returns
        -------
        Verdict or None
            The new row; None if nothing changed.

        Raises
        ------
        BadInputError
            If the reason is none of those that go with the verdict.
        """
        check_reason(verdict, reason)
        at = now or dt.datetime.now(dt.UTC)
        # From the look at the last verdict to the new row, nobody else writes.
        with notebook.writing(self.path) as database:
            said = [row for row in _valid(database, seen.icao24, by) if _of(row, seen)]
            if said and _content(said[-1]) == (verdict, note, reason):
                return None
            if said:
                # Whatever the clock says, what is said last is later.
                at = max(at, said[-1].recorded_at + dt.timedelta(microseconds=1))
            return _insert(
                database, Verdict(0, at, seen, verdict, note, by, reason, shown)
            )

    def add(self, verdicts: Sequence[Verdict]) -> int:
        """Append verdicts given elsewhere, each once; return how many were new."""
        with notebook.writing(self.path) as database:
            known = {_origin(row) for row in _select(database)}
            new = [one for one in verdicts if _origin(one) not in known]
            for one in new:
                _insert(database, one)
        return len(new)

    def withdraw(
        self, verdict_id: int, *, by: str, now: dt.datetime | None = None
    ) -> Verdict | None:
        """Take back a verdict of one's own; what one said before counts again.

        Returns
        -------
        Verdict or None
            The verdict; None if there is no such one, or it was withdrawn before.
        """
        at = now or dt.datetime.now(dt.UTC)
        with notebook.writing(self.path) as database:
            rows = _select(database, "WHERE id = ? AND reviewer = ?", verdict_id, by)
            if not rows or verdict_id in _withdrawn(database):
                return None
            database.execute(
                "INSERT INTO withdrawals (recorded_at, verdict_id) VALUES (?, ?)",
                (at.isoformat(timespec="microseconds"), verdict_id),
            )
            return rows[0]

    def history(self) -> tuple[Verdict, ...]:
        """Return every verdict ever recorded, oldest first."""
        with notebook.reading(self.path) as database:
            return tuple(_select(database)) if database else ()

    def withdrawn(self) -> frozenset[int]:
        """Return the numbers of the verdicts that were taken back."""
        with notebook.reading(self.path) as database:
            return _withdrawn(database) if database else frozenset()

    def latest(self) -> tuple[Verdict, ...]:
        """Return what counts: the last verdict of each reviewer on each flight."""
        with notebook.reading(self.path) as database:
            valid = _valid(database) if database else []
        kept: dict[tuple[str, str], list[Verdict]] = {}
        for verdict in reversed(valid):
            same = kept.setdefault((verdict.seen.icao24, verdict.by), [])
            if not any(later.seen.overlaps(verdict.seen) for later in same):
                same.append(verdict)
        every = [verdict for same in kept.values() for verdict in same]
        return tuple(sorted(every, key=lambda one: (one.recorded_at, one.id)))

    def of(self, flights: Sequence[Seen]) -> dict[str, tuple[Verdict, ...]]:
        """Return, per ``flight_id``, the verdicts that count for the flight."""
        by_aircraft: dict[str, list[Verdict]] = {}
        for verdict in self.latest():
            by_aircraft.setdefault(verdict.seen.icao24, []).append(verdict)
        return {
            seen.flight_id: tuple(
                verdict
                for verdict in by_aircraft.get(seen.icao24, ())
                if _of(verdict, seen)
            )
            for seen in flights
        }


def check_reason(verdict: Judgement, reason: str) -> None:
    """Refuse a reason that does not go with the verdict."""
    if reason and reason not in REASONS[verdict]:
        raise BadInputError(
            f"the reason {reason!r} does not go with {verdict.value}",
            hint=f"Reasons to {verdict.value}: {', '.join(REASONS[verdict])}.",
        )


def at_odds(verdicts: Sequence[Verdict]) -> bool:
    """Tell whether reviewers contradict each other; to be unsure is no contradiction.

    Examples
    --------
    >>> at_odds([])
    False
    """
    return len({one.verdict for one in verdicts} - {Judgement.UNSURE}) > 1


def _of(verdict: Verdict, seen: Seen) -> bool:
    return verdict.seen.overlaps(seen)


def _content(verdict: Verdict) -> tuple[Judgement, str, str]:
    return verdict.verdict, verdict.note, verdict.reason


def _origin(verdict: Verdict) -> tuple[dt.datetime, str, str, Judgement]:
    """Return what tells a verdict from every other, in whichever file it is."""
    return verdict.recorded_at, verdict.by, verdict.seen.flight_id, verdict.verdict


def _insert(database: sqlite3.Connection, given: Verdict) -> Verdict:
    shown = given.shown
    cursor = database.execute(
        f"INSERT INTO verdicts ({_COLUMNS}) VALUES (NULL{',?' * 15})",
        (
            given.recorded_at.isoformat(timespec="microseconds"),
            given.seen.flight_id,
            given.seen.icao24,
            given.seen.first_seen.isoformat(),
            given.seen.last_seen.isoformat(),
            given.verdict.value,
            given.note,
            given.by,
            given.reason,
            shown and shown.date.isoformat(),
            shown and shown.model,
            shown and shown.score,
            shown and shown.rank,
            shown and shown.flagged,
            given.seen.provenance,
        ),
    )
    return Verdict(
        cursor.lastrowid or 0,
        given.recorded_at,
        given.seen,
        given.verdict,
        given.note,
        given.by,
        given.reason,
        shown,
    )


def _withdrawn(database: sqlite3.Connection) -> frozenset[int]:
    rows = database.execute("SELECT verdict_id FROM withdrawals")
    return frozenset(row[0] for row in rows)


def _valid(
    database: sqlite3.Connection, icao24: str | None = None, by: str = ""
) -> list[Verdict]:
    """Return the verdicts not withdrawn: all, or a reviewer's on one aircraft.

    In the order they were given in, which is not that of rows taken from elsewhere.
    """
    rows = (
        _select(database)
        if icao24 is None
        else _select(database, "WHERE icao24 = ? AND reviewer = ?", icao24, by)
    )
    withdrawn = _withdrawn(database)
    kept = [row for row in rows if row.id not in withdrawn]
    return sorted(kept, key=lambda row: (row.recorded_at, row.id))


def _select(
    database: sqlite3.Connection, where: str = "", *values: str | int
) -> list[Verdict]:
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM verdicts {where} ORDER BY id", values
    )
    return [_verdict(row) for row in rows]


def _verdict(row: tuple[Any, ...]) -> Verdict:
    return Verdict(
        id=row[0],
        recorded_at=dt.datetime.fromisoformat(row[1]),
        seen=Seen(
            row[2],
            row[3],
            dt.datetime.fromisoformat(row[4]),
            dt.datetime.fromisoformat(row[5]),
            Provenance(row[15]) if row[15] else None,
        ),
        verdict=Judgement(row[6]),
        note=row[7],
        by=row[8],
        reason=row[9],
        shown=Shown(
            dt.date.fromisoformat(row[10]), row[11], row[12], row[13], bool(row[14])
        )
        if row[10]
        else None,
    )
