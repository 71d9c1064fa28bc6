"""The words for a flight's stopovers: which of them a sentence is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from features.base import FlightTables
from features.stops import (
    ANY_JET_REACHES_NM,
    legs_of_journeys,
    stops_before,
    with_need,
)

Name = Callable[[str], str]
"""Returns a field's name, given its code."""

_KINDS = {
    "military_stops": "is_military",
    "unscheduled_stops": "is_unscheduled",
    "hub_stops": "is_hub",
}
# What some of the stops are: told of which, where as many are found as are counted.
_NEEDS = {
    "stopover_n_near": "is_near",
    "stopover_n_back": "is_back",
    "stopover_n_unneeded": "is_unneeded",
}
_NO_STOPS = "none"
INFERRED = "inferred_fields"
"""The word for the codes of the fields where a stop was not seen, a space between."""
_UNSEEN = " (its landing there was inferred, not seen)"


def of_flights(few: FlightTables, name: Name) -> dict[str, dict[str, str]]:
    """Return, per flight, the words for the stopovers around it.

    Parameters
    ----------
    few
        The tables with the flights that words are wanted of; no past is needed.
    """
    stops = with_need(stops_before(few), legs_of_journeys(few), few)
    stops_of: dict[str, list[Any]] = {}
    # A frame for each flight would take longer to make than all its words.
    columns = ["flight_id", "airport", "ground_time_h", "inferred"]
    columns += [*_KINDS.values(), *_NEEDS.values()]
    for stop in stops[columns].itertuples(index=False):
        stops_of.setdefault(str(stop.flight_id), []).append(stop)
    theirs = few.stopovers["flight_before"].isin(few.flights.index)
    after = few.stopovers[theirs].drop_duplicates("flight_before", keep="last")
    unseen_after = after.set_index("flight_before")["inferred"].to_dict()
    return {
        str(flight_id): _words(stops_of.get(str(flight_id), []), name)
        | {"next_inferred": _UNSEEN if unseen_after.get(flight_id, False) else ""}
        for flight_id in few.flights.index
    }


def which(feature: str, value: float, context: Mapping[str, str]) -> str:
    """Return the stops that a count is of, or of which, where that is not known."""
    told = context.get(f"{feature} {value:.0f}")
    return told or f"of {context.get('stops', 'its stopovers')}"


def denials(context: Mapping[str, str]) -> dict[str, str]:
    """Return what is said where no stop is of a kind: there was none, or others.

    Examples
    --------
    >>> denials({})["none_near"]
    'no stop so far in this journey, so none on a way of under 2,000 nm'
    """
    stops = context.get("stops", _NO_STOPS)
    reach = f"the range of {context.get('article_type', 'its type')} with payload"
    way = f"on a way of under {ANY_JET_REACHES_NM:,} nm"
    if stops == _NO_STOPS:
        return {
            "none_near": f"no stop so far in this journey, so none {way}",
            "none_unneeded": "no stop so far in this journey, so none that "
            f"{reach} does not explain",
        }
    return {
        # Where an end of the way is not known, nor is its length.
        "none_near": f"none of its stops ({stops}) is known to be {way}, from "
        "the field before it to the one after",
        "none_unneeded": f"{reach} explains its stops ({stops})",
    }


def _words(stops: Sequence[Any], name: Name) -> dict[str, str]:
    """Return the words for the stops of one flight, in their order."""
    told = [
        f"{name(_text(stop.airport))} {stop.ground_time_h:.1f} h"
        f"{', inferred' if stop.inferred else ''}"
        for stop in stops
    ]

    def found(column: str) -> list[str]:
        return [
            text
            for text, stop in zip(told, stops, strict=True)
            if getattr(stop, column) > 0
        ]

    words = {"stops": ", ".join(told) or _NO_STOPS}
    words |= {key: ", ".join(found(column)) or "none" for key, column in _KINDS.items()}
    for feature, column in _NEEDS.items():
        of_need = found(column)
        words[f"{feature} {len(of_need)}"] = ", ".join(of_need)
    words[INFERRED] = " ".join(
        filter(None, (_text(stop.airport) for stop in stops if stop.inferred))
    )
    words["last_inferred"] = _UNSEEN if stops and stops[-1].inferred else ""
    for key, choose in (("shortest_at", min), ("longest_at", max)):
        words[key] = "an unknown field"
        if stops:
            stop = choose(stops, key=attrgetter("ground_time_h"))
            words[key] = name(_text(stop.airport))
            words[key] += _UNSEEN if stop.inferred else ""
    return words


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
