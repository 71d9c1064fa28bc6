from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anomaly.errors import AnomalyError, NoDataError
from anomaly.files import replacing
from anomaly.schemas import AIRCRAFT, FLIGHTS
from anomaly.store import VERSION, Store

DAY = dt.date(2019, 3, 23)


def aircraft(*addresses: str) -> pa.Table:
    rows = [{"icao24": a, "provenance": "observed"} for a in addresses]
    filled = [{name: row.get(name) for name in AIRCRAFT.names} for row in rows]
    return pa.Table.from_pylist(filled, schema=AIRCRAFT)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_what_is_written_is_read_back_by_day_and_by_aircraft(store: Store) -> None:
    store.write("aircraft", aircraft("154073", "1551e0"), DAY)
    assert store.dates("aircraft") == [DAY]
    assert store.read("aircraft", DAY) == aircraft("154073", "1551e0")
    assert store.read("aircraft", DAY, icao24=["1551e0"]) == aircraft("1551e0")
    assert store.read("aircraft", DAY, columns=["icao24"]).column_names == ["icao24"]


def test_of_no_aircraft_there_are_no_rows(store: Store) -> None:
    store.write("aircraft", aircraft("154073"), DAY)
    assert store.read("aircraft", DAY, icao24=[]) == AIRCRAFT.empty_table()
    assert store.read("aircraft", DAY, columns=["icao24"], icao24=[]).num_rows == 0


def test_the_parts_of_a_day_are_one_table(store: Store) -> None:
    store.write("aircraft", aircraft("1551e0"), DAY, "0")
    store.write("aircraft", aircraft("154073"), DAY, "3")
    assert store.parts("aircraft", DAY) == ["0", "3"]
    assert store.read("aircraft", DAY).num_rows == 2
    assert store.read("aircraft", DAY, "3") == aircraft("154073")


def test_the_same_rows_give_the_same_bytes(store: Store) -> None:
    path = store.path("aircraft", DAY)
    store.write("aircraft", aircraft("154073"), DAY)
    first = path.read_bytes()
    store.write("aircraft", aircraft("154073"), DAY)
    assert path.read_bytes() == first


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("old")

    def write_half() -> None:
        with replacing(path) as beside:
            beside.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_day_names_the_command_and_the_days_there_are(store: Store) -> None:
    with pytest.raises(NoDataError, match="2019-03-23") as caught:
        store.read("flights", DAY)
    assert "anomaly ingest" in caught.value.hint


def test_days_are_told_with_their_holes(store: Store) -> None:
    assert store.days_told() == ""
    for n in (0, 1, 2, 5, 7, 8):
        store.write("flights", FLIGHTS.empty_table(), DAY + dt.timedelta(days=n))
    with pytest.raises(NoDataError) as caught:
        store.read("flights", DAY + dt.timedelta(days=3))
    told = "2019-03-23 to 2019-03-25, 2019-03-28, 2019-03-30 to 2019-03-31"
    assert f"Days stored: {told}." in caught.value.hint
    for n in range(20, 32, 2):
        store.write("flights", FLIGHTS.empty_table(), DAY + dt.timedelta(days=n))
    assert "Days stored: 4 spans before, 2019-04-14, " in store.days_told()


def test_who_names_no_data_directory_is_told_that_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(NoDataError) as caught:
        Store(tmp_path / "away").read("flights", DAY)
    assert "no data directory" in caught.value.hint
    assert "--data-dir" in caught.value.hint


def test_real_and_made_tracks_never_share_a_directory(store: Store) -> None:
    store.claim(made=True)
    store.claim(made=True)
    with pytest.raises(AnomalyError, match="made") as caught:
        store.claim(made=False)
    assert "--data-dir" in caught.value.hint


def test_a_store_of_the_version_before_is_brought_up_to_this_one(store: Store) -> None:
    rows = aircraft("154073")
    older = rows.drop_columns(["privacy_flag"])
    path = store.path("aircraft", DAY)
    path.parent.mkdir(parents=True)
    pq.write_table(older, path)
    note = store.root / "store.json"
    note.write_text('{"tracks": "observed"}')
    with store.locked():
        assert json.loads(note.read_text()) == {
            "tracks": "observed",
            "version": VERSION,
        }
    assert store.read("aircraft", DAY) == rows


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ('{"tracks": "made", "version": 99}', "by a newer version"),
        ('{"tracks": "made", "version": 0}', "too old"),
        ("{half", "cannot read"),
        ('["made"]', "cannot read"),
    ],
)
def test_what_another_version_wrote_is_refused_in_one_sentence(
    note: str, told: str, store: Store
) -> None:
    store.write("aircraft", aircraft("154073"), DAY)
    (store.root / "store.json").write_text(note)
    for use in (lambda: store.read("aircraft", DAY), lambda: store.claim(made=True)):
        with pytest.raises(AnomalyError, match=told) as caught:
            use()
        assert caught.value.hint


def test_a_damaged_table_is_named(store: Store) -> None:
    store.write("aircraft", aircraft("154073"), DAY)
    path = store.path("aircraft", DAY)
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(AnomalyError, match="may be damaged") as caught:
        store.read("aircraft", DAY)
    assert "run the command that made it" in caught.value.hint


def test_another_process_at_work_is_waited_for_by_the_user(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from anomaly.store import Store\n"
        f"with Store(Path({str(store.root)!r})).locked():\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(AnomalyError, match="another command is writing"):
            store.locked().__enter__()
        other.kill()
    with store.locked(), store.locked():
        pass
