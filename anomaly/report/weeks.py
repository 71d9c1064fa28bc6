"""Several days on one page: what was flagged, by whom flown, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anomaly.domain import Provenance
from anomaly.errors import NoDataError
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.report.environment import environment
from anomaly.report.exports import flags_csv
from anomaly.report.html import page_name
from anomaly.report.reading import read_flagged
from anomaly.report.summary import Alert
from anomaly.report.writing import write
from anomaly.store import Store
from anomaly.verdicts import Judgement, at_odds

N_PLACES = 12


@dataclass(frozen=True)
class OneDay:
    """A scored day of the roll-up."""

    date: dt.date
    n_flights: int
    n_journeys: int
    flagged: tuple[Alert, ...]
    has_report: bool
    """Whether its own pages lie beside."""

    def n(self, verdict: str) -> int:
        """Return how many flags have this verdict, and no other than unsure ones."""
        return sum(agreed(alert) == verdict for alert in self.flagged)


@dataclass(frozen=True)
class Recurring:
    """An aircraft flagged on more than one day."""

    alert: Alert
    """The latest."""
    dates: tuple[dt.date, ...]


@dataclass(frozen=True)
class Weeks:
    """The whole roll-up."""

    first: dt.date
    last: dt.date
    days: tuple[OneDay, ...]
    unscored: tuple[dt.date, ...]
    recurring: tuple[Recurring, ...]
    places: tuple[tuple[str, int], ...]
    """Fields that the flagged journeys touched most, with the number of journeys."""

    @property
    def flagged(self) -> tuple[Alert, ...]:
        """All flags, by day and rank."""
        return tuple(alert for day in self.days for alert in day.flagged)

    @property
    def provenances(self) -> tuple[Provenance, ...]:
        """Every kind of track among the flags, observed first."""
        found = {alert.provenance for alert in self.flagged}
        return tuple(kind for kind in Provenance if kind in found)


def agreed(alert: Alert) -> str:
    """Return what the reviewers say together, or why they say nothing."""
    if not alert.verdicts:
        return "open"
    if at_odds(alert.verdicts):
        return "at odds"
    said = {one.verdict for one in alert.verdicts} - {Judgement.UNSURE}
    return said.pop().value if said else Judgement.UNSURE.value


def build_weeks(
    store: Store,
    first: dt.date,
    last: dt.date,
    out: Path,
    *,
    show_private: bool = False,
    progress: Progress = silent,
) -> Path:
    """Write the roll-up of the scored days from `first` to `last`; return its page.

    Raises
    ------
    NoDataError
        If none of the days has been scored.
    """
    dates = [day for day in store.dates("scores") if first <= day <= last]
    if not dates:
        raise NoDataError(
            f"no day from {first} to {last} has been scored in {store.root}",
            hint=f"Run `anomaly score {first}` first.",
        )
    reference = Reference.load(store.root)
    days = []
    for done, date in enumerate(dates):
        progress("reading days", done / len(dates))
        days.append(_day(store, date, reference, out, show_private=show_private))
    weeks = _weeks(first, last, days)
    files = {"index.html": _page(weeks, out), "flags.csv": flags_csv(weeks.flagged)}
    progress("reading days", 1.0)
    return write(files, out)


def _day(
    store: Store, date: dt.date, reference: Reference, out: Path, *, show_private: bool
) -> OneDay:
    scores = store.read("scores", date, columns=["flight_id", "leads"])
    return OneDay(
        date=date,
        n_flights=scores.num_rows,
        n_journeys=sum(scores["leads"].to_pylist()),
        flagged=read_flagged(store, date, reference, show_private=show_private),
        has_report=(out.parent / f"{date}" / "index.html").exists(),
    )


def _weeks(first: dt.date, last: dt.date, days: Sequence[OneDay]) -> Weeks:
    by_aircraft: dict[str, list[tuple[dt.date, Alert]]] = {}
    places: Counter[str] = Counter()
    for day in days:
        for alert in day.flagged:
            by_aircraft.setdefault(alert.craft.icao24, []).append((day.date, alert))
            places.update(dict.fromkeys(set(alert.airports) - {"?"}, 1))
    recurring = [
        Recurring(of[-1][1], dates)
        for of in by_aircraft.values()
        if len(dates := tuple(dict.fromkeys(date for date, _ in of))) > 1
    ]
    n_days = (last - first).days + 1
    every = [first + dt.timedelta(days=n) for n in range(n_days)]
    scored = {day.date for day in days}
    return Weeks(
        first=first,
        last=last,
        days=tuple(days),
        unscored=tuple(date for date in every if date not in scored),
        recurring=tuple(sorted(recurring, key=lambda one: -len(one.dates))),
        places=tuple(sorted(places.items(), key=lambda of: (-of[1], of[0]))[:N_PLACES]),
    )


def _page(weeks: Weeks, out: Path) -> str:
    kinds = weeks.provenances
    return (
        environment()
        .get_template("weeks.html")
        .render(
            weeks=weeks,
            desk=None,
            kinds=kinds,
            made=any(kind.is_made for kind in kinds),
            agreed=agreed,
            pages=_pages(weeks, out),
        )
    )


def _pages(weeks: Weeks, out: Path) -> Mapping[str, str]:
    """Return the address of each flag's own page, where there is one."""
    found = {}
    for day in weeks.days:
        for alert in day.flagged:
            page = f"{day.date}/flags/{page_name(alert)}.html"
            if (out.parent / page).exists():
                found[f"{day.date} {alert.flight_id}"] = f"../{page}"
    return found
