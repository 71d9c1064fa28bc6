"""Features kept in the store, used while they hold and no longer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from feature_builders import DAY, NOON, flight, shipped_reference, stop, tables

import features
from anomaly.engine import LOCAL
from anomaly.schemas import TABLES
from anomaly.store import Store
from features import stored

BEFORE = DAY - dt.timedelta(days=1)
TODAY = (flight("154073-1", "OSLK", "GOOY"), flight("3c6444-1"))


def write(store: Store, date: dt.date, *flights: dict[str, object]) -> None:
    day = tables(*flights, stopovers=[stop("154073-0", "154073-1", "OSLK")], chains={})
    for name, frame in (
        ("flights", day.flights.reset_index()),
        ("journeys", day.journeys.reset_index()),
        ("stopovers", day.stopovers),
        ("gaps", day.gaps),
    ):
        rows = pa.Table.from_pandas(frame, schema=TABLES[name], preserve_index=False)
        store.write(name, rows, date)


def on_the_day_before(hour: int) -> dict[str, object]:
    earlier = dt.timedelta(days=1, hours=hour)
    return flight(
        "154073-0",
        "UUMU",
        "OSLK",
        date=BEFORE,
        first_seen=NOON - earlier,
        last_seen=NOON - earlier + dt.timedelta(hours=1),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    write(store, BEFORE, on_the_day_before(2))
    write(store, DAY, *TODAY)
    stored.keep_days(store, [DAY])
    return store


def built(store: Store) -> pd.DataFrame:
    return features.build(features.tables_for(store, DAY, shipped_reference()))


def test_what_is_stored_is_what_would_be_computed(store: Store) -> None:
    found = stored.stored(store, DAY)
    assert found is not None
    pd.testing.assert_frame_equal(found, built(store), check_exact=True)
    _, frame = stored.of_day(store, DAY, shipped_reference())
    pd.testing.assert_frame_equal(frame, found, check_exact=True)


def test_another_past_makes_it_be_computed_anew(store: Store) -> None:
    write(store, BEFORE, on_the_day_before(5))
    assert stored.stored(store, DAY) is None
    _, frame = stored.of_day(store, DAY, shipped_reference())
    pd.testing.assert_frame_equal(frame, built(store), check_exact=True)


def test_a_day_earlier_than_all_makes_it_be_computed_anew(store: Store) -> None:
    write(store, BEFORE - dt.timedelta(days=3), flight("abcdef-1"))
    assert stored.stored(store, DAY) is None


def test_a_later_day_changes_nothing(store: Store) -> None:
    write(store, DAY + dt.timedelta(days=1), flight("abcdef-1"))
    assert stored.stored(store, DAY) is not None


def test_own_reference_rows_make_it_be_computed_anew(store: Store) -> None:
    own = store.root / "reference"
    own.mkdir()
    (own / "operators.csv").write_text("code,name\nDLH,Lufthansa\n", encoding="utf-8")
    assert stored.stored(store, DAY) is None


def test_storing_twice_gives_the_same_bytes(store: Store) -> None:
    first = store.path("features", DAY).read_bytes()
    stored.keep_days(store, [DAY])
    assert store.path("features", DAY).read_bytes() == first


def test_a_day_that_is_only_listed_gets_features_where_it_is_asked_for(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    write(store, DAY, *TODAY)
    LOCAL.run(stored.plan(store, [DAY]))
    assert not store.has("features", DAY)
    stored.keep_days(store, [DAY])
    assert store.has("features", DAY)


@pytest.mark.parametrize("n_rows", [0, 1, 999, 1_000, 1_001, 2_500])
def test_rows_are_laid_out_as_they_stand_in_the_frame(n_rows: int) -> None:
    # Whole and broken numbers lie apart in a frame.
    frame = pd.DataFrame({"n": range(n_rows), "half": np.arange(n_rows) / 2})
    frame["unknown"] = np.nan
    told = stored._rows_of(frame, 1_200)
    assert len(told) == n_rows
    assert [len(chunk) for chunk in told.chunks] == [
        min(1_200, n_rows - start) for start in range(0, n_rows, 1_200)
    ]
    flat = np.array([value for row in told.to_pylist() for value in row])
    np.testing.assert_array_equal(flat, frame.to_numpy(float).ravel())
