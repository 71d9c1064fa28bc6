"""Flags that may be one mission: pairs and trains of aircraft, and shuttles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from anomaly.report import words
from anomaly.report.summary import Alert

# Out and back is a return flight; once more, and it is a shuttle.
LEAST_TRIPS = 3
_WAYS_NAMED = 2

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
    n_on = Counter(way for alert in group for way in dict.fromkeys(_ways(alert)))
    shared = [way for way, n in n_on.most_common() if n > 1]
    if not shared:
        return f"{kind}: {len(group)} journeys on one unusual way this day."
    named = words.listed([" → ".join(way) for way in shared[:_WAYS_NAMED]])
    took_off = sorted(
        leg.first_seen
        for alert in group
        for leg in alert.legs
        if (leg.origin.ident, leg.destination.ident) == shared[0]
    )
    apart_h = (took_off[-1] - took_off[0]).total_seconds() / 3600
    apart = words.hours(apart_h)
    return f"{kind}: {len(group)} journeys by way of {named}, {apart} apart."


def stands_by(alert: Alert, companions: Sequence[Alert]) -> str:
    """Return in bits what gives a journey its place in the list.

    `companions` are the other journeys of its mission, which stand by the mission.
    """
    odds_bits = alert.priority_bits - alert.surprise_bits
    own = (
        f"{odds_bits:.1f} of odds{_by_the_lower(alert)} + "
        f"{alert.surprise_bits:.1f} of surprise"
    )
    if not companions:
        return f"{alert.priority_bits:.1f} bits: {own}"
    best, raised_bits = _mission(alert, companions)
    total_bits = best.priority_bits + raised_bits
    raised = f"{raised_bits:.1f} of odds of the next best of its mission"
    if best.flight_id == alert.flight_id:
        return f"{total_bits:.1f} bits: {own} + {raised}"
    return (
        f"its mission's {total_bits:.1f} bits: the {best.priority_bits:.1f} of rank "
        f"{best.rank} + {raised}; its own are {own}"
    )


def _by_the_lower(alert: Alert) -> str:
    return " without identity" if alert.without_identity < alert.score else ""


def needed(alert: Alert) -> str:
    """Return what a flag needed that day; empty if the scores do not tell."""
    if alert.threshold_bits is None or alert.budget is None:
        return ""
    return f"{alert.threshold_bits:.1f} bits and a place among the first {alert.budget}"


def _mission(alert: Alert, companions: Sequence[Alert]) -> tuple[Alert, float]:
    """Return the best of a mission, and by how much the next best raises it."""
    best, second = sorted([alert, *companions], key=lambda one: one.rank)[:2]
    return best, max(second.priority_bits - second.surprise_bits, 0.0)


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
