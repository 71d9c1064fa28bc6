from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyarrow.compute as pc
import pytest
from feature_builders import flight, stop, tables
from model_builders import registered

import features
from anomaly.schemas import SCORES
from features.base import FlightTables
from models import coverage, score
from models.registry import Registered
from models.score import score_block, score_tables, scores_of_day


@pytest.fixture(scope="module")
def model() -> Registered:
    return registered()


@pytest.fixture(scope="module")
def day() -> FlightTables:
    first, second = "154073-20190322T180000Z", "154073-20190323T050000Z"
    return tables(
        flight("3c6444-a"),
        flight(
            "3c6445-a", destination=None, callsign=None, n_gaps=1, longest_gap_h=2.0
        ),
        flight(first, "UUMU", "OSLK", typecode="A124"),
        flight(second, "OSLK", "GOOY", typecode="A124"),
        stopovers=[stop(first, second, "OSLK", inferred=True)],
        chains={second: [first, second]},
    )


def test_every_flight_of_the_day_is_scored_once(
    day: FlightTables, model: Registered
) -> None:
    scores = score_tables(day, model)
    assert scores.schema.equals(SCORES)
    assert sorted(scores["flight_id"].to_pylist()) == sorted(day.flights.index)
    assert pc.min_max(scores["score"]).as_py()["min"] >= 0
    assert pc.min_max(scores["score"]).as_py()["max"] <= 1


def test_each_journey_has_one_leader_and_one_rank(
    day: FlightTables, model: Registered
) -> None:
    scores = score_tables(day, model).to_pandas()
    leads = scores[scores["leads"]]
    assert list(leads["rank"]) == [1, 2, 3]
    assert scores.groupby("journey_id")["rank"].nunique().eq(1).all()
    journey = scores[scores["icao24"] == "154073"]
    assert set(journey["journey_id"]) == {"154073-20190322T180000Z"}


def test_leading_flights_come_with_reasons(
    day: FlightTables, model: Registered
) -> None:
    for row in score_tables(day, model).to_pylist():
        assert bool(row["reasons"]) == row["leads"]


def test_as_many_journeys_come_with_reasons_as_the_budget_allows(
    day: FlightTables, model: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score, "N_EXPLAINED", 1)
    for budget, n_explained in ((1, 1), (2, 2)):
        rows = score_tables(day, model, budget=budget).to_pylist()
        assert sum(bool(row["reasons"]) for row in rows) == n_explained


def test_blocks_of_flights_are_scored_as_the_whole_day_is(
    day: FlightTables, model: Registered
) -> None:
    built = features.build(day)
    blocks = [score_block(built.iloc[n:m], model) for n, m in ((0, 1), (1, 4))]
    # What comes first in no block is looked up.
    first = replace(blocks[0], likely=built.iloc[:0])
    found = scores_of_day(day, model, [first, *blocks[1:]], lambda ids: built.loc[ids])
    assert found.equals(score_tables(day, model))


def test_no_more_journeys_are_flagged_than_the_budget(day: FlightTables) -> None:
    lenient = registered(thresholds={25: -1_000.0})
    scores = score_tables(day, lenient, budget=1).to_pandas()
    assert set(scores.loc[scores["flagged"], "rank"]) == {1}
    strict = registered(thresholds={25: 1_000.0})
    assert not any(score_tables(day, strict)["flagged"].to_pylist())


def test_without_identity_another_threshold_is_to_be_reached(day: FlightTables) -> None:
    model = registered(thresholds={25: 1_000.0}, thresholds_hidden={25: -1_000.0})
    for hidden in (False, True):
        scores = score_tables(day, model, hide_identity=hidden)
        assert any(scores["flagged"].to_pylist()) == hidden


def test_hiding_identity_makes_who_they_are_irrelevant(model: Registered) -> None:
    plain = tables(flight(), flight("3c6446-a"))
    other = tables(
        flight(
            typecode="IL76", operator_code="RFF", callsign="RFF12", military_flag=True
        ),
        flight("3c6446-a"),
    )
    hidden = [score_tables(one, model, hide_identity=True) for one in (plain, other)]
    assert hidden[0]["identity_hidden"].to_pylist() == [True, True]
    scores = [
        dict(zip(*one.select(["flight_id", "score"]), strict=True)) for one in hidden
    ]
    assert scores[0] == scores[1]


def test_what_was_not_observed_is_told(day: FlightTables) -> None:
    sentences = coverage.sentences(day).to_pylist()
    told = dict(zip(day.flights.index, sentences, strict=True))
    assert told["3c6444-a"] == [
        "no earlier day is stored, so nothing is known of its past"
    ]
    partly = told["3c6445-a"]
    assert "the field of landing is not known" in partly
    assert "not told by the source: callsign" in partly
    assert any("lost once in flight, at longest for 2 h;" in text for text in partly)
    assert [told[-1] for told in coverage.sentences(day, "cut").to_pylist()] == (
        ["cut"] * 4
    )


def test_a_guessed_landing_and_many_gaps_are_told_in_this_order() -> None:
    guessed = flight(
        destination_kind="inferred",
        n_gaps=3,
        longest_gap_h=1.26,
        unobserved_share=0.5,
        mlat_share=0.25,
        typecode=None,
        registration=None,
    )
    assert coverage.sentences(tables(guessed)).to_pylist()[0][:-1] == [
        "the landing at EGLL is inferred, not seen",
        "lost 3 times in flight, at longest for 1 h 16 min; 50% of the flight went "
        "unobserved",
        "25% of its positions by multilateration, less exact",
        "not told by the source: type, registration",
    ]


def test_a_flight_known_from_a_list_has_nothing_of_its_track() -> None:
    alone = tables(flight(n_positions=0, n_gaps=None, mlat_share=None))
    (told,) = coverage.sentences(alone).to_pylist()
    assert "no positions: known from a list of flights" in told[0]
    assert len(told) == 2


def test_days_that_are_not_stored_are_told_until_none_is_missing() -> None:
    one = tables(flight())
    days = [one.date - dt.timedelta(days=n) for n in range(1, 91)]
    some = replace(one, known_days=tuple(days[:15]))
    (told,) = coverage.sentences(some).to_pylist()
    assert told == ["of the 90 days before, 75 are not stored"]
    every = replace(some, known_days=tuple(days))
    assert coverage.sentences(every).to_pylist() == [[]]
