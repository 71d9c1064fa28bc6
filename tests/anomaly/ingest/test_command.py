"""``anomaly ingest`` as a user meets it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import csv, day, plane, row, snapshot, state, trace
from click.testing import CliRunner, Result

from anomaly.cli import main
from anomaly.ingest import readers
from anomaly.store import Store


def flown(icao: str = "3c6444") -> bytes:
    """Return a trace with a climb, a cruise and a descent."""
    heights = [1500, 9000, 20000, 30000, 30000, 30000, 20000, 9000, 1500]
    rows = [row(300.0 * i, altitude=feet) for i, feet in enumerate(heights)]
    return trace(icao, rows)


Run = Callable[..., Result]


@pytest.fixture
def run(runner: CliRunner, tmp_path: Path) -> Run:
    def run(*arguments: object) -> Result:
        given = [str(a) for a in arguments]
        data_dir = ["--data-dir", str(tmp_path / "data")]
        return runner.invoke(main, ["ingest", *given, *data_dir])

    return run


def test_what_was_read_and_left_out_is_told(run: Run, tmp_path: Path) -> None:
    path = day(tmp_path / "day.tar", ("3c6444", flown()), ("3c6445", b"{"))
    result = run(path)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split()[:3] == ["read", "format", "files"]
    assert "readsb-trace" in result.stdout
    assert "bad json" in result.stdout
    assert "trace_full_3c6445.json" in result.stdout
    store = Store(tmp_path / "data")
    (date,) = store.dates("flights")
    assert store.read("flights", date)["icao24"].to_pylist() == ["3c6444"]


def test_a_day_without_a_flight_says_why(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "aircraft.json"
    path.write_bytes(snapshot(plane(), plane("3c6445")))
    result = run(path)
    assert result.exit_code == 0
    assert "no flight can be made of what was read" in result.stderr
    assert "single position: 2" in result.stderr


def test_json_has_an_object_a_line(run: Run, tmp_path: Path) -> None:
    path = day(tmp_path / "day.tar", ("3c6444", flown()), ("3c6445", b"{"))
    lines = [json.loads(line) for line in run(path, "--json").stdout.splitlines()]
    assert [line["kind"] for line in lines] == ["source", "left_out", "quarantined"]
    assert lines[0]["first_seen"] == "2019-03-22T00:00:00+00:00"
    assert lines[1]["reason"] == lines[2]["reason"] == "bad_json"
    assert lines[2]["member"] == "./traces/45/trace_full_3c6445.json"


def test_strict_refuses_damage_not_what_is_passed_over(
    run: Run, tmp_path: Path
) -> None:
    odd = csv(tmp_path / "t.csv", [state(), state(1.0, altitude=99_000.0)])
    assert run(odd, "--strict").exit_code == 0
    damaged = day(tmp_path / "day.tar", ("3c6444", flown()), ("3c6445", b"{"))
    result = run(damaged, "--strict")
    assert result.exit_code == 1
    assert "damaged" in result.stderr
    assert "3c6445" in result.stdout


def test_a_bad_input_among_good_ones_is_named(run: Run, tmp_path: Path) -> None:
    good = day(tmp_path / "day.tar", ("3c6444", flown()))
    bad = tmp_path / "trace_full_3c6445.json"
    bad.write_bytes(gzip.compress(flown())[:40])
    result = run(good, bad)
    assert result.exit_code == 0
    assert f"Not read: {bad.name} ends in the middle" in result.stderr


def test_nothing_to_read_is_an_error_and_a_hint(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    result = run(path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "cannot tell the format of notes.txt" in result.stderr
    assert "Hint: Pass --format" in result.stderr


def test_a_wrong_format_name_lists_the_right_ones(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path, "--format", "kml")
    assert result.exit_code == 2
    for reader in readers():
        assert reader.name in result.stderr


def test_a_format_can_be_forced(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "no-ending"
    path.write_bytes(csv(tmp_path / "t.csv", [state(), state(5.0)]).read_bytes())
    assert run(path, "--format", "traffic-table").exit_code == 0


def test_help_ends_in_an_example(runner: CliRunner) -> None:
    text = runner.invoke(main, ["ingest", "--help"]).stdout
    assert "Example:\n      anomaly ingest " in text
