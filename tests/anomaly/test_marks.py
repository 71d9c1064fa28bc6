from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from anomaly.errors import BadInputError
from anomaly.marks import Marks
from anomaly.verdicts import Seen

NOON = dt.datetime(2019, 3, 23, 12, tzinfo=dt.UTC)
SEEN = Seen("1551e0-x", "1551e0", NOON, NOON + dt.timedelta(hours=2))


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    return Marks(tmp_path / "labels.sqlite")


def test_what_is_taken_off_a_list_is_no_longer_on_it(marks: Marks) -> None:
    marks.put("watch", "aircraft", "ra-86496", by="ann", note="why")
    marks.put("ignore", "field", "eddf", by="bob")
    marks.remove("watch", "aircraft", "RA-86496", by="bob")
    assert [(m.list, m.value) for m in marks.listed()] == [("ignore", "EDDF")]


def test_putting_again_brings_the_latest_note(marks: Marks) -> None:
    for note in ("first", "second"):
        marks.put("watch", "operator", "RFF", by="ann", note=note)
    (mark,) = marks.listed()
    assert mark.words == "operator RFF (second)"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("aircraft", "=HYPERLINK()"),
        ("operator", "RUSSIAN"),
        ("field", "<b>"),
        ("area", "95,0,10"),
        ("area", "nan,0,10"),
        ("area", "1,2"),
        ("planet", "MARS"),
    ],
)
def test_what_is_no_entry_is_refused(marks: Marks, kind: str, value: str) -> None:
    with pytest.raises(BadInputError):
        marks.put("watch", kind, value, by="ann")
    assert not marks.listed()


def test_corrections_follow_the_flight(marks: Marks) -> None:
    assert marks.correct(SEEN, "a ferry", by="ann")
    assert marks.correct(SEEN, "a ferry", by="ann") is None
    moved = Seen("1551e0-y", "1551e0", NOON - dt.timedelta(hours=1), NOON)
    other = Seen("154073-x", "154073", NOON, NOON)
    found = marks.corrections_of([moved, other])
    assert [[c.text for c in of] for of in found.values()] == [["a ferry"], []]
