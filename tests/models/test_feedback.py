from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from anomaly.cli import main
from anomaly.store import Store
from anomaly.verdicts import Judgement, Seen, Shown, Verdicts
from models.feedback import feedback

MONDAY = dt.date(2019, 3, 18)
CONFIRM, DISMISS, UNSURE = Judgement.CONFIRM, Judgement.DISMISS, Judgement.UNSURE


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def _say(
    store: Store,
    said: Judgement,
    *,
    icao24: str = "1551e0",
    day: int = 0,
    by: str = "ann",
    score: float = 0.9,
    flagged: bool = True,
    reason: str = "",
    listed: bool = True,
) -> None:
    date = MONDAY + dt.timedelta(days=day)
    noon = dt.datetime.combine(date, dt.time(12), dt.UTC)
    seen = Seen(f"{icao24}-{date}", icao24, noon, noon + dt.timedelta(hours=2))
    shown = Shown(date, "flight-anomaly 1", score, 1, flagged) if listed else None
    Verdicts(store.verdicts).record(seen, said, by=by, reason=reason, shown=shown)


def test_precision_is_told_week_by_week_with_an_interval(store: Store) -> None:
    _say(store, CONFIRM, day=0)
    _say(store, CONFIRM, day=6)
    _say(store, DISMISS, day=3)
    _say(store, DISMISS, day=7)
    first, second = feedback(store).weeks
    assert (first.monday, second.monday) == (MONDAY, MONDAY + dt.timedelta(days=7))
    assert (first.precision.n, first.precision.of) == (2, 3)
    assert first.precision.low is not None
    assert first.precision.low < 2 / 3
    assert second.precision.value == 0


def test_the_unsure_and_the_disagreed_on_are_counted_apart(store: Store) -> None:
    _say(store, UNSURE, day=0)
    _say(store, CONFIRM, day=1)
    _say(store, DISMISS, day=1, by="bob")
    _say(store, CONFIRM, day=2)
    _say(store, UNSURE, day=2, by="bob")
    (week,) = feedback(store).weeks
    assert (week.n_unclear, week.precision.of) == (2, 1)


def test_calibration_compares_scores_with_what_was_confirmed(store: Store) -> None:
    for day, (score, said) in enumerate(
        [(0.95, CONFIRM), (1.0, CONFIRM), (0.85, DISMISS), (0.1, DISMISS)]
    ):
        _say(store, said, day=day, score=score, flagged=score > 0.5)
    low, high = feedback(store).calibration
    assert (low.low, low.confirmed.n, low.confirmed.of) == (0.0, 0, 1)
    assert (high.confirmed.n, high.confirmed.of) == (2, 3)
    assert high.mean_score == pytest.approx((0.95 + 1.0 + 0.85) / 3)


def test_dismissals_that_recur_are_named(store: Store) -> None:
    for day in range(3):
        _say(store, DISMISS, day=day, reason="charter")
    _say(store, DISMISS, icao24="154073", day=1)
    told = feedback(store)
    assert told.dismissals == {"commercial charter or freight": 3, "no reason given": 1}
    assert told.dismissed_again == {"1551e0": 3}


def test_a_flight_that_no_list_had_shown_is_in_no_figure(store: Store) -> None:
    _say(store, CONFIRM, listed=False)
    told = feedback(store)
    assert (told.weeks, told.n_unjudged) == ((), 1)


def test_evaluate_tells_it(runner: CliRunner, store: Store) -> None:
    _say(store, CONFIRM)
    args = ["evaluate", "--verdicts", "--data-dir", str(store.root)]
    result = runner.invoke(main, args)
    assert result.exit_code == 0, result.output
    assert "week of 2019-03-18: 0 flagged, confirmed 1 of 1" in result.stdout
    told = json.loads(runner.invoke(main, [*args, "--json"]).stdout)
    assert told["verdicts"]["weeks"][0]["precision"]["n"] == 1
    assert told["drift"] is None
