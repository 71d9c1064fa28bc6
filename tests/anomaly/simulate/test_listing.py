from __future__ import annotations

import dataclasses
import datetime as dt

import pyarrow.compute as pc

from anomaly import simulate
from anomaly.schemas import LISTED_FLIGHTS
from anomaly.simulate import Coverage, Tracks, World


def test_most_flights_are_listed_and_all_with_a_time(
    world: World, coverage: Coverage
) -> None:
    told = simulate.listed(world, coverage)
    assert told.schema.equals(LISTED_FLIGHTS)
    assert 0.85 * len(world.sorties) < len(told) <= len(world.sorties)
    assert pc.all(pc.less(told["first_seen"], told["last_seen"])).as_py()


def test_what_is_listed_was_also_received(
    world: World, coverage: Coverage, tracks: Tracks
) -> None:
    told = set(simulate.listed(world, coverage)["icao24"].to_pylist())
    received = set(tracks.positions["icao24"].to_pylist())
    assert len(told & received) > 0.95 * len(told)


def test_fields_in_the_dark_are_not_told(world: World, coverage: Coverage) -> None:
    dark = world.sorties.assign(dark_from=0.5, dark_to=9.0)
    told = simulate.listed(dataclasses.replace(world, sorties=dark), coverage)
    assert told["destination"].null_count == len(told)
    assert told["last_latitude_deg"].null_count == len(told)
    assert told["origin"].null_count < 0.2 * len(told)


def test_a_list_is_of_the_days_asked(world: World, coverage: Coverage) -> None:
    told = simulate.listed(world, coverage)
    dates = set(pc.cast(told["last_seen"], "date32").to_pylist())
    assert dt.date(2019, 3, 23) in dates
