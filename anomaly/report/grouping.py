"""Flags that may be one mission: pairs and trains of aircraft, and shuttles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from anomaly.report import words
from anomaly.report.summary import Alert
from features import surprise

# Out and back is a return flight; once more, and it is a shuttle.
LEAST_TRIPS = 3
_WAYS_NAMED = 2
# Of bits that pages show with one digit.
_ROUNDING = 0.05
_OFTEN = {2.0: "twice"}
_ALIKE, _SURPRISE = (
    _OFTEN[surprise.LOOK_ALIKE_WEIGHT],
    _OFTEN[surprise.SURPRISE_WEIGHT],
)

Way = tuple[str, str]


def missions(alerts: Sequence[Alert]) -> list[list[Alert]]:
    """Return the alerts in their order, those of one mission together."""
    groups: dict[str, list[Alert]] = {}
    for alert in alerts:
        groups.setdefault(alert.mission_id, []).append(alert)
    return list(groups.values())


def together(group: Sequence[Alert]) -> str:
    """Return in a sentence what journeys of one mission have in common."""
    kind = "Perhaps a pair" if len(group) == 2 else "Perhaps a train of aircraft"
    shared = _shared(group)
    if not shared:
        return f"{kind}: {len(group)} journeys on one unusual way this day."
    named = words.listed([" → ".join(way) for way in shared[:_WAYS_NAMED]])
    apart = words.hours(_apart_h(group))
    return f"{kind}: {len(group)} journeys by way of {named}, {apart} apart."


def place(alert: Alert, companions: Sequence[Alert], n_alerts: int) -> str:
    """Return where in the day's list a journey stands, and beside whom."""
    where = f"{words.ordinal(alert.rank)} of {words.plural(n_alerts, 'journey')}"
    if not companions:
        return f"{where}."
    others = words.listed([f"{one.craft.name} (rank {one.rank})" for one in companions])
    apart = f" {words.hours(h)} apart" if (h := _apart_h([alert, *companions])) else ""
    return f"{where}: listed with {others}, which flew the same unusual way{apart}."


def _apart_h(group: Sequence[Alert]) -> float | None:
    """Return how long after each other a mission took off on the way they share."""
    if not (shared := _shared(group)):
        return None
    took_off = sorted(
        leg.first_seen
        for alert in group
        for leg in alert.legs
        if (leg.origin.ident, leg.destination.ident) == shared[0]
    )
    return (took_off[-1] - took_off[0]).total_seconds() / 3600


def _shared(group: Sequence[Alert]) -> list[Way]:
    """Return the ways that more than one of a mission flew, the commonest first."""
    n_on = Counter(way for alert in group for way in dict.fromkeys(_ways(alert)))
    return [way for way, n in n_on.most_common() if n > 1]


def review_order() -> str:
    """Return what the list is ordered by.

    Examples
    --------
    >>> review_order().split("; ")[0]
    'the odds against ordinary traffic (more than 10 counts as 10)'
    """
    ordinary, alike = surprise.MOST_ORDINARY_BITS, surprise.MOST_LOOK_ALIKE_BITS
    return (
        f"the odds against ordinary traffic (more than {ordinary:g} counts as "
        f"{ordinary:g}); plus {_ALIKE} the odds against look-alikes (more than "
        f"{alike:g} counts as {alike:g}; less than nothing where a look-alike is the "
        f"likelier); plus {_SURPRISE} the surprise, {words.surprise_goes()}"
    )


def stands_by(alert: Alert, companions: Sequence[Alert]) -> str:
    """Return in bits what gives a journey its place in the list.

    `companions` are the other journeys of its mission, which stand by the mission.
    """
    own = _sum(alert) or words.signed_bits(alert.priority_bits)
    if not companions:
        return f"{words.signed_bits(alert.priority_bits)} bits: {own}"
    best, raised_bits = _mission(alert, companions)
    total_bits = best.priority_bits + raised_bits
    raised = f"{raised_bits:.1f} of odds of the next best of its mission"
    if best.flight_id == alert.flight_id:
        return f"{words.signed_bits(total_bits)} bits: {own} + {raised}"
    return (
        f"its mission's {words.signed_bits(total_bits)} bits: the "
        f"{words.signed_bits(best.priority_bits)} of rank {best.rank} + {raised}; "
        f"its own are {own}"
    )


def _sum(alert: Alert) -> str:
    """Return what a journey's bits are the sum of; empty where that is not known.

    Scores that an earlier version stored may have been weighed otherwise.
    """
    ordinary, alike = alert.ordinary_bits, alert.look_alike_bits
    if ordinary is None:
        return ""
    # What was not asked, of the clearly ordinary, counts nothing.
    alike = 0.0 if alike is None else alike
    bits = (pd.Series([told]) for told in (ordinary, alike, alert.surprise_bits))
    if abs(surprise.priority_bits(*bits).iloc[0] - alert.priority_bits) > _ROUNDING:
        return ""
    return (
        f"{_unlike_ordinary(ordinary)}{_unlike_look_alikes(alike)} + "
        f"{_SURPRISE} {alert.surprise_bits:.1f} of surprise"
    )


def _unlike_ordinary(bits: float) -> str:
    """Return what counts of the odds against ordinary traffic."""
    most = surprise.MOST_ORDINARY_BITS
    told = f"{words.signed_bits(min(bits, most))} of odds against ordinary traffic"
    return f"{told} (more than {most:g} count as {most:g})" if bits > most else told


def _unlike_look_alikes(bits: float) -> str:
    """Return what is taken off, or put on, by the odds against look-alikes."""
    if bits < 0:
        return f" \N{MINUS SIGN} {_ALIKE} {-bits:.1f} of odds for a look-alike"
    most = surprise.MOST_LOOK_ALIKE_BITS
    told = f" + {_ALIKE} {min(bits, most):.1f} of odds against look-alikes"
    return f"{told} (more than {most:g} count as {most:g})" if bits > most else told


def needed(alert: Alert) -> str:
    """Return what a flag needed that day; empty if the scores do not tell."""
    if alert.threshold_bits is None or alert.budget is None:
        return ""
    least = words.signed_bits(alert.threshold_bits)
    return f"{least} bits and a place among the first {alert.budget}"


def _mission(alert: Alert, companions: Sequence[Alert]) -> tuple[Alert, float]:
    """Return the best of a mission, and by how much the next best raises it."""
    best, second = sorted([alert, *companions], key=lambda one: one.rank)[:2]
    return best, float(surprise.raised_by(pd.Series([second.score])).iloc[0])


def shuttle(alert: Alert) -> str:
    """Return in a few words that a journey went to and fro; empty if it did not."""
    n_between = Counter(tuple(sorted(way)) for way in _ways(alert))
    if not n_between:
        return ""
    (a, b), n = n_between.most_common(1)[0]
    return f"shuttle: {n} flights between {a} and {b}" if n >= LEAST_TRIPS else ""


def _ways(alert: Alert) -> list[Way]:
    """Return the pairs of known, different fields that a journey flew, in order."""
    ends = ((leg.origin.ident, leg.destination.ident) for leg in alert.legs)
    return [(a, b) for a, b in ends if a and b and a != b]
