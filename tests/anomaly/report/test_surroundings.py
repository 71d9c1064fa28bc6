from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pyarrow as pa
import pytest
from click.testing import CliRunner
from report_builders import (
    DAY,
    START,
    Pages,
    Plan,
    ReadAlert,
    ReadDay,
    reference,
    write_day,
)

from anomaly.cases import load_cases
from anomaly.cli import main
from anomaly.marks import Marks
from anomaly.report.doubts import BY_FACT, doubts
from anomaly.report.html import render
from anomaly.report.kml import kml
from anomaly.report.links import trackers
from anomaly.report.past import pasts
from anomaly.report.reading import read_day
from anomaly.report.standing import seen_of
from anomaly.report.unseen import unseen
from anomaly.report.weeks import build_weeks
from anomaly.schemas import COMPLETENESS, LIKENESSES
from anomaly.store import Store
from anomaly.verdicts import Judgement, Verdicts
from features.facts import FACTS

DAY_BEFORE = DAY - dt.timedelta(days=1)


def test_the_past_counts_flights_by_day_and_places(store: Store) -> None:
    write_day(store, [Plan()])
    past = pasts(store, DAY, ["1551e0"], reference())["1551e0"]
    assert past.last == DAY
    assert len(past.days) == 90
    assert past.stored == {DAY_BEFORE, DAY}
    assert past.flights == {DAY_BEFORE: 1, DAY: 2}
    # Where it landed and took off again was one visit.
    visits = {visit.ident: visit.n for visit in past.visits}
    assert visits == dict.fromkeys(("UUMU", "OSLK", "GOOY", "SVMI"), 1)


def test_nothing_after_the_day_is_part_of_the_past(store: Store) -> None:
    write_day(store, [Plan()])
    past = pasts(store, DAY_BEFORE, ["1551e0"], reference())["1551e0"]
    assert past.flights == {DAY_BEFORE: 1}


@pytest.mark.parametrize("kind", ["re-enacted", "observed"])
def test_only_an_aircraft_with_a_past_is_not_seen_to_fly(
    pages_of: Pages, kind: str
) -> None:
    # A second journey stores a day on which the first did not fly.
    later = Plan(icao24="3c6444", start=START - dt.timedelta(days=3), rank=2)
    files = pages_of(Plan(provenance=kind), later)
    page = next(text for name, text in files.items() if re.search("1551e0.*html", name))
    assert ("not seen to fly" in page) == (kind == "observed")
    assert ("What the aircraft did before is not known" in page) == (
        kind == "re-enacted"
    )


def test_what_was_not_observed_is_told_of_every_flight(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan())
    told = dict(unseen(alert))
    assert list(told) == [
        "Flight 1 of 3, UUMU to OSLK",
        "Flight 2 of 3, OSLK to GOOY",
        "Flight 3 of 3, GOOY to SVMI",
    ]
    for leg, sentences in zip(alert.legs, told.values(), strict=True):
        if leg is alert.lead:
            assert sentences[: len(alert.coverage)] == alert.coverage
        else:
            assert any("in flight, at longest for" in text for text in sentences)


def test_a_journey_of_one_flight_needs_no_name_for_it(alert_of: ReadAlert) -> None:
    start = START + dt.timedelta(hours=9)
    told = unseen(alert_of(Plan(route=("GOOY", "SVMI"), start=start)))
    assert [name for name, _ in told] == [""]


def test_an_inferred_landing_is_what_a_position_elsewhere_would_undo(
    alert_of: ReadAlert,
) -> None:
    told = doubts(alert_of(Plan(operator=None)))
    assert any("inferred landing at" in text and "OSLK" in text for text in told)
    assert any("who operated it" in text for text in told)
    assert not any("who operated it" in text for text in doubts(alert_of(Plan())))


def test_kml_has_every_line_and_field_and_says_how_they_are_known(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan(registration="<RA & co>\x00"))
    root = ET.fromstring(kml(alert))
    space = {"k": "http://www.opengis.net/kml/2.2"}
    lines = root.findall(".//k:LineString", space)
    points = root.findall(".//k:Point", space)
    assert len(points) == 4
    styles = {one.text for one in root.findall(".//k:styleUrl", space)}
    assert len(lines) >= 3
    assert styles == {"#observed", "#inferred", "#unobserved"}
    name = root.findtext("k:Document/k:name", "", space)
    assert name.startswith("[RE-ENACTED] <RA & co>")


def test_a_watched_journey_far_down_is_shown(store: Store) -> None:
    marks = Marks(store.verdicts)
    far = [
        Plan(icao24=f"15{n:04x}", registration=f"RA-{n}", rank=n, flagged=n < 2)
        for n in range(1, 15)
    ]
    write_day(store, far)
    assert not read_day(store, DAY, reference()).watched
    for kind, value in (("aircraft", "RA-14"), ("aircraft", "15000d")):
        marks.put("watch", kind, value, by="ann")
    day = read_day(store, DAY, reference())
    assert [alert.rank for alert in day.watched] == [13, 14]
    assert day.watched[0].marks
    assert "On your watch list, not flagged" in render(day, Path("d"))["index.html"]


@pytest.mark.parametrize(
    ("kind", "value", "is_about"),
    [
        ("operator", "RFF", True),
        ("operator", "DLH", False),
        ("field", "GOOY", True),
        # Dakar, and a place in the Pacific.
        ("area", "14.7,-17.5,50", True),
        ("area", "0,-150,50", False),
    ],
)
def test_lists_are_matched_by_what_they_name(
    store: Store, kind: str, value: str, *, is_about: bool
) -> None:
    write_day(store, [Plan()])
    Marks(store.verdicts).put("ignore", kind, value, by="ann")
    (alert,) = read_day(store, DAY, reference()).flagged
    assert alert.is_ignored is is_about


def test_what_is_watched_is_not_ignored(store: Store) -> None:
    write_day(store, [Plan()])
    for list_, kind, value in (
        ("ignore", "field", "GOOY"),
        ("watch", "aircraft", "1551e0"),
    ):
        Marks(store.verdicts).put(list_, kind, value, by="ann")
    (alert,) = read_day(store, DAY, reference()).flagged
    assert not alert.is_ignored


def test_a_private_aircraft_gives_no_name_away_to_a_list(store: Store) -> None:
    write_day(store, [Plan(private=True, flagged=False)])
    Marks(store.verdicts).put("watch", "aircraft", "RA-86496", by="ann")
    day = read_day(store, DAY, reference(), n_below=0)
    assert not day.watched
    assert read_day(store, DAY, reference(), n_below=0, show_private=True).watched


def test_cases_like_it_come_with_their_sources(store: Store) -> None:
    write_day(store, [Plan()])
    lead = read_day(store, DAY, reference()).flagged[0].flight_id
    case = next(case for case in load_cases() if case.source_url and case.fact)
    row = {
        "flight_id": lead,
        "icao24": "1551e0",
        "case_key": case.key,
        "logistics": False,
        "distance": 0.12,
        "known_share": 0.8,
        "alike": ["stopover_n"],
        "differs": [],
        "model": "flight-anomaly 3",
    }
    row["farther_share"] = 0.6
    other = row | {"model": "flight-anomaly 2", "distance": 0.01}
    store.write("likenesses", pa.Table.from_pylist([row, other], LIKENESSES), DAY)
    day = read_day(store, DAY, reference())
    (one,) = day.flagged[0].look_alikes
    assert one.case == case
    files = render(day, Path("data"))
    page = next(text for name, text in files.items() if name.endswith("Z.html"))
    assert "one that only looked so" in page
    assert "Like: distance 0.12; 60% of documented cases are farther" in page
    assert (case.source_url or "") in page.replace("&amp;", "&")


def test_a_case_that_is_not_close_is_not_told_as_an_example(store: Store) -> None:
    write_day(store, [Plan()])
    lead = read_day(store, DAY, reference()).flagged[0].flight_id
    near, far = [case for case in load_cases() if case.fact][:2]
    like = {
        "flight_id": lead,
        "icao24": "1551e0",
        "logistics": True,
        "known_share": 0.8,
        "alike": [],
        "differs": [],
        "model": "flight-anomaly 3",
    }
    not_close = {"case_key": far.key, "distance": 0.17, "farther_share": 0.02}
    close = {"case_key": near.key, "distance": 0.05, "farther_share": 0.9}

    def page(*cases: dict[str, object]) -> str:
        rows = [like | case for case in cases]
        store.write("likenesses", pa.Table.from_pylist(rows, LIKENESSES), DAY)
        files = render(read_day(store, DAY, reference()), Path("data"))
        return next(text for name, text in files.items() if name.endswith("Z.html"))

    assert "No documented case of logistics is close" in page(not_close)
    both = page(close, not_close)
    assert "Very like: distance 0.05" in both
    assert "No documented case" not in both
    assert "distance 0.17" not in both


def test_what_the_day_lacks_stands_first(store: Store) -> None:
    write_day(store, [Plan()])
    assert (
        "too few days"
        in render(read_day(store, DAY, reference()), Path("d"))["index.html"]
    )
    row = dict.fromkeys(COMPLETENESS.names) | {
        "region": "world",
        "complete": False,
        "lacks": ["no position after 14:00"],
        "n_aircraft": 1,
        "n_positions": 1,
        "hours": [],
    }
    filled = {
        field.name: row[field.name]
        if row[field.name] is not None or field.nullable
        else 0
        for field in COMPLETENESS
    }
    store.write("completeness", pa.Table.from_pylist([filled], COMPLETENESS), DAY)
    page = render(read_day(store, DAY, reference()), Path("d"))["index.html"]
    assert "no position after 14:00" in page


def test_each_fact_of_identity_names_its_source(pages_of: Pages) -> None:
    page = next(t for n, t in pages_of(Plan()).items() if n.endswith("Z.html"))
    table = page.partition('id="identity"')[2].partition("</table>")[0]
    assert len(re.findall("<tr>", table)) >= 6
    for said in ("RA-86496", "Sent with every position", "State of the address"):
        assert said in table


def test_days_roll_up_with_what_reviewers_said(day_of: ReadDay, store: Store) -> None:
    (alert,) = day_of(Plan()).flagged
    for by in ("ann", "bob"):
        Verdicts(store.verdicts).record(seen_of(alert), Judgement.DISMISS, by=by)
    index = build_weeks(store, DAY, DAY + dt.timedelta(days=1), store.root / "out")
    page = index.read_text(encoding="utf-8")
    assert "Not scored, and so not in here: 2019-03-24" in page
    assert "RA-86496" in page
    assert re.search(r"dismiss</td>", page)
    assert (index.parent / "flags.csv").exists()


def test_a_roll_up_needs_both_ends_in_order(
    runner: CliRunner, store: Store, day_of: ReadDay
) -> None:
    day_of(Plan())
    where = ["--data-dir", str(store.root)]
    good = ["--from", "2019-03-18", "--to", "2019-03-24"]
    result = runner.invoke(main, ["report", *good, *where])
    assert result.exit_code == 0, result.output
    assert "2019-03-18_2019-03-24" in result.stdout
    bad: list[list[str]] = [[], good[:2], ["2019-03-23", *good], [*good[::2]]]
    backwards = ["--from", "2019-03-24", "--to", "2019-03-18"]
    for args in (*bad, backwards):
        assert runner.invoke(main, ["report", *args, *where]).exit_code == 2
    later = ["--from", "2020-03-18", "--to", "2020-03-24"]
    assert runner.invoke(main, ["report", *later, *where]).exit_code == 1


def test_every_doubt_is_about_a_fact_that_there_is() -> None:
    assert set(BY_FACT) <= {fact.name for fact in FACTS}


def test_a_field_was_last_visited_when_the_aircraft_left_it(store: Store) -> None:
    # From Moscow on the evening before, and down at Latakia after midnight.
    start = dt.datetime.combine(DAY, dt.time(), dt.UTC) - dt.timedelta(hours=2)
    write_day(store, [Plan(route=("UUMU", "OSLK"), start=start)])
    alert = read_day(store, DAY, reference()).flagged[0]
    assert alert.past is not None
    last = {visit.ident: visit.last for visit in alert.past.visits}
    assert last == {"UUMU": DAY - dt.timedelta(days=1), "OSLK": DAY}


def test_trackers_are_asked_for_the_hours_of_the_journey(alert_of: ReadAlert) -> None:
    start = dt.datetime(2019, 3, 22, 22, 5, tzinfo=dt.UTC)
    alert = alert_of(Plan(route=("UUMU", "OSLK"), start=start))
    urls = [link.url for link in trackers(alert) if "adsbexchange" in link.url]
    first, last = urls
    assert first.endswith("?icao=1551e0&showTrace=2019-03-22&startTime=21:50")
    assert "&showTrace=2019-03-23&endTime=" in last
    assert "startTime" not in last
