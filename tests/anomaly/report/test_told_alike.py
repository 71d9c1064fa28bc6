"""What one part of a report says, the others say too."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from report_builders import Pages, Plan, ReadAlert

from anomaly.report import words
from anomaly.report.exports import flags_csv, record
from anomaly.report.kml import kml
from anomaly.report.plain import text
from anomaly.report.trackmap import journey_map
from anomaly.report.unseen import lines


def test_downloads_tell_of_every_flight_what_was_not_observed(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan())
    told = [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines(alert)]
    assert len(told) > len(alert.coverage)
    assert record(alert)["coverage"] == told
    (row,) = csv.DictReader(io.StringIO(flags_csv([alert])))
    assert row["coverage"] == "; ".join(told)


def test_who_flies_is_told_alike_on_pages_in_the_terminal_and_in_files(
    alert_of: ReadAlert, pages_of: Pages
) -> None:
    plan = Plan(operator=None, owner="Russian Air Force")
    alert, said = alert_of(plan), "Russian Air Force (by the owner's name)"
    (row,) = csv.DictReader(io.StringIO(flags_csv([alert])))
    assert row["operator"] == record(alert)["operator"] == said
    assert said in text(alert)
    shown = [page for name, page in pages_of(plan).items() if "html" in name]
    n_told = [page.count(said.replace("'", "&#39;")) for page in shown]
    # The index in its row, the flag among its facts; the page of the model not.
    assert sorted(n_told) == [0, 1, 1]


def test_the_odds_are_told_in_the_terminal_and_on_the_page(
    alert_of: ReadAlert, pages_of: Pages
) -> None:
    plan = Plan(ordinary_bits=6.0, look_alike_bits=-1.0)
    told = text(alert_of(plan))
    assert "64 to 1 against ordinary traffic, 1 to 2 against look-alikes" in told
    pages = [page for page in pages_of(plan).values() if "64 to 1 against" in page]
    assert len(pages) == 1


def test_a_stop_of_perhaps_no_time_at_all_says_so(alert_of: ReadAlert) -> None:
    stop = alert_of(Plan()).stops[0]
    passing = replace(stop, ground_time_h=0.0, ground_time_max_h=5.45)
    told = [words.ground_time(one).replace("\xa0", " ") for one in (stop, passing)]
    assert told == ["2 h 50 min", "somewhere between 0 and 5 h 27 min"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("observed", "observed"),
        ("simulated", "simulated as seen"),
        ("re-enacted", "re-enacted as seen"),
    ],
)
def test_of_a_made_track_nothing_is_called_observed(
    alert_of: ReadAlert, kind: str, said: str
) -> None:
    alert = alert_of(Plan(provenance=kind))
    drawn = str(journey_map(alert, ident="m"))
    assert f">{said}</text>" in drawn
    assert f"Solid lines were {said}" in drawn
    assert (">observed<" in drawn) == (kind == "observed")
    assert f"Flight 1, {said}<" in kml(alert)
    assert ("landing observed" in text(alert)) == (kind == "observed")
