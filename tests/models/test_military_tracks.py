"""Airlift against other military flying, on tables small enough to read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.metrics import roc_auc_score

from anomaly.cli import main
from anomaly.errors import BadInputError
from models.military_motion import motion, neighbours
from models.military_past import past, places, share_nearby
from models.military_tracks import VARIANTS, aircraft_days, cross_scored

N_AIRFRAMES, N_DAYS, N_HOURS = 60, 4, 3


def hourly(seed: int = 0, *, alike: bool = False) -> pd.DataFrame:
    """Return airlifters (even airframes) flying far and high, others near and low."""
    random = np.random.default_rng(seed)
    rows = []
    for airframe in range(N_AIRFRAMES):
        airlifter = alike or airframe % 2 == 0
        for day in range(N_DAYS):
            course = random.uniform(0, 360)
            for hour in range(N_HOURS):
                nm = hour * (430 if airlifter else random.uniform(-30, 30))
                rows.append(
                    {
                        "timestamp": pd.Timestamp("2026-03-02T08", tz="UTC")
                        + pd.Timedelta(days=day, hours=hour),
                        "icao24": f"ae{airframe:04x}",
                        "callsign": f"RCH{airframe}" if airlifter else "HAWK1",
                        "latitude": 40 + nm / 60 * np.cos(np.radians(course)),
                        "longitude": 10 + nm / 46 * np.sin(np.radians(course)),
                        "altitude": random.normal(33_000 if airlifter else 8_000, 900),
                        "groundspeed": random.normal(430 if airlifter else 180, 20),
                        "track": course,
                    }
                )
    return pd.DataFrame(rows)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[pd.DataFrame], tuple[Path, Path]]:
    """Return a function that writes positions, and the types beside them."""

    def write(positions: pd.DataFrame) -> tuple[Path, Path]:
        tracks, aircraft = tmp_path / "tracks.parquet", tmp_path / "aircraft.csv"
        positions.to_parquet(tracks)
        lines = [
            f"ae{n:04x},{'C17' if n % 2 == 0 else 'TEX2'}" for n in range(N_AIRFRAMES)
        ]
        aircraft.write_text("\n".join(["icao24,typecode", *lines]) + "\n")
        return tracks, aircraft

    return write


Written = Callable[[pd.DataFrame], tuple[Path, Path]]


def test_nothing_to_tell_them_by_gives_chance(written: Written) -> None:
    days = aircraft_days(*written(hourly(alike=True)))
    y = days.rows["airlift"].to_numpy(bool)
    everywhere = np.ones(len(y), bool)
    fold = np.arange(N_AIRFRAMES).repeat(N_DAYS) // 2 % 2
    score = cross_scored(
        days, fold, variant=VARIANTS[1], learn=everywhere, test=everywhere, seed=0
    )
    assert 0.3 < roc_auc_score(y, score) < 0.7


def test_what_is_no_aircraft_is_left_out_and_counted(written: Written) -> None:
    positions = hourly()
    positions.loc[positions["icao24"] == "ae0000", "icao24"] = "ffffff"
    positions.loc[positions["icao24"] == "ae0001", "callsign"] = "TEST24"
    positions.loc[0, "groundspeed"] = np.nan
    positions.loc[1, "groundspeed"] = 430.0
    positions.loc[positions.index[-1], "groundspeed"] = 3_747.0
    days = aircraft_days(*written(positions.iloc[:-1]))
    assert days.left_out["positions of addresses of no state"] == N_DAYS * N_HOURS
    assert days.left_out["positions under a test callsign"] == N_DAYS * N_HOURS
    assert days.left_out["speeds and heights beyond belief"] == 0
    assert not {"ffffff", "ae0001"} & set(days.rows["icao24"])
    kept = aircraft_days(*written(positions))
    assert kept.left_out["speeds and heights beyond belief"] == 1
    assert kept.motion["speed_kt_q100"].max() < 600


def test_too_short_a_day_and_an_unknown_type_are_not_judged(written: Written) -> None:
    positions = hourly()
    tracks, aircraft = written(positions.iloc[2:])
    aircraft.write_text(aircraft.read_text().replace("ae0003,TEX2", "ae0003,"))
    days = aircraft_days(tracks, aircraft)
    assert days.left_out["aircraft-days with fewer than three positions"] == 1
    assert days.left_out["aircraft-days of unknown type"] == N_DAYS
    assert days.rows["used"].sum() == N_AIRFRAMES * N_DAYS - 1 - N_DAYS


def test_motion_knows_no_place(written: Written) -> None:
    positions = hourly()
    here = aircraft_days(*written(positions))
    elsewhere = aircraft_days(*written(positions.assign(longitude=-100.0)))
    moved = aircraft_days(
        *written(positions.assign(longitude=positions["longitude"] - 110))
    )
    # Cells are whole degrees; 110 of them are a whole number.
    pd.testing.assert_frame_equal(here.motion, moved.motion, rtol=1e-6, atol=1e-6)
    assert not np.allclose(
        here.motion["steps_nm"].to_numpy(), elsewhere.motion["steps_nm"].to_numpy()
    )
    assert not (here.place["longitude_deg"] == moved.place["longitude_deg"]).any()


def test_motion_knows_no_name(written: Written) -> None:
    positions = hourly()
    renamed = positions.assign(callsign="", typecode="TEX2")
    known, hidden = (aircraft_days(*written(one)) for one in (positions, renamed))
    pd.testing.assert_frame_equal(known.motion, hidden.motion)
    pd.testing.assert_frame_equal(known.past, hidden.past)


def test_later_days_change_no_earlier_row(written: Written) -> None:
    positions = hourly()
    last = positions["timestamp"] >= pd.Timestamp("2026-03-05", tz="UTC")
    changed = positions.assign(
        altitude=positions["altitude"].where(~last, 1_000.0),
        latitude=positions["latitude"].where(~last, -33.0),
    )
    whole, other = (aircraft_days(*written(one)) for one in (positions, changed))
    early = whole.rows["day"] < pd.Timestamp("2026-03-05", tz="UTC")
    pd.testing.assert_frame_equal(whole.past[early], other.past[early])
    first = whole.rows["day"] == pd.Timestamp("2026-03-02", tz="UTC")
    assert (whole.past.loc[first, "past_days"] == 0).all()
    assert whole.past.loc[first, "past_mean_altitude_ft_q100"].isna().all()
    # What the last day remembers is of the days before it; that it is somewhere new
    # is known on the day.
    remembered = whole.past.columns.drop("past_new_cell")
    pd.testing.assert_frame_equal(
        whole.past.loc[~early, remembered], other.past.loc[~early, remembered]
    )


def straight(altitude_ft: float = 30_000.0) -> pd.DataFrame:
    """Return three positions of one aircraft, due east along the equator."""
    hours = pd.to_timedelta([0, 1, 2], unit="h")
    return pd.DataFrame(
        {
            "row": 0,
            "timestamp": pd.Timestamp("2026-03-02T08", tz="UTC") + hours,
            "latitude_deg": 0.0,
            "longitude_deg": [0.0, 7.0, 14.0],
            "altitude_ft": altitude_ft,
            "speed_kt": 420.0,
            "track_deg": 90.0,
        }
    )


def test_a_straight_way_is_straight() -> None:
    told = motion(straight()).iloc[0]
    assert told["straightness_q50"] == pytest.approx(1, abs=0.01)
    assert told["along_q50"] == pytest.approx(1)
    assert told["turn_deg_q100"] == 0
    assert told["net_share"] == pytest.approx(1)
    assert told["step_nm_q50"] == pytest.approx(420, abs=1)
    # Mach 0.71 at 30,000 ft, where sound goes 589 kt.
    assert told["mach_q50"] == pytest.approx(420 / 589, abs=0.002)
    assert told["odd_eastward_share"] == 0
    assert motion(straight(31_000.0)).iloc[0]["odd_eastward_share"] == 1


def test_unknown_heights_stay_unknown() -> None:
    told = motion(straight(np.nan)).iloc[0]
    assert told["no_altitude_share"] == 1
    of_height = ["altitude_ft_q50", "mach_q50", "low_share", "speed_kt_mean_high"]
    assert told[of_height].isna().all()
    assert told["speed_kt_q50"] == 420


def test_company_is_of_the_same_minutes() -> None:
    one = straight()
    wing = one.assign(row=1, latitude_deg=0.1)
    third = one.assign(row=2, latitude_deg=1.0)
    later = third.assign(timestamp=third["timestamp"] + pd.Timedelta(minutes=30))
    together = neighbours(pd.concat([one, wing, third], ignore_index=True))
    assert together[0] == pytest.approx([6, 60], abs=0.1)
    apart = neighbours(pd.concat([one, wing, later], ignore_index=True))
    assert np.isnan(apart).all()


def test_no_aircraft_speaks_for_itself() -> None:
    positions = pd.concat(
        [straight().assign(row=0), straight().assign(row=1), straight().assign(row=2)],
        ignore_index=True,
    )
    rows = pd.DataFrame(
        {"icao24": ["ae0000", "ae0000", "ae0001"], "day": pd.Timestamp("2026-03-02")}
    )
    place = places(positions)
    y = np.array([True, True, False])
    shares = share_nearby(rows, place, y, np.arange(3))
    assert shares["nearby_share"].tolist() == [0, 0, 1]
    assert list(past(rows, motion(positions), place)["past_days"]) == [0, 1, 0]


def test_movement_tells_far_and_high_from_near_and_low(
    runner: CliRunner, written: Written
) -> None:
    tracks, aircraft = written(hourly())
    paths = ["--military-tracks", str(tracks), "--aircraft", str(aircraft)]
    shown = runner.invoke(main, ["evaluate", *paths, "--json"])
    assert shown.exit_code == 0, shown.output
    told = json.loads(shown.stdout)["military_tracks"]
    assert {frozenset(figure) for figure in told.values()} == {
        frozenset(("value", "low", "high", "n"))
    }
    assert told["airlift_share"]["value"] == 0.5
    assert told["airlift_share"]["n"] == N_AIRFRAMES * N_DAYS
    for variant in VARIANTS:
        assert told[f"average_precision_{variant}"]["value"] > 0.9
        later = told[f"later_average_precision_{variant}"]
        assert later["value"] > 0.9
        assert later["n"] == N_AIRFRAMES


def test_tracks_without_types_are_refused(runner: CliRunner, written: Written) -> None:
    tracks, _ = written(hourly())
    shown = runner.invoke(main, ["evaluate", "--military-tracks", str(tracks)])
    assert shown.exit_code == 2
    assert "--aircraft" in shown.stderr


def test_a_table_of_something_else_is_refused(written: Written, tmp_path: Path) -> None:
    _, aircraft = written(hourly())
    other = tmp_path / "other.parquet"
    pd.DataFrame({"timestamp": [1]}).to_parquet(other)
    with pytest.raises(BadInputError, match="has no column"):
        aircraft_days(other, aircraft)
    with pytest.raises(BadInputError, match="not a Parquet"):
        aircraft_days(aircraft, aircraft)
