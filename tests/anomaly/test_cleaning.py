from __future__ import annotations

import numpy as np
import pandas as pd
from flown import leg, parked, positions

from anomaly.cleaning import Cleaned, clean
from anomaly.tracks import of_table

PARIS, ROME, NEW_YORK, BOSTON = (49, 2.5), (41.8, 12.2), (40.6, -73.8), (42.4, -71.0)


def cleaned(*flown: pd.DataFrame) -> Cleaned:
    tracks = of_table(positions(*flown))
    return clean(tracks, np.full(len(tracks.icao24s), 1_000.0))


def reasons(result: Cleaned) -> dict[str, int]:
    return dict(zip(result.left_out["reason"], result.left_out["n"], strict=True))


def test_an_ordinary_flight_is_kept_whole() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z")
    result = cleaned(flown)
    assert len(result.tracks) == len(flown)
    assert reasons(result) == {}


def test_teleports_are_taken_out() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z")
    flown.loc[[20, 40, 41], "latitude_deg"] = [33.8, 33.8, 33.9]
    result = cleaned(flown)
    assert len(result.tracks) == len(flown) - 3
    assert reasons(result) == {"impossible_position": 3}
    assert len(result.rejected_t_s) == 3


def test_a_wrong_first_position_does_not_cost_the_flight() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z")
    flown.loc[0, ["latitude_deg", "longitude_deg"]] = [-33.0, 151.0]
    result = cleaned(flown)
    assert (result.tracks.latitude_deg > 40).sum() == len(flown) - 1


def test_two_aircraft_under_one_address_are_told_apart() -> None:
    one = leg(PARIS, ROME, "2024-05-01T08:00Z", callsign="AFR1")
    other = leg(NEW_YORK, BOSTON, "2024-05-01T08:00:30Z", callsign="DAL2", step_s=45)
    result = cleaned(one, other)
    assert (result.conflicts["start_s"] < result.conflicts["end_s"]).to_list() == [True]
    assert len(set(result.tracks.longitude_deg > -20)) == 1
    assert "second_aircraft_under_one_address" in reasons(result)


def test_positions_that_jump_round_a_spoofed_airport_are_no_second_aircraft() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z", step_s=20)
    jumps = np.arange(60, 140, 2)
    around = np.linspace(0, 6, len(jumps))
    flown.loc[jumps, "latitude_deg"] = 33.8 + 0.05 * np.sin(around)
    flown.loc[jumps, "longitude_deg"] = 35.5 + 0.05 * np.cos(around)
    result = cleaned(flown)
    assert result.conflicts.empty
    assert reasons(result) == {"impossible_position": len(jumps)}


def test_a_place_repeated_in_flight_is_stale_and_on_the_ground_is_not() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z")
    flown.loc[30:36, ["latitude_deg", "longitude_deg"]] = flown.loc[
        30, ["latitude_deg", "longitude_deg"]
    ].to_numpy()
    stand = parked(PARIS, "2024-05-01T07:00Z", 20)
    result = cleaned(stand, flown)
    assert reasons(result) == {"repeated_position": 6}
    assert result.tracks.on_ground.sum() == len(stand)


def test_a_jet_does_not_hang_in_the_sky() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z", step_s=20)
    slow = flown.index[150:160]
    flown.loc[slow, "ground_speed_kt"] = 51.0
    assert reasons(cleaned(flown)) == {"impossible_position": 10}


def test_test_transmitters_and_vehicles_are_left_out() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z")
    for junk in ("TEST1234", "TWR", "@@@@@@@@"):
        result = cleaned(flown.assign(callsign=junk))
        assert reasons(result) == {"test_transmission": len(flown)}
    assert reasons(cleaned(flown.assign(icao24="000000")))["test_transmission"]
    assert reasons(cleaned(flown.assign(callsign="TESTAIR"))) != {}
    assert reasons(cleaned(flown.assign(callsign="ATEST1"))) == {}


def test_a_height_that_jumps_and_returns_is_forgotten() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z")
    flown.loc[50, "altitude_ft"] = 126_000.0
    result = cleaned(flown)
    assert np.isnan(result.tracks.altitude_ft[50])
    assert len(result.tracks) == len(flown)


def test_wrong_heights_come_in_runs_too() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z", step_s=5)
    true_ft = flown.loc[:60, "altitude_ft"]
    flown.loc[30:39, "altitude_ft"] = 53_900.0
    result = cleaned(flown)
    assert np.isnan(result.tracks.altitude_ft[30:40]).all()
    np.testing.assert_allclose(result.tracks.altitude_ft[40:60], true_ft[40:60])


def test_a_height_that_is_held_is_believed() -> None:
    flown = leg(PARIS, ROME, "2024-05-01T08:00Z", step_s=5)
    flown.loc[:200, "altitude_ft"] = 2_000.0
    flown.loc[200:, "altitude_ft"] = 30_000.0
    assert not np.isnan(cleaned(flown).tracks.altitude_ft).any()
