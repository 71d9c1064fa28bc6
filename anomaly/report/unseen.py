"""What was not observed, flight by flight of a journey."""

from __future__ import annotations

from collections.abc import Iterator

from anomaly.domain import Provenance
from anomaly.report import words
from anomaly.report.summary import Alert, End, Leg


def unseen(alert: Alert) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each flight that was not wholly observed, and what of it was not.

    Of a single flight the name is empty: nothing else can be meant.
    """
    told = (
        (_name(alert, n), tuple(_of_leg(alert, leg)))
        for n, leg in enumerate(alert.legs, start=1)
    )
    return tuple((name, sentences) for name, sentences in told if sentences)


def lines(alert: Alert) -> Iterator[str]:
    """Return the same, a line each."""
    for name, sentences in unseen(alert):
        yield from (f"{name}: {text}" if name else text for text in sentences)


def _name(alert: Alert, n: int) -> str:
    if len(alert.legs) == 1:
        return ""
    leg = alert.legs[n - 1]
    ends = [end.ident or "an unknown field" for end in (leg.origin, leg.destination)]
    return f"Flight {n} of {len(alert.legs)}, {' to '.join(ends)}"


def _of_leg(alert: Alert, leg: Leg) -> Iterator[str]:
    if leg.flight_id == alert.flight_id:
        # Told when it was scored, with what the model did not know of it.
        yield from alert.coverage
        if alert.provenance is Provenance.RE_ENACTED:
            yield "what the aircraft did before is not known: the journey is re-enacted"
        return
    yield from _of_end("take-off", leg.origin)
    yield from _of_end("landing", leg.destination)
    if not leg.n_positions:
        yield "no positions: known from a list of flights, so gaps and movement are not"
    elif leg.gaps:
        times = "once" if len(leg.gaps) == 1 else f"{len(leg.gaps)} times"
        longest_h = max(gap.duration_h for gap in leg.gaps)
        yield (
            f"lost {times} in flight, at longest for {words.hours(longest_h)}; "
            f"{words.percent(leg.unobserved_share)} of the flight went unobserved"
        )


def _of_end(what: str, end: End) -> Iterator[str]:
    if end.ident is None:
        yield f"the field of {what} is not known"
    elif end.kind != "observed":
        yield f"the {what} at {end.ident} is {end.kind}, not seen"
