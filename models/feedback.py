"""How past alerts did, by what analysts said of them.

Only decided flags count: reviewers choose what they look at, so these figures are of
the reviewed part of the list, from its top.  Of a flight that reviewers are at odds
over, or unsure of, nothing is known.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow.compute as pc
from scipy.stats import binomtest

from anomaly.store import Store
from anomaly.verdicts import REASONS, Judgement, Verdict, Verdicts

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval (Wilson's)."""

    n: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Week:
    """The alerts of one week, from its Monday on."""

    monday: dt.date
    n_flagged: int
    """Flags of its scored days; they may since have been scored anew."""
    n_unclear: int
    """Flags whose reviewers are unsure or at odds."""
    precision: Share
    """Confirmed flags, of those confirmed or dismissed."""


@dataclass(frozen=True)
class Bin:
    """Flights whose score, when they were judged, lay between two values."""

    low: float
    high: float
    mean_score: float
    confirmed: Share


@dataclass(frozen=True)
class Feedback:
    """What verdicts say of the alerts so far."""

    weeks: tuple[Week, ...]
    calibration: tuple[Bin, ...]
    dismissals: dict[str, int]
    """Reasons of dismissals, the most frequent first."""
    dismissed_again: dict[str, int]
    """Aircraft dismissed on more than one day."""
    n_unjudged: int
    """Judged flights that no list had shown: in no figure."""


def feedback(store: Store) -> Feedback:
    """Return how past alerts did, from the verdicts that count."""
    flights = _by_flight(Verdicts(store.verdicts).latest())
    shown = [of for of in flights if of[-1].shown]
    clear = [(of[-1], said) for of in shown if (said := _agreed(of)) is not None]
    flagged = [(one, said) for one, said in clear if one.shown and one.shown.flagged]
    dismissed = [
        one
        for of in flights
        if _agreed(of) is False
        for one in of
        if one.verdict is Judgement.DISMISS
    ]
    words = REASONS[Judgement.DISMISS]
    days = {(one.seen.icao24, one.seen.last_seen.date()) for one in dismissed}
    again = Counter(icao24 for icao24, _ in days)
    return Feedback(
        weeks=_weeks(store, shown, flagged),
        calibration=_calibration(clear),
        dismissals=dict(
            Counter(
                words.get(one.reason, "no reason given") for one in dismissed
            ).most_common()
        ),
        dismissed_again={key: n for key, n in again.most_common() if n > 1},
        n_unjudged=len(flights) - len(shown),
    )


def share(n: int, of: int) -> Share:
    """Return a share with its interval; none of nothing is unknown.

    Examples
    --------
    >>> share(9, 10).value, share(0, 0).value
    (0.9, None)
    """
    if not of:
        return Share(n, of, None, None, None)
    interval = binomtest(n, of).proportion_ci(method="wilson")
    return Share(n, of, n / of, float(interval.low), float(interval.high))


def _by_flight(verdicts: Sequence[Verdict]) -> list[list[Verdict]]:
    """Return the verdicts of each flight together, the last of each last."""
    flights: list[list[Verdict]] = []
    of_aircraft: dict[str, list[list[Verdict]]] = {}
    for verdict in verdicts:
        known = of_aircraft.setdefault(verdict.seen.icao24, [])
        for of in known:
            if of[0].seen.overlaps(verdict.seen):
                of.append(verdict)
                break
        else:
            known.append([verdict])
            flights.append(known[-1])
    return flights


def _agreed(verdicts: Sequence[Verdict]) -> bool | None:
    said = {one.verdict for one in verdicts} - {Judgement.UNSURE}
    return said == {Judgement.CONFIRM} if len(said) == 1 else None


def _monday(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.weekday())


def _weeks(
    store: Store,
    shown: Sequence[Sequence[Verdict]],
    flagged: Sequence[tuple[Verdict, bool]],
) -> tuple[Week, ...]:
    n_flagged: Counter[dt.date] = Counter()
    for date in store.dates("scores"):
        scores = store.read("scores", date, columns=["leads", "flagged"])
        both = pc.and_(scores["leads"], scores["flagged"])
        n_flagged[_monday(date)] += pc.sum(both).as_py() or 0
    said: dict[dt.date, list[bool]] = {}
    for one, is_so in flagged:
        if one.shown:
            said.setdefault(_monday(one.shown.date), []).append(is_so)
    unclear = Counter(
        _monday(of[-1].shown.date)
        for of in shown
        if of[-1].shown and of[-1].shown.flagged and _agreed(of) is None
    )
    return tuple(
        Week(
            monday=monday,
            n_flagged=n_flagged[monday],
            n_unclear=unclear[monday],
            precision=share(sum(said.get(monday, [])), len(said.get(monday, []))),
        )
        for monday in sorted({*n_flagged, *said, *unclear})
    )


def _calibration(clear: Sequence[tuple[Verdict, bool]]) -> tuple[Bin, ...]:
    scored = [(one.shown.score, is_so) for one, is_so in clear if one.shown]
    bins = []
    for low, high in pairwise(EDGES):
        inside = [
            (score, is_so)
            for score, is_so in scored
            if low <= score < high or score == high == EDGES[-1]
        ]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            n = sum(is_so for _, is_so in inside)
            bins.append(Bin(low, high, mean, share(n, len(inside))))
    return tuple(bins)
