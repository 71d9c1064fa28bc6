from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from report_builders import DAY, Plan, write_day

from anomaly.cli import main
from anomaly.domain import Provenance
from anomaly.store import Store
from anomaly.verdicts import Judgement, Seen, Verdicts


@pytest.fixture
def data_dir(store: Store) -> str:
    write_day(store, [Plan()])
    return str(store.root)


@pytest.fixture
def lead(data_dir: str) -> str:
    """The flight that stands for the one journey of the day."""
    scores = Store(Path(data_dir)).read("scores", DAY).to_pylist()
    (flight_id,) = [row["flight_id"] for row in scores if row["leads"]]
    return str(flight_id)


def test_report_prints_where_the_index_is(
    runner: CliRunner, data_dir: str, lead: str
) -> None:
    result = runner.invoke(main, ["report", "2019-03-23", "--data-dir", data_dir])
    assert result.exit_code == 0, result.output
    index = Path(result.stdout.strip())
    assert index == Path(data_dir) / "reports" / "2019-03-23" / "index.html"
    page = (index.parent / "flags" / f"{lead}.html").read_text(encoding="utf-8")
    assert f"anomaly review 2019-03-23 --data-dir {data_dir}" in page
    assert f"anomaly verdict {lead} confirm" in page


def test_made_flights_are_listed_as_such(runner: CliRunner, data_dir: str) -> None:
    args = ["flights", "2019-03-23", "--data-dir", data_dir]
    lines = runner.invoke(main, args).stdout.splitlines()
    assert lines
    assert all(line.endswith("(re-enacted)") for line in lines)


def test_report_says_how_many_pages_of_an_earlier_list_it_removed(
    runner: CliRunner, store: Store
) -> None:
    args = ["report", "2019-03-23", "--data-dir", str(store.root)]
    write_day(store, [Plan(), Plan(icao24="154073", rank=2)])
    assert "Removed" not in runner.invoke(main, args).stderr
    write_day(store, [Plan(), Plan(icao24="154073", rank=2, flagged=False)])
    assert "Removed 1 page of an earlier list." in runner.invoke(main, args).stderr
    assert "Removed" not in runner.invoke(main, args).stderr


def test_report_of_an_unscored_day_says_what_to_run(
    runner: CliRunner, data_dir: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    args = ["report", "2019-03-25", "--data-dir", data_dir, "--out", str(out)]
    result = runner.invoke(main, args)
    assert result.exit_code == 1
    assert "no scores for 2019-03-25" in result.stderr
    assert "anomaly score" in result.stderr
    assert not out.exists()


def test_explain_tells_what_the_page_tells(
    runner: CliRunner, data_dir: str, lead: str
) -> None:
    result = runner.invoke(main, ["explain", lead, "--data-dir", data_dir])
    assert result.exit_code == 0, result.output
    for said in ("RE-ENACTED", "+1.62", "-0.35", "landing inferred", "not observed"):
        assert said in result.stdout


def test_explain_prints_one_object(runner: CliRunner, data_dir: str, lead: str) -> None:
    result = runner.invoke(main, ["explain", lead, "--json", "--data-dir", data_dir])
    told = json.loads(result.stdout)
    assert told["flight_id"] == lead
    assert told["provenance"] == "re-enacted"
    assert [stop["airport"] for stop in told["stopovers"]] == ["OSLK", "GOOY"]


def test_verdict_twice_is_one_verdict(
    runner: CliRunner, data_dir: str, lead: str
) -> None:
    args = ["verdict", lead, "confirm", "--by", "ann", "--data-dir", data_dir]
    assert runner.invoke(main, args).exit_code == 0
    again = runner.invoke(main, args)
    assert again.exit_code == 0
    assert "nothing changed" in again.stdout
    assert len(Verdicts(Store(Path(data_dir)).verdicts).history()) == 1


def test_a_verdict_on_a_made_flight_says_so_where_it_is_exported(
    runner: CliRunner, data_dir: str, lead: str
) -> None:
    where = ["--data-dir", data_dir]
    runner.invoke(main, ["verdict", lead, "confirm", "--by", "ann", *where])
    verdicts = Verdicts(Store(Path(data_dir)).verdicts)
    (said,) = verdicts.latest()
    assert said.seen.provenance is Provenance.RE_ENACTED
    # One that an older version recorded tells none of its own; another's is not here.
    told_none = replace(said.seen, provenance=None)
    verdicts.record(told_none, Judgement.UNSURE, by="bob")
    elsewhere = Seen("abcdef-x", "abcdef", said.seen.first_seen, said.seen.last_seen)
    verdicts.record(elsewhere, Judgement.UNSURE, by="cy")
    exported = runner.invoke(main, ["verdicts", "export", *where])
    rows = csv.DictReader(exported.stdout.splitlines())
    assert {row["reviewer"]: row["provenance"] for row in rows} == {
        "ann": "re-enacted",
        "bob": "re-enacted",
        "cy": "",
    }


@pytest.mark.parametrize("command", [["verdict", "confirm"], ["explain"]])
def test_who_names_another_flight_of_a_journey_is_told_which_one_is_listed(
    runner: CliRunner, data_dir: str, lead: str, command: list[str]
) -> None:
    scores = Store(Path(data_dir)).read("scores", DAY)["flight_id"].to_pylist()
    other = next(flight_id for flight_id in scores if flight_id != lead)
    for flight_id, is_told in ((other, True), (lead, False)):
        args = [command[0], flight_id, *command[1:], "--data-dir", data_dir]
        result = runner.invoke(main, args)
        assert result.exit_code == 0, result.output
        assert (f"by its flight {lead}" in result.stderr) == is_told


@pytest.mark.parametrize("command", [["verdict", "nix", "confirm"], ["explain", "nix"]])
def test_an_unknown_flight_is_one_clear_sentence(
    runner: CliRunner, data_dir: str, command: list[str]
) -> None:
    result = runner.invoke(main, [*command, "--data-dir", data_dir])
    assert result.exit_code == 1
    assert "no flight 'nix'" in result.stderr
    assert "anomaly flights" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "command",
    [
        ["verdict", "nix", "confirm"],
        ["explain", "nix"],
        ["prune", "--keep-days", "3"],
    ],
)
def test_a_data_directory_that_is_none_is_named_and_not_made(
    runner: CliRunner, tmp_path: Path, command: list[str]
) -> None:
    nowhere = tmp_path / "nowhere"
    result = runner.invoke(main, [*command, "--data-dir", str(nowhere)])
    assert result.exit_code == 1
    assert f"There is no data directory {nowhere}" in result.stderr
    assert not nowhere.exists()


def test_a_verdict_must_be_one_of_three(
    runner: CliRunner, data_dir: str, lead: str
) -> None:
    args = ["verdict", lead, "guilty", "--data-dir", data_dir]
    assert runner.invoke(main, args).exit_code == 2


def test_without_runs_there_is_nothing_to_browse(
    runner: CliRunner, tmp_path: Path
) -> None:
    result = runner.invoke(main, ["mlflow", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "anomaly train" in result.stderr


def test_review_of_an_unscored_day_says_what_to_run(
    runner: CliRunner, data_dir: str
) -> None:
    args = ["review", "2019-03-25", "--data-dir", data_dir, "--port", "0"]
    result = runner.invoke(main, args)
    assert result.exit_code == 1
    assert "anomaly score 2019-03-25" in result.stderr


def test_a_verdict_tells_its_reason_and_corrects_the_page(
    runner: CliRunner, data_dir: str, lead: str
) -> None:
    args = ["verdict", lead, "dismiss", "--reason", "ferry", "--by", "ann"]
    where = ["--data-dir", data_dir]
    result = runner.invoke(main, [*args, "--correct", "It was empty.", *where])
    assert result.exit_code == 0, result.output
    (said,) = Verdicts(Store(Path(data_dir)).verdicts).latest()
    assert said.reason == "ferry"
    assert said.shown
    assert said.shown.flagged
    printed = runner.invoke(main, ["report", "2019-03-23", *where])
    page = Path(printed.stdout.strip()).read_text(encoding="utf-8")
    assert "It was empty." in page
    refused = runner.invoke(main, [*args[:2], "confirm", "--reason", "ferry", *where])
    assert refused.exit_code == 1
    assert "does not go with" in refused.stderr


def test_pages_that_cannot_be_written_are_one_clear_sentence(
    runner: CliRunner, data_dir: str, tmp_path: Path
) -> None:
    file = tmp_path / "notes.txt"
    file.touch()
    args = ["report", DAY.isoformat(), "--data-dir", data_dir]
    result = runner.invoke(main, [*args, "--out", str(file / "below")])
    assert result.exit_code == 1
    assert f"cannot write to {file / 'below'}" in result.stderr
    assert "pass another --out" in result.stderr
