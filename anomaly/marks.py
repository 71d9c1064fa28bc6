"""Watch and ignore lists, and corrections of what was published.

A list tells the reader where to look first or last; it never changes a score.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anomaly import notebook
from anomaly.errors import BadInputError
from anomaly.verdicts import Seen

LISTS = ("watch", "ignore")
KINDS = {
    "aircraft": "address (six hex digits) or registration",
    "operator": "three-letter designator",
    "field": "ICAO or local code of an airport",
    "area": "latitude, longitude, radius in nm",
}
"""What a list may hold, and how it is written."""

_SHAPES = {
    "aircraft": re.compile(r"[0-9A-Z][0-9A-Z-]{1,11}\Z"),
    "operator": re.compile(r"[A-Z]{3}\Z"),
    "field": re.compile(r"[0-9A-Z][0-9A-Z_-]{1,11}\Z"),
}


@dataclass(frozen=True)
class Mark:
    """One entry of a list."""

    list: str
    kind: str
    value: str
    note: str
    by: str
    recorded_at: dt.datetime

    @property
    def circle(self) -> tuple[float, float, float]:
        """Latitude and longitude in degrees, and radius in nm, of an area."""
        latitude, longitude, radius_nm = map(float, self.value.split(","))
        return latitude, longitude, radius_nm

    @property
    def words(self) -> str:
        """The entry as one says it."""
        why = f" ({self.note})" if self.note else ""
        return f"{self.kind} {self.value.replace(',', ', ')}{why}"


@dataclass(frozen=True)
class Correction:
    """What was wrong with a published flag."""

    recorded_at: dt.datetime
    seen: Seen
    text: str
    by: str


@dataclass(frozen=True)
class Marks:
    """The lists and corrections kept in one file, beside the verdicts."""

    path: Path

    def put(
        self, list_: str, kind: str, value: str, *, by: str, note: str = ""
    ) -> Mark:
        """Add an entry to a list.

        Raises
        ------
        BadInputError
            If it is none.
        """
        return self._change(list_, kind, value, by, note, is_on=True)

    def remove(self, list_: str, kind: str, value: str, *, by: str) -> Mark:
        """Take an entry off a list; that it was there stays on record."""
        return self._change(list_, kind, value, by, "", is_on=False)

    def listed(self) -> tuple[Mark, ...]:
        """Return the entries of both lists, oldest first."""
        now: dict[tuple[str, str, str], Mark] = {}
        with notebook.reading(self.path) as database:
            rows = (
                database.execute(
                    "SELECT list, kind, value, note, reviewer, recorded_at, is_on "
                    "FROM list_changes ORDER BY id"
                ).fetchall()
                if database
                else []
            )
        for list_, kind, value, note, by, at, is_on in rows:
            mark = Mark(list_, kind, value, note, by, dt.datetime.fromisoformat(at))
            now.pop((mark.list, mark.kind, mark.value), None)
            if is_on:
                now[mark.list, mark.kind, mark.value] = mark
        return tuple(now.values())

    def correct(self, seen: Seen, text: str, *, by: str) -> Correction | None:
        """Append a correction; None if the last one on the flight says the same."""
        made = Correction(dt.datetime.now(dt.UTC), seen, text, by)
        with notebook.writing(self.path) as database:
            before = [one for one in _corrections(database) if one.seen.overlaps(seen)]
            if before and (before[-1].text, before[-1].by) == (text, by):
                return None
            database.execute(
                "INSERT INTO corrections (recorded_at, flight_id, icao24, first_seen, "
                "last_seen, text, reviewer) VALUES (?,?,?,?,?,?,?)",
                (
                    made.recorded_at.isoformat(timespec="microseconds"),
                    seen.flight_id,
                    seen.icao24,
                    seen.first_seen.isoformat(),
                    seen.last_seen.isoformat(),
                    text,
                    by,
                ),
            )
        return made

    def corrections_of(
        self, flights: Sequence[Seen]
    ) -> dict[str, tuple[Correction, ...]]:
        """Return, per ``flight_id``, its corrections, oldest first."""
        with notebook.reading(self.path) as database:
            every = _corrections(database) if database else []
        return {
            seen.flight_id: tuple(one for one in every if one.seen.overlaps(seen))
            for seen in flights
        }

    def _change(
        self, list_: str, kind: str, value: str, by: str, note: str, *, is_on: bool
    ) -> Mark:
        mark = Mark(
            list_, kind, checked(list_, kind, value), note, by, dt.datetime.now(dt.UTC)
        )
        with notebook.writing(self.path) as database:
            database.execute(
                "INSERT INTO list_changes (recorded_at, list, kind, value, is_on, note,"
                " reviewer) VALUES (?,?,?,?,?,?,?)",
                (
                    mark.recorded_at.isoformat(timespec="microseconds"),
                    *(mark.list, mark.kind, mark.value, is_on, mark.note, mark.by),
                ),
            )
        return mark


def checked(list_: str, kind: str, value: str) -> str:
    """Return an entry's value in the one way it is kept.

    Examples
    --------
    >>> checked("watch", "area", "12.5, -8, 100")
    '12.5,-8,100'
    """
    if list_ not in LISTS or kind not in KINDS:
        raise BadInputError(
            f"no list {list_!r} of {kind!r}",
            hint=f"Lists: {', '.join(LISTS)}; kinds: {', '.join(KINDS)}.",
        )
    text = value.strip().upper()
    is_good = _is_area(text) if kind == "area" else bool(_SHAPES[kind].match(text))
    if not is_good:
        raise BadInputError(
            f"{value[:40]!r} is no {kind}", hint=f"Write it as: {KINDS[kind]}."
        )
    return re.sub(r"\s", "", text)


def _is_area(text: str) -> bool:
    try:
        latitude, longitude, radius_nm = map(float, text.split(","))
    except ValueError:
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180 and 0 < radius_nm <= 2000


def _corrections(database: notebook.Database) -> list[Correction]:
    rows = database.execute(
        "SELECT recorded_at, flight_id, icao24, first_seen, last_seen, text, reviewer "
        "FROM corrections ORDER BY id"
    )
    return [
        Correction(
            dt.datetime.fromisoformat(at),
            Seen(
                flight_id,
                icao24,
                dt.datetime.fromisoformat(first),
                dt.datetime.fromisoformat(last),
            ),
            text,
            by,
        )
        for at, flight_id, icao24, first, last, text, by in rows
    ]
