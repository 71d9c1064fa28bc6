from __future__ import annotations

from typing import Any

from anomaly.reference import Reference
from anomaly.report.identity import identity, seen_in
from anomaly.schemas import FLIGHTS


def test_each_field_of_a_known_aircraft_names_its_source() -> None:
    flight: dict[str, Any] = dict.fromkeys(FLIGHTS.names)
    flight |= {"icao24": "140001", "typecode": "IL76", "operator_code": "RCH"}
    told = {one.name: one for one in identity(flight, Reference.load(), "readsb")}
    assert told["What the type is"].value.startswith("Ilyushin")
    assert "standing-data" in told["What the type is"].source
    assert all(one.source for one in told.values())


def test_what_was_looked_up_is_not_the_archives() -> None:
    flight: dict[str, Any] = dict.fromkeys(FLIGHTS.names)
    flight |= {"icao24": "140001", "registration": "RA-1", "owner_operator": "X"}
    looked_up = {("140001", "registration"): "tar1090-db", ("aaaaaa", "typecode"): "no"}
    told = {
        one.name: one.source
        for one in identity(flight, Reference.load(), "readsb", looked_up)
    }
    assert told["Registration"] == "tar1090-db, looked up by the address"
    assert "archive" in told["Owner or operator"]


def test_a_flight_names_the_files_it_was_put_together_from() -> None:
    origins = [
        {"source": "day.tar", "reader": "readsb-trace"},
        {"source": "states.csv", "reader": "opensky-states"},
    ]
    (told,) = seen_in(origins)
    assert told.value == "day.tar, states.csv"
    assert told.source == "what was ingested, read as opensky-states, readsb-trace"
    assert seen_in([]) == ()
