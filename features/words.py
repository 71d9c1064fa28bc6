"""Turn a feature's value into the sentence a reader sees."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from features import declared, overflown, rarity, who
from features.base import Feature, FlightTables
from features.coding import Bools, Ints
from features.stops import stops_before

# Of the most that the feature can tell: one in 1,024 of all flights and in 32 of an
# operator's is rare, one in 64 and in 8 uncommon.
RARE, UNCOMMON = 5 / 6, 1 / 2

# Below this a value is zero but for rounding.
LEAST = 1e-6

Context = Mapping[str, str]
# What words are made of: a row of all there is takes longer to make than to read.
_OF_FLIGHT = [
    "icao24",
    "callsign",
    "typecode",
    "owner_operator",
    "origin",
    "destination",
    "first_altitude_ft",
    "last_altitude_ft",
    "listed_destination",
]
_OF_STOP = ["flight_id", "airport", "ground_time_h", "inferred", "is_military"]


def contexts(tables: FlightTables, flight_ids: pd.Index) -> dict[str, Context]:
    """Return, per flight, the words that sentences may use."""
    # No past is needed, and of the day nothing else: nothing more is looked up.
    few = replace(
        tables, flights=tables.flights.loc[flight_ids], history=tables.history.iloc[:0]
    )
    stops = stops_before(few)[_OF_STOP]
    stops_of = {str(key): rows for key, rows in stops.groupby("flight_id")}
    nothing = stops.iloc[:0]
    flights, known = few.flights, tables.reference.operators
    flights = flights[_OF_FLIGHT].assign(
        told=who.by_callsign(flights, known), owned=who.by_owner(flights, known)
    )
    below = _overflown(few)
    return {
        str(flight_id): _with_parts(
            _context(row, few.journeys, stops_of.get(str(flight_id), nothing), few)
            | below[str(flight_id)]
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
        "directness": _directness(value),
        "lasted": lasted(value),
        "often": _often(value),
        "placed": _placed(value),
        "ago": lasted(value * 24) if value < 2 else f"{value:.0f} days",
        "s": "" if value == 1 else "s",
        "rarity": _rarity(value, feature.high) if feature.unit == "bits" else "",
    }
    return template.format(value=value, count=2 ** min(value, 60), **words)


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
        return f"{value:.0%}"
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


def lasted(hours: float) -> str:
    """Return a length of time as a reader likes it.

    Examples
    --------
    >>> lasted(1.14), lasted(0.02)
    ('1 h 8 min', 'under 5 min')
    """
    if hours < 1 / 12:
        return "under 5 min"
    whole, rest = divmod(round(hours * 60), 60)
    if not whole:
        return f"{rest} min"
    return f"{whole} h {rest} min" if rest and whole < 48 else f"{whole} h"


def _placed(share: float) -> str:
    """Return where in a journey something lies, of 0 for its start to 1."""
    return "early" if share < 1 / 3 else "late" if share > 2 / 3 else "half-way"


def _often(a_day: float) -> str:
    """Return how often something happens, in words.

    Examples
    --------
    >>> _often(0.2), _often(1.5)
    ('about one flight in 5 days', 'about 1.5 flights a day')
    """
    if 0 < a_day < 0.66:
        return f"about one flight in {1 / a_day:.0f} days"
    return f"about {a_day:.2g} flight{'' if a_day == 1 else 's'} a day"


@cache
def _by_name() -> dict[str, Feature]:
    return {feature.name: feature for feature in declared()}


def _directness(value: float) -> str:
    if value > 0.97:
        return f"as direct as any ({value:.0%} of what was flown)"
    return f"longer than direct ({value:.0%} of what was flown)"


def _rarity(bits: float, largest: float) -> str:
    """Return how rare it is, and the share of the other flights that this rests on."""
    share = rarity.share_of(bits, largest)
    one_in = f"about one in {1 / share:,.0f}" if share else "no other flight"
    if bits >= RARE * largest:
        return f"rare ({one_in})"
    return f"{'uncommon' if bits >= UNCOMMON * largest else 'common'} ({one_in})"


def _context(
    flight: pd.Series, journeys: pd.DataFrame, stops: pd.DataFrame, tables: FlightTables
) -> dict[str, str]:
    """Return the words for one flight; unknown things are called so."""
    origin, destination = _text(flight["origin"]), _text(flight["destination"])
    airports = list(journeys["airports"].get(flight.name, []))
    military = stops[stops["is_military"] > 0]
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
        "origin": _field(origin, tables),
        "destination": _field(destination, tables),
        "listed": _field(_text(flight["listed_destination"]), tables),
        "origin_use": _use(origin, tables),
        "destination_use": _use(destination, tables),
        "origin_country": _country(origin, tables),
        "destination_country": _country(destination, tables),
        "stops": ", ".join(_stop(row, tables) for _, row in stops.iterrows()) or "none",
        "military_stops": ", ".join(
            _stop(row, tables) for _, row in military.iterrows()
        )
        or "none",
        "journey": " - ".join(airports) or "not known",
        "journey_military": _military(airports, tables),
        "journey_unscheduled": _unscheduled(airports, tables),
        "journey_origin": _field(airports[0] if airports else "", tables),
        "journey_origin_use": _use(airports[0] if airports else "", tables),
        "journey_origin_country": _country(airports[0] if airports else "", tables),
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
    """Return the states at ends and below direct ways, and those closed to flights."""
    flight_ids = few.flights.index
    below = overflown.overflown(few)
    codes = few.coded.fields.states.to_numpy(dtype=object)
    names = [few.reference.countries.name(code) for code in codes]

    def listed(which: Bools) -> list[str]:
        rows = pd.Series(below.state[which]).groupby(below.flight[which]).unique()
        return [
            ", ".join(names[n] for n in rows.get(row, [])) or "none"
            for row in range(len(flight_ids))
        ]

    def part(ends: Ints, fields: Ints) -> list[str]:
        """Return the state of each end's field, or else what lies below the end."""
        at = np.full(len(flight_ids), -1)
        at[below.flight[ends]] = below.state[ends]
        states = np.where(fields >= 0, fields, at)
        return [names[n] if n >= 0 else "the sea, or no state known" for n in states]

    now, steps = few.coded.now, np.arange(len(below.flight))
    first = steps[np.diff(below.flight, prepend=-1) != 0]
    last = steps[np.diff(below.flight, append=-1) != 0]
    told = {
        "origin_part": part(first, now.origin_state),
        "destination_part": part(last, now.destination_state),
        "passed_states": listed(overflown.between(few, below)),
        "closed_states": listed(overflown.closed(few, below)),
    }
    return {
        str(flight_id): {name: words[row] for name, words in told.items()}
        for row, flight_id in enumerate(flight_ids)
    }


def _with_parts(context: dict[str, str]) -> dict[str, str]:
    """Return the words with those for the parts of the world that it flew in."""
    began = context["journey_origin_country"]
    origin, destination = context["origin_part"], context["destination_part"]
    parts = origin if origin == destination else f"{origin} to {destination}"
    if began not in (origin, "an unknown state"):
        parts += f", in a journey from {began}"
    return context | {"parts": parts}


def _stop(stop: pd.Series, tables: FlightTables) -> str:
    seen = ", inferred" if stop["inferred"] else ""
    return (
        f"{_field(_text(stop['airport']), tables)} {stop['ground_time_h']:.1f} h{seen}"
    )


def _field(ident: str, tables: FlightTables) -> str:
    airport = tables.reference.airports.get(ident) if ident else None
    return f"{airport.name} ({ident})" if airport else "an unknown field"


def _use(ident: str, tables: FlightTables) -> str:
    airport = tables.reference.airports.get(ident) if ident else None
    if airport is None:
        return "unknown"
    return "joint-use" if airport.field_use == "joint" else airport.field_use


def _military(idents: Sequence[str], tables: FlightTables) -> str:
    """Return which of these fields are military or joint-use."""
    used = ("military", "joint-use")
    found = dict.fromkeys(one for one in idents if _use(one, tables) in used)
    return _named(found, idents)


def _unscheduled(idents: Sequence[str], tables: FlightTables) -> str:
    """Return which of these fields have no scheduled service, as far as known."""
    scheduled = tables.reference.airports.table["scheduled"]
    found = dict.fromkeys(
        one for one in idents if one in scheduled.index and not scheduled[one]
    )
    return _named(found, idents)


def _named(found: Collection[str], idents: Collection[str]) -> str:
    """Return some fields of a journey by name, or that it is all or none of them."""
    if found and set(found) == set(idents):
        return "all"
    return ", ".join(found) or "none"


def _country(ident: str, tables: FlightTables) -> str:
    airport = tables.reference.airports.get(ident) if ident else None
    return (
        tables.reference.countries.name(airport.country)
        if airport
        else "an unknown state"
    )


def _height(value: object) -> str:
    if not isinstance(value, float) or math.isnan(value):
        return "an unknown height"
    return f"{value:,.0f} ft"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
