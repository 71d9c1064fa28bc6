"""The days as they stand now: evidence read once, verdicts read every time."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field, replace

import pyarrow.compute as pc

from anomaly.errors import NoDataError
from anomaly.marks import Mark, Marks
from anomaly.reference import Reference
from anomaly.report.html import page_name
from anomaly.report.reading import read_day
from anomaly.report.standing import seen_of, with_standing
from anomaly.report.summary import Alert, Day
from anomaly.store import Store
from anomaly.verdicts import SEEN_COLUMNS, Judgement, Seen, Shown, Verdict, Verdicts

# A day of the world with its tracks is large; an analyst looks at few days.
DAYS_KEPT = 8

Stamp = tuple[int, tuple[Mark, ...]]


@dataclass
class Days:
    """Reads days once, and again when they are scored anew."""

    store: Store
    reference: Reference
    show_private: bool = False
    _kept: dict[dt.date, tuple[Stamp, Day]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def dates(self) -> list[dt.date]:
        """Return the scored days, the latest first."""
        return self.store.dates("scores")[::-1]

    def day(self, date: dt.date) -> Day:
        """Return a day with what has been said of its flags up to now.

        Raises
        ------
        NoDataError
            If the day has not been scored.
        """
        day = self._evidence(date)
        return replace(
            day,
            flagged=with_standing(self.store, day.flagged),
            below=with_standing(self.store, day.below),
            watched=with_standing(self.store, day.watched),
        )

    def counted(self, date: dt.date) -> list[tuple[Verdict, ...]]:
        """Return the verdicts on each flag of a day, without reading its evidence."""
        scores = self.store.read(
            "scores", date, columns=["flight_id", "icao24", "leads", "flagged"]
        )
        flagged = scores.filter(pc.and_(scores["leads"], scores["flagged"]))
        if not flagged.num_rows:
            return []
        wanted = set(flagged["flight_id"].to_pylist())
        flights = self.store.read(
            "flights",
            date,
            columns=list(SEEN_COLUMNS),
            icao24=set(flagged["icao24"].to_pylist()),
        )
        # The last row of a flight knows most.
        rows = {row["flight_id"]: row for row in flights.to_pylist()}
        seen = [Seen.of(rows[key]) for key in wanted if key in rows]
        return list(Verdicts(self.store.verdicts).of(seen).values())

    def alert(self, day: Day, name: str) -> Alert:
        """Return the flag whose page has that name.

        Raises
        ------
        NoDataError
            If there is none.
        """
        for one in day.flagged:
            if page_name(one) == name:
                return one
        raise NoDataError(
            f"no flag {name!r} on {day.date}",
            hint="The day may have been scored anew since; go back to its list.",
        )

    def _evidence(self, date: dt.date) -> Day:
        # One at a time: two requests at once would read the same day twice.
        with self._lock:
            stamp = self._stamp(date)
            kept = self._kept.get(date)
            if kept is None or kept[0] != stamp:
                day = read_day(
                    self.store,
                    date,
                    self.reference,
                    show_private=self.show_private,
                )
                self._kept.pop(date, None)
                while len(self._kept) >= DAYS_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[date] = kept = (stamp, day)
            return kept[1]

    def _stamp(self, date: dt.date) -> Stamp:
        path = self.store.path("scores", date)
        changed = path.stat().st_mtime_ns if path.exists() else 0
        return changed, Marks(self.store.verdicts).listed()


def decide(
    store: Store,
    day: Day,
    alert: Alert,
    said: Judgement,
    *,
    by: str,
    reason: str,
    note: str,
) -> Verdict | None:
    """Record a verdict with what the page showed when it was given."""
    return Verdicts(store.verdicts).record(
        seen_of(alert),
        said,
        by=by,
        reason=reason,
        note=note,
        shown=Shown(day.date, alert.model, alert.score, alert.rank, alert.flagged),
    )
