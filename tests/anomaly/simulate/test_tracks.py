from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from anomaly import simulate
from anomaly.geo import distance_nm
from anomaly.schemas import AIRCRAFT, POSITIONS, TRUTH
from anomaly.simulate import Cadence, Coverage, Tracks, World, fly
from anomaly.simulate.sorties import Shape


@pytest.fixture(scope="module")
def seen(tracks: Tracks) -> pd.DataFrame:
    frame: pd.DataFrame = tracks.positions.to_pandas()
    return frame


def test_tables_are_as_declared(tracks: Tracks) -> None:
    assert tracks.positions.schema.equals(POSITIONS)
    assert tracks.aircraft.schema.equals(AIRCRAFT)
    assert tracks.truth.schema.equals(TRUTH)
    assert set(tracks.positions["provenance"].to_pylist()) == {"simulated"}


def test_positions_are_in_order_and_of_listed_aircraft(
    tracks: Tracks, seen: pd.DataFrame
) -> None:
    same = seen["icao24"].eq(seen["icao24"].shift())
    assert seen["icao24"].is_monotonic_increasing
    assert (seen["timestamp"].diff()[same] >= pd.Timedelta(0)).all()
    assert set(seen["icao24"]) <= set(tracks.aircraft["icao24"].to_pylist())


def test_nothing_jumps(seen: pd.DataFrame) -> None:
    later = seen.shift(-1)
    same = (seen["icao24"] == later["icao24"]) & ~later["new_leg"].fillna(True).astype(
        bool
    )
    hours = (later["timestamp"] - seen["timestamp"]).dt.total_seconds() / 3600
    away = distance_nm(
        *(
            table[name].to_numpy()
            for table in (seen, later)
            for name in ("latitude_deg", "longitude_deg")
        )
    )
    assert (away[same] < 750 * hours[same] + 1.5).all()


def test_what_is_reported_agrees_with_what_is_flown(seen: pd.DataFrame) -> None:
    aloft = seen[~seen["on_ground"]]
    later = aloft.shift(-1)
    seconds = (later["timestamp"] - aloft["timestamp"]).dt.total_seconds()
    close = (aloft["icao24"] == later["icao24"]) & seconds.between(5, 40)
    away = distance_nm(
        *(
            table[name].to_numpy()
            for table in (aloft, later)
            for name in ("latitude_deg", "longitude_deg")
        )
    )
    speed = away[close] / seconds[close] * 3600
    reported = (aloft["ground_speed_kt"] + later["ground_speed_kt"])[close] / 2
    assert (speed - reported).abs().median() < 3
    climbed = (later["altitude_ft"] - aloft["altitude_ft"])[close] / seconds[close] * 60
    assert (climbed - aloft["vertical_rate_ft_min"][close]).abs().median() < 100


def test_heights_and_speeds_stay_within_what_aircraft_do(seen: pd.DataFrame) -> None:
    assert (
        seen["altitude_ft"].between(-1500, 66000).where(~seen["on_ground"], True).all()
    )
    assert seen["ground_speed_kt"].between(0, 680).all()
    assert seen["track_deg"].between(0, 360, inclusive="left").all()
    assert seen.loc[seen["on_ground"], "altitude_ft"].isna().all()


def test_a_flight_is_received_alike_alone_and_in_company(
    world: World, coverage: Coverage, seen: pd.DataFrame
) -> None:
    airframe = world.sorties["airframe"].value_counts().index[0]
    alone = World(world.airframes, world.sorties[world.sorties["airframe"] == airframe])
    own = simulate.tracks(alone, coverage).positions.to_pandas()
    icao24 = world.airframes["icao24"].iloc[airframe]
    together = seen[seen["icao24"] == icao24].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, together)


def test_aircraft_are_seen_on_the_ground_only_where_somebody_watches(
    world: World, coverage: Coverage
) -> None:
    got = fly.reports(world.sorties, world.airframes, coverage)
    flights = world.sorties.iloc[got.sortie[got.on_ground]]
    ends = flights["origin"].isin(coverage.watched) | flights["destination"].isin(
        coverage.watched
    )
    assert got.on_ground.any()
    assert ends.all()


def test_chunks_tear_no_aircraft_apart(world: World) -> None:
    chunks = list(fly.chunks(world.sorties, hours=100.0))
    assert len(chunks) > 5
    assert sum(map(len, chunks)) == len(world.sorties)
    airframes = [airframe for chunk in chunks for airframe in set(chunk["airframe"])]
    assert len(airframes) == len(set(airframes))


def test_a_wider_cadence_gives_fewer_positions(
    world: World, coverage: Coverage, seen: pd.DataFrame
) -> None:
    few = simulate.tracks(world, coverage, Cadence(200.0, 60.0, 120.0)).positions
    assert len(few) < 0.4 * len(seen)


def test_logistics_is_reported_as_often_as_anything_else(
    world: World, coverage: Coverage
) -> None:
    rates = {}
    for logistics, own in world.sorties.groupby("logistics"):
        direct = own[(own["shape"] == Shape.DIRECT) & own["dark_from"].isna()]
        got = fly.reports(direct.reset_index(drop=True), world.airframes, coverage)
        step = np.diff(got.time_s)[np.diff(got.sortie) == 0]
        rates[logistics] = np.median(step[step < 100])
    assert rates[True] == pytest.approx(rates[False], rel=0.15)


def test_places_reckoned_from_delays_are_a_little_wrong(
    world: World, coverage: Coverage
) -> None:
    airliners = world.airframes.assign(mlat_only=True)
    by_delay = simulate.tracks(
        dataclasses.replace(world, airframes=airliners), coverage
    )
    exact = simulate.tracks(
        dataclasses.replace(world, airframes=airliners.assign(mlat_only=False)),
        coverage,
    )
    key = ["icao24", "timestamp"]
    both = by_delay.positions.to_pandas().merge(exact.positions.to_pandas(), on=key)
    away = distance_nm(
        *(both[f"{name}_deg_{side}"].to_numpy() for side in "xy"
          for name in ("latitude", "longitude"))
    )  # fmt: skip
    assert len(both) > 1000
    assert 0.03 < np.median(away) < 0.3
    assert set(by_delay.positions["position_source"].to_pylist()) == {"mlat"}
