from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from anomaly.errors import BadInputError
from anomaly.reference.crises import FILE, REACH_NM, Crises

QUAKE = dt.date(2010, 1, 12)
PORT_AU_PRINCE = (18.6, -72.3)


def hit(crises: Crises, date: dt.date, country: str, *place: float) -> bool:
    latitude, longitude = np.array([place]).T
    return bool(crises.at(date, np.array([country], object), latitude, longitude)[0])


def test_shipped_crises_end_after_they_begin_and_lie_in_known_states() -> None:
    table = Crises.load().table
    assert (table["since"] <= table["until"]).all()
    assert table["country"].str.fullmatch("[A-Z]{2}").all()
    assert table[["kind", "what", "source"]].notna().to_numpy().all()
    assert (table["latitude_deg"].isna() == table["longitude_deg"].isna()).all()


@pytest.mark.parametrize(
    ("days", "country", "expected"),
    [(-1, "HT", False), (0, "HT", True), (20, "HT", True), (20, "DO", False)],
)
def test_a_crisis_is_of_its_state_and_time(
    days: int, country: str, expected: bool
) -> None:
    date = QUAKE + dt.timedelta(days=days)
    assert hit(Crises.load(), date, country, *PORT_AU_PRINCE) == expected


HEADER = "crisis,country,since,until,kind,what,latitude_deg,longitude_deg,source\n"
JACMEL = "HT 2031-01-05 earthquake,HT,2031-01-05,{},earthquake,earthquake at Jacmel,,,"
OMSK = "own,RU,2031-05-01,2031-06-14,flood,flood at Omsk,55.0,73.3,unsourced"


def own(folder: Path, *rows: str, header: str = HEADER) -> Crises:
    (folder / "reference").mkdir(exist_ok=True)
    text = header + "".join(f"{row}\n" for row in rows)
    (folder / "reference" / FILE).write_text(text, encoding="utf-8")
    return Crises.load(folder)


def test_in_a_large_state_only_the_part_that_was_hit_counts(tmp_path: Path) -> None:
    crises = own(tmp_path, OMSK)
    date = dt.date(2031, 5, 1)
    # A minute of latitude is a mile.
    assert hit(crises, date, "RU", 55.0 - 0.98 * REACH_NM / 60, 73.3)
    assert not hit(crises, date, "RU", 55.0 - 1.02 * REACH_NM / 60, 73.3)
    assert crises.told(date, "RU", 55.0, 73.4) == (
        "flood at Omsk, from 1 May 2031, from memory"
    )
    assert crises.told(date, "RU", 55.8, 37.6) == ""


@pytest.mark.parametrize("until", ["2031-02-19", ""], ids=["with an end", "still on"])
def test_what_a_user_adds_holds_on_its_days_and_keeps_no_others(
    until: str, tmp_path: Path
) -> None:
    crises, shipped = own(tmp_path, JACMEL.format(until)), Crises.load()
    for days in (0, 3, 30):
        date = dt.date(2031, 1, 5) + dt.timedelta(days=days)
        assert hit(crises, date, "HT", *PORT_AU_PRINCE)
        assert not crises.is_kept(date)
    assert (crises.kept_since, crises.kept_until) == (
        shipped.kept_since,
        shipped.kept_until,
    )


def test_a_list_without_places_is_of_whole_states(tmp_path: Path) -> None:
    header = "crisis,country,since,until,kind,what,source\n"
    row = "own,HT,2031-01-05,,earthquake,earthquake at Jacmel,unsourced"
    crises = own(tmp_path, row, header=header)
    assert hit(crises, dt.date(2031, 1, 6), "HT", *PORT_AU_PRINCE)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("own,,2031-01-05,,flood,flood,,,", "has no country"),
        ("own,ht,2031-01-05,,flood,flood,,,", "two capital letters"),
        ("own,HT,,,flood,flood,,,", "has no since"),
        ("own,HT,2031-01-05,,flood,,,,", "has no what"),
        ("own,HT,2031-01-05,2030-01-05,flood,flood,,,", "ends before it began"),
        ("own,HT,2031-01-05,,flood,flood,18.0,,", "has half a place"),
    ],
)
def test_a_row_that_tells_too_little_is_refused_by_name(
    row: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match=why) as refused:
        own(tmp_path, row)
    assert "'own'" in str(refused.value)


def test_two_crises_at_once_are_both_told(tmp_path: Path) -> None:
    flood = "own,HT,2031-01-07,,flood,flood at Cap-Haitien,,,unsourced"
    crises = own(tmp_path, JACMEL.format(""), flood)
    told = crises.told(dt.date(2031, 1, 8), "HT", *PORT_AU_PRINCE)
    assert told.count("; ") == 1
    assert "Jacmel" in told
    assert "Cap-Haitien" in told


def test_the_shipped_list_was_kept_from_its_first_crisis_to_its_last() -> None:
    crises = Crises.load()
    begun = crises.table["since"]
    assert (begun.min(), begun.max()) == (crises.kept_since, crises.kept_until)
