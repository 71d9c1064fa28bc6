from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from model_builders import DAY, background, cases, registered, training_rows

from anomaly.errors import BadInputError, NoDataError
from anomaly.store import Store
from models import protocol, trials
from models.panel import Panel
from models.protocol import BY_THE_MODEL, Trial
from models.registry import Registered

LEARNT = training_rows()


@pytest.fixture(scope="module")
def model() -> Registered:
    return registered()


@pytest.fixture(scope="module")
def trial(model: Registered) -> Trial:
    return protocol.prepare(cases(), background(), model, LEARNT, n_folds=2)


def test_a_case_of_a_learnt_group_is_scored_by_a_model_that_did_not_see_it(
    trial: Trial,
) -> None:
    assert (trial.fold == BY_THE_MODEL).tolist() == [False, False, True, True]
    assert trial.n_crossfit == 1


def test_an_airframe_in_the_training_table_makes_a_case_kin_too(
    model: Registered,
) -> None:
    known = cases(("x", "y"))
    known["airframe_group"] = [LEARNT["airframe_group"].iloc[0]] * 2 + ["ffff02"] * 2
    trial = protocol.prepare(known, background(), model, LEARNT, n_folds=2)
    assert trial.n_crossfit == 1


def test_strangers_need_no_other_model(model: Registered) -> None:
    strangers = cases(("x", "y"))
    trial = protocol.prepare(strangers, background(), model, LEARNT, n_folds=2)
    assert trial.n_crossfit == 0
    assert list(trial.folds) == []


def test_a_model_of_other_classifiers_is_refused_where_new_ones_are_held_to_it(
    model: Registered, trial: Trial
) -> None:
    first = model.classifier.look_alikes.members[:1]
    old = replace(model, classifier=replace(model.classifier, look_alikes=Panel(first)))
    with pytest.raises(BadInputError, match="made another way") as error:
        protocol.documented(replace(trial, model=old))
    assert "anomaly train" in error.value.hint


def test_the_labels_of_the_cases_do_not_reach_the_models_that_score_them(
    model: Registered, trial: Trial
) -> None:
    swapped = cases()
    swapped["logistics"] = ~swapped["logistics"].astype(bool)
    other = protocol.prepare(swapped, background(), model, LEARNT, n_folds=2)
    first, _ = protocol.documented(trial)
    second, _ = protocol.documented(other)
    np.testing.assert_array_equal(first.score, second.score)


def test_each_case_gets_a_place_in_the_day(trial: Trial) -> None:
    alerts, places = protocol.documented(trial, hide_identity=True)
    assert len(alerts) == len(places) == 2
    assert np.all(places >= 1)


def test_a_day_the_model_learnt_from_is_no_background(
    tmp_path: Path, model: Registered
) -> None:
    store = Store(tmp_path)
    (tmp_path / "flights" / f"date={DAY}").mkdir(parents=True)
    (tmp_path / "flights" / f"date={DAY}" / "all.parquet").touch()
    with pytest.raises(NoDataError, match="learnt from every day stored"):
        trials.days(store, model.record, [])
    with pytest.raises(NoDataError, match=f"learnt from {DAY}"):
        trials.days(store, model.record, [DAY])
    with pytest.raises(NoDataError, match="no flights on 2020-02-01"):
        trials.days(store, model.record, [dt.date(2020, 2, 1)])
    fresh = replace(model.record, dates=[])
    assert trials.days(store, fresh, []) == [DAY]
