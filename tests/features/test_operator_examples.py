"""Who flies, at real places: the callsign, the owner's name, and the two together."""

from __future__ import annotations

import math

import pytest
from feature_builders import flight, tables

import features
from features import operator
from features.words import contexts, sentence

LATAKIA = {"typecode": "IL76", "registration": "RA-78765", "military_flag": False}


def value(name: str, day: features.FlightTables, flight_id: str) -> float:
    return float(operator.compute(day)[f"operator_{name}"].loc[flight_id])


def syrian_run(**over: object) -> features.FlightTables:
    legs = [
        flight("14fb0d-1", "UUMU", "OSLK", **(LATAKIA | over)),
        flight("14fb0d-2", "OSLK", "UUMU", **(LATAKIA | over)),
    ]
    return tables(*legs, chains={"14fb0d-2": ["14fb0d-1", "14fb0d-2"]})


@pytest.fixture
def named() -> features.FlightTables:
    return syrian_run(
        callsign=None, operator_code=None, owner_operator="Russian Air Force"
    )


def test_an_owner_known_by_name_tells_the_nature(named: features.FlightTables) -> None:
    assert value("is_military", named, "14fb0d-1") == 1
    assert value("owner_of_state", named, "14fb0d-1") == 1
    text = sentence(
        "operator_is_military",
        1.0,
        contexts(named, named.flights.index)["14fb0d-1"],
    )
    assert "owner's name, Russian Air Force" in text


def test_a_military_owner_without_a_mark_is_noticed(
    named: features.FlightTables,
) -> None:
    assert value("flag_differs", named, "14fb0d-1") == 1


def test_callsign_and_owner_of_different_kinds_are_noticed() -> None:
    day = syrian_run(
        callsign="SYR501", operator_code="SYR", owner_operator="Russian Air Force"
    )
    assert value("owner_differs", day, "14fb0d-1") == 1
    agreed = syrian_run(
        callsign="RFF7085", operator_code="RFF", owner_operator="Russian Air Force"
    )
    assert value("owner_differs", agreed, "14fb0d-1") == 0


def test_the_journey_is_seen_from_the_operators_own_state(
    named: features.FlightTables,
) -> None:
    # Chkalovskiy is its own state's military field, Latakia another state's.
    assert value("began_home_military", named, "14fb0d-1") == 1
    assert value("n_foreign_military", named, "14fb0d-2") == 1
    assert value("flew_home", named, "14fb0d-2") == 1
    assert value("flew_home", named, "14fb0d-1") == 0


def test_a_civil_carrier_at_a_military_field_is_noticed() -> None:
    day = syrian_run(callsign="CLX7085", operator_code="CLX", owner_operator=None)
    assert value("civil_at_military", day, "14fb0d-1") == 1
    military = syrian_run(callsign="RFF7085", operator_code="RFF")
    assert math.isnan(value("civil_at_military", military, "14fb0d-1"))


def test_an_owner_that_nobody_knows_tells_nothing_of_its_nature() -> None:
    day = syrian_run(
        callsign=None, operator_code=None, owner_operator="1KX HOLDINGS INC"
    )
    assert math.isnan(value("is_military", day, "14fb0d-1"))
    assert value("owner_unknown", day, "14fb0d-1") == 1
