"""The two states of a flight of which an end is unknown, by where it was seen.

A flight that is lost off Misrata after it left Turkey has no pair of states, and yet
few aircraft are seen there.  So an unknown end is told by the state that the outermost
position lies in, or else, as at sea, by that of the nearest field.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.reference.territory import state_near
from features import rarity
from features.base import Feature, FlightTables
from features.coding import Bools, Floats, Ints

NAME = "route_seen_country_pair_bits"
FEATURES = (
    Feature(
        NAME,
        unit="bits",
        doc="surprise of the pair of states among all flights seen, where an unknown "
        "end is told by the state over which the aircraft was first or last seen, or "
        "at sea by that of the nearest field",
        null_means="both ends are known, an unknown one has no position, or fewer than "
        f"{rarity.LEAST_KNOWN} others are known",
        says="flights {seen_way} are {rarity} among {before} flights whose two ends "
        "are known",
        high=rarity.largest_bits(rarity.RAREST),
        # Documented flights are lost more often than others: that it is known at all
        # would tell a model who documented a flight.
        learnable=False,
    ),
)
"""As the family *route* holds them."""

_SIDES = {"origin": "first", "destination": "last"}


def bits(tables: FlightTables) -> dict[str, Floats]:
    """Return how surprising the pair of states is where an end is unknown."""
    now, past = tables.coded.state_pairs
    told = np.full(len(now), np.nan)
    rows = np.flatnonzero(now < 0)
    if len(rows):
        pairs = tables.coded.numbered(*(_states(tables, end, rows) for end in _SIDES))
        told[rows] = rarity.bits_beside(pairs, now, past)
    return {NAME: told}


def _states(tables: FlightTables, end: str, rows: Ints) -> Ints:
    """Return the state of some flights' end, or where it was seen; -1 if unknown."""
    known: Ints = getattr(tables.coded.now, f"{end}_state")[rows]
    lacking = known < 0
    near, _ = _seen(tables, end, rows[lacking])
    known[lacking] = tables.coded.fields.states.get_indexer(
        pd.Index(near, dtype=object)
    )
    return known


def words(few: FlightTables) -> dict[str, dict[str, str]]:
    """Return, per flight, the words for the way it is told to have flown."""
    ways = zip(*(_told(few, end) for end in _SIDES), strict=True)
    return {
        str(flight_id): {"seen_way": way(*told)}
        for flight_id, told in zip(few.flights.index, ways, strict=True)
    }


def _told(few: FlightTables, end: str) -> list[str]:
    """Return the words for the state of each flight's end."""
    name, codes = few.reference.countries.name, few.coded.fields.states
    known = getattr(few.coded.now, f"{end}_state")
    told = [name(str(codes[n])) if n >= 0 else "" for n in known]
    lacking = np.flatnonzero(known < 0)
    for row, code, is_inside in zip(lacking, *_seen(few, end, lacking), strict=True):
        told[row] = seen_in(name(code) if code else None, end, is_inside=is_inside)
    return told


def seen_in(state: str | None, end: str, *, is_inside: bool) -> str:
    """Return the words for the state by which an unknown end is told.

    Examples
    --------
    >>> seen_in("Libya", "destination", is_inside=True)
    'Libya, over which it was last seen,'
    >>> seen_in("Libya", "origin", is_inside=False)
    'Libya, whose field was the nearest to where it was first seen,'
    """
    if state is None:
        return "an unknown state"
    how = "over which" if is_inside else "whose field was the nearest to where"
    return f"{state}, {how} it was {_SIDES[end]} seen,"


def way(origin: str, destination: str) -> str:
    """Return the words for a way from one state to the other."""
    return f"from {origin} to {destination}"


def _seen(
    tables: FlightTables, end: str, rows: Ints
) -> tuple[NDArray[np.object_], Bools]:
    """Return the state by the outermost position of some flights; see `state_near`."""
    places = (
        tables.flights[f"{_SIDES[end]}_{axis}"].to_numpy(np.float64)[rows]
        for axis in ("latitude_deg", "longitude_deg")
    )
    return state_near(tables.reference.airports, *places)
