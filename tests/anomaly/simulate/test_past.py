from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from anomaly import simulate
from anomaly.ingest import opensky_flight_list
from anomaly.reference import Reference
from anomaly.simulate import past

DAY = dt.date(2019, 3, 23)


@pytest.fixture(scope="module")
def listed(reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("past")
    return past.write_past(DAY, 7, 150, out, reference=reference, seed=3)


def test_a_made_list_is_read_as_one_of_opensky(listed: Path) -> None:
    assert listed.name == "flightlist_20190316_20190322.parquet"
    assert opensky_flight_list.sniff(listed)


def test_a_made_list_says_that_it_is_made(listed: Path) -> None:
    assert set(pq.read_table(listed)["provenance"].to_pylist()) == {"simulated"}


def test_the_past_ends_where_the_days_begin(listed: Path) -> None:
    landed = pq.read_table(listed).to_pandas()["lastseen"]
    assert landed.min() >= pd.Timestamp("2019-03-16", tz="UTC")
    assert landed.max() < pd.Timestamp("2019-03-23", tz="UTC")


def test_the_past_is_of_the_world_that_follows(
    listed: Path, reference: Reference
) -> None:
    rows = pq.read_table(listed).to_pandas()
    after = simulate.plan_world(DAY, 1, 150, 3, reference=reference)
    flying = after.airframes["icao24"].iloc[after.sorties["airframe"].unique()]
    assert flying.isin(rows["icao24"]).mean() > 0.8


def test_no_flight_is_listed_twice(listed: Path) -> None:
    rows = pq.read_table(listed).to_pandas()
    assert not rows.duplicated(["icao24", "firstseen"]).any()


def test_the_past_has_the_flights_that_its_days_have_alone(
    listed: Path, reference: Reference
) -> None:
    rows = pq.read_table(listed).to_pandas()
    alone = simulate.plan_world(
        DAY - dt.timedelta(days=2), 1, 150, 3, reference=reference
    )
    took_off = pd.to_datetime(alone.sorties["takeoff_s"], unit="s", utc=True)
    known = set(zip(rows["icao24"], rows["firstseen"], strict=True))
    own = alone.airframes["icao24"].iloc[alone.sorties["airframe"]]
    told = [key in known for key in zip(own, took_off, strict=True)]
    assert sum(told) > 0.85 * len(told)


def test_airframes_come_back_to_one_field(listed: Path) -> None:
    rows = pq.read_table(listed).to_pandas().dropna(subset=["destination"])
    of_airframe = rows.groupby("icao24")["destination"]
    home = of_airframe.agg(lambda fields: fields.value_counts(normalize=True).max())
    assert home[of_airframe.size() >= 6].median() > 0.35
