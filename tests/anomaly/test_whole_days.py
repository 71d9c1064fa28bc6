"""A whole day of many aircraft comes to the same, however its rows arrive."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
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
