"""The commands of a morning: fetch, daily and prune, against a publisher down here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archives import day, row, trace
from click.testing import CliRunner, Result
from model_builders import dull_day
from publisher import Publisher, publishing, status

from anomaly.cli import main
from anomaly.store import Store

DAY = dt.date(2019, 3, 22)
HEIGHTS = [1500, 9000, 20000, 30000, 30000, 30000, 20000, 9000, 1500]
Run = Callable[..., Result]


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    rows = [row(300.0 * i, altitude=feet) for i, feet in enumerate(HEIGHTS)]
    path = day(
        tmp_path / "day.tar", ("3c6444", trace("3c6444", rows)), ("3c6445", b"{")
    )
    with publishing() as running:
        running.files[f"/{DAY}.tar"] = path.read_bytes()
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = dull_day(tmp_path / "data")
    store.model_card("flight-anomaly 1").unlink()
    return store


@pytest.fixture
def run(runner: CliRunner, store: Store, publisher: Publisher) -> Run:
    def run(name: str, *arguments: object) -> Result:
        given = [name, *map(str, arguments), "--data-dir", str(store.root)]
        if name != "prune":
            given += ["--source", f"{publisher.address}/{{date}}.tar"]
        return runner.invoke(main, given)

    return run


def test_a_morning_ends_in_a_report_and_a_second_reads_nothing_anew(
    run: Run, store: Store, publisher: Publisher
) -> None:
    result = run("daily", DAY, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["status"] == "done"
    assert told["ingested"]["n_positions"] == len(HEIGHTS)
    assert told["ingested"]["n_quarantined"] == 1
    assert told["n_flights"] == 1
    assert Path(told["report"]).is_file()
    assert set(told["seconds"]) == {"fetch", "ingest", "score", "report"}
    scores = store.path("scores", DAY).read_bytes()
    publisher.asked.clear()
    again = json.loads(run("daily", DAY, "--json").stdout)
    assert again["status"] == "done"
    assert "ingested" not in again
    assert publisher.gets(f"/{DAY}.tar") == []
    assert store.path("scores", DAY).read_bytes() == scores


def test_a_day_not_published_ends_in_3_and_leaves_no_lock(run: Run) -> None:
    assert run("daily", "2019-03-25").exit_code == 3
    result = run("daily", "2019-03-25", "--json")
    assert result.exit_code == 3
    told = json.loads(result.stdout)
    assert (told["status"], told["step"]) == ("not published", "fetch")
    assert "has not published 2019-03-25" in told["error"]
    assert run("fetch", DAY).exit_code == 0


def test_a_failing_step_is_named(run: Run, publisher: Publisher) -> None:
    publisher.files[f"/{DAY}.tar"] = b"<html>no archive</html>"
    result = run("daily", DAY, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["step"] == "ingest"
    assert run("daily", DAY).stderr.startswith("Error: ")


def test_without_a_date_it_is_yesterday(run: Run) -> None:
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    assert str(yesterday) in run("daily").stderr


def test_fetch_prints_the_file_to_ingest(run: Run, store: Store) -> None:
    result = run("fetch", DAY)
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert Path(line).is_relative_to(store.raw)
    assert "fetched" in result.stderr
    assert "here already" in run("fetch", DAY).stderr


def test_fetch_of_several_days_gets_what_there_is(run: Run) -> None:
    result = run("fetch", DAY, "--to", "2019-03-23", "--json")
    assert result.exit_code == 3
    assert [json.loads(line)["date"] for line in result.stdout.splitlines()] == [
        str(DAY)
    ]
    assert "has not published 2019-03-23" in result.stderr


def test_fetch_fails_with_1_where_waiting_does_not_help(
    run: Run, publisher: Publisher
) -> None:
    publisher.troubles[f"/{DAY}.tar"] = [status(403)]
    publisher.knows_head = False
    assert run("fetch", DAY).exit_code == 1
    assert run("fetch", "2100-01-01").exit_code == 3
    assert run("fetch", DAY, "--to", "2019-01-01").exit_code == 2


def test_prune_keeps_flights_and_the_newest_days(run: Run, store: Store) -> None:
    run("daily", DAY)
    before = store.read("flights", DAY)
    rows = store.read("positions", DAY)
    for number in range(1, 4):
        store.write("positions", rows, DAY + dt.timedelta(days=number), "4")
    result = run("prune", "--keep-days", 3, "--raw")
    assert result.exit_code == 0
    assert "positions of 1 days and 1 fetched archives" in result.stdout
    assert not store.has("positions", DAY)
    assert len(store.dates("positions")) == 3
    assert store.read("flights", DAY) == before
    assert not any(store.raw.glob("*/*"))


def test_a_piece_of_a_pruned_day_does_not_replace_its_flights(
    run: Run, store: Store, tmp_path: Path, runner: CliRunner
) -> None:
    archive = run("fetch", DAY).stdout.strip()
    kept = ["--data-dir", str(store.root)]
    runner.invoke(main, ["ingest", archive, *kept])
    before = store.read("flights", DAY)
    store.drop_positions(DAY)
    piece = day(tmp_path / "piece.tar", ("3c6446", trace("3c6446")))
    result = runner.invoke(main, ["ingest", str(piece), *kept])
    assert result.exit_code == 1
    assert "were pruned" in result.stderr
    assert store.read("flights", DAY) == before


def test_two_days_at_least_are_kept(run: Run) -> None:
    assert run("prune", "--keep-days", 1).exit_code == 2
