"""Turn a feature's value into the sentence a reader sees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import chain

import numpy as np
import pandas as pd

from features import (
    amounts,
    crisis_words,
    declared,
    deployment_words,
    ends,
    field_words,
    overflown,
    rarity,
    seen_pair,
    stop_words,
    who,
)
from features.base import Feature, FlightTables
from features.coding import Bools

# Of the most that the feature can tell: one in 1,024 of all flights and in 32 of an
# operator's is rare, one in 64 and in 8 uncommon.
RARE, UNCOMMON = 5 / 6, 1 / 2

# Below this a value is zero but for rounding.
LEAST = 1e-6

# By the word for what a flight is compared with, the feature that tells how many.
_COUNTED = {
    "before_here": "aircraft_type_n_here",
    "before_operator": "operator_n_landed",
}

Context = Mapping[str, str]
# What words are made of: a row of all there is takes longer to make than to read.
_OF_FLIGHT = [
    "icao24",
    "callsign",
    "typecode",
    "owner_operator",
    "origin",
    "destination",
    "destination_kind",
    "first_altitude_ft",
    "last_altitude_ft",
    "listed_destination",
]


def contexts(
    tables: FlightTables, flight_ids: pd.Index, beside: pd.DataFrame | None = None
) -> dict[str, Context]:
    """Return, per flight, the words that sentences may use.

    Counts among `beside`, features of the flights, are told in sentences of others.
    """
    # No past is needed, and of the day nothing else: nothing more is looked up.
    few = replace(
        tables, flights=tables.flights.loc[flight_ids], history=tables.history.iloc[:0]
    )
    stops = stop_words.of_flights(few, lambda ident: field_words.named(ident, few))
    flights, known = few.flights, tables.reference.operators
    flights = flights[_OF_FLIGHT].assign(
        told=who.by_callsign(flights, known), owned=who.by_owner(flights, known)
    )
    below, same = _overflown(few), _past_words(tables)
    crises, ways = crisis_words.of_flights(few), seen_pair.words(few)
    forces = deployment_words.of_flights(few)
    counts = (pd.DataFrame() if beside is None else beside).reindex(
        index=flight_ids, columns=list(_COUNTED.values())
    )
    return {
        str(flight_id): _with_parts(
            stops[str(flight_id)]
            | _context(row, few.journeys, few, stops[str(flight_id)])
            | crises[str(flight_id)]
            | forces[str(flight_id)]
            | ways[str(flight_id)]
            | below[str(flight_id)]
            | same
            | _with_counts(counts, str(flight_id), same["before"])
        )
        for flight_id, row in flights.iterrows()
    }


def sentence(name: str, value: float, context: Context) -> str:
    """Return what a feature's value means for one flight, as a sentence.

    Examples
    --------
    >>> sentence("stopover_n", math.nan, {})
    'stopovers of the journey before this flight: unknown (the journey is not known)'
    """
    feature = _by_name()[name]
    if math.isnan(value):
        return feature.unknown or f"{feature.doc}: unknown ({feature.null_means})"
    # What is zero but for rounding would be written "-0".
    value = value if abs(value) > LEAST else 0.0
    template = feature.says_not if value == 0 and feature.says_not else feature.says
    words = dict(context) | {
        "directness": amounts.directness(value),
        "share": amounts.share(value),
        "times": amounts.times(value),
        "lasted": amounts.lasted(value),
        "often": amounts.often(value),
        "placed": amounts.placed(value),
        "which": stop_words.which(name, value, context),
        **stop_words.denials(context),
        "ago": amounts.lasted(value * 24) if value < 2 else f"{value:.0f} days",
        "s": "" if value == 1 else "s",
        "rarity": _rarity(value, feature.high) if feature.unit == "bits" else "",
    }
    return template.format(
        value=value, count=amounts.times(2 ** min(value, 60)), **words
    )


def denies(name: str) -> bool:
    """Tell whether a feature's zero says that something is not so."""
    return bool(_by_name()[name].says_not)


def value_text(name: str, value: float) -> str | None:
    """Return the value with its unit, or None where it is unknown."""
    if math.isnan(value):
        return None
    unit = _by_name()[name].unit
    value = value if abs(value) > LEAST else 0.0
    if unit == "deg":
        side = "NS" if name.endswith("latitude_deg") else "EW"
        return f"{abs(value):.0f}° {side[value < 0]}"
    if unit.startswith("log2 of "):
        return f"{2**value:.2g}"
    if unit == "0 or 1":
        return "yes" if value else "no"
    if unit == "share":
        return amounts.share(value)
    number = (
        f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2g}"
    )
    if unit == "year":
        return f"{value:.0f}"
    return (
        number
        if unit.split()[0] in {"count", "ratio", "0,", "1"}
        else f"{number} {unit}"
    )


@cache
def _by_name() -> dict[str, Feature]:
    return {feature.name: feature for feature in declared()}


def _rarity(bits: float, largest: float) -> str:
    """Return how rare it is, and the share of the other flights that this rests on."""
    share = rarity.share_of(bits, largest)
    one_in = f"about one in {1 / share:,.0f}" if share else "no other flight"
    if bits >= RARE * largest:
        return f"rare ({one_in})"
    return f"{'uncommon' if bits >= UNCOMMON * largest else 'common'} ({one_in})"


def _context(
    flight: pd.Series,
    journeys: pd.DataFrame,
    tables: FlightTables,
    of_stops: Context,
) -> dict[str, str]:
    """Return the words for one flight; unknown things are called so."""
    origin, destination = _text(flight["origin"]), _text(flight["destination"])
    airports = list(journeys["airports"].get(flight.name, []))
    inferred = set(of_stops[stop_words.INFERRED].split())
    if flight["destination_kind"] == "inferred":
        inferred.add(destination)
    typecode = _text(flight["typecode"])
    types = tables.reference.types.table
    return {
        "icao24": str(flight["icao24"]),
        "callsign": _text(flight["callsign"]) or "(none)",
        **_operator(flight, tables),
        "typecode": typecode or "(unknown type)",
        "type_name": f"{types['name'].get(typecode, typecode)} ({typecode})"
        if typecode
        else "unknown",
        "article_type": f"the {typecode}" if typecode else "the unknown type",
        "origin": field_words.named(origin, tables),
        "destination": field_words.named(destination, tables),
        "listed": field_words.named(_text(flight["listed_destination"]), tables),
        "origin_use": field_words.use(origin, tables),
        "destination_use": field_words.use(destination, tables),
        "origin_country": field_words.country(origin, tables),
        "destination_country": field_words.country(destination, tables),
        "journey": " - ".join(airports) or "not known",
        "journey_military": field_words.together(
            field_words.military(airports, tables), airports, inferred
        ),
        "journey_unscheduled": field_words.together(
            field_words.unscheduled(airports, tables), airports, inferred
        ),
        "unscheduled_ends": " and ".join(
            field_words.named(end, tables)
            for end in field_words.unscheduled((origin, destination), tables)
        ),
        "hub_ends": " and ".join(
            field_words.named(end, tables)
            for end in field_words.hubs((origin, destination), tables)
        ),
        "forbidden_fields": field_words.forbidden(airports, tables),
        "journey_origin": field_words.named(airports[0] if airports else "", tables),
        "journey_origin_use": field_words.use(airports[0] if airports else "", tables),
        "journey_origin_country": field_words.country(
            airports[0] if airports else "", tables
        ),
        "first_altitude": _height(flight["first_altitude_ft"]),
        "last_altitude": _height(flight["last_altitude_ft"]),
    }


def _operator(flight: pd.Series, tables: FlightTables) -> dict[str, str]:
    """Return who flies, how that is known, whose the airframe is, and their state."""
    known = tables.reference.operators.table
    told, owned_by = _text(flight["told"]), _text(flight["owner_operator"])
    operator = told or _text(flight["owned"])
    state = _text(known["country"].get(operator))
    if not state:
        address = tables.reference.addresses.country(pd.Series([flight["icao24"]]))
        state = _text(address.iloc[0])
    return {
        "operator": str(known["name"].get(operator, "operator not known")),
        "operator_by": f"by its callsign {flight['callsign']}"
        if told
        else f"by its owner's name, {owned_by}",
        "owner": owned_by or "owner not known",
        "home": tables.reference.countries.name(state) if state else "unknown",
    }


def _overflown(few: FlightTables) -> dict[str, dict[str, str]]:
    """Return the states at ends and below direct ways, closed ones among them."""
    flight_ids = few.flights.index
    below = overflown.overflown(few)
    codes = few.coded.fields.states.to_numpy(dtype=object)
    names = [few.reference.countries.name(code) for code in codes]
    whom = few.reference.conflicts.forbidden_to(few.date)
    to_some = [
        f"{name} (forbidden to {whom.get(code, 'some carriers')})"
        for code, name in zip(codes, names, strict=True)
    ]
    to_it = [f"{name} (closed to it)" for name in names]

    def found(which: Bools, words: list[str]) -> list[list[str]]:
        rows = pd.Series(below.state[which]).groupby(below.flight[which]).unique()
        return [[words[n] for n in rows.get(row, [])] for row in range(len(flight_ids))]

    def listed(*parts: list[list[str]]) -> list[str]:
        return [", ".join(chain(*row)) or "none" for row in zip(*parts, strict=True)]

    def part(end: str) -> list[str]:
        """Return the state of each flight's end."""
        states = ends.state(few, end)
        return [names[n] if n >= 0 else "the sea, or no state known" for n in states]

    barred = overflown.barred(few, below)
    # Whose airspace is closed to it may not be told as forbidden to others alone.
    shut = np.unique(below.state[barred])
    others = overflown.closed(few, below) & ~np.isin(below.state, shut)
    told = {
        "origin_part": part("origin"),
        "destination_part": part("destination"),
        "passed_states": listed(found(overflown.between(few, below), names)),
        "closed_states": listed(found(barred, to_it), found(others, to_some)),
    }
    return {
        str(flight_id): {name: words[row] for name, words in told.items()}
        for row, flight_id in enumerate(flight_ids)
    }


def _past_words(tables: FlightTables) -> dict[str, str]:
    """Return the words for the days before that are stored, alike for all flights."""
    days = tables.known_days
    n = tables.history["date"].nunique() if days is None else len(days)
    if not n:
        return {
            "past_days": "the days before, of which none is stored",
            "before": "that day's",
        }
    days_before = (
        "the one day stored before" if n == 1 else f"the {n} days stored before"
    )
    # A day with little before it is compared with itself as well (see `rarity`).
    return {"past_days": days_before, "before": "earlier days'"}


def _with_counts(counts: pd.DataFrame, flight_id: str, before: str) -> dict[str, str]:
    """Return the words for flights compared with, and how many they are if known."""
    n_of = {word: counts[name].get(flight_id, 0.0) for word, name in _COUNTED.items()}
    return {word: f"{n:,.0f} {before}" if n > 0 else before for word, n in n_of.items()}


def _with_parts(context: dict[str, str]) -> dict[str, str]:
    """Return the words with those for the parts of the world that it flew in."""
    began = context["journey_origin_country"]
    origin, destination = context["origin_part"], context["destination_part"]
    parts = origin if origin == destination else f"{origin} to {destination}"
    if began not in (origin, "an unknown state"):
        parts += f", in a journey from {began}"
    return context | {"parts": parts}


def _height(value: object) -> str:
    if not isinstance(value, float) or math.isnan(value):
        return "an unknown height"
    return f"{value:,.0f} ft"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
