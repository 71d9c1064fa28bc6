from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from archives import BASE, plane, snapshot

from anomaly.ingest.base import LeftOut
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
