from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_builders import answers, fitted, prepared, training_rows

import features
from models import crossfit, dataset, explain, panel, pipeline
from models.panel import Panel


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=4))
def test_the_mean_is_of_all_members_alike(told: list[float]) -> None:
    both = panel.mean(Panel(tuple(np.array([one, -one]) for one in told)))
    np.testing.assert_allclose(both, [np.mean(told), -np.mean(told)], atol=1e-12)


def test_panels_of_other_sizes_do_not_go_together() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Panel((1, 2)).with_each(Panel((1,)))


def test_one_classifier_answers_on_ordinary_traffic_and_two_on_look_alikes() -> None:
    for model in (fitted(), *crossfit.fit_folds(prepared())):
        assert len(model.ordinary.members) == 1
        assert len(model.look_alikes.members) == 2


def test_an_answer_is_the_mean_of_the_calibrated_log_odds() -> None:
    told = answers(fitted(), prepared().X)
    for each, log_odds in (
        (fitted().ordinary, told.ordinary),
        (fitted().look_alikes, told.look_alikes),
    ):
        chances = [one.predict_proba(prepared().X)[:, 1] for one in each.members]
        odds = [np.log(chance / (1 - chance)) for chance in chances]
        np.testing.assert_allclose(log_odds, np.mean(odds, axis=0), atol=1e-6)


def test_rows_out_of_fold_are_answered_by_both_that_did_not_learn_them() -> None:
    # Of fewer rows a classifier of so broad leaves learns nothing at all.
    ready = crossfit.prepare(training_rows(1200), seed=0, n_folds=2)
    folds, model = crossfit.fit_folds(ready), crossfit.fit_all(ready)
    scorer = crossfit.out_of_fold(folds, model, ready.fold)
    told = scorer.look_alikes(ready.X)
    rows = ready.fold == 1
    of_each = [
        pipeline.calibrate(scale, one.decision_function(ready.X[rows]))
        for one, scale in zip(
            folds[1].look_alikes.members, model.look_alikes.members, strict=True
        )
    ]
    np.testing.assert_allclose(told[rows], np.mean(of_each, axis=0))
    assert not np.allclose(of_each[0], of_each[1])
    np.testing.assert_array_equal(scorer.look_alikes(ready.X[rows]), told[rows])


def test_the_second_classifier_sees_its_few_columns_alone() -> None:
    second = fitted().look_alikes.members[1]
    X = prepared().X
    others = X.columns.difference(list(pipeline.SECOND))
    np.testing.assert_array_equal(
        second.predict_proba(X), second.predict_proba(X.assign(**{others[0]: 7.0}))
    )
    values, _ = explain.answer(Panel((second,)), X)
    moves = pd.Series(np.abs(values).max(axis=0), X.columns)
    assert (moves[others] == 0).all()
    assert moves[list(pipeline.SECOND)].max() > 0


def test_coarse_columns_are_learnt_and_are_numbers() -> None:
    numbers = {f.name for f in features.declared() if f.dtype == "float64"}
    assert set(pipeline.SECOND) <= numbers & set(dataset.feature_names())


@pytest.mark.parametrize(
    ("columns", "also_coarse", "n"),
    [
        (["route_abroad", "kinematics_cruise_kt"], True, 2),
        (["route_abroad", "kinematics_cruise_kt"], False, 1),
        (["kinematics_cruise_kt"], True, 1),
    ],
)
def test_without_coarse_columns_there_is_one_classifier(
    columns: list[str], also_coarse: bool, n: int
) -> None:
    asked = pipeline.unfitted(columns, also_coarse=also_coarse)
    assert len(asked.members) == n


def test_of_coarse_columns_those_at_hand_are_used() -> None:
    columns = ["stopover_n", "noise", "route_abroad"]
    _, second = pipeline.unfitted(columns, also_coarse=True, random_state=0).members
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.random((200, 3)), columns=columns)
    pipeline.fit(second, X, X["stopover_n"].to_numpy() > 0.5)
    seen = second[:-1].get_feature_names_out()
    assert list(seen) == ["route_abroad", "stopover_n"]


def test_the_recipe_tells_the_settings_of_both() -> None:
    told = json.loads(pipeline.recipe())
    assert told["min_samples_leaf"] < told["coarse_min_samples_leaf"]
    assert told["coarse_columns"] == list(pipeline.SECOND)
