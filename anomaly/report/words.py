"""Numbers, times and codes as a reader likes them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from itertools import pairwise

from anomaly.domain import Provenance, Reason
from anomaly.report.context import LEAST_FARTHER, Likeness
from anomaly.report.summary import Alert, Leg, Stop
from features import amounts
from features.surprise import MOST_BITS, UNKNOWN_BITS

MADE_NOTES = {
    Provenance.OBSERVED: "Recorded position reports of real aircraft.",
    Provenance.RE_ENACTED: "This program made the track after a documented case. "
    "It is no recording: times, heights and routes between the documented places "
    "are chosen, and a stop where these are too far apart for the type; public "
    "trackers need not show any of it.",
    Provenance.SIMULATED: "This program made the track up. Aircraft, operator and "
    "flight are invented, and public trackers need not show any of it.",
}
SEEN = {
    Provenance.OBSERVED: "observed",
    Provenance.RE_ENACTED: "re-enacted as seen",
    Provenance.SIMULATED: "simulated as seen",
}
"""What stands for "observed": of a track that was made, nobody observed anything."""
# What is not said of a whole aircraft stays together: "3 h 10 min".
# By the share of documented cases that are farther from the one most like them.
_LIKE = (
    (0.75, "very like"),
    (0.25, "like"),
    (LEAST_FARTHER, "a little like"),
    (0.0, "not close"),
)
_NO_BREAK = "\N{NO-BREAK SPACE}"
# From here on two places would round a score to 1.00.
_SURE = 0.995
CONFIDENCE = {
    4: "seen on both sides",
    3: "seen on one side",
    2: "likely",
    1: "weak",
}
FIELD_USE = {"civil": "civil", "joint": "joint use", "military": "military"}
# A stop that may have taken this long is no stop of "0 min".
_A_WHILE_H = 0.25
# No model is so sure of anything that more could be told: 1,000 to 1.
_MOST_ODDS_BITS = 10.0
# Below this a reason changes the odds by less than a fifth.
LEAST_OBJECTION = 0.2
GAP_KIND = {
    "coverage_hole": "a hole in receiver coverage explains it",
    "transponder_off_likely": "good coverage on both sides: the transponder was "
    "likely off",
    "unknown": "cause unknown",
}


def hours(value: float | None) -> str:
    """Return a length of time in hours and minutes.

    Examples
    --------
    >>> hours(3.17).replace("\N{NO-BREAK SPACE}", " ")
    '3 h 10 min'
    """
    if value is None or math.isnan(value):
        return "unknown"
    minutes = round(value * 60)
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest}{_NO_BREAK}min"
    if not rest or whole >= 48:
        return f"{whole}{_NO_BREAK}h"
    return f"{whole}{_NO_BREAK}h{_NO_BREAK}{rest}{_NO_BREAK}min"


def number(value: float | None, unit: str = "") -> str:
    """Return a whole number with its unit, thousands apart.

    Examples
    --------
    >>> number(6540.2, "nm").replace("\N{NO-BREAK SPACE}", " ")
    '6,540 nm'
    """
    if value is None or math.isnan(value):
        return "unknown"
    # Adding zero turns a negative zero into a plain one.
    return f"{round(value) + 0:,}{unit and _NO_BREAK + unit}"


def percent(value: float | None) -> str:
    """Return a share in percent, never rounded to all or nothing."""
    if value is None or math.isnan(value):
        return "unknown"
    return amounts.share(value).replace(" ", _NO_BREAK)


def score(value: float) -> str:
    """Return a score to two places, never rounded to certainty.

    Examples
    --------
    >>> score(0.97)
    '0.97'
    >>> score(0.999).replace("\N{NO-BREAK SPACE}", " ")
    '> 0.99'
    """
    if value >= _SURE:
        return f">{_NO_BREAK}0.99"
    if value < 1 - _SURE:
        return f"<{_NO_BREAK}0.01"
    return f"{value:.2f}"


def odds(bits: float) -> str:
    """Return odds told in bits as so many to one.

    Examples
    --------
    >>> odds(5.0), odds(-2.0), odds(0.1)
    ('32 to 1', '1 to 4', '1 to 1')
    >>> odds(12.0)
    'more than 1,000 to 1'
    """
    if abs(bits) > _MOST_ODDS_BITS:
        return "more than 1,000 to 1" if bits > 0 else "less than 1 to 1,000"
    times = f"{2.0 ** abs(bits):.0f}"
    return f"{times} to 1" if bits >= 0 else f"1 to {times}"


def surprise(bits: float) -> str:
    """Return how unusual a flight is, in bits, with the ends of the scale.

    A mean of several rarities, so it is not told as one flight in so many.

    Examples
    --------
    >>> surprise(6.1).replace("\N{NO-BREAK SPACE}", " ")
    '6.1 bits, from 0 (routine) to 7.5 (hardly anybody flew so before)'
    >>> surprise(UNKNOWN_BITS).split(":")[0]
    "not known, and counted as a day's mean"
    """
    told = f"{bits:.1f}{_NO_BREAK}bits"
    if bits == UNKNOWN_BITS:
        return f"not known, and counted as a day's mean: {told}, {surprise_goes()}"
    return f"{told}, {surprise_goes()}"


def surprise_goes() -> str:
    """Return the ends of the scale of surprise."""
    return f"from 0 (routine) to {MOST_BITS:g} (hardly anybody flew so before)"


def day(date: dt.date) -> str:
    """Return a date in words: 23 March 2019."""
    return f"{date.day} {date:%B %Y}"


def moment(at: dt.datetime) -> str:
    """Return day and minute: 22 Mar 13:05."""
    return f"{at.day}{_NO_BREAK}{at:%b}{_NO_BREAK}{at:%H:%M}"


def span(start: dt.datetime, end: dt.datetime) -> str:
    """Return from when to when, naming the day once if it is one day."""
    last = f"{end:%H:%M}" if start.date() == end.date() else moment(end)
    return f"{moment(start)} to {last}"


def ordinal(n: int) -> str:
    """Return a place in a row.

    Examples
    --------
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th']
    """
    ending = {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{'th' if n % 100 in (11, 12, 13) else ending}"


def signed_bits(bits: float) -> str:
    """Return a number of bits with a minus sign, not a hyphen.

    Examples
    --------
    >>> signed_bits(3.04), signed_bits(-0.01)
    ('3.0', '0.0')
    >>> signed_bits(-0.12).replace("\N{MINUS SIGN}", "minus ")
    'minus 0.1'
    """
    # Adding zero turns a negative zero into a plain one.
    return f"{round(bits, 1) + 0.0:.1f}".replace("-", "\N{MINUS SIGN}")


def plural(n: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{n:,}{_NO_BREAK}{one if n == 1 else many or one + 's'}"


def listed(words: list[str]) -> str:
    """Join words as one says them: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def provenance_words(kinds: tuple[Provenance, ...]) -> str:
    """Return the kinds of track as a loud heading."""
    return " AND ".join(kind.value.upper() for kind in kinds)


def what_was_seen(alert: Alert) -> str:
    """Return the journey in a sentence or two."""
    legs = plural(len(alert.legs), "flight")
    first, last = alert.legs[0].origin, alert.legs[-1].destination
    text = (
        f"{legs} from {first.words} to {last.words}, "
        f"{span(alert.first_seen, alert.last_seen)} UTC{_flown(alert)}."
    )
    text += "".join(f" {sentence}" for sentence in _missed(alert))
    if alert.legs[-1].still_flying:
        text += " It was still flying when the day ended."
    if not alert.stops:
        return f"{text} No stopover."
    inferred = sum(stop.inferred for stop in alert.stops)
    seen = f", {inferred} of them inferred and not seen" if inferred else ""
    where = listed([stop_words(stop) for stop in alert.stops])
    return f"{text} {plural(len(alert.stops), 'stopover')}{seen}: {where}."


def _missed(alert: Alert) -> Iterator[str]:
    """Say where a whole flight between two others went unseen."""
    for before, after in pairwise(alert.legs):
        if text := missed_between(before, after):
            yield f"{text[:1].upper()}{text[1:]}."


def missed_between(before: Leg, after: Leg) -> str:
    """Return that an aircraft went on unseen; empty if it left from where it was."""
    here, there = before.destination.ident, after.origin.ident
    if here is None or there is None or here == there:
        return ""
    return (
        f"it went from {here} to {there} unseen, between {moment(before.last_seen)} "
        f"and {moment(after.first_seen)}: at least one flight is missing"
    )


def _flown(alert: Alert) -> str:
    flown = [leg.flown_nm for leg in alert.legs]
    if None not in flown:
        return f", {number(sum(nm or 0.0 for nm in flown), 'nm')} along the positions"
    if alert.total_nm is None:
        return ""
    return f", {number(alert.total_nm, 'nm')} by great circles"


def may_be_none(stop: Stop) -> bool:
    """Tell whether a stopover is open to both sides: no time at all, or a while."""
    return round(stop.ground_time_h * 60) == 0 and stop.ground_time_max_h >= _A_WHILE_H


def ground_time(stop: Stop) -> str:
    """Return how long a stopover took; where that may be nothing, between what."""
    if may_be_none(stop):
        return f"somewhere between 0 and {hours(stop.ground_time_max_h)}"
    return hours(stop.ground_time_h)


def stop_words(stop: Stop) -> str:
    """Return a stopover in a few words."""
    use = FIELD_USE.get(stop.field_use or "")
    kind = f", {use}" if use and use != "civil" else ""
    return f"{stop.words}{kind}, {ground_time(stop)}"


def leg_facts(leg: Leg) -> str:
    """Return what is known of a flight: length, height, speed, coverage."""
    facts = [hours(leg.duration_h)]
    if leg.flown_nm is not None:
        facts.append(number(leg.flown_nm, "nm"))
    if leg.max_altitude_ft is not None:
        facts.append(f"up to {number(leg.max_altitude_ft, 'ft')}")
    if leg.cruise_speed_kt is not None:
        facts.append(f"cruising at {number(leg.cruise_speed_kt, 'kt')}")
    if not leg.n_positions:
        facts.append("known from a flight list, without positions")
    elif leg.unobserved_share:
        facts.append(f"{percent(leg.unobserved_share)} of the time not observed")
    return "; ".join(facts)


def objections(alert: Alert) -> tuple[Reason, ...]:
    """Return the reasons against that weigh enough to be called so."""
    told = alert.speaks_against
    return tuple(reason for reason in told if reason.weight <= -LEAST_OBJECTION)


def leg_number(alert: Alert) -> int:
    """Return which flight of the journey stands for it, from 1."""
    return [leg.flight_id for leg in alert.legs].index(alert.flight_id) + 1


def likeness(like: Likeness) -> str:
    """Return how like a documented case is, in words and in its number."""
    number_ = f"distance {like.distance:.2f}"
    if like.farther_share is None:
        return number_
    degree = next(word for least, word in _LIKE if like.farther_share >= least)
    return (
        f"{degree}: {number_}; {percent(like.farther_share)} of documented cases are "
        "farther from the one most like them"
    )
