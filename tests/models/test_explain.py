from __future__ import annotations

import numpy as np
import pandas as pd
from feature_builders import flight, tables
from model_builders import fitted, prepared, training_rows

from features import words
from models import crossfit, dataset, explain, pipeline


def test_contributions_add_up_to_the_score_before_calibration() -> None:
    values, start = explain.contributions(fitted(), prepared().X)
    log_odds = pipeline.inner_pipeline(fitted()).decision_function(prepared().X)
    np.testing.assert_allclose(values.sum(axis=1) + start, log_odds, atol=1e-9)


def test_calibration_turns_the_log_odds_into_the_score() -> None:
    log_odds = pipeline.inner_pipeline(fitted()).decision_function(prepared().X)
    np.testing.assert_allclose(
        crossfit.calibrate(fitted(), log_odds),
        pipeline.likelihood(fitted(), prepared().X),
    )


def test_an_encoded_category_keeps_its_own_contribution() -> None:
    rows = training_rows()
    y = rows["logistics"].to_numpy(bool)
    X = pd.DataFrame({"noise": rows["route_direct_nm"], "kind": np.where(y, "a", "b")})
    halves = np.arange(len(X)) % 2
    splits = [
        (np.flatnonzero(halves == k), np.flatnonzero(halves != k)) for k in (0, 1)
    ]
    classifier = pipeline.fit_calibrated(
        pipeline.make_classifier(["kind"], random_state=0), X, y, splits
    )
    values, _ = explain.contributions(classifier, X)
    by_column = dict(zip(X.columns, np.abs(values).mean(axis=0), strict=True))
    assert by_column["kind"] > 5 * by_column["noise"]


def test_the_features_that_made_the_labels_matter_most() -> None:
    found = list(explain.importances(fitted(), prepared().X))
    assert set(found[:2]) == {"stopover_n_military", "operator_military_flag"}


def test_reasons_are_weightiest_first_for_and_against_and_in_words() -> None:
    day = tables(flight(), flight("154073-a", "UUMU", "OSLK", typecode="A124"))
    X = dataset.rows_of(day).set_index("flight_id")[dataset.feature_names()]
    told = explain.reasons(fitted(), X, words.contexts(day, X.index))
    for reasons in told:
        weights = [abs(reason.weight) for reason in reasons]
        assert weights == sorted(weights, reverse=True)
        assert sum(reason.weight > 0 for reason in reasons) <= explain.MOST_FOR
        assert sum(reason.weight < 0 for reason in reasons) <= explain.MOST_AGAINST
        texts = [reason.text for reason in reasons]
        assert len(set(texts)) == len(texts)
        assert all("{" not in text for text in texts)


def test_no_flights_have_no_reasons() -> None:
    X = pd.DataFrame(columns=dataset.feature_names(), dtype="float64")
    assert explain.reasons(fitted(), X, {}) == []


def test_what_is_unknown_is_no_reason() -> None:
    day = tables(flight("154073-a", "UUMU", "OSLK", typecode="A124"))
    X = dataset.rows_of(day).set_index("flight_id")[dataset.feature_names()]
    weighty = list(explain.importances(fitted(), prepared().X))[:2]
    X = X.assign(**dict.fromkeys(weighty, np.nan))
    (told,) = explain.reasons(fitted(), X, words.contexts(day, X.index))
    values, _ = explain.contributions(fitted(), X)
    moved = dict(zip(X.columns, np.abs(values[0]), strict=True))
    assert any(moved[name] >= explain.LEAST_WEIGHT for name in weighty)
    assert not {reason.feature for reason in told} & set(weighty)
