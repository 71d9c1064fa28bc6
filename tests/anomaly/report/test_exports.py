from __future__ import annotations

import csv
import datetime as dt
import io
import json
from itertools import pairwise

import pytest
from report_builders import Pages, Plan, ReadAlert

from anomaly.report import exports

MORNING = dt.datetime(2019, 3, 23, 3, tzinfo=dt.UTC)
NAMES = {
    *("flight_id", "icao24", "registration", "callsign", "operator", "typecode"),
    *("origin", "destination", "journey", "first_seen", "last_seen", "score", "rank"),
    *("score_without_identity", "ordinary_bits", "look_alike_bits", "surprise_bits"),
    "priority_bits",
    *("flagged", "budget", "threshold_bits"),
    *("reasons", "coverage", "provenance", "model"),
}


def test_a_record_has_the_agreed_names(alert_of: ReadAlert) -> None:
    told = exports.record(alert_of(Plan()))
    assert told.keys() == NAMES
    assert told["journey"] == ["UUMU", "OSLK", "GOOY", "SVMI"]
    assert (told["origin"], told["destination"]) == ("GOOY", "SVMI")
    assert told["first_seen"].endswith("Z")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
def test_a_cell_never_begins_like_a_formula(alert_of: ReadAlert, start: str) -> None:
    alert = alert_of(Plan(callsign=f"{start}CMD|' /C calc'!A0"))
    for text in (exports.flags_csv([alert]), exports.events_csv(alert)):
        assert len(text.splitlines()) == text.count("\n")
        for row in csv.reader(io.StringIO(text)):
            for cell in row:
                assert not cell.strip().startswith(("=", "+", "-", "@")), cell


def test_every_row_of_a_table_says_where_it_is_from(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan(provenance="simulated"))
    for text in (exports.flags_csv([alert]), exports.events_csv(alert)):
        rows = list(csv.DictReader(io.StringIO(text)))
        assert rows
        assert {row["provenance"] for row in rows} == {"simulated"}


def test_events_come_in_the_order_of_time(alert_of: ReadAlert) -> None:
    rows = list(csv.DictReader(io.StringIO(exports.events_csv(alert_of(Plan())))))
    starts = [row["start"] for row in rows]
    assert starts == sorted(starts)
    assert {row["event"] for row in rows} == {"flight", "stopover", "gap"}


def test_lines_and_points_lie_on_the_globe_and_carry_provenance(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan(route=("RJTY", "PHNL"), start=MORNING))
    features = exports.geojson([alert])["features"]
    assert {f["geometry"]["type"] for f in features} == {"MultiLineString", "Point"}
    assert {f["properties"]["provenance"] for f in features} == {"re-enacted"}
    for feature in features:
        if feature["geometry"]["type"] == "Point":
            continue
        for line in feature["geometry"]["coordinates"]:
            steps = [abs(b[0] - a[0]) for a, b in pairwise(line)]
            assert max(steps) < 180


def test_the_files_of_a_flag_are_json(pages_of: Pages) -> None:
    files = pages_of(Plan())
    read = {n: json.loads(t) for n, t in files.items() if n.endswith("json")}
    assert len(read) == 3
    (told,) = [value for name, value in read.items() if name.endswith("Z.json")]
    assert [stop["airport"] for stop in told["stopovers"]] == ["OSLK", "GOOY"]


@pytest.mark.parametrize("link", ['=HYPERLINK("http://x","y")', "\x1b[2J=1+1\x07\x00"])
def test_a_hostile_callsign_is_one_plain_cell(alert_of: ReadAlert, link: str) -> None:
    alert = alert_of(Plan(callsign=link, registration=link))
    text = exports.flags_csv([alert])
    assert text.replace("\r\n", "").replace("\n", "").isprintable()
    (told,) = csv.DictReader(io.StringIO(text))
    for name in ("callsign", "registration"):
        assert told[name].startswith(("'=", " [2J=")), told[name]
