from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from feature_builders import flight, stop, tables
from model_builders import answers, fitted, prepared, training_rows
from scipy.special import expit

import features
from anomaly.domain import Reason
from features import declared, words
from features.base import FlightTables
from features.facts import FACTS, is_told_last
from models import dataset, explain, pipeline
from models.panel import Panel


def test_contributions_add_up_to_the_answers() -> None:
    both = fitted()
    told = answers(both, prepared().X)
    for classifiers, log_odds in (
        (both.ordinary, told.ordinary),
        (both.look_alikes, told.look_alikes),
    ):
        values, start = explain.answer(classifiers, prepared().X)
        np.testing.assert_allclose(values.sum(axis=1) + start, log_odds, atol=1e-9)


def test_a_fact_weighs_what_it_adds_to_both_answers() -> None:
    both, X = fitted(), prepared().X
    of_each = both.of_each(lambda one: explain.answer(one, X)[0])
    together = of_each.ordinary + of_each.look_alikes
    np.testing.assert_allclose(explain.contributions(both, X), together)


def test_calibration_turns_the_log_odds_into_the_likelihood() -> None:
    for one in (*fitted().ordinary.members, *fitted().look_alikes.members):
        log_odds = pipeline.inner_pipeline(one).decision_function(prepared().X)
        np.testing.assert_allclose(
            expit(pipeline.calibrate(one, log_odds)),
            one.predict_proba(prepared().X)[:, 1],
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
    values, _ = explain.answer(Panel((classifier,)), X)
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
        first = [one for one in reasons if not is_told_last(one.feature)]
        weights = [abs(reason.weight) for reason in first]
        assert weights == sorted(weights, reverse=True)
        assert sum(reason.weight > 0 for reason in first) <= explain.MOST_FOR
        assert sum(reason.weight < 0 for reason in first) <= explain.MOST_AGAINST
        texts = [reason.text for reason in reasons]
        assert len(set(texts)) == len(texts)
        assert all("{" not in text for text in texts)


def reasons_of(day: FlightTables, **weights: float) -> tuple[Reason, ...]:
    """Return the reasons of a day's only flight, if its features weigh so much."""
    names = [feature.name for feature in features.declared()]
    X = dataset.rows_of(day).set_index("flight_id")[names]
    (context,) = words.contexts(day, X.index).values()
    given = np.array([weights.get(name, 0.0) for name in X.columns])
    return explain.reasons_of(given, X.iloc[0], context)


def test_one_fact_told_for_and_against_is_one_reason_with_the_sum() -> None:
    day = tables(
        flight(
            "ae1234-a",
            callsign="RCH223",
            operator_code="RCH",
            owner_operator="United States Air Force",
        )
    )
    (told,) = reasons_of(day, operator_is_military=0.8, operator_owner_of_state=-0.5)
    assert told.weight == pytest.approx(0.3)
    assert "RCH223) is a military operator; its owner" in told.text
    assert told.value is None


def test_facts_of_opposite_weight_that_cancel_are_no_reason() -> None:
    day = tables(flight("154073-a", "UUMU", "OSLK"))
    told = reasons_of(day, route_origin_military=0.5, route_destination_military=-0.49)
    assert told == ()


def test_a_fact_that_names_an_identity_is_found_by_who_hides_it() -> None:
    day = tables(
        flight("154073-1", "EDDF", "EGLL", typecode="A124"),
        flight("154073-2", "EGLL", "LFPG", typecode="A124"),
        stopovers=[stop("154073-1", "154073-2", "EGLL")],
        chains={"154073-2": ["154073-1", "154073-2"]},
    )
    X = dataset.rows_of(day).set_index("flight_id")[dataset.feature_names()]
    context = words.contexts(day, X.index)["154073-2"]
    weights = {"stopover_n_near": 0.5, "stopover_n_unneeded": 0.4}
    given = np.array([weights.get(name, 0.0) for name in X.columns])
    (told,) = explain.reasons_of(given, X.iloc[1], context)
    # The lead is told of any aircraft; what stands behind it names the type.
    assert "long-range jets fly" in told.text
    assert "range of the A124" in told.text
    assert told.feature in features.identity_features()


def test_of_types_roles_the_one_that_it_has_is_told() -> None:
    day = tables(flight("154073-a", typecode="A124"))
    weights = {
        "aircraft_type_is_tanker": 0.4,
        "aircraft_type_is_strategic_airlift": 0.1,
    }
    (told,) = reasons_of(day, **weights)
    assert told.weight == pytest.approx(0.5)
    assert told.text.endswith("is a strategic airlifter")


def test_the_part_of_the_world_is_one_reason_and_the_last() -> None:
    day = tables(flight("154073-a", "UUMU", "OSLK"))
    told = reasons_of(
        day,
        region_origin_latitude_deg=1.5,
        region_destination_longitude_deg=0.7,
        route_origin_military=0.2,
        stopover_n=-0.1,
    )
    assert [reason.weight for reason in told] == pytest.approx([0.2, -0.1, 2.2])
    assert "the part of the world it flew in (Russia to Syria)" in told[-1].text


def test_what_no_model_weighs_is_told_last_and_without_weight() -> None:
    day = tables(flight("778123-a", registration="RA-78765", callsign=None))
    rows = dataset.rows_of(day).set_index("flight_id")
    X, beside = rows[dataset.feature_names()], rows[dataset.unlearnt_names()]
    context = words.contexts(day, X.index)
    (told,) = explain.reasons(fitted(), X, context, beside=beside)
    remarks = {reason.feature: reason for reason in told if reason.weight == 0}
    assert told[-len(remarks) :] == tuple(remarks.values())
    assert remarks["operator_callsign_missing"].text == "sent no callsign"
    assert "names another state" in remarks["operator_registration_differs"].text
    hidden = features.identity_features()
    (told,) = explain.reasons(fitted(), X, context, beside=beside, unsaid=hidden)
    assert not {reason.feature for reason in told} & set(hidden)


def test_every_fact_is_of_declared_features_and_none_is_told_twice() -> None:
    told = [name for fact in FACTS for name in fact.features]
    assert len(set(told)) == len(told)
    assert set(told) <= {feature.name for feature in declared()}
    assert all(set(fact.alternatives) <= set(fact.features) for fact in FACTS)


@pytest.mark.parametrize(
    ("destination", "weight", "is_told"),
    [("OSLK", 0.5, True), ("OSLK", -0.5, False), ("SVMI", -0.5, True)],
)
def test_what_may_only_speak_for_a_flight_is_not_told_against_it(
    destination: str, weight: float, is_told: bool
) -> None:
    day = tables(flight("154073-a", "UUMU", destination, typecode="A124"))
    X = dataset.rows_of(day).set_index("flight_id")[dataset.feature_names()]
    context = words.contexts(day, X.index)["154073-a"]
    weights = np.where(X.columns == "route_destination_military", weight, 0.0)
    told = explain.reasons_of(weights, X.iloc[0], context)
    assert bool(told) == is_told


def test_no_flights_have_no_reasons() -> None:
    X = pd.DataFrame(columns=dataset.feature_names(), dtype="float64")
    assert explain.reasons(fitted(), X, {}) == []


def test_what_is_unknown_is_no_reason() -> None:
    day = tables(flight("154073-a", "UUMU", "OSLK", typecode="A124"))
    X = dataset.rows_of(day).set_index("flight_id")[dataset.feature_names()]
    weighty = list(explain.importances(fitted(), prepared().X))[:2]
    X = X.assign(**dict.fromkeys(weighty, np.nan))
    (told,) = explain.reasons(fitted(), X, words.contexts(day, X.index))
    values = explain.contributions(fitted(), X)
    moved = dict(zip(X.columns, np.abs(values[0]), strict=True))
    assert any(moved[name] >= explain.LEAST_WEIGHT for name in weighty)
    assert not {reason.feature for reason in told} & set(weighty)


@pytest.mark.parametrize(
    ("name", "value", "weight", "is_odd"),
    [
        ("route_crisis_at_destination", 1.0, 0.4, True),
        ("route_crisis_at_destination", 1.0, -0.4, False),
        ("route_crisis_at_destination", 0.0, -0.4, True),
        ("route_crisis_at_destination", 0.0, 0.4, False),
        ("route_destination_military", 1.0, -0.4, True),
        ("route_destination_military", 0.0, 0.4, True),
        ("route_direct_nm", 0.0, 0.4, False),
    ],
)
def test_no_earthquake_speaks_for_a_flight_and_no_military_field_against(
    name: str, value: float, weight: float, is_odd: bool
) -> None:
    reason = Reason(name, None, "told", weight)
    assert explain._is_out_of_sense(reason, pd.Series({name: value})) == is_odd
