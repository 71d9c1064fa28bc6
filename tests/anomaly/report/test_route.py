from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from report_builders import Plan, ReadAlert

from anomaly.report.route import parts_of, spots_of


def test_a_gap_is_drawn_as_not_observed_between_its_ends(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan())
    gaps = [part for part in parts_of(alert) if part.gap]
    assert [part.leg for part in gaps] == [0, 1, 2]
    for part in gaps:
        assert part.gap is not None
        assert part.kind == "unobserved"
        assert part.latitude_deg[0] == pytest.approx(part.gap.start_latitude_deg)
        assert part.longitude_deg[-1] == pytest.approx(part.gap.end_longitude_deg)


def test_a_landing_that_was_not_seen_is_a_dashed_way_to_the_field(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan())
    (inferred,) = [part for part in parts_of(alert) if part.kind == "inferred"]
    field = alert.legs[0].destination.field
    assert field is not None
    assert inferred.latitude_deg[-1] == pytest.approx(field.latitude_deg)


def test_no_position_lies_within_a_gap_part_of_an_observed_line(
    alert_of: ReadAlert,
) -> None:
    alert = alert_of(Plan())
    drawn = sum(len(p.latitude_deg) for p in parts_of(alert) if p.kind == "observed")
    assert drawn == sum(len(leg.track) for leg in alert.legs)


def test_a_flight_known_from_a_list_is_not_observed_at_all(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan(has_positions=False))
    assert {part.kind for part in parts_of(alert)} <= {"unobserved", "inferred"}


def test_a_great_circle_bends_away_from_the_equator(alert_of: ReadAlert) -> None:
    plan = Plan(
        route=("EDDF", "KJFK"),
        start=dt.datetime(2019, 3, 23, 1, tzinfo=dt.UTC),
        has_positions=False,
    )
    (part,) = parts_of(alert_of(plan))
    assert part.latitude_deg.max() > 51.5
    assert np.abs(np.diff(part.longitude_deg)).max() < 3


def test_each_field_is_one_spot_with_all_its_numbers(alert_of: ReadAlert) -> None:
    plan = Plan(
        route=("KNGU", "MUGM", "KNGU"), start=dt.datetime(2019, 3, 23, 1, tzinfo=dt.UTC)
    )
    numbers = {spot.ident: spot.numbers for spot in spots_of(alert_of(plan))}
    assert numbers == {"KNGU": (1, 3), "MUGM": (2,)}


def test_a_field_without_a_seen_landing_or_take_off_says_so(
    alert_of: ReadAlert,
) -> None:
    inferred = {spot.ident: spot.inferred for spot in spots_of(alert_of(Plan()))}
    assert inferred == {"UUMU": False, "OSLK": True, "GOOY": False, "SVMI": False}
