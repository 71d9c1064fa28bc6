from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from archives import BASE, plane, snapshot

from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.readsb_snapshot import READER


def test_a_bad_line_costs_itself_and_not_the_lines_after_it(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    good = [snapshot(plane(lat=48.0 + i), now=BASE + 60 * i) for i in range(4)]
    good[1] = b'{"now": 1553212800, "aircr'
    path.write_bytes(b"\n".join(good) + b"\n")
    left_out = LeftOut()
    batches = list(READER.read(path, left_out))
    assert sum(batch.positions.num_rows for batch in batches) == 3
    assert dict(left_out.counts) == {("bad_json", "files"): 1}


@pytest.mark.parametrize("packed", [False, True])
def test_the_aircraft_before_a_cut_are_kept(packed: bool, tmp_path: Path) -> None:
    whole = snapshot(*(plane(f"3c64{i:02x}") for i in range(100)))
    path = tmp_path / "aircraft.json"
    data = gzip.compress(whole, 0) if packed else whole
    path.write_bytes(data[: len(data) * 6 // 10])
    left_out = LeftOut()
    (batch,) = READER.read(path, left_out)
    assert 50 <= batch.positions.num_rows <= 60
    assert left_out.counts["bad_json", "files"] == 1
    assert left_out.n_damaged == 1 + packed


def test_a_cut_snapshot_still_says_that_it_was_made(tmp_path: Path) -> None:
    planes = [plane(f"3c64{i:02x}") for i in range(9)]
    told = {"now": BASE, "provenance": "simulated", "aircraft": planes}
    path = tmp_path / "aircraft.json"
    path.write_bytes(json.dumps(told).encode()[:-40])
    (batch,) = READER.read(path, LeftOut())
    assert set(batch.positions["provenance"].to_pylist()) == {"simulated"}


def test_a_cut_answer_that_ends_with_its_time_says_so(tmp_path: Path) -> None:
    planes = [plane(f"3c64{i:02x}") for i in range(9)]
    path = tmp_path / "answer.json"
    path.write_bytes(json.dumps({"ac": planes, "now": BASE * 1000}).encode()[:-90])
    with pytest.raises(DamagedError, match="before it says when") as caught:
        list(READER.read(path, LeftOut()))
    assert '"now"' in caught.value.hint


def test_a_cut_line_is_of_the_kind_of_the_line_before(tmp_path: Path) -> None:
    told = [{"now": BASE + i, "aircraft": [plane()] * 2} for i in (0, 60)]
    first, second = (json.dumps(t | {"provenance": "simulated"}) for t in told)
    path = tmp_path / "day.jsonl"
    path.write_text(f"{first}\n{second[:-60]}")
    tables = [batch.positions for batch in READER.read(path, LeftOut())]
    assert [set(t["provenance"].to_pylist()) for t in tables] == [{"simulated"}] * 2


SERIES = [snapshot(plane(lat=48.0 + i), now=BASE + 60 * i) for i in range(12)]


@pytest.mark.parametrize("name", ["day.json", "day.ndjson", "day.json.gz", "day"])
@pytest.mark.parametrize("shape", [b"%s", b"[%s]"], ids=["lines", "array"])
def test_a_series_in_one_file_is_read_under_any_name(
    name: str, shape: bytes, tmp_path: Path
) -> None:
    if shape != b"%s" and name == "day.ndjson":
        pytest.skip("an array is no record a line")
    data = shape % (b"\n" if shape == b"%s" else b",").join(SERIES)
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert READER.sniff(path)
    left_out = LeftOut()
    batches = list(READER.read(path, left_out))
    assert sum(batch.positions.num_rows for batch in batches) == len(SERIES)
    assert not left_out.counts


def test_a_cut_array_of_snapshots_gives_the_whole_ones(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_bytes(b"[%s]" % b",".join(SERIES)[:-100])
    left_out = LeftOut()
    assert len(list(READER.read(path, left_out))) == len(SERIES) - 1
    assert left_out.counts["bad_json", "files"] == 1


def test_a_note_and_bad_files_do_not_hide_a_folder_of_snapshots(tmp_path: Path) -> None:
    for i, data in enumerate(SERIES):
        (tmp_path / f"{i:02}.json").write_bytes(data if i else b"")
    (tmp_path / "README.md").write_text("taken from the roof")
    assert READER.sniff(tmp_path)
    left_out = LeftOut()
    assert len(list(READER.read(tmp_path, left_out))) == len(SERIES) - 1
    assert dict(left_out.counts) == {
        ("empty_file", "files"): 1,
        ("unknown_format", "files"): 1,
    }
