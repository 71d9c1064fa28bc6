"""A flight that a list tells, and a track or another list too, is one flight."""

from __future__ import annotations

from pathlib import Path

import archives
import pandas as pd
import pyarrow as pa

from anomaly.intake import take_in
from anomaly.listed import destinations
from anomaly.reference import Reference
from anomaly.schemas import LISTED_FLIGHTS
from anomaly.store import Store

DAY = pd.Timestamp("2019-03-22", tz="UTC")


def flights(store: Store) -> list[tuple[str, str]]:
    rows = store.read("flights", DAY.date()).to_pylist()
    return [(row["reader"], f"{row['first_seen']:%H:%M}") for row in rows]


def n_again(store: Store) -> int:
    rows = store.read("left_out").to_pylist()
    return sum(row["n"] for row in rows if row["reason"] == "listed_again")


def times(first: str, last: str) -> dict[str, str]:
    return {"firstseen": f"2019-03-22 {first}:00", "lastseen": f"2019-03-22 {last}:00"}


def test_of_two_lists_of_a_flight_the_fuller_entry_stands(tmp_path: Path) -> None:
    first = archives.csv(
        tmp_path / "flightlist.csv",
        [
            archives.listed(),
            # Handed over on the runway: the next flight, though the times overlap.
            archives.listed(**times("06:58", "08:10"), origin="EDDM", destination=None),
        ],
    )
    second = archives.parquet(
        tmp_path / "flight_list.parquet",
        [archives.opdi(FIRST_SEEN=pd.Timestamp("2019-03-22 06:03"))],
    )
    store = Store(tmp_path / "data")
    take_in([first, second], store)
    assert flights(store) == [("flight_list", "06:00"), ("flight_list", "06:58")]
    rows = store.read("flights", DAY.date()).to_pylist()
    assert [row["origin"] for row in rows] == ["EDDF", "EDDM"]
    assert n_again(store) == 1


def test_a_flight_with_a_track_needs_no_entry_of_a_list(tmp_path: Path) -> None:
    tracked = archives.csv(
        tmp_path / "states.csv",
        [
            archives.vector(10.0 * i, lat=48.0 + i / 360, lon=11.0)
            for i in range(2160, 2520)
        ],
    )
    entries = archives.csv(
        tmp_path / "flightlist.csv",
        [archives.listed(), archives.listed(**times("12:00", "13:00"))],
    )
    store = Store(tmp_path / "data")
    take_in([entries, tracked], store)
    assert flights(store) == [("positions", "06:00"), ("flight_list", "12:00")]
    assert n_again(store) == 1
    tracked_row, listed_row = store.read("flights", DAY.date()).to_pylist()
    assert tracked_row["listed_destination"] == "EDDM"
    assert listed_row["listed_destination"] is None


def test_lists_that_are_at_odds_over_a_flight_say_nothing_of_where_it_went() -> None:
    seen = pd.DataFrame(
        {
            "flight_id": ["3c6444-a", "3c6445-a"],
            "icao24": ["3c6444", "3c6445"],
            "first_seen": DAY + pd.Timedelta(hours=6),
            "last_seen": DAY + pd.Timedelta(hours=7),
        }
    )
    rows = [
        dict.fromkeys(LISTED_FLIGHTS.names)
        | {
            "icao24": icao24,
            "first_seen": DAY + pd.Timedelta(hours=6),
            "last_seen": DAY + pd.Timedelta(hours=7),
            "destination": destination,
            "provenance": "observed",
        }
        for icao24, destination in (
            ("3c6444", "EDDM"),
            ("3c6444", "EDDF"),
            ("3c6445", "EDDM"),
            ("3c6445", "MUC"),
            ("3c6445", None),
        )
    ]
    table = pa.Table.from_pylist(rows, schema=LISTED_FLIGHTS)
    said = destinations(table, seen, Reference.load())
    assert said.to_dict() == {"3c6445-a": "EDDM"}
