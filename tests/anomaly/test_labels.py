from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from anomaly import labels
from anomaly.cases import Case
from anomaly.domain import Provenance
from anomaly.schemas import TRUTH
from anomaly.verdicts import Judgement, Seen, Verdicts

DAY = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ILYUSHIN = Case(
    case_id="x-1",
    group_id="g-1",
    date_utc="2019-01-01",
    typecode="IL76",
    legs_filled="UUMU OSLK",
    label="military_logistics",
    subtype="airlift",
    source_url="https://one.example/il-62",
)


def at(hour: float) -> dt.datetime:
    return DAY + dt.timedelta(hours=hour)


def flights(
    *rows: tuple[str, str, float, float],
    provenance: Provenance = Provenance.OBSERVED,
) -> pa.Table:
    return pa.table(
        {
            "flight_id": [row[0] for row in rows],
            "icao24": [row[1] for row in rows],
            "first_seen": [at(row[2]) for row in rows],
            "last_seen": [at(row[3]) for row in rows],
            "provenance": [provenance.value] * len(rows),
        }
    )


def truth(*rows: dict[str, Any]) -> pa.Table:
    dull = {
        "icao24": "abc123",
        "takeoff": at(1),
        "landing": at(3),
        "origin": "EDDF",
        "destination": "EDDM",
        "purpose": "airlift",
        "logistics": True,
        "look_alike": False,
        "mission_id": "m-1",
        "operator_id": "o-1",
        "case_key": None,
        "provenance": "simulated",
    }
    return pa.Table.from_pylist([dull | row for row in rows], schema=TRUTH)


def only(table: pa.Table) -> dict[str, Any]:
    (row,) = table.to_pylist()
    assert isinstance(row, dict)
    return row


def test_a_flight_takes_the_label_of_the_true_flight_it_shares_most_time_with() -> None:
    made = truth(
        {"takeoff": at(0), "landing": at(1.2), "logistics": False, "purpose": "ferry"},
        {"takeoff": at(1.5), "landing": at(3)},
    )
    row = only(labels.from_truth(flights(("f", "abc123", 1, 3)), made).rows)
    assert row["logistics"] is True
    assert row["reason"] == "flown as airlift"
    assert row["mission_group"] == "m-1"
    assert row["label_source"] == "simulated"


def test_another_aircraft_at_that_time_says_nothing() -> None:
    told = labels.from_truth(flights(("f", "000001", 1, 3)), truth({}))
    assert told.rows.num_rows == 0
    assert told.left_out["no_true_flight"] == 1


def test_a_reenacted_case_has_the_casebooks_label_and_group() -> None:
    made = truth({"case_key": ILYUSHIN.key, "logistics": None, "purpose": None})
    kept, _ = labels.case_labels([ILYUSHIN])
    row = only(labels.from_truth(flights(("f", "abc123", 1, 3)), made, kept).rows)
    assert (row["logistics"], row["case_group"]) == (True, "g-1")
    assert row["label_source"] == "casebook"
    assert row["mission_group"] == "2019-01-01 OSLK"
    assert row["page_group"] == "https://one.example/il-62"


def test_a_reenacted_case_without_a_casebook_has_no_label() -> None:
    made = truth({"case_key": ILYUSHIN.key, "logistics": None, "purpose": None})
    told = labels.from_truth(flights(("f", "abc123", 1, 3)), made)
    assert told.rows.num_rows == 0
    assert told.left_out["no_purpose"] == 1


def test_cases_that_were_flown_alike_and_labelled_apart_teach_nothing() -> None:
    twin = Case(**{**vars(ILYUSHIN), "case_id": "x-2", "label": "look_alike"})
    kept, left_out = labels.case_labels([ILYUSHIN, twin])
    assert kept == {}
    assert left_out == {"contested": 2}


def test_a_held_out_case_and_a_case_without_label_are_left_out_and_counted() -> None:
    unlabelled = Case(**{**vars(ILYUSHIN), "group_id": "g-2", "label": None})
    kept, left_out = labels.case_labels([ILYUSHIN, unlabelled], hold_out={ILYUSHIN})
    assert kept == {}
    assert left_out == {"no_label": 1, "held_out": 1}


def verdicts(tmp_path: Path, *said: tuple[str, Judgement]) -> Verdicts:
    file = Verdicts(tmp_path / "labels.sqlite")
    for who, verdict in said:
        file.record(Seen("f", "abc123", at(1), at(3)), verdict, by=who)
    return file


def test_a_verdict_labels_the_flight_though_its_first_position_moved(
    tmp_path: Path,
) -> None:
    said = verdicts(tmp_path, ("ann", Judgement.CONFIRM))
    row = only(labels.from_verdicts(flights(("g", "abc123", 0.5, 3)), said).rows)
    assert (row["flight_id"], row["logistics"]) == ("g", True)
    assert row["reason"] == "confirm by ann"


@pytest.mark.parametrize(
    ("judged", "stored"),
    [
        (Provenance.RE_ENACTED, Provenance.OBSERVED),
        (Provenance.SIMULATED, Provenance.OBSERVED),
        (Provenance.OBSERVED, Provenance.RE_ENACTED),
    ],
)
def test_a_verdict_labels_no_flight_of_another_provenance(
    tmp_path: Path, judged: Provenance, stored: Provenance
) -> None:
    said = Verdicts(tmp_path / "labels.sqlite")
    said.record(Seen("f", "abc123", at(1), at(3), judged), Judgement.CONFIRM, by="ann")
    row = ("f", "abc123", 1, 3)
    other = labels.from_verdicts(flights(row, provenance=stored), said)
    assert other.rows.num_rows == 0
    same = labels.from_verdicts(flights(row, provenance=judged), said)
    assert only(same.rows)["logistics"] is True


def test_reviewers_at_odds_or_unsure_give_no_label(tmp_path: Path) -> None:
    said = verdicts(tmp_path, ("ann", Judgement.CONFIRM), ("bob", Judgement.DISMISS))
    told = labels.from_verdicts(flights(("f", "abc123", 1, 3)), said)
    assert told.rows.num_rows == 0
    assert told.left_out == {"reviewers_unsure_or_at_odds": 1}


def test_one_unsure_reviewer_does_not_silence_another(tmp_path: Path) -> None:
    said = verdicts(tmp_path, ("ann", Judgement.UNSURE), ("bob", Judgement.DISMISS))
    told = labels.from_verdicts(flights(("f", "abc123", 1, 3)), said)
    assert only(told.rows)["logistics"] is False


def test_of_several_sources_the_one_with_most_authority_counts(tmp_path: Path) -> None:
    found = flights(("f", "abc123", 1, 3))
    simulated = labels.from_truth(found, truth({})).rows
    judged = labels.from_verdicts(
        found, verdicts(tmp_path, ("ann", Judgement.DISMISS))
    ).rows
    row = only(labels.merged([simulated, judged]))
    assert (row["label_source"], row["logistics"]) == ("verdict", False)


def test_rows_of_cases_are_told_by_their_key() -> None:
    flown = pd.DataFrame(
        {
            "flight_id": ["a", "b"],
            "icao24": ["abc123", "abc124"],
            "case_key": [ILYUSHIN.key, "another"],
        }
    )
    told = labels.case_rows(flown, {ILYUSHIN.key: ILYUSHIN})
    assert only(told.rows)["reason"] == "x-1: airlift"
    assert told.left_out == {"no_label": 1}
