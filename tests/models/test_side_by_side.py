from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_builders import (
    DAY,
    background,
    cases,
    dull_day,
    prepared,
    registered,
    training_rows,
)

import features
from anomaly.cases import Case
from anomaly.progress import silent
from anomaly.report.modelcard import read_card
from models import (
    catalogue,
    crossfit,
    dataset,
    evaluate,
    falsealarms,
    heldout,
    pipeline,
    protocol,
    publication,
    registry,
    sidebyside,
    variants,
)
from models.baselines import RULE_POINTS
from models.evaluate import Evaluation
from models.metrics import Figure
from models.protocol import Trial
from models.sidebyside import Measured
from models.twofold import Twofold

LEARNT = training_rows()


@pytest.fixture(scope="module")
def trial() -> Trial:
    return protocol.prepare(cases(), background(), registered(), LEARNT, n_folds=2)


def chosen(*names: str) -> list[variants.Variant]:
    known = [*variants.families(), *variants.baselines()]
    return [variant for variant in known if variant.name in names]


@pytest.fixture(scope="module")
def measured(trial: Trial) -> dict[str, Measured]:
    names = ("all", "kinematics alone", "kinematics_forest")
    return sidebyside.measure(trial, chosen(*names), also_hidden=True, n_folds=2)


def test_every_family_stands_alone_and_is_left_out() -> None:
    names = {variant.name for variant in variants.families()}
    for family in features.families():
        told = family.name.replace("_", " ")
        # What only simulated aircraft have teaches the model nothing.
        is_learnt = any(feature.learnt for feature in family.features)
        assert ({f"{told} alone", f"without {told}"} <= names) == is_learnt
    assert {"all", "without identity"} <= names


def test_what_a_baseline_needs_is_among_what_is_learnt() -> None:
    learnt = set(dataset.feature_names())
    assert learnt >= {*RULE_POINTS, *pipeline.SECOND}


def fitted_alone(columns: Sequence[str]) -> variants.Fitted:
    """Return a variant of the small table, fitted without each fold."""
    ready = prepared()
    of_each = crossfit.questions(ready).of_each(variants.lessons)
    variant = variants.Variant("some", tuple(columns))
    return variants.fit(variant, variants.lessons(ready), of_each)


def test_all_families_are_answered_by_the_models_own_classifiers() -> None:
    ready = prepared()
    found = fitted_alone(dataset.feature_names()).answers
    assert isinstance(found, Twofold)
    model = crossfit.fit_folds(ready)[0]
    for mine, theirs in (
        (found.ordinary, model.ordinary),
        (found.look_alikes, model.look_alikes),
    ):
        for one, other in mine.folds[0].with_each(theirs).members:
            np.testing.assert_array_equal(
                one.decision_function(ready.X), other.decision_function(ready.X)
            )


@pytest.mark.parametrize(
    ("columns", "n"),
    [(["stopover_n_military", "route_abroad"], 2), (["stopover_n_military"], 1)],
)
def test_a_variant_has_a_second_classifier_of_its_own_coarse_columns(
    columns: list[str], n: int
) -> None:
    found = fitted_alone(columns).answers
    assert isinstance(found, Twofold)
    assert len(found.ordinary.folds[0].members) == 1
    assert len(found.look_alikes.folds[0].members) == n


def test_without_identity_no_identity_is_left() -> None:
    (variant,) = chosen("without identity")
    assert not set(variant.columns) & set(features.identity_features())


def test_all_families_do_better_than_one_that_tells_nothing(trial: Trial) -> None:
    # Of sixty flights eleven are logistics: too few to tell anything from luck.
    many = replace(trial, background=background(600))
    measured = sidebyside.measure(many, chosen("all", "kinematics alone"), n_folds=2)
    less = sidebyside.less_than(measured["kinematics alone"], measured["all"])
    figure = less["simulated"]["average_precision"]
    assert figure.high is not None
    assert figure.high < 0


def test_what_is_unknown_tells_nothing_where_it_is_equal_in_both_classes(
    trial: Trial,
) -> None:
    # Of sixty flights eleven are logistics: too few to tell nothing from luck.
    many = replace(trial, background=background(600))
    measured = sidebyside.measure(many, chosen("missingness"), n_folds=2)
    figure = measured["missingness"].figures()["simulated"]["roc_auc"]
    assert figure.value == pytest.approx(0.5, abs=0.1)


def test_a_baseline_is_compared_with_the_model_case_by_case(trial: Trial) -> None:
    told = evaluate._of_baselines(trial, silent)
    assert {"military_flag", "rule", "watch_list", "missingness"} <= set(told)
    figure = told["missingness"]["simulated_less_than_model"]["average_precision"]
    assert figure.high is not None
    assert figure.high < 0
    assert "simulated_identity_hidden_less_than_model" in told["rule"]


def test_every_figure_is_told_with_identity_and_without(
    measured: dict[str, Measured],
) -> None:
    told = sidebyside.as_json(measured)
    assert set(told) == set(measured)
    forest = told["kinematics_forest"]
    assert isinstance(forest, dict)
    assert {"documented", "documented_identity_hidden", "simulated"} <= set(forest)
    assert {"documented_less_than_all", "simulated_less_than_all"} <= set(forest)


def test_a_forest_of_motion_is_the_same_with_identity_hidden(
    measured: dict[str, Measured],
) -> None:
    one = measured["kinematics_forest"]
    assert one.hidden is not None
    np.testing.assert_allclose(one.cases.score, one.hidden.cases.score)


def test_cases_are_known_equally_often_in_both_classes() -> None:
    rows = training_rows(60, 60, seed=3)
    learnt = dataset.feature_names()
    known = [name for name in features.identity_features() if name in learnt]
    negative = rows["logistics"].eq(False)
    rows.loc[negative & (rows.index % 3 > 0), known] = np.nan
    even = protocol.equally_known(rows, seed=0)
    unknown = even[known].isna().groupby(negative.to_numpy()).sum()
    share = unknown.div(negative.value_counts(), axis="index").to_numpy(np.float64)
    assert np.abs(share[0] - share[1]).max() < 2 / 30


def test_one_class_alone_is_left_as_it_is() -> None:
    rows = training_rows(20, 0, seed=3).assign(logistics=True)
    assert protocol.equally_known(rows, seed=0) is rows


@given(
    st.lists(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=60),
    st.integers(2, 8),
)
def test_values_are_held_out_once_and_whole(values: list[str], most: int) -> None:
    together = heldout.parts(np.array(values), most)
    flat = [name for part in together for name in part]
    assert sorted(flat) == sorted(set(values))
    assert len(together) <= most


def test_no_case_of_a_held_out_theatre_teaches_the_model_that_scores_it() -> None:
    rows = cases().assign(alert=["case " + "a" * 12] * 2 + ["case " + "b" * 12] * 2)
    learnt = training_rows()
    is_case = learnt["label_source"] == "casebook"
    learnt.loc[is_case, "alert"] = "case " + "c" * 12
    trial = protocol.prepare(rows, background(), registered(), learnt, n_folds=2)
    value_of = {"a" * 12: "levant", "b" * 12: "europe", "c" * 12: "levant"}
    told = heldout.values_of(trial.learnt, value_of)
    assert (told[is_case] == "levant").all()
    assert (told[~is_case] == "").all()


def test_operators_are_held_out_and_told_one_by_one() -> None:
    book = [Case(case_id=str(k), operator_id=f"op-{k % 2}") for k in range(2)]
    keys = [case.key for case in book]
    rows = cases().assign(alert=np.repeat([f"case {key}" for key in keys], 2))
    trial = protocol.prepare(rows, background(), registered(), LEARNT, n_folds=2)
    found = heldout.held_out(trial, book, "operator")
    assert set(found.by_value) <= {"op-0", "op-1"}
    assert set(found.results) == {"documented", "documented_identity_hidden"}


@pytest.mark.parametrize("n", [1, 100, 1200])
def test_no_flag_among_n_flights_bounds_the_share_by_about_three_over_n(n: int) -> None:
    figure = falsealarms.share(0, n)
    assert figure.value == figure.low == 0
    assert figure.high == pytest.approx(1 - 0.05 ** (1 / n))
    assert figure.high is not None
    assert figure.high <= 3 / n or math.isclose(figure.high, 3 / n, rel_tol=0.1)


def test_of_no_flight_nothing_is_known() -> None:
    assert falsealarms.share(0, 0).value is None


def test_what_was_measured_is_kept_beside_the_model_and_on_its_card(
    tmp_path: Path, measured: dict[str, Measured]
) -> None:
    store = dull_day(tmp_path)
    record = registry.record_of(store)
    done = Evaluation(
        record=record,
        results={"documented": {"recall_at_25": Figure(0.5, 0.2, 0.8, 10)}},
        baselines={},
        dates=[DAY],
        n_flights=60,
        n_crossfit=1,
        families={name: measured[name] for name in ("all", "kinematics alone")},
    )
    card = {"name": "flight-anomaly", "version": "1", "n_rows": 1, "n_positive": 1}
    path = store.model_card(record.name)
    path.write_text(json.dumps(card | {"metrics": []}))
    publication.publish(store, record, done)
    publication.publish(store, record, done)
    read = read_card(path)
    assert read is not None
    assert [line.name for line in read.side_by_side] == ["all", "kinematics alone"]
    (entry,) = catalogue.entries(store)
    assert entry.protocol["n_background_flights"] == 60
    assert entry.as_json()["protocol"] == entry.protocol
