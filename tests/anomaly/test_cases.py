from __future__ import annotations

import csv
import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from anomaly.cases import FLOWN, Case, kin_of, load_cases
from anomaly.errors import BadInputError
from anomaly.reference import Reference
from anomaly.store import bundled

PAIR = ("154073", "1551e0")


def test_the_shipped_casebook_holds_the_pair_of_march_2019() -> None:
    pair = [case for case in load_cases() if case.icao24 in PAIR]
    of_that_day = [case for case in pair if case.date_utc == "2019-03-22"]
    assert {case.icao24 for case in of_that_day} == set(PAIR)
    assert {case.points for case in of_that_day} == {("UUMU", "OSLK", "GOOY", "SVMI")}


def test_what_was_kept_for_testing_is_no_kin_of_what_models_learn_from() -> None:
    unseen = load_cases(bundled("casebook", "unseen.csv"))
    groups = {case.group for case in unseen}
    assert kin_of(groups, (*unseen, *load_cases())) == set(unseen)


def test_every_documented_case_has_a_label_and_a_page_that_tells_it() -> None:
    for case in (*load_cases(), *load_cases(bundled("casebook", "unseen.csv"))):
        assert case.label in ("military_logistics", "look_alike")
        assert (case.source_url or "").startswith("http")


def test_every_case_has_a_key_of_its_own() -> None:
    cases = load_cases()
    assert len({case.key for case in cases}) == len(cases)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Case)])
def test_the_key_depends_on_what_is_flown_and_nothing_else(name: str) -> None:
    case = load_cases()[0]
    other = dataclasses.replace(case, **{name: "something else"})
    assert (other.key != case.key) == (name in FLOWN)


@pytest.mark.parametrize(
    ("date_utc", "expected"),
    [("2019-03-22", dt.date(2019, 3, 22)), ("2019-03", None), (None, None)],
)
def test_a_month_alone_is_no_day(
    date_utc: str | None, expected: dt.date | None
) -> None:
    assert Case(date_utc=date_utc).date == expected


@pytest.mark.parametrize(
    ("legs", "flyable"),
    [("UUMU OSLK", True), ("? OSLK UUMU ?", True), ("UUMU ?", False), (None, False)],
)
def test_two_known_fields_make_a_case_flyable(legs: str | None, flyable: bool) -> None:
    assert Case(date_utc="2019-03-22", legs_filled=legs).is_flyable == flyable


TOLD = Case(
    case_id="x-1",
    group_id="g-1",
    date_utc="2019-03-23",
    registration="RA-82035",
    legs_filled="OSLK GOOY SVMI",
    source_url="https://one.example/pair",
)


@pytest.mark.parametrize(
    "shared",
    [
        {"group_id": "g-1"},
        {"registration": "RA-82035"},
        {"source_url": "https://one.example/pair"},
        {"date_utc": "2019-03-23", "legs_filled": "UUMU SVMI"},
    ],
)
def test_two_reports_of_one_flight_are_kin(shared: dict[str, str]) -> None:
    other = Case(case_id="y-1", **shared)
    assert kin_of({"g-1"}, [other, TOLD]) == {TOLD, other}


def test_kin_of_kin_are_kin() -> None:
    link = Case(group_id="g-2", registration="RA-82035", source_url="https://x.example")
    last = Case(group_id="g-3", source_url="https://x.example")
    assert kin_of({"g-1"}, [last, link, TOLD]) == {TOLD, link, last}


@pytest.mark.parametrize(
    "other",
    [
        Case(case_id="y-1"),
        Case(group_id="g-2", date_utc="2019-03-24", legs_filled="UUMU SVMI"),
        Case(group_id="g-2", date_utc="2019-03-23", legs_filled="SVMI OSLK"),
        Case(group_id="g-2", date_utc="2019-03", legs_filled="UUMU SVMI"),
    ],
)
def test_what_is_not_told_makes_no_kin(other: Case) -> None:
    assert kin_of({"g-1"}, [other, TOLD]) == {TOLD}


def test_a_table_without_the_flown_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("case_id,label\nx-1,look_alike\n")
    with pytest.raises(BadInputError, match="lacks the columns"):
        load_cases(path)


def test_columns_that_are_missing_besides_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    with path.open("w", newline="") as lines:
        rows = csv.DictWriter(lines, FLOWN)
        rows.writeheader()
        rows.writerow({"date_utc": "2020-01-02", "legs_filled": "UUMU OSLK"})
    (case,) = load_cases(path)
    assert case.is_flyable
    assert case.label is None


def test_bytes_that_are_no_text_are_refused_with_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(b"date_utc,\xff\xfe\n")
    with pytest.raises(BadInputError) as error:
        load_cases(path)
    assert "legs_filled" in error.value.hint


@pytest.mark.parametrize(
    ("cells", "name", "expected"),
    [
        ({"icao24": "1551E0"}, "icao24", "1551e0"),
        ({"icao24": "none"}, "icao24", None),
        ({"typecode": "il62"}, "typecode", "IL62"),
        ({"label": "Look_Alike"}, "label", "look_alike"),
        ({"legs_filled": "uumu, OSLK;GOOY"}, "points", ("UUMU", "OSLK", "GOOY")),
        ({"legs": "UUMU OSLK"}, "points", ("UUMU", "OSLK")),
    ],
)
def test_cells_are_read_however_they_are_written(
    tmp_path: Path, cells: dict[str, str], name: str, expected: object
) -> None:
    path = tmp_path / "cases.csv"
    columns = dict.fromkeys(("label", "legs", "legs_filled", "icao24", "typecode"), "")
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.DictWriter(out, list(columns))
        table.writeheader()
        table.writerow(columns | cells)
    (case,) = load_cases(path)
    assert getattr(case, name) == expected


def test_a_case_flies_only_between_airports_we_know() -> None:
    case = Case(legs_filled="UUMU QQQQ OSLK")
    assert case.is_flyable_among({"UUMU", "OSLK"})
    assert not case.is_flyable_among({"UUMU"})


def test_airports_bear_the_codes_that_we_know_them_by(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    # Khartoum by an older code and by IATA's, and a field that nobody knows.
    path.write_text("legs_filled\nHSSS KRT HSSK ? nowhere\n\n", encoding="utf-8")
    (case,) = load_cases(path)
    assert case.points == ("HSSK", "HSSK", "HSSK", "?", "NOWHERE")
    known = Reference.load(tmp_path).airports.table.index
    shipped = [point for case in load_cases() for point in case.points]
    assert set(shipped) - {"?"} <= set(known)


@pytest.mark.parametrize("weight", ["0", "x", "100", "-1", "2.5"])
def test_a_weight_that_is_none_is_refused(weight: str, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text(f"case_id,legs_filled,weight\nx-1,UUMU OSLK,{weight}\n", "utf-8")
    with pytest.raises(BadInputError, match="x-1") as refused:
        load_cases(book)
    assert "1 to 99" in str(refused.value.hint)


@pytest.mark.parametrize(("weight", "expected"), [("7", "7"), ("", None)])
def test_a_weight_may_be_told_or_left_out(
    weight: str, expected: str | None, tmp_path: Path
) -> None:
    book = tmp_path / "book.csv"
    book.write_text(f"case_id,legs_filled,weight\nx-1,UUMU OSLK,{weight}\n", "utf-8")
    (case,) = load_cases(book)
    assert case.weight == expected
