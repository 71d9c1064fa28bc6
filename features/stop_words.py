"""The words for a flight's stopovers: which of them a sentence is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from features.base import FlightTables
from features.stops import legs_of_journeys, stops_before, with_need

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
    stops_of = dict(iter(stops.groupby("flight_id")))
    after = few.stopovers.drop_duplicates("flight_before", keep="last")
    unseen_after = after.set_index("flight_before")["inferred"]
    return {
        str(flight_id): _words(stops_of.get(flight_id, stops.iloc[:0]), name)
        | {"next_inferred": _UNSEEN if unseen_after.get(flight_id, False) else ""}
        for flight_id in few.flights.index
    }


def which(feature: str, value: float, context: Mapping[str, str]) -> str:
    """Return the stops that a count is of, or of which, where that is not known."""
    told = context.get(f"{feature} {value:.0f}")
    return told or f"of {context.get('stops', 'its stopovers')}"


def _words(stops: pd.DataFrame, name: Name) -> dict[str, str]:
    told = [
        f"{name(_text(airport))} {hours:.1f} h{', inferred' if inferred else ''}"
        for airport, hours, inferred in zip(
            stops["airport"], stops["ground_time_h"], stops["inferred"], strict=True
        )
    ]
    listed = pd.Series(told, stops.index, dtype="object")
    words = {"stops": ", ".join(told) or "none"}
    words |= {
        key: ", ".join(listed[stops[column] > 0]) or "none"
        for key, column in _KINDS.items()
    }
    for feature, column in _NEEDS.items():
        found = listed[stops[column] > 0]
        words[f"{feature} {len(found)}"] = ", ".join(found)
    is_unseen = stops["inferred"].astype(bool)
    words[INFERRED] = " ".join(stops["airport"][is_unseen].dropna())
    words["last_inferred"] = _UNSEEN if is_unseen.tail(1).any() else ""
    hours = stops["ground_time_h"]
    for key, at in (("shortest_at", hours.argmin), ("longest_at", hours.argmax)):
        words[key] = "an unknown field"
        if len(stops):
            row = stops.iloc[int(at())]
            words[key] = name(_text(row["airport"]))
            words[key] += _UNSEEN if row["inferred"] else ""
    return words


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
