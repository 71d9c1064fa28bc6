"""Who closed its airspace to whom."""

from __future__ import annotations

import datetime as dt

from anomaly.reference import AirspaceBans, Countries
from anomaly.reference.bans import ALL


def test_every_ban_names_states_dates_and_a_source() -> None:
    table, known = AirspaceBans.load().table, set(Countries.load().table.index)
    assert set(table["country"]) <= known
    assert set(table["against"]) - {ALL} <= known
    assert set(table["destination"].dropna()) <= known
    assert table["source"].notna().all()
    assert table["since"].notna().all()
    ended = table.dropna(subset="until")
    assert (ended["since"] <= ended["until"]).all()


def test_a_ban_holds_on_its_days_only() -> None:
    bans = AirspaceBans.load()

    def closed(day: dt.date) -> bool:
        return "SA>QA" in bans.on(day).index

    days = [dt.date(2017, 6, 4), dt.date(2017, 6, 5), dt.date(2021, 1, 12)]
    assert [closed(day) for day in days] == [False, True, False]


def test_pakistan_was_closed_to_all_when_the_founding_pair_flew() -> None:
    held = AirspaceBans.load().on(dt.date(2019, 3, 22))
    assert held.loc["PK>*", "against"] == ALL
