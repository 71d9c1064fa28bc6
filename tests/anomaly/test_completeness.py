from __future__ import annotations

import datetime as dt
from pathlib import Path

import archives
import numpy as np
import pyarrow as pa
import pytest

from anomaly import completeness
from anomaly.ingest.pipeline import ingest
from anomaly.schemas import LEFT_OUT, LISTED_FLIGHTS, POSITIONS, SOURCES
from anomaly.store import Store

DAY = dt.date(2024, 6, 30)
PARIS, CAIRO, MID_ATLANTIC = (48.8, 2.4), (30.0, 31.2), (40.0, -40.0)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def a_day(
    store: Store,
    date: dt.date = DAY,
    n_aircraft: int = 600,
    place: tuple[float, float] = PARIS,
    hours: range = range(24),
    n_folders: int = 256,
) -> None:
    """Store and count a day in which every aircraft is seen once an hour."""
    n = n_aircraft * len(hours)
    addresses = [
        f"{0x3C0000 + i // n_folders * 256 + i % n_folders:06x}"
        for i in range(n_aircraft)
    ]
    midnight = dt.datetime.combine(date, dt.time(), dt.UTC)
    moments = [midnight + dt.timedelta(hours=hour) for hour in hours]
    columns = {field.name: pa.nulls(n, field.type) for field in POSITIONS}
    columns |= {
        "icao24": pa.array(np.repeat(addresses, len(hours))),
        "timestamp": pa.array(moments * n_aircraft),
        "latitude_deg": pa.repeat(place[0], n),
        "longitude_deg": pa.repeat(place[1], n),
        "provenance": pa.repeat("observed", n),
    }
    store.write("positions", pa.table(columns), date, "0")
    row = dict.fromkeys(SOURCES.names, 0) | {
        "source": f"{date}.tar",
        "reader": "readsb-trace",
        "first_seen": moments[0],
        "last_seen": moments[-1],
        "n_trace_folders": len({address[-2:] for address in addresses}),
        "trace_folders": None,
        "provenance": "observed",
    }
    rows = store.read("sources").to_pylist() if store.has("sources") else []
    rows = [r for r in rows if r["source"] != row["source"]]
    store.write("sources", pa.Table.from_pylist([*rows, row], schema=SOURCES))
    assess(store, date)


def assess(store: Store, date: dt.date) -> None:
    """Count and judge a day, as building it does."""
    parts = [
        store.read("positions", date, part, coded=["icao24"], packed=True)
        for part in store.parts("positions", date)
    ]
    completeness.keep(store, date, [completeness.count(rows) for rows in parts])
    completeness.judge(store, [date])


def weeks_before(store: Store, n_days: int = 5, n_aircraft: int = 600) -> None:
    for n in range(n_days, 0, -1):
        a_day(store, DAY - dt.timedelta(days=n), n_aircraft)


def test_a_whole_day_is_complete(store: Store) -> None:
    a_day(store, n_aircraft=3000)
    assert completeness.of_day(store, DAY) == (True, ())
    assert completeness.sentence(store, DAY) == ""
    rows = {r["region"]: r for r in store.read("completeness", DAY).to_pylist()}
    assert rows["world"]["n_positions"] == 72_000
    assert rows["Europe"]["n_aircraft"] == 3000
    assert rows["Africa"]["n_aircraft"] == 0
    assert rows["world"]["n_trace_folders"] == 256


def test_half_the_folders_are_missed(store: Store) -> None:
    a_day(store, n_aircraft=3000, n_folders=122)
    assert completeness.of_day(store, DAY) == (
        False,
        ("122 of 256 trace folders hold anything",),
    )


def test_hours_without_any_position_are_told(store: Store) -> None:
    a_day(store, hours=range(14))
    (lack,) = completeness.of_day(store, DAY)[1]
    assert lack == "no positions in 10 of 24 hours (14:00-23:59)"


def test_of_a_few_aircraft_nothing_can_be_told(store: Store) -> None:
    a_day(store, n_aircraft=3, hours=range(3))
    assert completeness.of_day(store, DAY) == (None, ())


def test_of_a_day_of_lists_alone_it_is_said_that_there_are_no_positions(
    store: Store,
) -> None:
    assert completeness.sentence(store, DAY) == ""
    store.write("listed_flights", LISTED_FLIGHTS.empty_table(), DAY)
    assert completeness.of_day(store, DAY) == (None, (completeness.LISTS_ALONE,))
    assert "without positions" in completeness.sentence(store, DAY)


def test_a_day_is_compared_with_the_weeks_before(store: Store) -> None:
    weeks_before(store)
    a_day(store, n_aircraft=300)
    complete, lacks = completeness.of_day(store, DAY)
    assert complete is False
    assert lacks == ("50% of the aircraft usual in the weeks before",)


def test_a_region_that_fell_silent_is_named(store: Store) -> None:
    weeks_before(store)
    a_day(store, place=CAIRO)
    assert completeness.of_day(store, DAY)[1] == ("Europe: 0% of the usual aircraft",)


def test_days_found_lacking_are_not_what_is_usual(store: Store) -> None:
    weeks_before(store, n_aircraft=1000)
    a_day(store, DAY - dt.timedelta(days=1), n_aircraft=100)
    a_day(store, n_aircraft=1000)
    row = store.read("completeness", DAY).to_pylist()[0]
    assert (row["n_days_before"], row["usual_n_aircraft"]) == (4, 1000)


def test_a_day_read_late_changes_the_judgement_of_those_after_it(store: Store) -> None:
    a_day(store, n_aircraft=300)
    before = completeness.of_day(store, DAY)
    weeks_before(store)
    assert completeness.of_day(store, DAY) != before
    assert "usual" in completeness.sentence(store, DAY)


def test_damage_of_an_archive_is_told_of_its_day(store: Store) -> None:
    row = {"source": f"{DAY}.tar", "reason": "missing_part", "unit": "files", "n": 1}
    told = pa.Table.from_pylist([row], schema=LEFT_OUT)
    store.write("left_out", told)
    a_day(store)
    assert completeness.sentence(store, DAY) == (
        "the day's data are incomplete: a part of 2024-06-30.tar is missing"
    )


def test_counting_again_gives_the_same_bytes(store: Store) -> None:
    weeks_before(store)
    a_day(store, place=MID_ATLANTIC)
    path = store.path("completeness", DAY)
    first = path.read_bytes()
    assess(store, DAY)
    assert path.read_bytes() == first


def test_folders_of_several_archives_of_a_day_add_up(tmp_path: Path) -> None:
    paths = [
        archives.day(
            tmp_path / f"{name}.tar",
            *((a, archives.trace(a)) for a in addresses),
        )
        for name, addresses in (
            ("ours", ["3c6401", "3c6402"]),
            ("theirs", ["3c6402", "3c64ff", "3c6500"]),
        )
    ]
    store = Store(tmp_path / "data")
    ingest(paths, store)
    date = store.dates("positions")[0]
    assess(store, date)
    assert store.read("sources")["n_trace_folders"].to_pylist() == [2, 3]
    world = store.read("completeness", date).to_pylist()[0]
    assert world["n_trace_folders"] == 4
