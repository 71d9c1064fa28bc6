"""What a person reads of an evaluation."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from model_builders import registered

from anomaly.cli import evaluation
from models.evaluate import Evaluation
from models.falsealarms import FalseAlarms, share
from models.heldout import HeldOut
from models.metrics import Figure

NAMES = ("auc_vs_look_alikes", "recall_at_25", "look_alikes_at_25", "roc_auc")


def figures(value: float, n: int = 40) -> dict[str, Figure]:
    return {name: Figure(value, value - 0.1, value + 0.1, n) for name in NAMES}


def both(value: float) -> dict[str, dict[str, Figure]]:
    return {
        "documented": figures(value),
        "documented_identity_hidden": figures(value / 2),
    }


@pytest.fixture
def done() -> Evaluation:
    less = {"documented_less_than_model": figures(-0.3)}
    return Evaluation(
        record=registered().record,
        results=both(0.8),
        baselines={"rule": both(0.5) | less},
        dates=[dt.date(2019, 3, 23)],
        n_flights=1000,
        n_crossfit=0,
    )


def test_the_headline_figures_come_first(done: Evaluation) -> None:
    head, *rows = evaluation.lines(done)
    assert re.split("  +", head) == [
        "the model",
        "documented",
        "documented without identity",
    ]
    told = {row[0]: row[1:] for row in (re.split("  +", line) for line in rows)}
    assert told["how many of logistics"] == ["40", "40"]
    assert told["share of logistics flagged within 25"] == [
        "0.80 (0.70 to 0.90)",
        "0.40 (0.30 to 0.50)",
    ]


def test_the_footer_says_that_the_model_must_reach_a_threshold_too(
    done: Evaluation,
) -> None:
    told = " ".join(evaluation.lines(done))
    assert (
        "flagged by the model only if they also reach the threshold frozen in training"
        in told
    )


def test_a_baseline_takes_one_line_with_its_difference_from_the_model(
    done: Evaluation,
) -> None:
    lines = [one for one in evaluation.lines(done) if one.startswith("rule ")]
    told, hidden = (re.split("  +", line) for line in lines)
    assert told == ["rule", *["0.50 (0.40 to 0.60)"] * 3, "-0.30 (-0.40 to -0.20)"]
    assert hidden == ["rule", *["0.25 (0.15 to 0.35)"] * 3]


def test_families_tell_how_far_they_are_from_all() -> None:
    apart = {"documented": figures(0.6), "documented_less_than_all": figures(-0.2)}
    found = {"all": {"documented": figures(0.8)}, "route alone": apart}
    *_, everything, route = evaluation.families(found)
    assert everything.startswith("all ")
    assert route.startswith("route alone")
    assert route.endswith("-0.20 (-0.30 to -0.10)")


def test_false_alarms_are_shares_of_the_recorded_flights(done: Evaluation) -> None:
    alarms = FalseAlarms({"flagged_at_25": share(0, 300)}, 3, 0, 0)
    told = list(evaluation.lines(replace(done, false_alarms=alarms)))
    at = told.index("flagged of 300 recorded ordinary flights")
    assert told[at + 1] == "within  25 alerts  0.0% (0.0% to 1.0%)"


def test_of_many_operators_the_frequent_ones_are_shown(done: Evaluation) -> None:
    of_value = {f"operator-{n}": figures(0.5) for n in range(40)}
    held = HeldOut("operator", 14, both(0.7), of_value)
    told = list(evaluation.lines(replace(done, held_out={"operator": held})))
    shown = [line for line in told if line.startswith("operator-")]
    assert len(shown) == evaluation.MOST_VALUES
    assert "and 28 more: --json" in told
    assert any(line.startswith("no case of the same operator learnt") for line in told)


def test_a_shorter_past_stands_beside_the_whole(done: Evaluation) -> None:
    told = list(evaluation.lines(replace(done, history={0: both(0.6), 1: both(0.7)})))
    for beginning in ("as above", "with no day before known", "with 1 day before"):
        assert sum(line.startswith(beginning) for line in told) == 2


def test_what_cannot_be_told_is_said_to_be_not_known(done: Evaluation) -> None:
    unknown = {name: Figure(None, None, None, 0) for name in NAMES}
    told = evaluation.lines(replace(done, results={"documented": unknown}))
    assert any(
        re.fullmatch("share of logistics flagged within 25 +not known", line)
        for line in told
    )
