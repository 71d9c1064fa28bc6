"""The journey so far as a whole: how far and long, and what its fields are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.geo import distance_nm
from features.base import FlightTables
from features.chains import Chains
from features.coding import Floats, Ints
from features.stops import LEAST_WAY_NM


def of_flights(tables: FlightTables) -> dict[str, pd.Series | Floats]:
    """Return what the journey of every flight has been, up to the flight's end."""
    return (
        _journey(tables) | _chain(tables) | {"stopover_detour_nm": _detour_nm(tables)}
    )


def _journey(tables: FlightTables) -> dict[str, pd.Series]:
    """Return how far and how long the journey has gone."""
    flights = tables.flights
    journeys = tables.own_journeys
    ratio = journeys["total_nm"] / journeys["direct_nm"].clip(lower=LEAST_WAY_NM)
    # Of a journey with an unknown field, a part of the way is in no flight's distance.
    chains = tables.chains
    lacks = np.bincount(chains.flight[chains.field < 0], minlength=chains.n_flights)
    hours = (flights["last_seen"] - journeys["started"]).dt.total_seconds() / 3600
    return {
        "stopover_journey_nm": journeys["total_nm"],
        "stopover_journey_ratio": ratio.clip(lower=1, upper=10).where(lacks == 0),
        "stopover_journey_h": hours.clip(lower=0),
    }


def _chain(tables: FlightTables) -> dict[str, Floats]:
    """Return what the fields of the journey are, its two ends among them."""
    fields, chains, now = tables.coded.fields, tables.chains, tables.coded.now
    military = np.ceil(fields.use[chains.field])
    begins = np.flatnonzero(np.diff(chains.flight, prepend=-1))
    is_end = np.zeros(len(chains.flight), dtype=bool)
    is_end[np.append(begins[1:], len(chains.flight))[: len(begins)] - 1] = True
    there = now.destination[chains.flight]
    again = np.where(
        (there >= 0) & ~is_end & (chains.field >= 0), chains.field == there, np.nan
    )
    both_ends = (chains.first >= 0) & (now.destination >= 0)
    return {
        "stopover_journey_n_states": chains.n_different(fields.state[chains.field]),
        "stopover_journey_n_fields": chains.n_different(chains.field),
        "stopover_journey_origin_military": fields.use[chains.first],
        "stopover_journey_military_share": chains.share(military),
        "stopover_journey_n_military": chains.count(military),
        "stopover_military_place": _place_of(military, chains),
        "stopover_flights_since_military": _since_military(military, chains),
        "stopover_journey_unscheduled_share": chains.share(
            fields.unscheduled[chains.field]
        ),
        "stopover_back_at_start": np.where(
            both_ends, chains.first == now.destination, np.nan
        ),
        "stopover_seen_before": np.ceil(chains.share(again)),
    }


def _place_of(military: Floats, chains: Chains) -> Floats:
    """Return where in each journey its only military field lies; NaN if not one is."""
    of_flight = np.bincount(chains.flight, minlength=chains.n_flights)
    begins = np.cumsum(of_flight) - of_flight
    at = np.arange(len(chains.flight)) - begins[chains.flight]
    place = at / np.maximum(of_flight[chains.flight] - 1, 1)
    is_military = military > 0
    n = np.bincount(chains.flight[is_military], minlength=chains.n_flights)
    summed = np.bincount(
        chains.flight[is_military], place[is_military], minlength=chains.n_flights
    )
    # Several have no one place: the mean of the first and the last is neither.
    return np.where((n == 1) & (chains.n_known(military) > 1), summed, np.nan)


def _detour_nm(tables: FlightTables) -> Floats:
    """Return how much longer each journey is than its direct way.

    From its first known field on; NaN without a stop, where a later field is unknown,
    and where it ended about where it began: out and back is no way round.
    """
    fields, chains = tables.coded.fields, tables.chains
    field, n = chains.field, chains.n_flights
    at = np.arange(len(field))
    first, last = np.full(n, len(field)), np.full(n, -1)
    np.minimum.at(first, chains.flight[field >= 0], at[field >= 0])
    np.maximum.at(last, chains.flight, at)

    def nm(left: Ints, right: Ints) -> Floats:
        return distance_nm(
            fields.latitude_deg[left],
            fields.longitude_deg[left],
            fields.latitude_deg[right],
            fields.longitude_deg[right],
        )

    same = chains.flight[1:] == chains.flight[:-1]
    of_leg = np.flatnonzero(same & (at[:-1] >= first[chains.flight[:-1]]))
    flight = chains.flight[of_leg]
    flown_nm = np.bincount(flight, nm(field[of_leg], field[of_leg + 1]), minlength=n)
    has_stop = np.bincount(flight, minlength=n) > 1
    direct_nm = np.full(n, np.nan)
    ends = np.flatnonzero(has_stop)
    direct_nm[ends] = nm(field[first[ends]], field[last[ends]])
    result: Floats = np.where(direct_nm >= LEAST_WAY_NM, flown_nm - direct_nm, np.nan)
    return np.maximum(result, 0.0)


def _since_military(military: Floats, chains: Chains) -> Floats:
    """Return how many flights ago each journey last touched a military field.

    NaN where it touched none that is known.
    """
    of_flight, n = chains.flight, chains.n_flights
    at = np.arange(len(of_flight))
    end, last = np.full(n, -1), np.full(n, -1)
    np.maximum.at(end, of_flight, at)
    np.maximum.at(last, of_flight[military > 0], at[military > 0])
    return np.where(last >= 0, end - last, np.nan)
