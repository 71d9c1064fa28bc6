"""Deployments between real states: what joins them, and what is not known."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from feature_builders import flight, shipped_reference, tables
from hypothesis import given
from hypothesis import strategies as st

from features import deployments
from features.base import FlightTables
from features.words import contexts, sentence

NAME = "155000-a"
IN_2018 = dt.date(2018, 3, 1)


def on(date: dt.date | None, *fields: str) -> FlightTables:
    """The last leg of a journey by these fields, documented for that day."""
    legs = [
        flight(f"{NAME}{number}", *ends, operator_code=None)
        for number, ends in enumerate(pairwise(fields))
    ]
    names = [leg["flight_id"] for leg in legs]
    day = tables(legs[-1], history=legs[:-1], chains={names[-1]: names})
    return replace(day, told_days=told_for(day, date))


def told_for(day: FlightTables, date: dt.date | None) -> pd.Series[Any]:
    return pd.Series(date, day.flights.index, dtype="datetime64[s]")


def joined(day: FlightTables) -> dict[str, float]:
    return {
        name.removeprefix("route_"): float(values[0])
        for name, values in deployments.between_states(day).items()
    }


def test_troops_of_a_un_mission_go_out_and_come_home() -> None:
    out = joined(on(IN_2018, "LPPT", "FEFF"))
    home = joined(on(IN_2018, "FEFF", "LPPT"))
    assert (out["peace_force"], out["force_outward"]) == (1, 1)
    assert (home["peace_force"], home["force_outward"]) == (1, 0)
    assert out["force_newness"] == home["force_newness"] > 0


def test_a_stop_on_the_way_joins_as_the_ends_do() -> None:
    told = joined(on(dt.date(2019, 3, 22), "UUMU", "OSLK", "GOBD", "SVMI"))
    assert (told["force_abroad"], told["arms_client"]) == (1, 1)
    assert told["force_outward"] == 1
    assert told["force_own"] == 0


def test_states_without_forces_in_each_other_are_not_joined() -> None:
    told = joined(on(IN_2018, "LPPT", "SBGL"))
    assert set(told.values()) == {0.0}


def test_within_one_state_only_its_own_conflicts_count() -> None:
    told = joined(on(dt.date(2000, 2, 1), "UUEE", "URMO"))
    assert told.pop("force_own") == 1
    assert set(told.values()) == {0.0}
    assert joined(on(dt.date(2000, 2, 1), "UUEE", "EFHK"))["force_own"] == 0


def test_a_younger_and_narrower_deployment_says_more() -> None:
    before, after = (
        joined(on(date, "UUMU", "OSLK"))
        for date in (dt.date(2015, 7, 1), dt.date(2015, 9, 1))
    )
    assert after["force_newness"] > before["force_newness"] > 0
    assert after["force_narrowness"] >= before["force_narrowness"]


@pytest.mark.parametrize("date", [None, dt.date(1951, 1, 1)])
def test_without_a_day_or_a_list_of_it_nothing_is_known(date: dt.date | None) -> None:
    assert all(map(math.isnan, joined(on(date, "LPPT", "FEFF")).values()))


def test_of_a_flight_without_its_journey_only_what_joins_its_ends_is_known() -> None:
    for destination, expected in (("FEFF", 1.0), ("SBGL", math.nan)):
        day = tables(flight(NAME, "LPPT", destination))
        day = replace(day, journeys=day.journeys.iloc[:0])
        value = joined(replace(day, told_days=told_for(day, IN_2018)))["peace_force"]
        assert value == pytest.approx(expected, nan_ok=True)


def test_the_state_of_the_operator_counts_where_the_journey_does_not_tell() -> None:
    # A Russian address on the way from the Emirates to Syria.
    day = on(dt.date(2019, 3, 22), "OMDB", "OSLK")
    told = {name: v[0] for name, v in deployments.of_operators(day).items()}
    assert told["operator_force_abroad"] == 1
    assert joined(day)["force_abroad"] == 0


@given(st.dates(dt.date(1995, 1, 1), dt.date(2026, 6, 30)))
def test_the_way_out_and_the_way_back_differ_in_direction_alone(date: dt.date) -> None:
    there, back = (
        joined(on(date, *fields)) for fields in (("KCHS", "OAIX"), ("OAIX", "KCHS"))
    )
    there.pop("force_outward")
    back.pop("force_outward")
    assert there == back


def test_the_deployment_is_named_to_the_reader() -> None:
    day = replace(on(IN_2018, "LPPT", "FEFF"), reference=shipped_reference())
    context = contexts(day, day.flights.index)[str(day.flights.index[0])]
    text = sentence("route_peace_force", 1.0, context)
    assert "Portugal in Central African Republic (UN mission MINUSCA" in text
    assert "from memory" in text
    newest = sentence("route_force_newness", 0.5, context)
    assert "began 2 years before: Portugal in Central African Republic" in newest
    narrowest = sentence("route_force_narrowness", 0.05, context)
    assert " states) of those" in narrowest
    assert "Portugal in Central African Republic (EUTM RCA" in narrowest
