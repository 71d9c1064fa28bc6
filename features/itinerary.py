"""The journey so far as a whole: how far and long, and what its fields are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.base import FlightTables
from features.chains import Chains
from features.coding import Floats


def of_flights(tables: FlightTables) -> dict[str, pd.Series | Floats]:
    """Return what the journey of every flight has been, up to the flight's end."""
    return _journey(tables) | _chain(tables)


def _journey(tables: FlightTables) -> dict[str, pd.Series]:
    """Return how far and how long the journey has gone."""
    flights = tables.flights
    journeys = tables.journeys.reindex(flights.index)
    ratio = journeys["total_nm"] / journeys["direct_nm"].clip(lower=100)
    hours = (flights["last_seen"] - journeys["started"]).dt.total_seconds() / 3600
    return {
        "stopover_journey_nm": journeys["total_nm"],
        "stopover_journey_ratio": ratio.clip(upper=10),
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
    """Return where in each journey its military fields lie; NaN if all or none are."""
    of_flight = np.bincount(chains.flight, minlength=chains.n_flights)
    begins = np.cumsum(of_flight) - of_flight
    at = np.arange(len(chains.flight)) - begins[chains.flight]
    place = at / np.maximum(of_flight[chains.flight] - 1, 1)
    is_military = military > 0
    n = np.bincount(chains.flight[is_military], minlength=chains.n_flights)
    summed = np.bincount(
        chains.flight[is_military], place[is_military], minlength=chains.n_flights
    )
    mixed = (n > 0) & (n < chains.n_known(military))
    result: Floats = np.where(mixed, summed / np.maximum(n, 1), np.nan)
    return result


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
