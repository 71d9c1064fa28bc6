"""What the simulator flew is what comes back, whatever the format it went through."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import formats_out
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner

from anomaly.cli import main
from anomaly.days import tables_of
from anomaly.ingest import merge, reader_for
from anomaly.ingest.base import LeftOut
from anomaly.reference import Reference
from anomaly.simulate import lists
from anomaly.simulate.archive import FORMS, Tracks, tracks
from anomaly.simulate.coverage import Coverage
from anomaly.simulate.listing import listed
from anomaly.simulate.places import Places
from anomaly.simulate.world import plan_world
from anomaly.store import Store

DAY = dt.date(2019, 3, 22)


@pytest.fixture(scope="module")
def flown() -> Tracks:
    reference = Reference.load()
    world = plan_world(DAY, 1, 12, 5, reference=reference)
    coverage = Coverage.of(Places.of(reference.airports), 5)
    return tracks(world, coverage, since=DAY, until=DAY)


def flights(positions: pa.Table, aircraft: pa.Table) -> pd.DataFrame:
    found = tables_of(positions, aircraft, Reference.load()).flights
    names = ["icao24", "origin", "destination", "callsign", "first_seen", "last_seen"]
    frame: pd.DataFrame = found.select(names).to_pandas()
    return frame.sort_values(["icao24", "first_seen"], ignore_index=True)


@pytest.fixture(scope="module")
def expected(flown: Tracks) -> pd.DataFrame:
    positions, _ = merge.positions([flown.positions])
    return flights(positions, flown.aircraft)


@pytest.mark.parametrize("name", formats_out.EVERY)
def test_reading_it_back_gives_the_same_flights(
    name: str, flown: Tracks, expected: pd.DataFrame, tmp_path: Path
) -> None:
    path = formats_out.EVERY[name](flown.positions, flown.aircraft, tmp_path)
    left_out = LeftOut()
    batches = list(reader_for(path).read(path, left_out))
    assert not left_out.n_damaged
    positions, _ = merge.positions([batch.positions for batch in batches])
    assert set(positions["provenance"].to_pylist()) == {"simulated"}
    # State vectors tell no types; those come from elsewhere.
    aircraft = merge.aircraft([flown.aircraft, *(b.aircraft for b in batches)])
    back = flights(positions, aircraft)
    same = ["icao24", "origin", "destination", "callsign"]
    pd.testing.assert_frame_equal(back[same], expected[same])
    for end in ("first_seen", "last_seen"):
        late = (back[end] - expected[end]).abs()
        assert late.max() <= pd.Timedelta(seconds=formats_out.SNAPSHOT_S)


def test_simulate_writes_each_format_and_ingest_reads_it(
    runner: CliRunner, tmp_path: Path
) -> None:
    def run(*arguments: object) -> None:
        result = runner.invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.stderr

    n_flights = {}
    for form in FORMS:
        out, data = tmp_path / form, tmp_path / f"{form}-data"
        made = ("--start", DAY, "--aircraft", 12, "--format", form, "--out", out)
        run("simulate", *made)
        (day,) = (path for path in out.iterdir() if path.stem != "truth")
        run("ingest", day, "--data-dir", data)
        store = Store(data)
        assert store.tracks == "made"
        n_flights[form] = store.read("flights", DAY).num_rows
    tracked = {n_flights[form] for form in FORMS if form not in lists.WRITERS}
    assert len(tracked) == 1
    assert n_flights["opensky-flight-list"] == n_flights["opdi-flight-list"] > 0


@pytest.mark.parametrize("name", lists.WRITERS)
def test_reading_a_list_back_gives_the_same_entries(name: str, tmp_path: Path) -> None:
    reference = Reference.load()
    world = plan_world(DAY, 1, 40, 5, reference=reference)
    coverage = Coverage.of(Places.of(reference.airports), 5)
    written = listed(world, coverage)
    path = tmp_path / "list.parquet"
    lists.WRITERS[name].write(written, path)
    reader = reader_for(path)
    assert reader.name == name
    left_out = LeftOut()
    batches = list(reader.read(path, left_out))
    assert not left_out.n_damaged
    read = merge.listed_flights([batch.listed_flights for batch in batches])
    same = [n for n in written.column_names if "deg" not in n and "_ft" not in n]
    expected = merge.listed_flights([written])
    assert read.select(same).equals(expected.select(same))
    if name == "opensky-flight-list":
        for end in ("first_latitude_deg", "last_longitude_deg", "first_altitude_ft"):
            back, told = (t[end].to_pandas() for t in (read, expected))
            np.testing.assert_allclose(back, told, rtol=1e-5)
