from __future__ import annotations

import datetime as dt
import gzip
import json
import tarfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from anomaly import simulate
from anomaly.cases import Case
from anomaly.cli import main
from anomaly.ingest.base import LeftOut
from anomaly.ingest.readsb_trace import READER
from anomaly.reference import Reference
from anomaly.schemas import TRUTH
from anomaly.simulate import Coverage, Places

START = dt.date(2019, 3, 22)
CASE = Case(
    date_utc="2019-03-22",
    typecode="A124",
    registration="RA-82035",
    icao24="154073",
    operator="Russian Air Force",
    legs_filled="UUMU OSLK GOOY",
    dep_time_utc="2019-03-22T20:12Z",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> list[Path]:
    return simulate.simulate(
        START,
        2,
        50,
        tmp_path_factory.mktemp("made"),
        reference=reference,
        cases=[CASE],
        seed=7,
    )


@pytest.fixture(scope="module")
def traces(made: list[Path]) -> dict[str, dict[str, Any]]:
    with tarfile.open(made[1]) as tar:
        return {
            member.name: json.loads(gzip.decompress(tar.extractfile(member).read()))  # type: ignore[union-attr]
            for member in tar
        }


def test_days_have_the_names_and_the_layout_of_the_archive(
    made: list[Path], traces: dict[str, dict[str, Any]]
) -> None:
    assert [path.name for path in made] == [
        "v2019.03.22-planes-readsb-prod-0.tar",
        "v2019.03.23-planes-readsb-prod-0.tar",
        "truth.parquet",
    ]
    for name, trace in traces.items():
        icao24 = trace["icao"]
        assert name == f"./traces/{icao24[-2:]}/trace_full_{icao24}.json"


def test_every_trace_says_that_it_was_made(traces: dict[str, dict[str, Any]]) -> None:
    of = {trace["icao"]: trace["provenance"] for trace in traces.values()}
    assert of.pop("154073") == "re-enacted"
    assert set(of.values()) == {"simulated"}


def test_rows_have_14_columns_in_order_of_time(
    traces: dict[str, dict[str, Any]],
) -> None:
    for trace in traces.values():
        assert trace["timestamp"] == dt.datetime(2019, 3, 23, tzinfo=dt.UTC).timestamp()
        assert {len(row) for row in trace["trace"]} == {14}
        times = [row[0] for row in trace["trace"]]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] < 86400


def test_an_aircraft_that_no_data_base_lists_has_nothing_but_its_address(
    traces: dict[str, dict[str, Any]],
) -> None:
    unlisted = [t for t in traces.values() if "r" not in t and "t" not in t]
    assert all(t.get("noRegData") is True for t in unlisted)
    assert all("dbFlags" not in t for t in unlisted)


def test_the_reader_gets_back_what_was_flown(
    made: list[Path], reference: Reference
) -> None:
    left_out = LeftOut()
    batches = list(READER.read(made[1], left_out))
    assert not left_out.counts
    read = pa.concat_tables(batch.positions for batch in batches).sort_by(
        [("icao24", "ascending"), ("timestamp", "ascending")]
    )
    case = read.filter(pc.field("icao24") == "154073").to_pandas()
    coverage = Coverage.of(Places.of(reference.airports), 7)
    flown = simulate.fly_cases(
        [CASE], date=START, seed=7, reference=reference, coverage=coverage
    ).positions.to_pandas()
    midnight = pd.Timestamp("2019-03-23", tz="UTC")
    flown = flown[flown["timestamp"] >= midnight].reset_index(drop=True)
    assert len(case) > 100
    # A day's file begins with a blank callsign and squawk of its own.
    held = ["callsign", "squawk", "new_leg"]
    pd.testing.assert_frame_equal(case.drop(columns=held), flown.drop(columns=held))


def test_truth_lies_beside_the_days_and_tells_all_flights(made: list[Path]) -> None:
    told = pq.read_table(made[2])
    assert told.schema.equals(TRUTH)
    of_case = told.filter(pc.field("icao24") == "154073").to_pylist()
    assert [row["case_key"] for row in of_case] == [CASE.key] * 2
    assert {row["logistics"] for row in of_case} == {None}
    others = told.filter(pc.field("icao24") != "154073")
    assert others["case_key"].null_count == len(others)
    assert others["logistics"].null_count == 0


def test_the_same_arguments_give_the_same_bytes(
    made: list[Path], tmp_path: Path, reference: Reference
) -> None:
    again = simulate.simulate(
        START, 2, 50, tmp_path, reference=reference, cases=[CASE], seed=7
    )
    for ours, theirs in zip(made, again, strict=True):
        assert ours.read_bytes() == theirs.read_bytes()


def test_the_command_writes_and_names_its_files(
    runner: CliRunner, tmp_path: Path
) -> None:
    arguments = ["--start", "2019-03-22", "--aircraft", "5", "--out", str(tmp_path)]
    result = runner.invoke(main, ["simulate", *arguments])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        str(tmp_path / "v2019.03.22-planes-readsb-prod-0.tar"),
        str(tmp_path / "truth.parquet"),
    ]


def test_the_command_says_what_a_casebook_is(runner: CliRunner, tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("not,a,casebook\n")
    arguments = ["--start", "2019-03-22", "--cases", str(cases), "--out", str(tmp_path)]
    result = runner.invoke(main, ["simulate", *arguments])
    assert result.exit_code == 1
    assert "legs_filled" in result.stderr
