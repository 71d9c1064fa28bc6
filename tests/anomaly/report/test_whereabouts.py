"""What a flag says of ends that nobody saw."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from report_builders import DAY, START, Plan, ReadAlert, reference, write_day

from anomaly.report.context import Candidate
from anomaly.report.html import render
from anomaly.report.links import trackers
from anomaly.report.reading import read_day
from anomaly.report.whereabouts import may_be_at
from anomaly.schemas import CANDIDATES
from anomaly.store import Store

MIDNIGHT = dt.datetime.combine(DAY + dt.timedelta(days=1), dt.time(), dt.UTC)


def _candidates(store: Store, flight_id: str, date: dt.date, **weights: float) -> None:
    rows = [
        {
            "flight_id": flight_id,
            "end": "destination",
            "rank": rank,
            "airport": ident,
            "weight": weight,
            "distance_nm": 40.0,
        }
        for rank, (ident, weight) in enumerate(weights.items(), start=1)
    ]
    store.write("candidates", pa.Table.from_pylist(rows, schema=CANDIDATES), date)


def test_a_named_end_tells_the_likeliest_other_and_its_use(store: Store) -> None:
    write_day(store, [Plan()])
    before = DAY - dt.timedelta(days=1)
    flight_id = f"1551e0-{START:%Y%m%dT%H%M%SZ}"
    _candidates(store, flight_id, before, OSLK=0.6, LTAG=0.25, LCLK=0.11, OLBA=0.04)
    day = read_day(store, DAY, reference())
    told = may_be_at(day.flagged[0].legs[0].destination).replace("\xa0", " ")
    assert "(OSLK, joint use) 60%, or " in told
    assert told.endswith("(LTAG, military) 25%")
    page = next(
        text for name, text in render(day, Path("data")).items() if "Z.html" in name
    )
    assert "It may be Bassel Al-Assad International Airport (OSLK" in page


def test_of_an_end_that_is_not_known_all_likely_fields_are_named(
    alert_of: ReadAlert,
) -> None:
    lost = alert_of(Plan()).legs[0].destination
    fields = {"OSLK": 0.47, "LTAG": 0.22, "LCLK": 0.13, "OLBA": 0.09}
    found = tuple(
        Candidate(ident, reference().airports.get(ident), weight)
        for ident, weight in fields.items()
    )
    unknown = replace(lost, ident=None, field=None, kind="unknown", candidates=found)
    told = may_be_at(unknown)
    assert [ident in told for ident in fields] == [True, True, True, False]
    assert may_be_at(replace(unknown, kind="observed")) == ""
    assert may_be_at(replace(lost, candidates=found[:1])) == ""


def test_an_aircraft_still_flying_at_midnight_is_looked_up_the_next_day(
    store: Store,
) -> None:
    route = ("EDDF", "OSLK")
    noon = dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    write_day(store, [Plan(route=route, start=noon)])
    (early,) = read_day(store, DAY, reference()).flagged
    assert not early.lead.still_flying
    wait = MIDNIGHT - dt.timedelta(minutes=3) - early.last_seen
    write_day(store, [Plan(route=route, start=noon + wait)])
    day = read_day(store, DAY, reference())
    (late,) = day.flagged
    assert late.lead.still_flying
    days = [
        [day for day in ("2019-03-23", "2019-03-24") if f"Trace={day}" in link.url]
        for link in trackers(late)
    ]
    assert [one for one in days if one] == [["2019-03-23"]] * 2 + [["2019-03-24"]] * 2
    assert not any("endTime" in link.url for link in trackers(late))
    page = next(
        text for name, text in render(day, Path("data")).items() if "Z.html" in name
    )
    assert "Still flying when the day ended" in page
    assert "It was still flying when the day ended." in page
