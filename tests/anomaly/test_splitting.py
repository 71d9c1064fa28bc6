from __future__ import annotations

import pandas as pd
import pytest
from flown import aircraft, leg, parked, place_of, positions

from anomaly.days import tables_of
from anomaly.reference import Reference


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


def flights(
    reference: Reference, *flown: pd.DataFrame, typecode: str = "A320"
) -> list[tuple[str | None, str | None]]:
    tables = tables_of(positions(*flown), aircraft(x1551e0=typecode), reference)
    return [
        (row["origin"], row["destination"])
        for row in tables.flights.select(["origin", "destination"]).to_pylist()
    ]


def after(flown: pd.DataFrame, wait: str) -> pd.Timestamp:
    return pd.Timestamp(flown["timestamp"].iloc[-1]) + pd.Timedelta(wait)


def test_a_turnround_seen_on_the_ground_cuts(reference: Reference) -> None:
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    there = leg(paris, rome, "2024-05-01T08:00Z")
    stand = parked(rome, after(there, "1min"), 35)
    back = leg(rome, paris, after(stand, "1min"))
    assert flights(reference, there, stand, back) == [
        ("LFPG", "LIRF"),
        ("LIRF", "LFPG"),
    ]


def test_a_touch_and_go_does_not(reference: Reference) -> None:
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    there = leg(paris, rome, "2024-05-01T08:00Z")
    touch = parked(rome, after(there, "20s"), 0).assign(ground_speed_kt=120.0)
    on = leg(rome, place_of(reference, "LIRN"), after(touch, "40s"))
    assert flights(reference, there, touch, on) == [("LFPG", "LIRN")]


def test_a_hole_crossed_at_cruise_speed_does_not_cut(reference: Reference) -> None:
    lisbon, miami = place_of(reference, "LPPT"), place_of(reference, "KMIA")
    flown = leg(lisbon, miami, "2024-05-01T08:00Z")
    ocean = flown["longitude_deg"].between(-65, -25)
    assert flights(reference, flown[~ocean]) == [("LPPT", "KMIA")]


def test_a_gap_with_hours_to_spare_cuts(reference: Reference) -> None:
    lisbon, azores, miami = (
        place_of(reference, ident) for ident in ("LPPT", "LPLA", "KMIA")
    )
    there = leg(lisbon, azores, "2024-05-01T08:00Z")
    on = leg(azores, miami, after(there, "2h"))
    heard = pd.concat([there, on], ignore_index=True)
    heard = heard[~heard["longitude_deg"].between(-65, -15)]
    tables = tables_of(positions(heard), aircraft(x1551e0="A320"), reference)
    found = tables.flights.select(["origin", "destination"]).to_pylist()
    assert [found[0]["origin"], found[-1]["destination"]] == ["LPPT", "KMIA"]
    weighed = tables.candidates.to_pandas().query("end == 'destination'")
    islands = weighed.groupby("flight_id")["airport"].first().to_list()
    assert len(found) == 2
    assert islands[0] in ("LPLA", "LPPD")


def test_without_a_field_in_reach_nothing_landed(reference: Reference) -> None:
    """Three hours to spare in mid-ocean: it circled, for it cannot have landed."""
    start, end = (-30.0, -120.0), (-30.0, -100.0)
    flown = leg(start, end, "2024-05-01T08:00Z").iloc[30:90]
    later = flown.assign(
        timestamp=flown["timestamp"] + pd.Timedelta("3h"),
        longitude_deg=flown["longitude_deg"] + 2,
    )
    assert len(flights(reference, flown, later)) == 1


def test_no_type_stays_up_beyond_its_endurance(reference: Reference) -> None:
    """Nineteen hours between two sightings at cruise."""
    dubai, sydney = place_of(reference, "OMDB"), place_of(reference, "YSSY")
    flown = leg(dubai, sydney, "2024-05-01T08:00Z", cruise_kt=440)
    late = flown["timestamp"] > pd.Timestamp("2024-05-01T16:00Z")
    flown.loc[late, "timestamp"] += pd.Timedelta("9h")
    assert len(flights(reference, flown)) == 2


def test_low_and_slow_is_the_ground_where_a_transponder_never_says_so(
    reference: Reference,
) -> None:
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    there = leg(paris, rome, "2024-05-01T08:00Z")
    stand = parked(rome, after(there, "1min"), 30).assign(
        on_ground=None, altitude_ft=25.0
    )
    back = leg(rome, paris, after(stand, "1min"))
    assert len(flights(reference, there, stand, back)) == 2


def test_the_archives_mark_and_a_new_callsign_help_to_cut(
    reference: Reference,
) -> None:
    """At cruise on both sides, with little time to spare: only the marks tell."""
    madrid, warsaw = place_of(reference, "LEMD"), place_of(reference, "EPWA")
    flown = leg(madrid, warsaw, "2024-05-01T08:00Z")
    first, second = flown.iloc[:60], flown.iloc[90:].copy()
    second["timestamp"] += pd.Timedelta("65min")
    assert len(flights(reference, first, second)) == 1
    second["new_leg"] = [True] + [False] * (len(second) - 1)
    second["callsign"] = "RFF7086"
    assert len(flights(reference, first, second)) == 2


def test_a_wrong_height_on_the_ground_is_no_take_off(reference: Reference) -> None:
    """It stands, says for half a minute that it is at 39,000 ft, and stands."""
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    stand = parked(paris, "2024-05-01T07:30Z", 25)
    stand.loc[10, ["altitude_ft", "on_ground"]] = [39_025.0, False]
    stand = stand.astype({"on_ground": bool, "altitude_ft": float})
    there = leg(paris, rome, after(stand, "1min"))
    tables = tables_of(positions(stand, there), aircraft(x1551e0="A320"), reference)
    (flight,) = tables.flights.to_pylist()
    assert (flight["origin"], flight["destination"]) == ("LFPG", "LIRF")
    assert flight["max_altitude_ft"] == pytest.approx(33_000, abs=1)


def test_a_hop_over_the_field_is_a_flight(reference: Reference) -> None:
    """Who moves off and comes back between two reports from the ground has flown."""
    paris = place_of(reference, "LFPG")
    away = leg(paris, (49.3, 2.9), "2024-05-01T08:00Z", step_s=15)
    back = leg((49.3, 2.9), paris, after(away, "15s"), step_s=15)
    stands = (
        parked(paris, "2024-05-01T07:55Z", 4),
        parked(paris, after(back, "15s"), 4),
    )
    assert flights(reference, stands[0], away, back, stands[1]) == [("LFPG", "LFPG")]


def test_who_is_back_at_the_same_place_and_level_has_circled(
    reference: Reference,
) -> None:
    """A tanker leaves the sky of receivers outbound, and comes in homebound."""
    home, area = place_of(reference, "LFMI"), (38.0, 6.0)
    out = leg(home, area, "2024-05-01T08:00Z", cruise_ft=24_000.0)
    out = out[out["latitude_deg"] > 41]
    back = leg(area, home, after(out, "4h"), cruise_ft=24_000.0)
    back = back[back["latitude_deg"] > 41]
    assert len(flights(reference, out, back, typecode="A332")) == 1
    landed = back.assign(altitude_ft=back["altitude_ft"].replace(24_000.0, 27_000.0))
    assert len(flights(reference, out, landed, typecode="A332")) == 2


def test_time_is_told_by_the_speed_that_was_flown(reference: Reference) -> None:
    """Against the wind all the way, or as fast as ever and down for a while."""
    lisbon, miami = place_of(reference, "LPPT"), place_of(reference, "KMIA")
    slow = leg(lisbon, miami, "2024-05-01T08:00Z", cruise_kt=370.0)
    slow = slow[~slow["longitude_deg"].between(-65, -25)]
    assert len(flights(reference, slow, typecode="B763")) == 1
    azores, boston = place_of(reference, "LPLA"), place_of(reference, "KBOS")
    there = leg(lisbon, azores, "2024-05-01T08:00Z")
    on = leg(azores, boston, after(there, "105min"), cruise_ft=36_000.0)
    heard = pd.concat([there, on], ignore_index=True)
    heard = heard[~heard["longitude_deg"].between(-45, -15)]
    assert len(flights(reference, heard, typecode="B763")) == 2
