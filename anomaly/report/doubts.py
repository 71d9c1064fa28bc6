"""What would change our mind about a flag: findings that would undo its reasons."""

from __future__ import annotations

from collections.abc import Iterator

from anomaly.report import words
from anomaly.report.summary import Alert

# What a finding would have to show against the strongest reasons, by what their
# names begin with.
_BY_START = {
    "route": "a timetable, or more stored days, with ordinary flights between these "
    "states would make the route less rare",
    "stopover_journey_military": "a civil reason to be at these fields, of which "
    "joint-use ones have terminals, would take this reason away",
    "stopover_journey_unscheduled": "a civil reason to be at fields without scheduled "
    "service (a mine, a yard, a private owner) would take this reason away",
    "region": "the part of the world counts because documented logistics went there: "
    "whoever has ordinary business there is no suspect for it",
    "stopover": "a plain cause for the stopover (fuel, weather, a fault, a crew's "
    "rest) would take its weight away",
    "operator": "proof that the callsign or the operator is wrong or was leased to "
    "somebody else would take this reason away",
    "aircraft_type": "a photograph or a register with another type would take this "
    "reason away",
    "history": "more stored days that show the aircraft on this way before would "
    "make it routine",
    "kinematics": "the way it flew has other causes as well: weather, traffic, "
    "training",
}


def doubts(alert: Alert) -> tuple[str, ...]:
    """Return findings that would speak against the flag, the most telling first."""
    return tuple(_doubts(alert))


def _doubts(alert: Alert) -> Iterator[str]:
    yield (
        "a load list, a relief agency's notice or a charter contract for this flight: "
        "what was aboard is never observed"
    )
    for stop in alert.stops:
        if stop.inferred:
            unseen = words.span(stop.lost_at, stop.back_at)
            yield (
                f"a position elsewhere between {unseen} "
                f"would undo the inferred landing at {stop.words}"
            )
    last = alert.legs[-1].destination
    if last.kind != "observed":
        where = f"{last.words} is inferred" if last.ident else "that is not known"
        yield f"a sighting after the last position would tell where it landed: {where}"
    yield from dict.fromkeys(_against_reasons(alert))
    craft = alert.craft
    if not craft.private and craft.operator is None and craft.owner is None:
        yield "to know who operated it: nothing that was received tells"


def _against_reasons(alert: Alert) -> Iterator[str]:
    for reason in alert.speaks_for[:3]:
        finding = next(
            (of for start, of in _BY_START.items() if reason.feature.startswith(start)),
            None,
        )
        if finding:
            yield finding
