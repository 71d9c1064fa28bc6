"""Tables of positions and flights, snapshots and exports: what each format means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from archives import (
    BASE,
    csv,
    listed,
    parquet,
    plane,
    playback,
    playback_csv,
    snapshot,
    state,
    vector,
)

from anomaly.errors import BadInputError
from anomaly.ingest import reader_for, traffic_table
from anomaly.ingest.base import Batch, LeftOut
from anomaly.ingest.columns import clean_squawk, numbers, times_us
from anomaly.ingest.flightradar24 import surrogate_address


def batches(path: Path, left_out: LeftOut | None = None) -> list[Batch]:
    return list(reader_for(path).read(path, left_out or LeftOut()))


def positions(path: Path, left_out: LeftOut | None = None) -> pd.DataFrame:
    tables = [batch.positions for batch in batches(path, left_out)]
    frame: pd.DataFrame = pa.concat_tables(tables).to_pandas()
    return frame


def counts(left_out: LeftOut) -> dict[str, int]:
    return {reason: n for (reason, _), n in left_out.counts.items()}


def snap(tmp_path: Path, *planes: Any, name: str = "a.json", **about: Any) -> Path:
    path = tmp_path / name
    path.write_bytes(snapshot(*planes, **about))
    return path


# Snapshots


@pytest.mark.parametrize("factor", [1, 1000])
def test_the_age_of_a_position_is_subtracted(factor: int, tmp_path: Path) -> None:
    path = snap(tmp_path, plane(seen_pos=2.5), now=BASE * factor)
    (time,) = positions(path)["timestamp"]
    assert time.timestamp() == BASE - 2.5


def test_comments_and_a_closing_entry_are_no_obstacle(tmp_path: Path) -> None:
    text = snapshot(plane(), {"end": "end"}, key="ac").decode()
    path = tmp_path / "api.jsonc"
    path.write_text(f"// one answer\n\n  // with notes\n{text}")
    left_out = LeftOut()
    assert len(positions(path, left_out)) == 1
    assert counts(left_out) == {"no_address": 1}


def test_a_snapshot_without_a_time_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="does not say when") as caught:
        positions(snap(tmp_path, now=None))
    assert '"now"' in caught.value.hint


def test_aircraft_without_position_or_address_are_counted(tmp_path: Path) -> None:
    left_out = LeftOut()
    path = snap(
        tmp_path,
        plane("3C6444", alt_baro="ground"),
        plane("~3c6445"),
        plane("3c6446", lat=None),
        plane("xyz"),
        plane("3c6447", lat="north"),
    )
    table = positions(path, left_out)
    assert table["icao24"].tolist() == ["3c6444"]
    assert table["on_ground"].tolist() == [True]
    assert counts(left_out) == {
        "non_icao_address": 1,
        "no_position": 1,
        "bad_address": 1,
        "bad_row": 1,
    }


def test_a_position_told_again_is_no_news(tmp_path: Path) -> None:
    for i, age in enumerate((1.0, 11.001, 1.0)):
        snap(
            tmp_path,
            plane(seen_pos=age, lat=48.0 + (i == 2)),
            now=BASE + 10 * i,
            name=f"{i}.json",
        )
    left_out = LeftOut()
    table = positions(tmp_path, left_out)
    assert table["latitude_deg"].tolist() == [48.0, 49.0]
    assert counts(left_out) == {"stale_repeat": 1}


def test_one_bad_snapshot_of_a_folder_costs_that_one(tmp_path: Path) -> None:
    for i in range(6):
        snap(tmp_path, plane(lat=40.0 + i), now=BASE + 60 * i, name=f"{i}.json")
    (tmp_path / "5.json").write_bytes(b'{"now": 1, "aircraft": [')
    left_out = LeftOut()
    assert len(positions(tmp_path, left_out)) == 5
    assert counts(left_out) == {"bad_json": 1}


# Tables as traffic keeps them


def test_csv_parquet_and_json_say_the_same(tmp_path: Path) -> None:
    rows = [state(10.0 * i, squawk="0451", typecode="A320") for i in range(5)]
    as_json = tmp_path / "t.json"
    as_json.write_text(json.dumps(rows))
    paths = [csv(tmp_path / "t.csv", rows), parquet(tmp_path / "t.parquet", rows)]
    expected = positions(as_json)
    for path in paths:
        pd.testing.assert_frame_equal(positions(path), expected)
        assert batches(path)[0].aircraft["typecode"].to_pylist() == ["A320"]
    assert expected["squawk"].tolist() == ["0451"] * 5


def test_times_may_be_text_or_stamps(tmp_path: Path) -> None:
    texts = csv(
        tmp_path / "t.csv",
        [state(timestamp="2019-03-22 00:00:01+00:00", icao24="123456")],
    )
    stamp = pd.Timestamp("2019-03-22 00:00:01", tz="UTC")
    stamps = parquet(tmp_path / "t.parquet", [state(timestamp=stamp, icao24="123456")])
    for path in (texts, stamps):
        table = positions(path)
        assert table["timestamp"].tolist() == [stamp]
        assert table["icao24"].tolist() == ["123456"]


def test_courses_counted_from_minus_180_are_turned(tmp_path: Path) -> None:
    path = csv(tmp_path / "t.csv", [state(track=-47), state(5.0, track=360)])
    assert positions(path)["track_deg"].tolist() == [313.0, 0.0]


def test_callsigns_hold_over_rows_without_one(tmp_path: Path) -> None:
    rows = [
        state(0.0, callsign="A1"),
        state(5.0, callsign="B2", icao24="3c6445"),
        state(9.0, callsign=None),
    ]
    assert positions(csv(tmp_path / "t.csv", rows))["callsign"].tolist() == [
        "A1",
        "B2",
        "A1",
    ]


def test_a_position_that_hangs_in_the_air_is_left_out(tmp_path: Path) -> None:
    here = {"latitude": 48.0}
    rows = [
        *(state(float(i), **here) for i in range(5)),
        *(state(float(i), **here, groundspeed=0.0) for i in range(10, 15)),
        state(20.0, latitude=48.1),
    ]
    left_out = LeftOut()
    assert len(positions(csv(tmp_path / "t.csv", rows), left_out)) == 7
    assert counts(left_out) == {"stale_repeat": 4}


def test_nonsense_is_left_out_by_reason(tmp_path: Path) -> None:
    rows = [
        state(),
        state(1.0, latitude=91.0),
        state(2.0, latitude=0.0, longitude=0.0),
        state(3.0, longitude=181.0),
        state(timestamp=1),
        state(timestamp=4_000_000_000_000),
        state(4.0, altitude=105_000.0),
        state(5.0, groundspeed=-1.0),
        state(6.0, vertical_rate="up"),
        state(7.0, icao24="000000"),
        state(8.0, icao24=None),
        state(timestamp=None),
    ]
    left_out = LeftOut()
    table = positions(csv(tmp_path / "t.csv", rows), left_out)
    assert len(table) == 4
    assert counts(left_out) == {
        "bad_value": 1,
        "no_address": 1,
        "bad_address": 1,
        "no_time": 1,
        "implausible_time": 2,
        "implausible_position": 3,
        "implausible_altitude": 1,
        "implausible_speed": 1,
    }


def test_bytes_that_are_not_utf8_cost_their_cell(tmp_path: Path) -> None:
    path = csv(tmp_path / "t.csv", [state(), state(5.0, callsign="XXXX")])
    path.write_bytes(path.read_bytes().replace(b"XXXX", b"\xff\xfe\xfd"))
    table = positions(path)
    assert len(table) == 2
    assert table["callsign"].iloc[0] == "DLH1AB"


def test_a_line_with_too_few_cells_costs_that_line(tmp_path: Path) -> None:
    path = csv(tmp_path / "t.csv", [state(), state(5.0)])
    path.write_bytes(path.read_bytes() + b"1,2,3\xff\n" + b"4\n")
    left_out = LeftOut()
    assert len(positions(path, left_out)) == 2
    assert counts(left_out) == {"bad_row": 2}


def test_a_cut_gzip_table_gives_what_comes_before_the_cut(tmp_path: Path) -> None:
    rows = [state(i / 7, icao24=f"3c{i % 997:04x}") for i in range(9000)]
    path = csv(tmp_path / "t.csv.gz", rows)
    path.write_bytes(path.read_bytes()[:-2000])
    left_out = LeftOut()
    assert 1000 < len(positions(path, left_out)) < 9000
    assert counts(left_out)["truncated_gzip"] == 1


def test_a_table_without_positions_says_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('{"timestamp": {"0": 1553212800000}, "fuel": {"0": 3}}')
    with pytest.raises(BadInputError, match="no icao24 and no latitude"):
        list(traffic_table.read(path, LeftOut()))


def test_a_made_table_says_so_in_a_column(tmp_path: Path) -> None:
    kinds = ["simulated", "observed", "invented", None]
    rows = [state(5.0 * i, provenance=kind) for i, kind in enumerate(kinds)]
    left_out = LeftOut()
    table = positions(csv(tmp_path / "t.csv", rows), left_out)
    assert table["provenance"].tolist() == ["simulated", "observed", "observed"]
    assert counts(left_out) == {"unknown_provenance": 1}
    (batch,) = batches(csv(tmp_path / "f.csv", [listed(provenance="simulated")]))
    assert batch.listed_flights["provenance"].to_pylist() == ["simulated"]


# OpenSky


def test_a_flight_list_is_in_feet(tmp_path: Path) -> None:
    (batch,) = batches(csv(tmp_path / "flightlist_2019.csv.gz", [listed()]))
    (flight,) = batch.listed_flights.to_pylist()
    assert flight["first_altitude_ft"] == pytest.approx(1000)
    assert flight["first_seen"].isoformat() == "2019-03-22T06:00:00+00:00"
    assert (flight["origin"], flight["destination"]) == ("EDDF", "EDDM")
    assert not batch.positions.num_rows


def test_a_listed_flight_that_ends_before_it_began_is_left_out(tmp_path: Path) -> None:
    rows = [listed(), listed(lastseen="2019-03-22 05:00:00+00:00"), listed(icao24="")]
    left_out = LeftOut()
    (batch,) = batches(csv(tmp_path / "flightlist.csv", rows), left_out)
    assert batch.listed_flights.num_rows == 1
    assert counts(left_out) == {"implausible_time": 1, "no_address": 1}


def test_state_vectors_are_converted_and_collapsed(tmp_path: Path) -> None:
    rows = [vector(), vector(1.0, lastposupdate=BASE), vector(2.0)]
    left_out = LeftOut()
    table = positions(csv(tmp_path / "states.csv", rows), left_out)
    assert table["timestamp"].map(pd.Timestamp.timestamp).tolist() == [BASE, BASE + 2]
    first = table.iloc[0]
    assert first["altitude_ft"] == pytest.approx(10_000)
    assert first["ground_speed_kt"] == pytest.approx(388.77, abs=0.01)
    assert first["vertical_rate_ft_min"] == pytest.approx(1000)
    assert first["squawk"] == "0451"
    assert counts(left_out) == {"stale_repeat": 1}


def test_an_api_answer_names_no_columns(tmp_path: Path) -> None:
    row = ["3c6444", "DLH1AB  ", "DE", BASE, BASE, 11.0, 48.0, 3048.0, False, 200.0]
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"time": BASE, "states": [row, ["3c6445"]]}))
    left_out = LeftOut()
    table = positions(path, left_out)
    assert table["callsign"].tolist() == ["DLH1AB"]
    assert counts(left_out) == {"no_time": 1}


# Flightradar24


def test_a_flight_without_address_gets_a_stated_surrogate(tmp_path: Path) -> None:
    address = surrogate_address("DLH1AB", "2019-03-22")
    as_json = tmp_path / "2ce4.json"
    as_json.write_bytes(playback(modes=None))
    for path in (playback_csv(tmp_path / "DLH1AB.csv"), as_json):
        left_out = LeftOut()
        assert set(positions(path, left_out)["icao24"]) == {address}
        stated = left_out.examples["surrogate_address", "flights"]
        assert stated == f"{address} stands for DLH1AB of 2019-03-22"


def test_an_export_without_a_readable_time_gives_no_rows(tmp_path: Path) -> None:
    path = playback_csv(tmp_path / "flight.csv", rows=3)
    path.write_text(path.read_text().replace("\n1553", "\nnever"))
    left_out = LeftOut()
    assert positions(path, left_out).empty
    assert counts(left_out)["bad_value"] == 3


def test_a_playback_knows_its_aircraft(tmp_path: Path) -> None:
    path = tmp_path / "2ce4.json"
    path.write_bytes(playback())
    (batch,) = batches(path)
    (aircraft,) = batch.aircraft.to_pylist()
    assert aircraft["icao24"] == "3c6444"
    assert (aircraft["registration"], aircraft["typecode"]) == ("D-AIBC", "A320")


# Columns


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
def test_the_size_of_a_time_tells_its_unit(unit: int) -> None:
    assert times_us(pa.array([int(BASE) * unit]))[0] == BASE * 1e6


@pytest.mark.parametrize(
    ("told", "meant"),
    [(7000, "7000"), ("21", "0021"), (0, None), ("0000", "0000"), ("9999", None)],
)
def test_squawks_are_four_octal_digits(told: object, meant: str | None) -> None:
    assert clean_squawk(str(told)) == meant


def test_what_is_no_number_is_counted() -> None:
    left_out = LeftOut()
    column = pa.array(["1.5", "nan", "one", None, "9" * 400])
    values = numbers(column, left_out)
    assert values[0] == 1.5
    assert pd.isna(values[1:]).all()
    assert counts(left_out)["bad_value"] >= 1
