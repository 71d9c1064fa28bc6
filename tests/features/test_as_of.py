"""A row rests on nothing later than the end of its day, from positions to features."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from feature_builders import shipped_reference
from flown import aircraft, leg, place_of, positions
from hypothesis import given, settings
from hypothesis import strategies as st

import features
from anomaly import simulate
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
    assert told["history_flights_a_day"].max() > 0
    for change in (dropped, shuffled, of_another_world, under_other_names):
        altered = {**days, AFTER: change(days[AFTER], seed)}
        again = rows_of_day(tmp_path / change.__name__, altered)
        pd.testing.assert_frame_equal(told, again, check_exact=True, obj=str(change))


def test_what_was_known_before_does_count(tmp_path: Path) -> None:
    days = days_of(world(0))
    told = rows_of_day(tmp_path / "whole", {**days})
    less = rows_of_day(tmp_path / "less", {**days, BEFORE: None})
    assert not told["history_flights_a_day"].equals(less["history_flights_a_day"])


# Two worlds to learn from and an ordinary sky, each heard by other receivers.
WORLDS = {
    5: simulate.Shares.for_training(),
    6: simulate.Shares(),
    17: simulate.Shares.for_training(),
}


@cache
def traffic(seed: int) -> simulate.Tracks:
    """Three days of some dozen aircraft of all purposes."""
    reference = shipped_reference()
    world = simulate.plan_world(
        BEFORE, 3, 40, seed, reference=reference, shares=WORLDS[seed]
    )
    coverage = simulate.Coverage.of(simulate.Places.of(reference.airports), seed)
    return simulate.tracks(world, coverage)


def rows_of_traffic(
    made: simulate.Tracks, after: pa.Table | None, aircraft_after: pa.Table
) -> pd.DataFrame:
    """Return the features of DAY, whatever was ingested of the day after."""
    day_of = pc.cast(made.positions["timestamp"], pa.date32())
    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for day in (BEFORE, DAY):
            rows = made.positions.filter(pc.equal(day_of, pa.scalar(day)))
            store.write("positions", rows, day, part="0")
            store.write("aircraft", made.aircraft, day)
        if after is not None:
            store.write("positions", after, AFTER, part="0")
            store.write("aircraft", aircraft_after, AFTER)
        days = [BEFORE, DAY, *([AFTER] if after is not None else [])]
        build_days(store, days, shipped_reference())
        return features.build(features.tables_for(store, DAY, shipped_reference()))


@cache
def told_without_the_day_after(world_seed: int) -> pd.DataFrame:
    made = traffic(world_seed)
    return rows_of_traffic(made, None, made.aircraft)


@settings(max_examples=6)
@given(
    world_seed=st.sampled_from(sorted(WORLDS)),
    seed=st.integers(0, 10_000),
    kept=st.floats(0.05, 1),
    renamed=st.booleans(),
    moved=st.booleans(),
)
def test_whatever_the_day_after_holds_a_whole_days_rows_are_the_same(
    world_seed: int, seed: int, kept: float, renamed: bool, moved: bool
) -> None:
    """Some rows of the next day lost, their order, times and places mixed up."""
    told = told_without_the_day_after(world_seed)
    assert len(told) > 30
    random = np.random.default_rng(seed)
    made = traffic(world_seed)
    day_of = pc.cast(made.positions["timestamp"], pa.date32())
    rows = made.positions.filter(pc.equal(day_of, pa.scalar(AFTER)))
    n = int(kept * len(rows))
    after = rows.take(random.permutation(len(rows))[:n])
    if moved:
        for name in ("timestamp", "latitude_deg", "altitude_ft"):
            at = after.schema.get_field_index(name)
            mixed = after[name].take(random.permutation(n))
            after = after.set_column(at, after.schema.field(at), mixed)
    aircraft_after = made.aircraft
    if renamed:
        after = under_other_names(after, seed)
        at = aircraft_after.schema.get_field_index("typecode")
        other = aircraft_after["typecode"].take(random.permutation(len(aircraft_after)))
        aircraft_after = aircraft_after.set_column(
            at, aircraft_after.schema.field(at), other
        )
    again = rows_of_traffic(made, after, aircraft_after)
    pd.testing.assert_frame_equal(told, again, check_exact=True)
