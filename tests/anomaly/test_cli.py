from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from anomaly.cli import COMMANDS, main

HEAVY = {"pandas", "numpy", "pyarrow", "sklearn", "mlflow", "scipy", "numba"}

every_command = pytest.mark.parametrize("name", COMMANDS)


def command_of(name: str) -> click.Command:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command


@every_command
def test_every_option_has_help(name: str) -> None:
    command = command_of(name)
    assert command.help
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert all(o.help for o in options)


@every_command
def test_help_ends_in_an_example(name: str) -> None:
    assert "Example" in (command_of(name).help or "").split("\b")[-1]


@every_command
def test_help_is_shown_without_loading_the_machinery(name: str) -> None:
    code = (
        "import sys; from anomaly.cli import main\n"
        f"main(['{name}', '--help'], standalone_mode=False)\n"
        f"sys.exit(' '.join({HEAVY!r} & set(sys.modules)) or None)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert shown.stderr == ""
    assert shown.returncode == 0
    assert shown.stdout.startswith("Usage:")


@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "2019-03-23"],
        ["report", "2019-03-23"],
        ["flights", "2019-03-23"],
        ["explain", "154073-20190323T010000Z"],
        ["verdict", "154073-20190323T010000Z", "confirm"],
        ["train"],
        ["evaluate"],
    ],
    ids=lambda a: a[0],
)
def test_an_empty_store_gives_one_sentence_and_the_next_step(
    runner: CliRunner, tmp_path: Path, arguments: list[str]
) -> None:
    result = runner.invoke(main, [*arguments, "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Hint: " in result.stderr
    assert "anomaly " in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_a_date_that_is_none_is_a_usage_error(runner: CliRunner) -> None:
    result = runner.invoke(main, ["score", "yesterday"])
    assert result.exit_code == 2
    assert "YYYY-MM-DD" in result.stderr


def test_an_unknown_command_is_a_usage_error(runner: CliRunner) -> None:
    assert runner.invoke(main, ["fly"]).exit_code == 2


def test_threads_that_wait_leave_the_processors_to_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "to be restored")
    monkeypatch.delenv("OMP_WAIT_POLICY")
    CliRunner().invoke(main, ["flights"])
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"


def test_who_says_how_threads_wait_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    CliRunner().invoke(main, ["flights"])
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
