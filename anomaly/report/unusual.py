"""What a flight's surprise is made of, in words, and why it stands where it does.

The parts are read from the stored features; they are told only if they still make up
the surprise that the scores hold.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import features
from anomaly.reference import Reference
from anomaly.reference.territory import state_near
from anomaly.report import words
from anomaly.report.context import Unusual
from anomaly.report.summary import Alert, Leg
from anomaly.store import Store
from features import seen_pair, stored, surprise
from features.rarity import share_of
from features.words import RARE

_OF_TYPE = "route_country_pair_for_type_bits"
_OF_OPERATOR = "operator_network_bits"
_QUESTIONS = {
    surprise.PAIR: "how rare the pair of states is",
    _OF_TYPE: "how rare it is for the type",
    _OF_OPERATOR: "how rare it is for the operator",
    surprise.FIRST_VISIT: "whether the airframe was there before",
}
_PAIRS = {surprise.PAIR, surprise.SEEN_PAIR}
_AS_THE_PAIR = "not known, counted as rare as the pair of states"
# The scores are stored as they were computed; this is for another machine's rounding.
_SAME_BITS = 1e-6


def with_parts(
    store: Store, date: dt.date, alerts: Sequence[Alert], reference: Reference
) -> tuple[Alert, ...]:
    """Return the alerts; the flagged ones with the parts of their surprise."""
    wanted = [alert.flight_id for alert in alerts if alert.flagged]
    told = stored.stored(store, date) if wanted else None
    if told is None:
        return tuple(alerts)
    values = told[list(surprise.COLUMNS)].reindex(wanted)
    bits = surprise.surprise_bits(values)
    of = {
        flight_id: {str(name): float(value) for name, value in row.items()}
        for flight_id, row in zip(wanted, values.to_dict("records"), strict=True)
    }
    return tuple(
        replace(alert, unusual=parts(alert, of[alert.flight_id], reference))
        if alert.flagged
        and abs(float(bits[alert.flight_id]) - alert.surprise_bits) < _SAME_BITS
        else alert
        for alert in alerts
    )


def parts(
    alert: Alert, values: Mapping[str, float], reference: Reference
) -> tuple[Unusual, ...]:
    """Return the parts; of an aircraft that is not named none that tells of it."""
    unsaid = features.identity_features() if alert.craft.private else ()
    says = _sentences(alert, reference)
    no_pair = math.isnan(values[surprise.PAIR])
    no_stand_in = math.isnan(values[surprise.SEEN_PAIR])
    found = []
    for part, largest in surprise.PARTS.items():
        if part in unsaid:
            continue
        stands_in = part == surprise.PAIR and no_pair and not no_stand_in
        name = surprise.SEEN_PAIR if stands_in else part
        value = float(values[name]) * (largest if name == surprise.FIRST_VISIT else 1)
        if math.isnan(value):
            counted = "not known" if no_pair and no_stand_in else _AS_THE_PAIR
            found.append(Unusual(name, f"{_QUESTIONS[name]}: {counted}", rare=False))
            continue
        share = share_of(value, largest)
        never, seldom = says[name]
        text = seldom.format(n=f"{1 / share:,.0f}") if share else never
        found.append(Unusual(name, text, rare=value >= RARE * largest))
    return tuple(found)


def _sentences(alert: Alert, reference: Reference) -> dict[str, tuple[str, str]]:
    """Return, for each part, what is said of the rarest and of what was seen."""
    fields = alert.lead.origin.field, alert.lead.destination.field
    a, b = (
        reference.countries.name(field.country) if field else "an unknown state"
        for field in fields
    )
    way = f"within {a}" if a == b else f"from {a} to {b}"
    kind = alert.craft.typecode or "type"
    there = alert.lead.destination.words
    seen = _seen_way(alert.lead, reference)
    return {
        surprise.SEEN_PAIR: (
            f"no flight {seen} was seen on the days before",
            f"flights {seen} are about one in {{n}}",
        ),
        surprise.PAIR: (
            f"no flight {way} was seen on the days before",
            f"about one flight in {{n}} was {way}",
        ),
        _OF_TYPE: (
            f"no {kind} was seen to fly {way} on the days before",
            f"about one flight in {{n}} of the {kind} was {way}",
        ),
        _OF_OPERATOR: (
            f"its operator was not seen to fly to {b} on the days before",
            f"about one flight in {{n}} of its operator went to {b}",
        ),
        surprise.FIRST_VISIT: (
            f"first visit of this airframe to {there} in the days stored",
            f"this airframe has been to {there} before",
        ),
    }


def _seen_way(leg: Leg, reference: Reference) -> str:
    """Return the way of a flight; an unknown end is told by where it was seen."""
    told = []
    for name, end, point in (
        ("origin", leg.origin, leg.first_point),
        ("destination", leg.destination, leg.last_point),
    ):
        if end.field:
            told.append(reference.countries.name(end.field.country))
            continue
        places = [[axis] for axis in point or (math.nan, math.nan)]
        (state,), (is_inside,) = state_near(reference.airports, *places)
        seen = reference.countries.name(state) if state else None
        told.append(seen_pair.seen_in(seen, name, is_inside=bool(is_inside)))
    return seen_pair.way(*told)


def why_here(alert: Alert) -> str:
    """Return what gives a journey its place: what is rare in it, and what it is not."""
    told = list(_telling(alert.unusual))
    what = (
        f"It stands here because it is unusual: {'; '.join(told)}."
        if told
        else f"Its surprise is {words.surprise(alert.surprise_bits)}."
    )
    if alert.ordinary_bits is None:
        return what
    against = (
        f" and {words.odds(alert.look_alike_bits)} against relief, charters, state "
        "visits and the like"
        if alert.look_alike_bits is not None
        else ", so clearly that nothing else was asked"
    )
    return (
        f"{what} The model's odds for logistics are {words.odds(alert.ordinary_bits)} "
        f"against ordinary traffic{against}."
    )


def _telling(unusual: Sequence[Unusual]) -> Iterator[str]:
    """Yield what is rare; what a rare pair of states says already is not repeated."""
    rare = {part.feature: part.text for part in unusual if part.rare}
    for name, text in rare.items():
        if not rare.keys() & _PAIRS or name not in (_OF_TYPE, _OF_OPERATOR):
            yield text
