from __future__ import annotations

import datetime as dt
from dataclasses import replace

from report_builders import START, Pages, Plan, ReadAlert, ReadDay

from anomaly.report.grouping import missions, needed, shuttle, stands_by, together

PAIR = (
    Plan(mission="m"),
    Plan(
        icao24="154073",
        rank=2,
        mission="m",
        start=START + dt.timedelta(minutes=80),
    ),
)


def test_a_pair_is_told_with_its_way_and_the_time_between(
    shared_day_of: ReadDay,
) -> None:
    day = shared_day_of(*PAIR, Plan(icao24="3c6444", rank=3))
    first, second = missions(day.flagged)
    assert len(first) == 2
    assert len(second) == 1
    text = together(first).replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("Perhaps a pair: 2 journeys by way of UUMU → OSLK and")
    assert text.endswith("1 h 20 min apart.")


def test_more_than_two_are_a_train(shared_day_of: ReadDay) -> None:
    third = Plan(icao24="3c6444", rank=3, mission="m", route=("EDDF", "GOOY", "SVMI"))
    (group,) = missions(shared_day_of(*PAIR, third).flagged)
    assert together(group).startswith("Perhaps a train of aircraft: 3 journeys")


def test_journeys_without_a_common_way_are_told_apart_in_nothing(
    shared_day_of: ReadDay,
) -> None:
    other = Plan(icao24="3c6444", rank=2, mission="m", route=("EDDF", "EGLL"))
    (group,) = missions(shared_day_of(PAIR[0], other).flagged)
    assert together(group).endswith("on one unusual way this day.")


def test_to_and_fro_is_a_shuttle_and_there_and_back_is_none(
    alert_of: ReadAlert,
) -> None:
    start = START + dt.timedelta(hours=10)
    back = alert_of(Plan(route=("EDDF", "EGLL", "EDDF"), start=start))
    again = alert_of(Plan(route=("EDDF", "EGLL", "EDDF", "EGLL"), start=start))
    assert shuttle(back) == ""
    assert shuttle(again) == "shuttle: 3 flights between EDDF and EGLL"


def test_the_list_tells_what_goes_together(pages_of: Pages) -> None:
    assert (
        "Perhaps a pair: 2 journeys by way of UUMU → OSLK"
        in (pages_of(*PAIR)["index.html"])
    )


def test_what_a_flag_needs_is_told_beside_what_it_has(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan(ordinary_bits=-3.1, surprise_bits=4.0))
    assert stands_by(alert, []) == (
        "8.9 bits: \N{MINUS SIGN}3.1 of odds against ordinary traffic + "
        "twice 2.0 of odds against look-alikes (more than 2 count as 2) + "
        "twice 4.0 of surprise"
    )
    sure = alert_of(Plan(ordinary_bits=13.2, look_alike_bits=0.4, surprise_bits=4.0))
    assert stands_by(sure, []) == (
        "18.8 bits: 10.0 of odds against ordinary traffic (more than 10 count as 10) + "
        "twice 0.4 of odds against look-alikes + twice 4.0 of surprise"
    )
    alike = alert_of(Plan(ordinary_bits=9.4, look_alike_bits=-2.0, surprise_bits=4.0))
    assert "ordinary traffic \N{MINUS SIGN} twice 2.0 of odds for a look-alike" in (
        stands_by(alike, [])
    )
    clear = alert_of(Plan(ordinary_bits=-9, look_alike_bits=None, surprise_bits=4.0))
    assert "twice 0.0 of odds against look-alikes" in stands_by(clear, [])
    otherwise_weighed = replace(alike, priority_bits=1.0)
    assert stands_by(otherwise_weighed, []) == "1.0 bits: 1.0"
    assert needed(alert) == "3.5 bits and a place among the first 25"
    assert needed(alert_of(Plan(threshold_bits=None))) == ""


def test_a_mission_is_measured_by_what_it_stands_by(shared_day_of: ReadDay) -> None:
    day = shared_day_of(*PAIR)
    first, second = (stands_by(one, day.companions(one)) for one in day.flagged)
    assert first.startswith("30.6 bits: ")
    assert second.startswith("its mission's 30.6 bits: the 25.6 of rank 1 + ")
