"""A row rests on nothing later than the end of its day, from positions to features."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from feature_builders import shipped_reference
from flown import aircraft, leg, place_of, positions

import features
from anomaly.days import build_days
from anomaly.store import Store

BEFORE, DAY, AFTER = (dt.date(2019, 3, day) for day in (22, 23, 24))
FIELDS = ("UUMU", "OSLK", "GOOY", "SVMI", "ETAR", "KDOV", "EDDF", "EGLL", "HLLM")
TYPES = ("IL76", "A124", "C17", "A320", "B744")

Change = Callable[[pa.Table, int], pa.Table | None]


def dropped(_rows: pa.Table, _seed: int) -> None:
    return None


def shuffled(rows: pa.Table, seed: int) -> pa.Table:
    return rows.take(np.random.default_rng(seed).permutation(len(rows)))


def of_another_world(_rows: pa.Table, seed: int) -> pa.Table:
    return days_of(world(seed + 100))[AFTER]


def under_other_names(rows: pa.Table, _seed: int) -> pa.Table:
    at = rows.schema.get_field_index("callsign")
    return rows.set_column(
        at, rows.schema.field(at), pa.array(["ZZZ1"] * len(rows), pa.string())
    )


def world(seed: int) -> pd.DataFrame:
    """Return some days of a few aircraft on random ways, many over midnight."""
    random = np.random.default_rng(seed)
    flown = []
    for number in range(5):
        at = pd.Timestamp(BEFORE, tz="UTC") + pd.Timedelta(hours=random.uniform(0, 12))
        here = random.choice(FIELDS)
        while at.date() <= AFTER:
            there = random.choice([ident for ident in FIELDS if ident != here])
            start, end = (place_of(shipped_reference(), x) for x in (here, there))
            address, callsign = f"{number + 0x155000:06x}", f"RFF{number}1"
            flown.append(
                leg(start, end, at, step_s=120.0, icao24=address, callsign=callsign)
            )
            landed = pd.Timestamp(flown[-1]["timestamp"].iloc[-1])
            at, here = landed + pd.Timedelta(hours=random.uniform(1, 6)), there
    return pd.concat(flown, ignore_index=True)


def days_of(flown: pd.DataFrame) -> dict[dt.date, pa.Table]:
    date = flown["timestamp"].dt.date
    return {day: positions(flown[date == day]) for day in (BEFORE, DAY, AFTER)}


def rows_of_day(root: Path, days: dict[dt.date, pa.Table | None]) -> pd.DataFrame:
    """Return the features of DAY, computed after all that is known was ingested."""
    store = Store(root)
    types = {f"x{n + 0x155000:06x}": name for n, name in enumerate(TYPES)}
    for day, rows in days.items():
        if rows is not None:
            store.write("positions", rows, day, part="0")
            store.write("aircraft", aircraft(**types), day)
    build_days(store, [day for day, rows in days.items() if rows], shipped_reference())
    return features.build(features.tables_for(store, DAY, shipped_reference()))


@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_later_changes_a_row(tmp_path: Path, seed: int) -> None:
    days = days_of(world(seed))
    told = rows_of_day(tmp_path / "whole", {**days})
    assert len(told) > 5
    assert told["history_n_flights"].max() > 0
    for change in (dropped, shuffled, of_another_world, under_other_names):
        altered = {**days, AFTER: change(days[AFTER], seed)}
        again = rows_of_day(tmp_path / change.__name__, altered)
        pd.testing.assert_frame_equal(told, again, check_exact=True, obj=str(change))


def test_what_was_known_before_does_count(tmp_path: Path) -> None:
    days = days_of(world(0))
    told = rows_of_day(tmp_path / "whole", {**days})
    less = rows_of_day(tmp_path / "less", {**days, BEFORE: None})
    assert not told["history_n_flights"].equals(less["history_n_flights"])
