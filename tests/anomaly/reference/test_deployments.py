from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from anomaly.errors import BadInputError
from anomaly.reference import Countries
from anomaly.reference.deployments import (
    ABROAD,
    ARMS,
    FILE,
    KINDS,
    OWN,
    PEACE,
    Deployments,
)

HEADER = "deployment,country,since,until,kind,what,senders,source\n"
UN = "own,LI,2031-01-05,{},peace_mission,UN force,KE;JM;LI,unsourced"
CIVIL_WAR = "war,LI,2031-01-05,,internal,civil war,LI,https://example.org/page"
IN_FORCE = dt.date(2031, 1, 6)


def own(folder: Path, *rows: str, header: str = HEADER) -> Deployments:
    (folder / "reference").mkdir(exist_ok=True)
    text = header + "".join(f"{row}\n" for row in rows)
    (folder / "reference" / FILE).write_text(text, encoding="utf-8")
    return Deployments.load(folder)


def test_shipped_deployments_end_after_they_begin_and_lie_in_known_states() -> None:
    table = Deployments.load().table
    ended = table["until"].notna()
    assert (table["since"] <= table["until"])[ended].all()
    assert set(table["kind"]) <= set(KINDS)
    assert table[["what", "source"]].notna().to_numpy().all()
    codes = set(table["senders"].str.split(";").explode()) | set(table["country"])
    names = Countries.load()
    assert [code for code in codes if names.name(code) == code] == []


def test_no_state_sends_a_row_twice() -> None:
    pairs = Deployments.load().pairs
    assert (pairs["since"] <= pairs["until"]).all()
    senders = Deployments.load().table["senders"].str.split(";")
    assert (senders.map(len) == senders.map(set).map(len)).all()


def test_only_a_conflict_of_its_own_joins_a_state_with_itself() -> None:
    pairs = Deployments.load().pairs
    assert ((pairs["country"] == pairs["sender"]) == (pairs["group"] == OWN)).all()


def test_the_states_of_the_founding_case_are_told_for_its_day() -> None:
    told = Deployments.load().told(dt.date(2019, 3, 22), ARMS, ["RU", "SY", "VE"])
    assert "RU in VE" in told
    assert "RU in SY" in told


@pytest.mark.parametrize(
    ("date", "countries", "expected"),
    [
        (dt.date(2031, 1, 4), ["KE", "LI"], ""),
        (dt.date(2031, 2, 1), ["KE", "LI"], ""),
        (IN_FORCE, ["KE", "JM"], ""),
        (IN_FORCE, ["LI"], ""),
        (IN_FORCE, ["LI", "KE", "FR"], "KE in LI (UN force, from 5 January 2031, "),
        (IN_FORCE, ["KE", "LI", "JM"], "JM, KE in LI (UN force, from 5 January 2031"),
    ],
    ids=["before", "after", "no host", "no sender", "one sender", "two senders"],
)
def test_a_peace_force_joins_its_host_with_who_sent_it(
    date: dt.date, countries: list[str], expected: str, tmp_path: Path
) -> None:
    told = own(tmp_path, UN.format("2031-01-31")).told(date, PEACE, countries)
    assert told.startswith(expected)
    assert bool(told) == bool(expected)


def test_a_sender_named_is_asked_alone_and_a_page_is_no_memory(tmp_path: Path) -> None:
    listed = own(tmp_path, UN.format(""), CIVIL_WAR)
    assert listed.told(IN_FORCE, PEACE, ["LI"], "JM").startswith("JM in LI")
    assert listed.told(IN_FORCE, PEACE, ["LI"], "JM").endswith("from memory)")
    assert listed.told(IN_FORCE, ABROAD, ["LI"], "JM") == ""
    assert listed.told(IN_FORCE, OWN, ["LI"]) == (
        "LI in LI (civil war, from 5 January 2031)"
    )


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("own,,2031-01-05,,base,a base,US,", "has no country"),
        ("own,ht,2031-01-05,,base,a base,US,", "two capital letters"),
        ("own,HT,2031-01-05,,base,a base,US KE,", "two capital letters"),
        ("own,HT,,,base,a base,US,", "has no since"),
        ("own,HT,2031-01-05,,base,,US,", "has no what"),
        ("own,HT,2031-01-05,,base,a base,,", "has no senders"),
        ("own,HT,2031-01-05,,barbecue,a feast,US,", "is of no kind known"),
        ("own,HT,2031-01-05,2030-01-05,base,a base,US,", "ends before it began"),
    ],
)
def test_a_row_that_tells_too_little_is_refused_by_name(
    row: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match=why) as refused:
        own(tmp_path, row)
    assert "'own'" in str(refused.value)


def test_what_a_user_adds_keeps_no_other_days(tmp_path: Path) -> None:
    listed, shipped = own(tmp_path, UN.format("")), Deployments.load()
    assert not listed.is_kept(IN_FORCE)
    assert shipped.is_kept(shipped.kept_since)
    assert shipped.is_kept(shipped.kept_until)
    assert len(listed.table) == len(shipped.table) + 1
