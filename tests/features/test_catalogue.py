"""What is written of the features is what is declared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import features
from anomaly.cli import main
from features import catalogue
from features.words import sentence

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_the_readme_tells_the_features_as_declared() -> None:
    text = README.read_text(encoding="utf-8")
    begin, end = text.index(catalogue.BEGIN), text.index(catalogue.END)
    # To mend it: put the output of `anomaly features --markdown` there.
    assert text[begin : end + len(catalogue.END)] == catalogue.markdown()


def test_the_command_lists_every_feature_once(runner: CliRunner) -> None:
    result = runner.invoke(main, ["features", "--json"])
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["name"] for row in told] == [f.name for f in features.declared()]
    assert all(row["meaning"] and row["null_means"] and row["unit"] for row in told)


def test_one_family_can_be_asked_for(runner: CliRunner) -> None:
    result = runner.invoke(main, ["features", "stopover"])
    assert "stopover_n_military" in result.stdout
    assert "route_direct_nm" not in result.stdout


def test_an_unknown_family_names_the_known_ones(runner: CliRunner) -> None:
    result = runner.invoke(main, ["features", "weather"])
    assert result.exit_code == 2
    assert "kinematics" in result.stderr


def test_a_percentile_of_climb_is_not_told_as_the_greatest() -> None:
    name = "kinematics_max_climb_ft_min"
    assert sentence(name, 0.0, {}).startswith("was hardly seen to climb")
    assert "1,500 ft/min or less for all but one in 20" in sentence(name, 1500.0, {})
