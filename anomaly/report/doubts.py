"""What would change our mind about a flag: findings that would undo its reasons."""

from __future__ import annotations

from collections.abc import Iterator

from anomaly.report import words
from anomaly.report.summary import Alert
from features.facts import fact_of

_PLAIN_STOP = (
    "a plain cause for the stopover (fuel, weather, a fault, a crew's rest) would make "
    "it say nothing"
)
_MORE_DAYS = (
    "more stored days that show the aircraft on this way before would make it routine"
)
_OTHER_TYPE = (
    "a photograph or a register with another type would undo what its type says"
)
_PLAIN_SILENCE = (
    "a receiver nearby that heard nobody else either would make the silence a hole in "
    "coverage"
)
_OTHER_CAUSES = "the way it flew has other causes as well: weather, traffic, training"
# What a finding would have to show against the strongest reasons, by their fact.
BY_FACT = {
    "whose it is": "proof that the callsign or the operator is wrong, or that it was "
    "leased to somebody else, would undo what its operator says",
    "marks of the military": "a register that gives the airframe to another owner "
    "would undo the mark of the military",
    "what type it is": _OTHER_TYPE,
    "as the type flies": _OTHER_TYPE,
    "military fields": "a civil reason to be at {fields}{joint} would undo what "
    "these fields say",
    "fields without scheduled service": "a civil reason to be at fields without "
    "scheduled service (a mine, a yard, a private owner) would undo what these say",
    "stops and what they were needed for": _PLAIN_STOP,
    "time on the ground": _PLAIN_STOP,
    "how sure the stops are": _PLAIN_STOP,
    "how rare the way is": "a timetable, or more stored days, with ordinary flights "
    "between these states would make the route less rare",
    "gaps in flight": _PLAIN_SILENCE,
    "ends that nobody saw": _PLAIN_SILENCE,
    "how much it flies": _MORE_DAYS,
    "where it mostly is": _MORE_DAYS,
    "new to it": _MORE_DAYS,
    "in company": "an event that drew the others there too (a relief operation, an "
    "exercise, a fair) would make the company chance",
    "heights and speeds": _OTHER_CAUSES,
    "turns": _OTHER_CAUSES,
    "part of the world": "the part of the world counts because documented logistics "
    "went there: whoever has ordinary business there is no suspect for it",
}
_N_REASONS = 3


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
            unseen = f"{words.moment(stop.lost_at)} and {words.moment(stop.back_at)}"
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
    facts = [fact_of(reason.feature) for reason in alert.speaks_for]
    checkable = [fact for fact in facts if not fact.last]
    for fact in (*checkable[:_N_REASONS], *(fact for fact in facts if fact.last)):
        if fact.name in BY_FACT:
            yield BY_FACT[fact.name].format(
                fields=words.listed(_fields(alert, "military", "joint"))
                or "these fields",
                joint=_joint(alert),
            )


def _joint(alert: Alert) -> str:
    """Return which of the journey's fields civil flights use as well."""
    found = _fields(alert, "joint")
    if not found:
        return ""
    uses = "is in joint use" if len(found) == 1 else "are in joint use"
    return f" ({words.listed(found)} {uses}, with civil traffic)"


def _fields(alert: Alert, *uses: str) -> list[str]:
    """Return the fields of the journey that are used so."""
    ends = [end.field for leg in alert.legs for end in (leg.origin, leg.destination)]
    found = [field.ident for field in ends if field and field.field_use in uses]
    return list(dict.fromkeys(found))
