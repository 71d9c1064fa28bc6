"""Of a trace that is cut the rows before the cut are kept; other damage costs it."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from archives import day, row, tar, trace, trace_name
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from anomaly import completeness
from anomaly.cli import main
from anomaly.ingest import readsb_trace
from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.cut_traces import decode_up_to_cut
from anomaly.store import Store

DETAILS = {"flight": 'A]"{[\\', "nav_modes": ["tcas", "lnav"], "of": {"a": [[1]]}}
ROWS = [
    row(10.0 * i, details=DETAILS if i % 3 == 1 else None, altitude=900 + i)
    for i in range(9)
]
WHOLE = trace(rows=ROWS, r="D-ABCD", desc='"trace":[')
FIRST = WHOLE.index(b"[[") + 1
DAY = dt.date(2019, 3, 22)


def positions(path: Path, left_out: LeftOut) -> pa.Table:
    return pa.concat_tables(
        [batch.positions for batch in readsb_trace.read(path, left_out)]
    )


def ends_of_rows() -> list[int]:
    ends, at = [], FIRST
    for told in ROWS:
        at = WHOLE.index(json.dumps(told).encode(), at) + len(json.dumps(told))
        ends.append(at)
    return ends


def test_wherever_json_is_cut_every_whole_row_before_it_is_kept() -> None:
    ends = ends_of_rows()
    whole = decode_up_to_cut(WHOLE, None, "trace", LeftOut())
    for cut in range(1, len(WHOLE)):
        n_rows = sum(end <= cut for end in ends)
        left_out = LeftOut()
        if not n_rows:
            with pytest.raises(DamagedError):
                decode_up_to_cut(WHOLE[:cut], None, "trace", left_out)
            assert not left_out.counts
            continue
        kept = decode_up_to_cut(WHOLE[:cut], None, "trace", left_out)
        assert list(kept.time_us) == list(whole.time_us[:n_rows])
        assert kept.callsign.equals(whole.callsign[:n_rows])
        assert kept.aircraft == whole.aircraft
        assert left_out.quarantined == [("trace", f"cut_trace: {n_rows} rows kept")]


@given(
    at=st.integers(FIRST, len(WHOLE) - 1),
    put=st.sampled_from([b"\0", b"\xff", b"garbage", b"}", b"[1,,2]", b"00x"]),
)
def test_damage_that_is_no_cut_is_never_taken_for_one(at: int, put: bytes) -> None:
    left_out = LeftOut()
    with suppress(DamagedError):
        decode_up_to_cut(WHOLE[:at] + put + WHOLE[at:], None, "trace", left_out)
    assert ("cut_trace", "files") not in left_out.counts


def test_garbage_before_a_cut_costs_the_file() -> None:
    at = ends_of_rows()[3]
    damaged = WHOLE[:at] + b"?" + WHOLE[at : at + 60]
    with pytest.raises(DamagedError) as caught:
        decode_up_to_cut(damaged, None, "trace", LeftOut())
    assert caught.value.reason == "bad_json"


LONG = trace(
    rows=[
        row(float(i), latitude=random.Random(i).uniform(40.0, 50.0))
        for i in range(2_000)
    ]
)
PACKED = gzip.compress(LONG, mtime=0)


@pytest.mark.parametrize("percent", [20, 50, 80])
@pytest.mark.parametrize("where", ["tar", "folder", "alone"])
def test_a_cut_gzip_gives_its_rows_up_to_the_cut(
    where: str, percent: int, tmp_path: Path
) -> None:
    data = PACKED[: len(PACKED) * percent // 100]
    if where == "tar":
        path = tar(tmp_path / "day.tar", {trace_name(): data})
    else:
        path = tmp_path / "traces/44/trace_full_3c6444.json"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        path = tmp_path if where == "folder" else path
    left_out = LeftOut()
    n_rows = positions(path, left_out).num_rows
    assert abs(n_rows / 2_000 - percent / 100) < 0.05
    assert dict(left_out.counts) == {("cut_trace", "files"): 1}
    ((name, reason),) = left_out.quarantined
    assert name.endswith("trace_full_3c6444.json")
    assert reason == f"cut_trace: {n_rows:,} rows kept"


def test_a_gzip_without_its_end_alone_gives_every_row(tmp_path: Path) -> None:
    path = tar(tmp_path / "day.tar", {trace_name(): PACKED[:-8]})
    left_out = LeftOut()
    assert positions(path, left_out).num_rows == 2_000
    assert dict(left_out.counts) == {("cut_trace", "files"): 1}


def test_a_gzip_that_is_damaged_in_its_middle_is_refused_whole(tmp_path: Path) -> None:
    data = bytearray(PACKED)
    data[-6] ^= 0xFF  # its checksum
    members = {trace_name(): bytes(data), trace_name("3c6445"): trace("3c6445")}
    left_out = LeftOut()
    read = positions(tar(tmp_path / "day.tar", members), left_out)
    assert set(read["icao24"].to_pylist()) == {"3c6445"}
    assert dict(left_out.counts) == {("damaged_gzip", "files"): 1}


def test_a_cut_trace_still_says_that_it_was_made(tmp_path: Path) -> None:
    data = trace(rows=ROWS, provenance="simulated")[:-90]
    read = positions(day(tmp_path / "day.tar", ("3c6444", data)), LeftOut())
    assert set(read["provenance"].to_pylist()) == {"simulated"}


def test_a_cut_trace_is_told_by_name_and_makes_its_day_incomplete(
    runner: CliRunner, tmp_path: Path
) -> None:
    traces = ("3c6444", WHOLE[:-40]), ("3c6445", trace("3c6445", ROWS))
    path = day(tmp_path / "day.tar", *traces)
    data_dir = tmp_path / "data"
    arguments = ["ingest", str(path), "--data-dir", str(data_dir)]
    told = runner.invoke(main, arguments)
    assert told.exit_code == 0
    assert "cut trace: 8 rows kept" in " ".join(told.stdout.split())
    assert runner.invoke(main, [*arguments, "--strict"]).exit_code == 1
    store = Store(data_dir)
    assert store.read("quarantine").num_rows == 1
    complete, lacks = completeness.of_day(store, DAY)
    assert complete is False
    assert lacks == ("traces in day.tar are cut short",)
