"""Tables as people write them: other delimiters, other cases, other shapes of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archives import BASE, listed, state, vector

from anomaly.ingest import reader_for, traffic_table
from anomaly.ingest.base import Batch, DamagedError, LeftOut

STATES = pd.DataFrame([vector(), vector(5.0), vector(10.0)])
TABLE = pd.DataFrame([state(10.0 * i) for i in range(2_000)])


def read(path: Path) -> list[Batch]:
    left_out = LeftOut()
    batches = list(reader_for(path).read(path, left_out))
    assert not left_out.n_damaged
    return batches


def n_positions(path: Path) -> int:
    return sum(batch.positions.num_rows for batch in read(path))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: STATES.to_csv(path, index=False, sep=";"),
        lambda path: STATES.to_csv(path, index=False, sep="\t"),
        lambda path: STATES.to_csv(path, encoding="utf-8-sig"),
        lambda path: STATES.rename(columns=str.upper).to_csv(path, index=False),
        lambda path: STATES.rename(columns=" {}".format).to_csv(path, index=False),
        lambda path: path.write_text(f"# by hand\n\n{STATES.to_csv(index=False)}"),
        lambda path: path.write_text(
            STATES.to_csv(index=False).replace("\n", ",x\n").replace("x", "icao24", 1)
        ),
    ],
    ids=["semicolons", "tabs", "mark", "upper case", "blanks", "remarks", "twice"],
)
def test_a_csv_is_read_however_it_is_laid_out(
    write: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "states.txt"
    write(path)
    assert n_positions(path) == 3


def test_of_two_columns_of_one_name_the_first_is_meant(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(TABLE)
    path = tmp_path / "day.parquet"
    other = pa.array(["x"] * table.num_rows)
    pq.write_table(table.append_column("icao24", other), path)
    assert n_positions(path) == len(TABLE)


@pytest.mark.parametrize("orient", ["columns", "index", "split", "table", "records"])
def test_json_is_read_however_pandas_writes_it(orient: Any, tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    # The names that tell the format come late, and some only far into the file.
    extra = pd.Series(range(len(TABLE)), name="flight_id")
    TABLE.assign(flight_id=extra)[["flight_id", *TABLE]].to_json(path, orient=orient)
    assert reader_for(path) is traffic_table.READER
    assert n_positions(path) == len(TABLE)


@pytest.mark.parametrize("name", ["day.json", "day.ndjson", "day.jsonl", "day"])
def test_a_record_a_line_is_read_under_any_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    TABLE.to_json(path, orient="records", lines=True)
    assert n_positions(path) == len(TABLE)


def test_what_is_no_number_in_json_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_text(json.dumps([state(altitude=float("nan"))]))
    assert reader_for(path) is traffic_table.READER
    with pytest.raises(DamagedError, match="not JSON as it stands"):
        read(path)


def test_an_api_answer_is_a_flight_list_too(tmp_path: Path) -> None:
    flight = listed()
    told = {
        "icao24": flight["icao24"],
        "firstSeen": int(BASE),
        "lastSeen": int(BASE) + 3600,
        "estDepartureAirport": "EDDM",
        "estArrivalAirport": None,
        "callsign": "DLH1AB  ",
    }
    path = tmp_path / "answer.json"
    path.write_text(json.dumps([told]))
    (row,) = read(path)[0].listed_flights.to_pylist()
    assert (row["origin"], row["destination"]) == ("EDDM", None)
    assert row["first_seen"].timestamp() == BASE


def test_states_without_the_time_of_their_position_do_not_hang(tmp_path: Path) -> None:
    rows = pd.DataFrame([vector(), vector(10.0), vector(20.0)])
    rows.loc[1, ["lat", "lon"]] = rows.loc[0, ["lat", "lon"]]
    path = tmp_path / "states.csv"
    rows.drop(columns=["lastposupdate"]).to_csv(path, index=False)
    assert n_positions(path) == 2
