from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

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


def test_in_a_large_state_only_the_part_that_was_hit_counts(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / FILE).write_text(
        "crisis,country,since,until,kind,what,latitude_deg,longitude_deg,source\n"
        "own,RU,2031-05-01,2031-06-14,flood,flood at Omsk,55.0,73.3,unsourced\n",
        encoding="utf-8",
    )
    crises = Crises.load(tmp_path)
    date = dt.date(2031, 5, 1)
    # A minute of latitude is a mile.
    assert hit(crises, date, "RU", 55.0 - 0.98 * REACH_NM / 60, 73.3)
    assert not hit(crises, date, "RU", 55.0 - 1.02 * REACH_NM / 60, 73.3)
    assert crises.told(date, "RU", 55.0, 73.4) == (
        "flood at Omsk (from 1 May 2031; from memory, unsourced)"
    )
    assert crises.told(date, "RU", 55.8, 37.6) == ""


def test_after_its_last_entry_a_list_says_nothing(tmp_path: Path) -> None:
    crises = Crises.load()
    assert crises.is_kept(crises.last_day)
    assert not crises.is_kept(crises.last_day + dt.timedelta(days=1))
    assert not crises.is_kept(crises.first_day - dt.timedelta(days=1))
