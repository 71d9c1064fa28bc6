"""Draw an aircraft's past weeks as a calendar: how many flights ended each day."""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from anomaly.domain import Provenance
from anomaly.report import words
from anomaly.report.context import Past
from anomaly.report.svg import el, picture

CELL = 26
LEFT, TOP = 36, 60
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def calendar(past: Past, kinds: tuple[Provenance, ...], *, ident: str) -> Markup:
    """Return one column a week, one row a weekday; numbers tell, not colours alone."""
    monday = past.first - dt.timedelta(days=past.first.weekday())
    n_weeks = (past.last - monday).days // 7 + 1
    own_past = Provenance.RE_ENACTED not in kinds
    cells = [
        _cell(past, day, (day - monday).days, own_past=own_past) for day in past.days
    ]
    months = [
        el(
            "text",
            f"{day:%b}",
            x=LEFT + (day - monday).days // 7 * CELL,
            y=TOP - 8,
            class_="tick",
            font_size=11,
        )
        for day in past.days
        if day.day == 1
    ]
    names = [
        el("text", name, x=0, y=TOP + n * CELL + 17, class_="tick", font_size=11)
        for n, name in enumerate(_WEEKDAYS)
    ]
    return picture(
        *names,
        *months,
        *cells,
        kinds=kinds,
        ident=ident,
        title="Flights of the aircraft, day by day",
        desc=described(past, kinds),
        width=LEFT + n_weeks * CELL + 4,
        height=TOP + 7 * CELL + 4,
        class_="chart calendar",
    )


def described(past: Past, kinds: tuple[Provenance, ...]) -> str:
    """Return the calendar in a sentence."""
    if Provenance.RE_ENACTED in kinds:
        return (
            "What the aircraft did before is not known: only its re-enacted journey "
            f"is stored ({words.plural(past.n_flights, 'flight')})."
        )
    n_stored = len(past.stored)
    flown = (
        f"{words.plural(past.n_flights, 'flight')} on "
        f"{words.plural(len(past.flights), 'day')}"
    )
    return (
        f"{flown}, of {words.plural(n_stored, 'stored day')} among the "
        f"{len(past.days)} to {words.day(past.last)}."
    )


def _cell(past: Past, day: dt.date, n: int, *, own_past: bool) -> Markup:
    """Return a day; without a past of its own, silence tells nothing of an aircraft."""
    x, y = LEFT + n // 7 * CELL, TOP + n % 7 * CELL
    flights = past.flights.get(day, 0)
    if day not in past.stored:
        kind, said = "unstored", "nothing stored"
    elif flights:
        kind, said = "flown", words.plural(flights, "flight")
    elif not own_past:
        kind, said = "unstored", "not known: the aircraft is re-enacted"
    else:
        kind, said = "quiet", "not seen to fly"
    size = CELL - 3
    box = el("rect", x=x, y=y, width=size, height=size, rx=2, class_=f"day {kind}")
    inside: tuple[Markup, ...] = (
        el("title", f"{words.day(day)}: {said}"),
        box,
    )
    if flights:
        inside += (
            el(
                "text",
                str(flights),
                x=x + size / 2,
                y=y + 16,
                text_anchor="middle",
                class_="count",
                font_size=12,
            ),
        )
    if kind == "quiet":
        dot = el("circle", cx=x + size / 2, cy=y + size / 2, r=1.6, class_="dot")
        inside += (dot,)
    return el("g", *inside)
