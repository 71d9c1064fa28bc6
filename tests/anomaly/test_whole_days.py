"""A whole day of many aircraft comes to the same, however its rows arrive."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from flown import aircraft, leg, parked, place_of, positions
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly import simulate
from anomaly.days import DayTables, build_days, tables_of
from anomaly.reference import Reference
from anomaly.store import Store

DAYS = (dt.date(2019, 6, 3), dt.date(2019, 6, 4))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


@pytest.fixture(scope="module")
def traffic(reference: Reference) -> simulate.Tracks:
    """Two days of some dozen aircraft, many of them on long journeys."""
    world = simulate.plan_world(
        DAYS[0], 2, 30, 3, reference=reference, shares=simulate.Shares.for_training()
    )
    coverage = simulate.Coverage.of(simulate.Places.of(reference.airports), 3)
    made = simulate.tracks(world, coverage)
    day_of = pc.cast(made.positions["timestamp"], pa.date32())
    within = pc.is_in(day_of, value_set=pa.array(DAYS))
    return replace(made, positions=made.positions.filter(within))


@pytest.fixture(scope="module")
def whole(traffic: simulate.Tracks, reference: Reference) -> DayTables:
    return tables_of(traffic.positions, traffic.aircraft, reference)


@settings(max_examples=3)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 0.5))
def test_order_and_duplicates_of_a_days_rows_change_nothing(
    seed: int,
    share: float,
    traffic: simulate.Tracks,
    whole: DayTables,
    reference: Reference,
) -> None:
    n = traffic.positions.num_rows
    rng = np.random.default_rng(seed)
    again = rng.choice(n, int(share * n))
    mixed = traffic.positions.take(rng.permutation(np.append(np.arange(n), again)))
    assert len(whole.flights) > 50
    assert tables_of(mixed, traffic.aircraft, reference) == whole


def test_days_built_one_by_one_hold_the_flights_of_all_together(
    traffic: simulate.Tracks, whole: DayTables, reference: Reference, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    day_of = pc.cast(traffic.positions["timestamp"], pa.date32())
    for day in DAYS:
        today = traffic.positions.filter(pc.equal(day_of, pa.scalar(day)))
        store.write("positions", today, day, part="0")
        store.write("aircraft", traffic.aircraft, day)
    build_days(store, DAYS, reference)
    parts = pa.concat_tables(store.read("flights", day) for day in DAYS)
    latest = parts.to_pandas().drop_duplicates("flight_id", keep="last")
    wanted = whole.flights.to_pandas()
    assert set(latest["flight_id"]) == set(wanted["flight_id"])
    by_id = wanted.set_index("flight_id").loc[latest["flight_id"]]
    assert by_id["last_seen"].to_list() == latest["last_seen"].to_list()
    # What was not seen is inferred from what is known when the day ends; what was
    # seen stays.
    for end in ("origin", "destination"):
        seen = (by_id[f"{end}_kind"] == "observed").to_numpy()
        assert seen.sum() > 50
        assert by_id.loc[seen, end].to_list() == latest.loc[seen, end].to_list()


def test_no_stop_is_longer_than_it_can_have_been(whole: DayTables) -> None:
    stops = whole.stopovers.to_pandas()
    assert len(stops) > 10
    assert (stops["ground_time_h"] <= stops["ground_time_max_h"]).all()
    assert (stops["ground_time_h"] >= 0).all()


@settings(max_examples=10)
@given(
    taxi_in=st.integers(0, 30),
    taxi_out=st.integers(0, 30),
    apart_h=st.floats(0.5, 6),
    unseen_ft=st.sampled_from([0, 3_000, 15_000]),
)
def test_however_much_taxiing_is_seen_a_stop_takes_no_longer_than_it_can(
    reference: Reference, taxi_in: int, taxi_out: int, apart_h: float, unseen_ft: int
) -> None:
    lisbon, madrid = place_of(reference, "LPPT"), place_of(reference, "LEMD")
    there = leg(lisbon, madrid, "2019-06-03T06:00Z")
    landed = there["timestamp"].iloc[-1]
    gone = (
        landed + pd.Timedelta(minutes=taxi_in + taxi_out) + pd.Timedelta(hours=apart_h)
    )
    back = leg(madrid, lisbon, gone)
    flown = [there[there["altitude_ft"] >= unseen_ft]]
    flown += [parked(madrid, landed, taxi_in)] if taxi_in else []
    if taxi_out:
        flown.append(parked(madrid, gone - pd.Timedelta(minutes=taxi_out), taxi_out))
    flown.append(back[back["altitude_ft"] >= unseen_ft])
    tables = tables_of(positions(*flown), aircraft(x1551e0="A320"), reference)
    # A turn of a quarter of an hour may pass for a touch and go: then there is none.
    for stop in tables.stopovers.to_pylist():
        assert 0 <= stop["ground_time_h"] <= stop["ground_time_max_h"]
