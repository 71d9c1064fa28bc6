"""Flights of the real tracks that the project carries."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from anomaly.days import DayTables, tables_of
from anomaly.ingest import reader_for
from anomaly.ingest.base import LeftOut
from anomaly.reference import Reference

SAMPLES = Path(__file__).parents[2] / "data/samples"


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


def found(name: str, reference: Reference) -> DayTables:
    path = SAMPLES / name
    batches = list(reader_for(path).read(path, LeftOut()))
    return tables_of(
        pa.concat_tables(batch.positions for batch in batches),
        pa.concat_tables(batch.aircraft for batch in batches),
        reference,
    )


def test_wrong_heights_at_the_gate_cut_no_departure(reference: Reference) -> None:
    """Two aircraft say for a moment, while taxiing, that they are at 39,000 ft."""
    tables = found("paris_afternoon.json.gz", reference)
    flights = tables.flights.to_pandas().set_index("icao24")
    for icao24, field in (("3950c7", "LFPO"), ("4d02ad", "LFPB")):
        assert flights.loc[icao24, "origin"] == field
    stops = tables.stopovers.to_pandas()
    assert (stops["ground_time_max_h"] > 0.5).all()
    named = stops[stops["airport"].notna()]
    assert sorted(named["airport"]) == ["LFOB", "LFPG", "LFPG", "LFPO"]


def test_a_day_of_an_airliner(reference: Reference) -> None:
    tables = found("trace_full_ac671b.json", reference)
    columns = ["origin", "destination", "destination_kind"]
    rows = tables.flights.select(columns).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (None, "KMSP", "observed"),
        ("KMSP", "KGEG", "inferred"),
        ("KGEG", "KMSP", "observed"),
        ("KMSP", "KDEN", "observed"),
    ]


def test_a_tanker_on_its_track_makes_one_flight(reference: Reference) -> None:
    (flight,) = found("refuelling_3b7777.json.gz", reference).flights.to_pylist()
    assert (flight["origin"], flight["destination"]) == ("LFMI", "LFMI")
    assert flight["max_altitude_ft"] < 30_000


def test_circuits_at_a_ship_make_one_flight(reference: Reference) -> None:
    (flight,) = found("carrier_ae0455.json.gz", reference).flights.to_pylist()
    assert (flight["origin"], flight["destination"]) == ("KNZY", "KNZY")
