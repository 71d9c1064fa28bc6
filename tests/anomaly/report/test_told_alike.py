"""What one part of a report says, the others say too."""

from __future__ import annotations

import csv
import io

import pytest
from report_builders import Plan, ReadAlert

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


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("observed", "observed"),
        ("simulated", "simulated as seen"),
        ("re-enacted", "re-enacted as seen"),
    ],
)
def test_of_a_made_track_nothing_is_called_observed(
    alert_of: ReadAlert, kind: str, words: str
) -> None:
    alert = alert_of(Plan(provenance=kind))
    drawn = str(journey_map(alert, ident="m"))
    assert f">{words}</text>" in drawn
    assert f"Solid lines were {words}" in drawn
    assert (">observed<" in drawn) == (kind == "observed")
    assert f"Flight 1, {words}<" in kml(alert)
    assert ("landing observed" in text(alert)) == (kind == "observed")
