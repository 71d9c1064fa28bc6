from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from report_builders import START, Pages, Plan, ReadAlert, reference

from anomaly.reference.coast import state_rings
from anomaly.report.airspace import with_airspace, within
from anomaly.report.trackmap import journey_map


@pytest.mark.parametrize(
    "code",
    sorted({*reference().conflicts.table.index, *reference().bans.table["country"]}),
)
def test_every_state_listed_as_closed_has_an_outline_with_its_airports(
    code: str,
) -> None:
    rings = state_rings(reference().countries.name(code))
    airports = reference().airports.table
    large = airports[(airports["country"] == code) & (airports["kind"] != "heliport")]
    inside = within(
        rings, large["longitude_deg"].to_numpy(), large["latitude_deg"].to_numpy()
    )
    # Natural Earth draws some borders where others are claimed (Crimea's, say), and
    # not every island that has an airport.
    assert inside.mean() > 0.5


def test_a_state_without_an_outline_has_none() -> None:
    assert state_rings("Atlantis") == ()


def test_an_outline_across_the_antimeridian_holds_both_its_sides() -> None:
    ring = np.array([[175.0, -10], [185, -10], [185, 10], [175, 10]])
    points = np.array([179.0, -178.0, 170.0, -170.0])
    assert within([ring], points, np.zeros(4)).tolist() == [True, True, False, False]


def test_a_way_through_closed_airspace_is_told_and_drawn(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan())
    closed = {one.name: one for one in alert.closed}
    # The FAA binds its own operators: it closes no airspace to others.
    rule = "where US civil operators were forbidden to fly that day"
    assert {name for name, one in closed.items() if one.rule == rule} == {
        "Libya",
        "Syria",
        "Ukraine",
    }
    assert closed["Ukraine"].seen_within
    drawn = journey_map(alert, ident="m")
    assert drawn.count('class="closed"') == 4  # the three, and what the hatching means


@pytest.mark.parametrize("kind", ["observed", "re-enacted", "simulated"])
def test_what_was_made_up_is_not_told_as_seen(pages_of: Pages, kind: str) -> None:
    files = pages_of(Plan(provenance=kind))
    page = next(text for name, text in files.items() if name.endswith("Z.html"))
    made = kind != "observed"
    assert ("Its made-up way leads over <b>Ukraine</b>" in page) == made
    assert ("seen over" in page) != made


def test_a_way_far_from_closed_airspace_is_not_told_to_meet_it(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan(route=("GOOY", "SVMI"), start=START + dt.timedelta(hours=9)))
    assert len(alert.closed) >= 3
    assert not any(one.seen_within or one.maybe_within for one in alert.closed)
    assert 'class="closed"' not in journey_map(alert, ident="m")


def test_a_state_may_be_closed_to_aircraft_of_another_alone(
    alert_of: ReadAlert,
) -> None:
    both = [alert_of(Plan()), alert_of(Plan(icao24="3c6444", callsign="DLH1"))]
    russian, german = with_airspace(both, dt.date(2023, 1, 1), reference())
    rules = {one.name: one.rule for one in russian.closed}
    assert rules["Germany"] == (
        "whose airspace was closed that day to aircraft of Russia"
    )
    assert "Germany" not in {one.name for one in german.closed}


def test_nothing_is_closed_before_anybody_closed_it() -> None:
    assert reference().conflicts.sources(dt.date(2010, 1, 1)) == {}
