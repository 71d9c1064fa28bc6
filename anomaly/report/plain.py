"""One alert's evidence as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from anomaly.domain import Provenance, Reason
from anomaly.report import unseen, words
from anomaly.report.summary import Alert, Leg, Stop

WIDTH = 88


def text(alert: Alert) -> str:
    """Return what the flag's page says, for a terminal.

    Control characters are shown as question marks: what an aircraft sends must not
    move the cursor.
    """
    plain = "\n".join(_lines(alert)).replace("\N{NO-BREAK SPACE}", " ")
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in plain)


def _lines(alert: Alert) -> Iterator[str]:
    craft = alert.craft
    if alert.provenance.is_made:
        yield from _wrap(
            f"*** {alert.provenance.value.upper()} ***  "
            f"{words.MADE_NOTES[alert.provenance]}"
        )
        yield ""
    operator = craft.operator_words or "operator unknown"
    yield f"{craft.name}, {craft.type_words}, {operator}"
    if craft.private:
        yield "Shown by address only: its owner asked for privacy."
    flagged = "flagged for review" if alert.flagged else "not flagged"
    score = words.score(alert.score)
    if len(alert.legs) > 1:
        score += f" of flight {words.leg_number(alert)} of {len(alert.legs)}"
    yield f"Score {score}, rank {alert.rank}, {flagged} ({alert.model})"
    if alert.score_without_identity is not None and not alert.identity_hidden:
        yield f"Score without identity {words.score(alert.score_without_identity)}"
    if alert.ordinary_bits is not None:
        against = (
            f"{words.odds(alert.look_alike_bits)} against look-alikes"
            if alert.look_alike_bits is not None
            else "so clearly that look-alikes were not asked about"
        )
        yield (
            f"Odds for logistics {words.odds(alert.ordinary_bits)} against ordinary "
            f"traffic, {against}"
        )
    yield f"Surprise {words.surprise(alert.surprise_bits)}"
    yield f"Flight {alert.flight_id}: {' '.join(alert.airports)}"
    yield ""
    yield from _wrap(words.what_was_seen(alert))
    if not alert.reasons:
        yield ""
        yield from _wrap(
            "No reasons: they are kept for the flights that lead the first journeys of "
            "the day's list, and for no others."
        )
    yield from _section("What speaks for it", map(_reason, alert.speaks_for))
    yield from _section("What speaks against it", map(_reason, alert.speaks_against))
    if alert.reasons and not words.objections(alert):
        little = (
            f": what lowers the score does so by less than {words.LEAST_OBJECTION} each"
        )
        yield (
            "Nothing the model weighs speaks against it"
            f"{little if alert.speaks_against else ''}."
        )
    yield from _section("Also so, without weight", (one.text for one in alert.remarks))
    yield from _section("Flights and stopovers", _steps(alert))
    yield from _section("What was not observed", unseen.lines(alert))
    yield from _section(
        "Verdicts",
        (
            f"{v.by}: {v.verdict.value}{v.note and ', ' + v.note}"
            for v in alert.verdicts
        ),
    )
    yield ""
    yield "A score is evidence, never a verdict. Weights are log-odds; times are UTC."


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
    for line in found:
        yield from _wrap(line, "  ")


def _reason(reason: Reason) -> str:
    value = "" if reason.value is None else f" [{reason.value}]"
    return f"{reason.weight:+.2f}  {reason.text}{value}"


def _steps(alert: Alert) -> Iterator[str]:
    stops = {stop.flight_before: stop for stop in alert.stops}
    for leg in alert.legs:
        yield _flight(leg)
        if stop := stops.get(leg.flight_id):
            yield _stop(stop, alert.provenance)


def _flight(leg: Leg) -> str:
    return (
        f"{words.span(leg.first_seen, leg.last_seen)}  {leg.origin.words} "
        f"({leg.origin.kind}) to {leg.destination.words} ({leg.destination.kind}); "
        f"{words.leg_facts(leg)}"
    )


def _stop(stop: Stop, provenance: Provenance) -> str:
    seen = f"landing {'inferred' if stop.inferred else words.SEEN[provenance]}"
    return (
        f"{words.span(stop.arrived, stop.departed)}  on the ground at "
        f"{words.stop_words(stop)}; {seen}, confidence {stop.confidence} of 4"
    )


def _wrap(line: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        line,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + ("       " if indent else ""),
        break_long_words=False,
    )
