"""The three commands that need a model, on a store of two dull flights."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from archives import day, row, trace
from click.testing import CliRunner, Result
from feature_builders import DAY
from model_builders import dull_day, training_rows

from anomaly.cli import main
from anomaly.cli.score import beside
from anomaly.store import Store
from models import registry
from models.listing import lines

NAMES = {
    "flight_id",
    "icao24",
    "registration",
    "callsign",
    "operator",
    "typecode",
    "origin",
    "destination",
    "journey",
    "first_seen",
    "last_seen",
    "score",
    "rank",
    "flagged",
    "reasons",
    "coverage",
    "provenance",
    "model",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return dull_day(tmp_path_factory.mktemp("data"))


def test_score_prints_a_line_a_journey_best_first(
    runner: CliRunner, store: Store
) -> None:
    shown = runner.invoke(
        main, ["score", str(DAY), "--json", "--data-dir", str(store.root)]
    )
    assert shown.exit_code == 0, shown.output
    told = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [line["rank"] for line in told] == [1, 2]
    assert set(told[0]) >= NAMES
    assert sorted(line["journey"] for line in told) == [
        ["EDDF", "EGLL"],
        ["EGLL", "EDDF"],
    ]
    assert set(told[0]["reasons"][0]) == {"feature", "value", "text", "weight"}
    assert told[0]["first_seen"] == f"{DAY}T12:00:00Z"
    assert store.has("scores", DAY)


def test_the_list_for_people_has_a_header_over_its_figures(
    runner: CliRunner, store: Store
) -> None:
    shown = runner.invoke(main, ["score", str(DAY), "--data-dir", str(store.root)])
    header, first, *_ = shown.stdout.splitlines()
    figures = ("rank", "score", "without identity", "unlike ordinary", "surprise")
    assert " ".join(header.split()).startswith(" ".join(figures))
    for name in figures:
        end = header.index(name) + len(name)
        assert first[end - 1].isdigit()
        assert first[end] == " "
    assert header.index("registr.") == first.index("D-A")


def test_those_of_one_mission_name_each_others_ranks(store: Store) -> None:
    first, second = lines(store, DAY, store.read("scores", DAY))
    apart = [replace(first, mission_id="m"), replace(second, mission_id="n")]
    together = [replace(one, mission_id="m") for one in (first, second)]
    assert beside(apart[0], apart) == ""
    assert beside(together[0], together) == "with rank 2"


def test_scoring_again_changes_nothing(runner: CliRunner, store: Store) -> None:
    arguments = ["score", str(DAY), "--json", "--data-dir", str(store.root)]
    first = runner.invoke(main, arguments)
    stored = store.path("scores", DAY).read_bytes()
    assert runner.invoke(main, arguments).stdout == first.stdout
    assert store.path("scores", DAY).read_bytes() == stored


def test_hidden_identity_is_printed_and_not_stored(
    runner: CliRunner, store: Store
) -> None:
    runner.invoke(main, ["score", str(DAY), "--data-dir", str(store.root)])
    stored = store.path("scores", DAY).read_bytes()
    shown = runner.invoke(
        main,
        [
            "score",
            str(DAY),
            "--hide",
            "identity",
            "--json",
            "--data-dir",
            str(store.root),
        ],
    )
    assert all(json.loads(row)["identity_hidden"] for row in shown.stdout.splitlines())
    assert store.path("scores", DAY).read_bytes() == stored


def test_the_stored_days_between_two_are_scored_and_listed(
    runner: CliRunner, store: Store
) -> None:
    between = ["--from", "2019-03-01", "--to", str(DAY), "--engine", "local"]
    shown = runner.invoke(main, ["score", *between, "--data-dir", str(store.root)])
    assert shown.exit_code == 0, shown.output
    assert f"{DAY}: " in shown.stderr
    assert "EDDF EGLL" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--from", "2019-03-01"], "Give a DATE, or both --from and --to"),
        ([str(DAY), "--to", str(DAY)], "Give a DATE, or both --from and --to"),
        (["--from", "2019-03-02", "--to", "2019-03-01"], "--to is before --from"),
        (["--from", "2018-01-01", "--to", "2018-01-02"], "Days stored: 2019-03-23"),
        (["2018-01-01"], "no flights for 2018-01-01"),
        ([str(DAY), "--scheduler", "tcp://127.0.0.1:1"], "a scheduler goes with"),
    ],
)
def test_days_that_cannot_be_scored_are_one_sentence(
    runner: CliRunner, store: Store, arguments: list[str], why: str
) -> None:
    shown = runner.invoke(main, ["score", *arguments, "--data-dir", str(store.root)])
    assert shown.exit_code in {1, 2}
    assert why in shown.stderr


def test_no_command_of_a_morning_loads_what_only_training_needs(
    tmp_path: Path,
) -> None:
    store = dull_day(tmp_path / "data")
    heights = [1500, 9000, 20000, 30000, 20000, 9000, 1500]
    rows = [row(300.0 * i, altitude=feet) for i, feet in enumerate(heights)]
    archive = day(tmp_path / "day.tar", ("3c6444", trace("3c6444", rows)))
    code = f"""
import sys
from anomaly.cli import main
from anomaly.cli.score import beside
import anomaly.cli.review, anomaly.review.app
for command, of in dict(ingest={str(archive)!r}, score="{DAY}", report="{DAY}").items():
    main([command, of, "--data-dir", {str(store.root)!r}], standalone_mode=False)
sys.exit(" ".join({{"mlflow", "sqlalchemy", "distributed"}} & set(sys.modules)) or None)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "EDDF EGLL" in done.stdout


def test_a_table_for_people_shows_the_way_and_the_reasons(
    runner: CliRunner, store: Store
) -> None:
    shown = runner.invoke(main, ["score", str(DAY), "--data-dir", str(store.root)])
    assert "EDDF EGLL" in shown.stdout
    assert "of 2 journeys flagged for review" in shown.stderr


def test_every_flight_can_be_listed(store: Store, runner: CliRunner) -> None:
    runner.invoke(main, ["score", str(DAY), "--data-dir", str(store.root)])
    scores = store.read("scores", DAY)
    every = list(lines(store, DAY, scores, every_flight=True))
    assert [line.rank for line in every] == [1, 2]
    assert every[0].n_flights == 1


def test_evaluate_prints_one_object_of_figures(
    runner: CliRunner, store: Store, tmp_path: Path
) -> None:
    # Of the casebook's columns some are missing, and one is not the casebook's.
    columns = ["date_utc", "typecode", "legs_filled", "label", "group_id", "remark"]
    rows = [
        {"date_utc": "2019-03-22", "typecode": "A124", "legs_filled": "UUMU OSLK GOOY",
         "label": "military_logistics", "group_id": "x"},
        {"date_utc": "2019-03-22", "typecode": "A124", "legs_filled": "UKKM EDDP KIAH",
         "label": "look_alike", "group_id": "y", "remark": "=1+1"},
        {"date_utc": "soon", "typecode": "A124", "legs_filled": "UKKM EDDP",
         "label": "perhaps"},
        {"typecode": "A124", "legs_filled": "QQQQ QQQX", "label": "look_alike"},
        {"typecode": "A124", "legs_filled": "UKKM", "label": "look_alike"},
    ]  # fmt: skip
    book = tmp_path / "cases.csv"
    text = [",".join(columns), *(",".join(r.get(c, "") for c in columns) for r in rows)]
    book.write_text("\n".join(text) + "\n")
    shown = runner.invoke(
        main,
        ["evaluate", "--cases", str(book), "--json", "--data-dir", str(store.root)],
    )
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)
    assert {"documented", "documented_identity_hidden", "baselines"} == set(told)
    assert shown.stdout.count("\n") == 1
    assert set(told["documented"]) == {
        "recall_at_10",
        "recall_at_25",
        "recall_at_100",
        "look_alikes_at_25",
        "recall_at_threshold_25",
        "look_alikes_at_threshold_25",
        "auc_vs_look_alikes",
        "average_precision",
        "calibration_error",
    }
    assert set(told["documented"]["recall_at_25"]) == {"value", "low", "high", "n"}
    assert set(told["baselines"]) == {
        "military_flag",
        "rule",
        "watch_list",
        "kinematics_forest",
        "missingness",
        "casebook_forest",
    }
    for baseline in told["baselines"].values():
        # A baseline has no threshold.
        assert set(told["documented"]) - set(baseline["documented"]) == {
            "recall_at_threshold_25",
            "look_alikes_at_threshold_25",
        }
    assert "background: 2 flights" in shown.stderr
    for reason in ("no label", "airports not known", "not flyable"):
        assert f"cases left out, {reason}: 1" in shown.stderr


@pytest.mark.parametrize("command", [["score", "2019-03-23"], ["evaluate"]])
def test_without_a_model_one_sentence_says_to_train(
    runner: CliRunner, tmp_path: Path, command: list[str]
) -> None:
    shown = runner.invoke(main, [*command, "--data-dir", str(tmp_path)])
    assert shown.exit_code == 1
    assert "Error: no model 'champion'" in shown.stderr
    assert "anomaly train" in shown.stderr
    assert shown.stdout == ""


def test_without_flights_training_says_to_ingest(
    runner: CliRunner, tmp_path: Path
) -> None:
    shown = runner.invoke(main, ["train", "--data-dir", str(tmp_path)])
    assert shown.exit_code == 1
    assert "anomaly ingest" in shown.stderr


def test_flights_without_any_label_cannot_be_learnt(
    runner: CliRunner, store: Store
) -> None:
    shown = runner.invoke(main, ["train", "--data-dir", str(store.root)])
    assert shown.exit_code == 1
    assert "too few independent labelled flights" in shown.stderr


def test_models_are_listed_promoted_and_rolled_back(
    runner: CliRunner, tmp_path: Path
) -> None:
    store = dull_day(tmp_path)
    record = replace(registry.record_of(store), version=2)
    data = (store.model("flight-anomaly 1") / "model.skops").read_bytes()
    registry.save(store, record, data, training_rows(), "{}\n")

    def run(*arguments: str) -> Result:
        told = ["models", *arguments, "--data-dir", str(tmp_path)]
        return runner.invoke(main, told)

    listed = [json.loads(line) for line in run("--json").stdout.splitlines()]
    assert [(one["version"], one["aliases"]) for one in listed] == [
        (1, ["champion"]),
        (2, []),
    ]
    assert run("promote", "2").stdout == "flight-anomaly 2\n"
    assert "flight-anomaly 2" in run().stdout
    assert run("rollback").stdout == "flight-anomaly 1\n"
    assert registry.aliases(store) == {"champion": 1, "previous": 2}
    compared = run("compare", "1", "2")
    assert compared.exit_code == 0
    assert "nothing was measured of both" in compared.stdout
    unknown = run("promote", "7")
    assert unknown.exit_code == 1
    assert "no model '7'" in unknown.stderr


def test_no_models_is_no_error(runner: CliRunner, tmp_path: Path) -> None:
    shown = runner.invoke(main, ["models", "--data-dir", str(tmp_path)])
    assert shown.exit_code == 0
    assert "anomaly train" in shown.stderr
