"""Crises at real places: what counts as hit, and what is not known."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pandas as pd
from feature_builders import flight, shipped_reference, tables
from hypothesis import given
from hypothesis import strategies as st

from features import crises
from features.base import FlightTables
from features.words import contexts, sentence

NAMES = (
    "route_crisis_at_origin",
    "route_crisis_at_destination",
    "route_n_crisis_fields",
)
QUAKE = dt.date(2010, 1, 20)
RELIEF = ("155000-a", "KCHS", "MTPP")


def values(day: FlightTables) -> list[float]:
    columns = crises.where_expected(day)
    return [float(columns[name][0]) for name in NAMES]


def on(date: dt.date | None, *ends: str | None) -> FlightTables:
    day = tables(flight(RELIEF[0], *(ends or RELIEF[1:])))
    told = pd.Series({RELIEF[0]: date}, dtype="datetime64[s]")
    return replace(day, told_days=told)


def test_a_flight_into_a_quake_is_told_by_the_day_it_is_documented_for() -> None:
    assert values(on(QUAKE)) == [0, 1, 1]
    assert values(on(QUAKE - dt.timedelta(days=30))) == [0, 0, 0]


def test_without_a_day_or_a_list_of_it_nothing_is_known() -> None:
    for date in (None, dt.date(1951, 1, 1)):
        assert all(map(math.isnan, values(on(date))))


def test_where_no_field_is_known_the_last_position_tells_the_state() -> None:
    lost = {"last_latitude_deg": 19.2, "last_longitude_deg": -72.0}
    day = tables(flight(RELIEF[0], "KCHS", None, **lost))
    told = pd.Series({RELIEF[0]: QUAKE}, dtype="datetime64[s]")
    assert values(replace(day, told_days=told))[1] == 1
    at_sea = tables(flight(RELIEF[0], "KCHS", None, **lost | {"last_latitude_deg": 25}))
    assert math.isnan(values(replace(at_sea, told_days=told))[1])


def test_after_the_list_only_what_is_listed_is_known() -> None:
    reference = shipped_reference()
    last = reference.crises.kept_until
    listed = reference.crises.table
    (still,) = listed.index[listed["until"] == listed["until"].max()][:1]
    state, date = listed["country"][still], last + dt.timedelta(days=3)
    fields = reference.airports.table
    there = fields.index[fields["country"] == state][0]
    day = tables(flight(RELIEF[0], "KCHS", there))
    told = pd.Series({RELIEF[0]: date}, dtype="datetime64[s]")
    origin, destination, on_way = values(replace(day, told_days=told))
    assert math.isnan(origin)
    assert (destination, on_way) == (1, 1)


@given(st.dates(dt.date(2006, 1, 1), dt.date(2025, 12, 31)))
def test_a_day_and_flights_told_for_it_are_the_same(date: dt.date) -> None:
    day = tables(flight(*RELIEF))
    assert values(replace(day, date=date)) == values(on(date))


def test_the_crisis_is_named_to_the_reader() -> None:
    day = replace(tables(flight(*RELIEF)), date=QUAKE, reference=shipped_reference())
    context = contexts(day, day.flights.index)[RELIEF[0]]
    text = sentence("route_crisis_at_destination", 1.0, context)
    assert "Haiti" in text
    assert "earthquake" in text
    assert "12 January 2010" in text
