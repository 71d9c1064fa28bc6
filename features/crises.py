"""Crises: whether relief was to be expected where a flight went.

What an analyst asks first of a transport far from home: did something happen there
this week?  It makes relief or an evacuation the likelier explanation, and no more: the
same quake draws an army's engineers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from anomaly.reference.territory import territory_of
from features import ends
from features.base import FlightTables
from features.coding import Floats, Ints


def where_expected(tables: FlightTables) -> dict[str, Floats]:
    """Return whether crises were listed at a flight's ends, and on its journey."""
    fields, chains = tables.coded.fields, tables.chains
    flight = np.arange(len(tables.flights))
    at_end = {
        end: _expected(
            tables, flight, state_at(tables, end), *ends.coordinates(tables, end)
        )
        for end in ("origin", "destination")
    }
    on_way = _expected(
        tables,
        chains.flight,
        fields.state[chains.field],
        fields.latitude_deg[chains.field],
        fields.longitude_deg[chains.field],
    )
    return {
        "route_crisis_at_origin": at_end["origin"],
        "route_crisis_at_destination": at_end["destination"],
        "route_n_crisis_fields": chains.count(on_way),
    }


def state_at(tables: FlightTables, end: str) -> Ints:
    """Return the state of a flight's end; -1 at sea, or where it is not known.

    The field's, or else that which the outermost position lies in.
    """
    fields = tables.coded.fields
    territory = territory_of(tables.reference.airports)
    latitude, longitude = ends.coordinates(tables, end)
    seen = ~np.isnan(latitude)
    cell = territory.at(latitude[seen], longitude[seen])
    names = np.append(fields.states.get_indexer(territory.states), -1)
    below = np.full(len(seen), -1, dtype=np.int64)
    below[seen] = np.where(cell >= 0, names[cell], -1)
    of_field = getattr(tables.coded.now, f"{end}_state")
    found: Ints = np.where(of_field >= 0, of_field, below)
    return found


def _expected(
    tables: FlightTables,
    flight: Ints,
    state: Ints,
    latitude_deg: Floats,
    longitude_deg: Floats,
) -> Floats:
    """Return whether relief was to be expected at places, on the days of flights.

    NaN where the state is not known, or where no crisis is listed and nobody kept a
    list of that day's.
    """
    crises, fields = tables.reference.crises, tables.coded.fields
    names = fields.states.to_numpy(dtype=object)
    day, days = pd.factorize(tables.calendar_days)
    hit = np.full(len(state), np.nan)
    for number, one in enumerate(days):
        date = pd.Timestamp(one).date()
        asked = (day[flight] == number) & (state >= 0)
        if crises.is_kept(date):
            hit[asked] = 0.0
        struck = fields.state_of(pd.Series([c.country for c in crises.on(date)]))
        rows = np.flatnonzero(asked & np.isin(state, struck))
        is_hit = crises.at(
            date, names[state[rows]], latitude_deg[rows], longitude_deg[rows]
        )
        hit[rows[is_hit]] = 1.0
    return hit
