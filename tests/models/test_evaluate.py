"""The protocol on stored days, end to end, with the small model."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from feature_builders import DAY, NOON, flight, tables
from model_builders import dull_day, keep

from anomaly.cases import Case
from anomaly.engine import LOCAL, Engine, Processes
from anomaly.errors import NoDataError
from anomaly.reference import Reference
from models.evaluate import Evaluation, evaluate

MORROW = DAY + dt.timedelta(days=1)
BOOK = (
    Case(
        date_utc="2019-03-22",
        typecode="A124",
        legs_filled="UUMU OSLK GOOY",
        label="military_logistics",
        group_id="x",
    ),
    Case(
        date_utc="2019-03-22",
        typecode="A124",
        legs_filled="UKKM EDDP KIAH",
        label="look_alike",
        group_id="y",
    ),
)


def test_a_case_is_flown_on_every_day_asked_for(tmp_path: Path) -> None:
    store = dull_day(tmp_path)
    noon = NOON + dt.timedelta(days=1)
    later = [
        flight(name, date=MORROW, first_seen=noon, last_seen=noon)
        for name in ("3c6444-c", "3c6445-c", "3c6446-c")
    ]
    keep(store, replace(tables(*later), date=MORROW))
    done = evaluate(store, Reference.load(), BOOK, dates=[DAY, MORROW])
    assert done.n_flights == 2 + 3
    # Each counts once a day, and its label with it.
    assert done.results["documented"]["recall_at_25"].n == 2
    assert done.results["documented"]["auc_vs_look_alikes"].n == 4
    # Two days of one case are no two cases: nothing is left to draw anew.
    recall = done.results["documented"]["recall_at_25"]
    assert recall.low == recall.value == recall.high


def test_a_day_that_is_not_stored_is_refused_by_name(tmp_path: Path) -> None:
    store = dull_day(tmp_path)
    with pytest.raises(NoDataError, match="no flights on 2031-01-01"):
        evaluate(store, Reference.load(), BOOK, dates=[DAY, dt.date(2031, 1, 1)])


def test_processes_measure_the_same(tmp_path: Path) -> None:
    store = dull_day(tmp_path)

    def asked(engine: Engine) -> Evaluation:
        return evaluate(
            store,
            Reference.load(),
            BOOK,
            dates=[DAY],
            by=["theatre"],
            engine=engine,
        )

    processes = Processes(2)
    here, elsewhere = asked(LOCAL), asked(processes)
    processes.close()
    assert set(here.as_json()) >= {"held_out", "baselines"}
    assert elsewhere.as_json() == here.as_json()
