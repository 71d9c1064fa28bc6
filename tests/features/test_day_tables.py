from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from feature_builders import DAY, NOON, flight, shipped_reference

from anomaly.schemas import TABLES
from anomaly.store import Store
from features import tables_for

BEFORE = DAY - dt.timedelta(days=1)


def write(store: Store, date: dt.date, *flights: dict[str, object]) -> None:
    schema = TABLES["flights"]
    rows = [{name: row.get(name) for name in schema.names} for row in flights]
    store.write("flights", pa.Table.from_pylist(rows, schema=schema), date)
    for name in ("stopovers", "journeys", "gaps"):
        store.write(name, TABLES[name].empty_table(), date)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_a_flight_open_at_midnight_is_not_its_own_past(store: Store) -> None:
    open_then = flight("154073-1", "OSLK", None, date=BEFORE)
    earlier = flight("154073-0", "UUMU", "OSLK", date=BEFORE)
    write(store, BEFORE, earlier, open_then)
    write(store, DAY, flight("154073-1", "OSLK", "GOOY"))
    tables = tables_for(store, DAY, shipped_reference())
    assert list(tables.flights.index) == ["154073-1"]
    assert list(tables.history["flight_id"]) == ["154073-0"]


def test_a_revision_replaces_what_was_known_before(store: Store) -> None:
    write(store, BEFORE, flight("154073-0", "UUMU", None, date=BEFORE))
    revised = flight("154073-0", "UUMU", "OSLK", date=BEFORE)
    write(store, DAY, revised, flight("154073-1", "OSLK", "GOOY"))
    tables = tables_for(store, DAY, shipped_reference())
    assert list(tables.history["destination"]) == ["OSLK"]


def test_a_flight_over_an_earlier_midnight_is_one_flight_of_the_past(
    store: Store,
) -> None:
    eve = BEFORE - dt.timedelta(days=1)
    began = NOON - dt.timedelta(days=2)
    open_then = flight("154073-0", "OSLK", None, date=eve, first_seen=began)
    landed = flight("154073-0", "OSLK", "GOOY", date=BEFORE, first_seen=began)
    write(store, eve, open_then)
    write(store, BEFORE, landed)
    write(store, DAY, flight("154073-1", "GOOY", "SVMI"))
    history = tables_for(store, DAY, shipped_reference()).history
    assert list(history["flight_id"]) == ["154073-0"]
    assert list(history["destination"]) == ["GOOY"]


def test_nothing_of_a_later_day_is_read(store: Store) -> None:
    write(store, DAY, flight("154073-1", "OSLK", "GOOY"))
    before = tables_for(store, DAY, shipped_reference())
    after = DAY + dt.timedelta(days=1)
    later = flight("154073-1", "OSLK", "SVMI", last_seen=NOON + dt.timedelta(days=1))
    write(store, after, later | {"date": after})
    again = tables_for(store, DAY, shipped_reference())
    assert before.flights.equals(again.flights)
    assert before.history.equals(again.history)
