"""Crises: whether relief was to be expected where a flight went.

What an analyst asks first of a transport far from home: did something happen there
this week?  It makes relief or an evacuation the likelier explanation, and no more: the
same quake draws an army's engineers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from features import ends
from features.base import Feature, FlightTables
from features.coding import Floats, Ints

NO_CRISES = "no state is known there, or nobody kept a list of that time's crises"

FEATURES = (
    Feature(
        "route_crisis_at_origin",
        unit="0 or 1",
        doc="relief or an evacuation was to be expected that day in the state "
        "(of a large one, the part) that it left: one of the listed crises",
        null_means=NO_CRISES,
        says="left {origin_part} while relief or an evacuation was to be expected "
        "there: {origin_crisis}",
        says_not="no listed crisis called for relief where it left {origin_part}",
        high=1.0,
    ),
    Feature(
        "route_crisis_at_destination",
        unit="0 or 1",
        doc="relief or an evacuation was to be expected that day in the state "
        "(of a large one, the part) that it flew to: one of the listed crises",
        null_means=NO_CRISES,
        says="flew to {destination_part} while relief or an evacuation was to be "
        "expected there: {destination_crisis}",
        says_not="no listed crisis called for relief where it flew to in "
        "{destination_part}",
        high=1.0,
    ),
    Feature(
        "route_n_crisis_fields",
        unit="count",
        doc="fields of the journey at which relief or an evacuation was to be "
        "expected that day",
        null_means="the journey's fields are unknown, or nobody kept a list of "
        "that time's crises",
        says="fields of its journey ({journey}) at which relief or an evacuation "
        "was to be expected: {crisis_fields}",
        says_not="at no field of its journey ({journey}) did a listed crisis call "
        "for relief",
    ),
)
"""As the family *route* holds them."""


def where_expected(tables: FlightTables) -> dict[str, Floats]:
    """Return whether crises were listed at a flight's ends, and on its journey."""
    fields, chains = tables.coded.fields, tables.chains
    flight = np.arange(len(tables.flights))
    at_end = {
        end: _expected(
            tables, flight, ends.state(tables, end), *ends.coordinates(tables, end)
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
