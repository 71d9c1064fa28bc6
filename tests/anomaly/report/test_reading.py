from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from report_builders import DAY, Plan, ReadAlert, ReadDay, reference, write_day

from anomaly import schemas
from anomaly.domain import Provenance
from anomaly.errors import NoDataError
from anomaly.report.reading import read_alert, read_day
from anomaly.store import Store

NIGHT = dt.datetime(2019, 3, 23, 2, tzinfo=dt.UTC)


def test_a_day_is_counted_by_flights_that_ended_on_it(day_of: ReadDay) -> None:
    day = day_of(Plan(), Plan(icao24="154073", rank=2, route=("EDDF", "EGLL")))
    # The second aircraft landed on the eve; two of the first's three flights too.
    assert (day.n_flights, day.n_aircraft, day.n_alerts) == (2, 1, 1)


def test_flagged_journeys_come_in_the_order_of_rank(day_of: ReadDay) -> None:
    day = day_of(
        Plan(icao24="aaaaa2", rank=2),
        Plan(icao24="aaaaa3", rank=3, flagged=False),
        Plan(icao24="aaaaa1", rank=1),
    )
    assert [alert.craft.icao24 for alert in day.flagged] == ["aaaaa1", "aaaaa2"]
    assert [alert.craft.icao24 for alert in day.below] == ["aaaaa3"]


def test_a_journey_of_two_days_is_whole(alert_of: ReadAlert) -> None:
    alert = alert_of(Plan())
    assert alert.airports == ("UUMU", "OSLK", "GOOY", "SVMI")
    assert len(alert.legs) == 3
    assert [stop.ident for stop in alert.stops] == ["OSLK", "GOOY"]
    assert all(len(leg.track) > 25 for leg in alert.legs)
    assert alert.lead is alert.legs[-1]
    assert alert.provenance is Provenance.RE_ENACTED


def test_a_position_that_nothing_could_have_flown_to_is_not_drawn(
    store: Store, day_of: ReadDay
) -> None:
    before = day_of(Plan()).flagged[0]
    rows = store.read("positions", DAY).to_pylist()
    rows[40] |= {"latitude_deg": -60.0, "longitude_deg": 100.0}
    store.write("positions", pa.Table.from_pylist(rows, schemas.POSITIONS), DAY)
    after = read_day(store, DAY, reference()).flagged[0]
    n_before = sum(len(leg.track) for leg in before.legs)
    assert sum(len(leg.track) for leg in after.legs) == n_before - 1


def test_a_later_day_s_revision_of_a_flight_counts(
    store: Store, day_of: ReadDay
) -> None:
    day_of(Plan())
    eve = DAY - dt.timedelta(days=1)
    revised = store.read("flights", eve).to_pylist()[0] | {
        "destination_reason": "back from there the next day"
    }
    today = store.read("flights", DAY).to_pylist()
    table = pa.Table.from_pylist([revised, *today], schemas.FLIGHTS)
    store.write("flights", table, DAY)
    alert = read_day(store, DAY, reference()).flagged[0]
    assert alert.legs[0].destination.reason == "back from there the next day"


def test_flights_of_other_days_do_not_count_though_revised_today(
    store: Store, day_of: ReadDay
) -> None:
    day_of(Plan())
    both = [*store.read("flights", DAY - dt.timedelta(days=1)).to_pylist()]
    both += store.read("flights", DAY).to_pylist()
    store.write("flights", pa.Table.from_pylist(both, schemas.FLIGHTS), DAY)
    assert read_day(store, DAY, reference()).n_flights == 2


def test_a_day_without_scores_says_what_to_run(store: Store) -> None:
    with pytest.raises(NoDataError, match="no scores for 2019-03-23") as caught:
        read_day(store, DAY, reference())
    assert "anomaly score" in caught.value.hint


def test_scores_of_flights_that_are_gone_say_so(store: Store) -> None:
    write_day(store, [Plan()])
    store.write("flights", schemas.FLIGHTS.empty_table(), DAY)
    with pytest.raises(NoDataError, match="no longer stored") as caught:
        read_day(store, DAY, reference())
    assert "anomaly score 2019-03-23" in caught.value.hint


def test_a_day_on_which_nothing_was_scored_is_an_empty_report(day_of: ReadDay) -> None:
    day = day_of()
    assert (day.flagged, day.below, day.n_flights) == ((), (), 0)


def test_what_was_left_out_is_added_up_over_the_day_s_sources(
    store: Store, day_of: ReadDay
) -> None:
    day_of(Plan())
    _write_sources(store)
    day = read_day(store, DAY, reference())
    assert [(out.reason, out.n) for out in day.left_out] == [
        ("no_position", 7),
        ("unknown_format", 1),
    ]
    assert day.sources == ("a.tar (globe-history)", "b.tar (globe-history)")


def test_any_scored_flight_can_be_explained(store: Store, day_of: ReadDay) -> None:
    day = day_of(Plan(start=NIGHT - dt.timedelta(hours=12)))
    first_of_day = day.flagged[0].legs[1]
    alert = read_alert(store, first_of_day.flight_id, reference())
    assert alert.lead.flight_id == first_of_day.flight_id
    assert not alert.flagged


def _write_sources(store: Store) -> None:
    sources = [
        {
            "source": name,
            "reader": "globe-history",
            "n_files": 1,
            "n_aircraft": 1,
            "n_positions": 1,
            "n_listed_flights": 0,
            "first_seen": first,
            "last_seen": first,
            "provenance": "re-enacted",
        }
        for name, first in (
            ("a.tar", NIGHT),
            ("b.tar", NIGHT),
            ("old.tar", NIGHT - dt.timedelta(days=9)),
        )
    ]
    left_out = [
        {"source": s, "reason": "no_position", "unit": "rows", "n": n, "example": "x"}
        for s, n in (("a.tar", 3), ("b.tar", 4), ("old.tar", 90))
    ]
    left_out.append(left_out[0] | {"source": "x", "reason": "unknown_format", "n": 1})
    store.write("sources", pa.Table.from_pylist(sources, schemas.SOURCES))
    store.write("left_out", pa.Table.from_pylist(left_out, schemas.LEFT_OUT))


def test_a_flight_of_a_list_is_a_journey_of_its_own(
    store: Store, day_of: ReadDay
) -> None:
    day_of(Plan(start=NIGHT, route=("ORBI", "LDZA"), has_positions=False))
    none = schemas.JOURNEYS.empty_table()
    store.write("journeys", none, DAY)
    (alert,) = read_day(store, DAY, reference()).flagged
    assert alert.airports == ("ORBI", "LDZA")
    assert len(alert.legs) == 1
    # Of a flight with positions the journey is missing, and that is told.
    day_of(Plan(start=NIGHT, route=("ORBI", "LDZA")))
    store.write("journeys", none, DAY)
    with pytest.raises(NoDataError, match="no longer stored"):
        read_day(store, DAY, reference())
