"""Input made to harm, item by item: it costs itself, and nothing else."""

from __future__ import annotations

import collections
import datetime as dt
import gzip
import io
import json
import pickle
import resource
import subprocess
import sys
import tarfile
import time
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archives import (
    csv,
    day,
    plane,
    row,
    snapshot,
    state,
    trace,
    trace_name,
    zstd,
)
from click.testing import CliRunner, Result

from anomaly.cli import main
from anomaly.errors import AnomalyError
from anomaly.ingest import compression, reader_for
from anomaly.ingest.base import LeftOut
from anomaly.store import Store

DAY = dt.date(2019, 3, 22)
MB = 2**20
ESCAPES = "\x1b[2J\x1b]0;owned\x07\r\u202e"
HTML = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://x","y")'


def flown(icao: str = "3c6444", **head: object) -> bytes:
    heights = [1500, 9000, 20000, 30000, 30000, 30000, 20000, 9000, 1500]
    details = {"flight": f"{ESCAPES}{HTML}"}
    rows = [
        row(300.0 * i, altitude=feet, details=details if i == 0 else None)
        for i, feet in enumerate(heights)
    ]
    return trace(icao, rows, **head)


def read(path: Path) -> tuple[int, LeftOut]:
    """Return how many positions a path gives, and what was left out."""
    left_out = LeftOut()
    batches = reader_for(path).read(path, left_out)
    return sum(batch.positions.num_rows for batch in batches), left_out


def ingest(runner: CliRunner, path: Path, data_dir: Path) -> Result:
    return runner.invoke(main, ["ingest", str(path), "--data-dir", str(data_dir)])


def test_members_that_lead_elsewhere_are_left_out_and_nothing_is_written(
    runner: CliRunner, tmp_path: Path
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    name = "trace_full_3c6445.json"
    with tarfile.open(inside / "day.tar", "w") as out:
        for member, kind in [
            (f"../../{name}", tarfile.REGTYPE),
            (f"/tmp/{name}", tarfile.REGTYPE),
            (f"./traces/45/{name}", tarfile.SYMTYPE),
            (f"./traces/45/{name}", tarfile.LNKTYPE),
            (f"./traces/45/{name}", tarfile.CHRTYPE),
            (f"./traces/45/{name}", tarfile.FIFOTYPE),
            (trace_name(), tarfile.REGTYPE),
        ]:
            info = tarfile.TarInfo(member)
            info.type, info.linkname = kind, "/etc/passwd"
            data = flown() if kind == tarfile.REGTYPE else b""
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    before = set(tmp_path.rglob("*"))
    result = ingest(runner, inside / "day.tar", inside / "data")
    assert result.exit_code == 0
    assert "unsafe member" in result.stdout
    new = set(tmp_path.rglob("*")) - before
    assert all(path.is_relative_to(inside / "data") for path in new)
    assert Store(inside / "data").read("flights", DAY).num_rows == 1


def test_heatmaps_and_what_else_lies_in_a_day_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "day.tar"
    with tarfile.open(path, "w") as out:
        for member, data in {
            "./heatmap/00.bin.ttf": bytes(5000),
            "./acas/acas.csv.gz": gzip.compress(b"x"),
            "./traces/44/trace_recent_3c6444.json": trace(),
            "./README.txt": b"terms",
            trace_name(): flown(),
        }.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    n, left_out = read(path)
    assert n == 9
    assert dict(left_out.counts) == {("not_a_trace", "files"): 4}
    assert not left_out.quarantined


BOMB = gzip.compress(bytes(64 * MB), 9)
BIG = gzip.compress(b"[" + b" " * (300 * MB) + b"]", 9)


@pytest.mark.parametrize("packed", [BOMB, BIG, zstd(bytes(64 * MB))])
def test_a_bomb_among_traces_costs_itself_in_bounded_memory(
    packed: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "day.tar"
    with tarfile.open(path, "w") as out:
        for member, data in {
            "./traces/45/trace_full_3c6445.json": packed,
            trace_name(): gzip.compress(flown()),
        }.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    n, left_out = read(path)
    assert n == 9
    assert left_out.quarantined == [("./traces/45/trace_full_3c6445.json", "too_large")]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("states.csv.gz", b"timestamp,icao24,latitude,longitude\n"),
        ("states.jsonl.gz", json.dumps(state()).encode() + b"\n"),
        ("aircraft.jsonl.gz", snapshot(plane(alt_baro=1)) + b"\n"),
        ("day.tar.gz", b""),
    ],
)
def test_a_stream_that_unpacks_without_end_is_stopped(
    name: str, begins: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "MAX_INFLATED", MB)
    path = tmp_path / name
    if name.startswith("day"):
        huge = tarfile.TarInfo("./heatmap/huge.bin")
        huge.size = 8**11 - 1
        begins = huge.tobuf()
    path.write_bytes(gzip.compress(begins + b"\n" * (6 * MB), 9))
    started = time.process_time()
    left_out = LeftOut()
    with suppress(AnomalyError):
        collections.deque(reader_for(path).read(path, left_out), maxlen=0)
        assert left_out.counts["too_large", "files"] == 1
    assert time.process_time() - started < 10


def test_endless_numbers_cost_their_row_and_deep_nesting_its_trace(
    tmp_path: Path,
) -> None:
    long, deep = "9" * 400, "[" * 10_000 + "]" * 10_000
    good = json.dumps(row(0.0)), json.dumps(row(9.0))
    heads = '{"icao":"%s","timestamp":1553212800,"trace":[%s,%s,%s]}'
    endless = heads % ("3c6444", good[0], f"[1,{long},{long},900]", good[1])
    nested = heads % ("3c6445", good[0], deep, good[1])
    path = day(
        tmp_path / "day.tar", ("3c6444", endless.encode()), ("3c6445", nested.encode())
    )
    n, left_out = read(path)
    assert n == 2
    assert left_out.counts["bad_json", "files"] == 1
    assert sum(k for (_, unit), k in left_out.counts.items() if unit == "rows") == 1


@pytest.mark.parametrize("deep", ["[" * 10_000, '{"a":' * 10_000])
@pytest.mark.parametrize("name", ["trace_full_3c6444.json", "aircraft.json", "s.jsonl"])
def test_nothing_but_nesting_is_one_sentence(
    name: str, deep: str, runner: CliRunner, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(deep)
    result = ingest(runner, tmp_path / name, tmp_path / "data")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output


def test_words_of_a_track_are_inert_in_the_terminal_and_in_what_is_stored(
    runner: CliRunner, tmp_path: Path
) -> None:
    data = flown(r=ESCAPES + FORMULA, desc=HTML + ESCAPES, ownOp=ESCAPES + "Ā")
    path = day(tmp_path / f"day {ESCAPES[:6]}.tar", ("3c6444", data), ("3c6445", b"{"))
    data_dir = tmp_path / "data"
    shown = ingest(runner, path, data_dir)
    assert shown.exit_code == 0
    listed = runner.invoke(main, ["flights", str(DAY), "--data-dir", str(data_dir)])
    assert listed.exit_code == 0
    gone = runner.invoke(main, ["ingest", str(path)[:-4] + "gone", "--strict"])
    for result in (shown, listed, gone):
        assert result.output.replace("\n", "").isprintable()
    (flight,) = Store(data_dir).read("flights", DAY).to_pylist()
    assert flight["callsign"].isprintable()
    assert flight["registration"].isprintable()


def test_a_pickle_is_no_model_even_under_the_name_of_one() -> None:
    from models import saving

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (exec, ("raise SystemExit('pickle was run')",))

    with pytest.raises(AnomalyError, match="not a model file"):
        saving.loads(pickle.dumps(Evil()))


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "ünï—čode",
        'quote\'s "x"',
        "[glob]*?",
        "date=2019-03-22",
        "a%20b#c?d",
        "-x",
    ],
)
def test_a_data_directory_may_be_called_anything(
    name: str, runner: CliRunner, tmp_path: Path
) -> None:
    path = day(tmp_path / "day.tar", ("3c6444", flown()))
    data_dir = tmp_path / name
    assert ingest(runner, path, data_dir).exit_code == 0
    arguments = ["flights", str(DAY), "--icao24", "3c6444", "--data-dir", str(data_dir)]
    assert "3c6444" in runner.invoke(main, arguments).stdout


def test_a_parquet_that_says_more_than_it_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "states.parquet"
    pq.write_table(pa.Table.from_pylist([state(float(i)) for i in range(500)]), path)
    data = bytearray(path.read_bytes())
    for at in range(4, len(data) - 8, 97):
        data[at] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(AnomalyError):
        read(path)


def test_a_clock_set_back_by_years_does_not_cost_the_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv(tmp_path / "states.csv", [state(), state(9.0)])
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert read(path)[0] == 2
    late = pd.Timestamp("2031-01-01", tz="UTC").timestamp() * 1000
    n, left_out = read(csv(tmp_path / "late.csv", [state(), state(timestamp=late)]))
    assert n == 1
    assert left_out.counts["implausible_time", "rows"] == 1


def test_reading_takes_no_more_memory_than_its_bound(tmp_path: Path) -> None:
    """A stream of CSV much larger than what is held of it at a time."""
    line = b"1553212800,3c6444,48.0,11.0,,,,\n"
    path = tmp_path / "states.csv.gz"
    head = b"timestamp,icao24,latitude,longitude,altitude,groundspeed,track,callsign\n"
    one = gzip.compress(line * 200_000, 1)
    path.write_bytes(gzip.compress(head) + one * 4)
    code = (
        "import sys; from pathlib import Path; from anomaly.ingest import reader_for\n"
        "from anomaly.ingest.base import LeftOut\n"
        "path = Path(sys.argv[1])\n"
        "batches = reader_for(path).read(path, LeftOut())\n"
        "print(sum(batch.positions.num_rows for batch in batches))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_DATA, (2 * 2**30, 2 * 2**30)
        ),
    )
    assert done.stderr == ""
    assert int(done.stdout) == 800_000
