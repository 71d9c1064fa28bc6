from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from report_builders import START, Plan, ReadAlert, reference

from anomaly.reference.coast import state_rings
from anomaly.report.airspace import within
from anomaly.report.trackmap import journey_map


@pytest.mark.parametrize("code", sorted(set(reference().conflicts.table.index)))
def test_every_state_listed_as_closed_has_an_outline_with_its_airports(
    code: str,
) -> None:
    rings = state_rings(reference().countries.name(code))
    airports = reference().airports.table
    large = airports[(airports["country"] == code) & (airports["kind"] != "heliport")]
    inside = within(
        rings, large["longitude_deg"].to_numpy(), large["latitude_deg"].to_numpy()
    )
    # Natural Earth draws some borders where others are claimed: Crimea's, say.
    assert inside.mean() > 0.8


def test_a_state_without_an_outline_has_none() -> None:
    assert state_rings("Atlantis") == ()


def test_an_outline_across_the_antimeridian_holds_both_its_sides() -> None:
    ring = np.array([[175.0, -10], [185, -10], [185, 10], [175, 10]])
    points = np.array([179.0, -178.0, 170.0, -170.0])
    assert within([ring], points, np.zeros(4)).tolist() == [True, True, False, False]


def test_a_way_through_closed_airspace_is_told_and_drawn(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan())
    closed = {one.name: one for one in alert.closed}
    assert closed.keys() == {"Libya", "Syria", "Ukraine"}
    assert closed["Ukraine"].seen_within
    drawn = journey_map(alert, ident="m")
    assert drawn.count('class="closed"') == 4  # the three, and what the hatching means


def test_a_way_far_from_closed_airspace_is_not_told_to_meet_it(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan(route=("GOOY", "SVMI"), start=START + dt.timedelta(hours=9)))
    assert len(alert.closed) == 3
    assert not any(one.seen_within or one.maybe_within for one in alert.closed)
    assert 'class="closed"' not in journey_map(alert, ident="m")


def test_nothing_is_closed_before_anybody_closed_it() -> None:
    assert reference().conflicts.sources(dt.date(2010, 1, 1)) == {}
