from __future__ import annotations

import csv
import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anomaly import simulate
from anomaly.cases import FLOWN, Case, load_cases
from anomaly.reference import Reference
from anomaly.simulate import Coverage, World, reenact

START = dt.date(2019, 3, 22)
PAIR = Case(
    date_utc="2019-03-22",
    typecode="IL62",
    registration="RA-86496",
    icao24="1551e0",
    operator="Russian Air Force",
    legs_filled="UUMU OSLK GOOY SVMI",
    dep_time_utc="2019-03-22T13:05Z",
)


def flown(case: Case, reference: Reference, seed: int = 1) -> pd.DataFrame:
    return simulate.plan_cases([case], START, 2, seed, reference=reference).sorties


def test_fields_come_in_order(reference: Reference) -> None:
    flights = flown(PAIR, reference)
    assert list(flights["origin"]) == ["UUMU", "OSLK", "GOOY"]
    assert list(flights["destination"]) == ["OSLK", "GOOY", "SVMI"]
    assert set(flights["case_key"]) == {PAIR.key}
    assert set(flights["provenance"]) == {"re-enacted"}


def test_the_departure_told_is_kept(reference: Reference) -> None:
    told = pd.Timestamp("2019-03-22T13:05Z").timestamp()
    assert flown(PAIR, reference)["takeoff_s"].iloc[0] == told


def test_an_arrival_told_is_kept(reference: Reference) -> None:
    case = dataclasses.replace(
        PAIR, dep_time_utc=None, arr_time_utc="2019-03-23T17:00Z"
    )
    told = pd.Timestamp("2019-03-23T17:00Z").timestamp()
    assert abs(flown(case, reference)["landing_s"].iloc[-1] - told) < 2


def test_departure_and_arrival_told_set_the_time_on_the_ground(
    reference: Reference,
) -> None:
    case = dataclasses.replace(PAIR, arr_time_utc="2019-03-24T13:05Z")
    flights = flown(case, reference)
    whole_h = (flights["landing_s"].iloc[-1] - flights["takeoff_s"].iloc[0]) / 3600
    assert whole_h == pytest.approx(48, abs=0.01)


def test_an_arrival_before_the_departure_is_left_aside(reference: Reference) -> None:
    case = dataclasses.replace(PAIR, arr_time_utc="2019-03-22T12:00Z")
    flights = flown(case, reference)
    told = pd.Timestamp("2019-03-22T13:05Z").timestamp()
    assert flights["takeoff_s"].iloc[0] == told
    assert (np.diff(flights["takeoff_s"]) > 0).all()


def test_the_pair_is_in_caracas_on_the_23rd_whatever_the_seed(
    reference: Reference,
) -> None:
    cases = [case for case in load_cases() if case.date == START and case.icao24]
    for seed in range(12):
        world = simulate.plan_cases(cases, START, 2, seed, reference=reference)
        ends = world.sorties.groupby("airframe").last()
        assert list(ends["destination"]) == ["SVMI", "SVMI"]
        landed = pd.to_datetime(ends["landing_s"], unit="s").dt.date
        assert set(landed) == {dt.date(2019, 3, 23)}


def test_the_pair_is_lost_over_syria_and_over_the_atlantic(
    reference: Reference, coverage: Coverage
) -> None:
    got = simulate.fly_cases(
        [PAIR], date=START, seed=1, reference=reference, coverage=coverage
    )
    seen = got.positions.to_pandas()
    near_latakia = seen["latitude_deg"].between(34.4, 36.3) & seen[
        "longitude_deg"
    ].between(35, 37.5)
    assert seen.loc[near_latakia, "altitude_ft"].min() >= 17000
    assert not seen["longitude_deg"].between(-50, -32).any()
    assert seen["longitude_deg"].iloc[-1] < -66
    stop = got.truth.to_pandas().iloc[:2]
    gap = seen["timestamp"].between(stop["landing"].iloc[0], stop["takeoff"].iloc[1])
    assert not gap.any()


def test_an_inner_unknown_field_is_flown_past(reference: Reference) -> None:
    case = dataclasses.replace(PAIR, legs_filled="UUMU ? GOOY")
    flights = flown(case, reference)
    assert list(flights["origin"] + flights["destination"]) == ["UUMUGOOY"]


def test_untold_ends_begin_and_end_in_the_air(
    reference: Reference, coverage: Coverage
) -> None:
    case = dataclasses.replace(
        PAIR, legs_filled="? EDDF EDDP ?", dep_time_utc=None, typecode="A124"
    )
    got = simulate.fly_cases(
        [case], date=START, seed=1, reference=reference, coverage=coverage
    )
    told = got.truth.to_pydict()
    assert told["origin"] == ["?", "EDDF", "EDDP"]
    assert told["destination"] == ["EDDF", "EDDP", "?"]
    seen = got.positions.to_pandas()
    assert seen["altitude_ft"].iloc[0] > 8000
    assert seen["altitude_ft"].iloc[-1] > 8000


def test_unknown_identity_stays_unknown_and_the_address_is_nobodys(
    reference: Reference, coverage: Coverage
) -> None:
    case = Case(date_utc="2019-03-22", legs_filled="EDDF EDDP")
    got = simulate.fly_cases(
        [case], date=START, seed=1, reference=reference, coverage=coverage
    )
    (aircraft,) = got.aircraft.to_pylist()
    for name in ("registration", "typecode", "description", "owner_operator"):
        assert aircraft[name] is None
    assert got.positions["callsign"].null_count == len(got.positions)
    address = got.aircraft["icao24"].to_pandas()
    assert reference.addresses.country(address).isna().all()


def test_a_case_can_be_moved_to_another_day(reference: Reference) -> None:
    moved = simulate.plan_moved(
        [PAIR], dt.date(2025, 1, 2), 1, reference=reference
    ).sorties
    assert pd.Timestamp(moved["takeoff_s"].iloc[0], unit="s") == pd.Timestamp(
        "2025-01-02T13:05"
    )


def test_one_airframe_flies_its_cases_one_after_the_other(
    reference: Reference,
) -> None:
    again = dataclasses.replace(PAIR, legs_filled="OSLK UUMU", callsign="RFF1")
    world = simulate.plan_cases([PAIR, again], START, 2, 1, reference=reference)
    assert len(world.airframes) == 1
    flights = world.sorties
    assert (
        flights["takeoff_s"].to_numpy()[1:] > flights["landing_s"].to_numpy()[:-1]
    ).all()


def fields_flown(reference: Reference, seed: int, **told: str) -> list[str]:
    case = Case(date_utc="2021-08-21", **told)
    sorties = simulate.plan_moved([case], START, seed, reference=reference).sorties
    return [*sorties["origin"], sorties["destination"].iloc[-1]]


def test_where_fields_are_too_far_apart_for_the_type_there_are_stops(
    reference: Reference,
) -> None:
    ways = [
        fields_flown(reference, seed, typecode="C130", legs_filled="NZWP EGVN")
        for seed in range(4)
    ]
    places = reference.airports.table
    shut = set(reference.bans.table["country"])
    for way in ways:
        assert len(set(way)) == len(way) > 2
        stops = places.loc[way[1:-1]]
        assert stops["kind"].eq("large_airport").all()
        assert not set(stops["country"]) & shut
    assert len({tuple(way) for way in ways}) > 1, "the seed chooses"


@pytest.mark.parametrize(
    ("typecode", "legs"),
    [
        ("A400", "EBMB OPIS"),  # farther than with its payload, not than it flies
        ("", "NZWP KLAX"),  # of an untold type nobody knows how far it flies
        ("AN26", "SCEL SCIP"),  # there is nothing on the way
    ],
)
def test_what_is_told_is_flown_as_told_otherwise(
    reference: Reference, typecode: str, legs: str
) -> None:
    told = {"typecode": typecode} if typecode else {}
    assert fields_flown(reference, 1, legs_filled=legs, **told) == legs.split()


def test_no_aircraft_flies_half_around_the_world_in_one_go(
    reference: Reference,
) -> None:
    way = fields_flown(reference, 1, legs_filled="NZWP EGVN")
    assert (way[0], way[-1]) == ("NZWP", "EGVN")
    assert len(way) > 2


def test_cases_of_one_registration_share_the_address_that_is_made_up() -> None:
    one, other = (
        Case(registration="XX-AAA", date_utc=day)
        for day in ("2020-01-01", "2020-02-01")
    )
    assert reenact.address_of(one) == reenact.address_of(other)
    assert reenact.address_of(one) != reenact.address_of(Case(date_utc="2020-01-01"))


def test_every_flyable_case_of_the_casebook_is_flown(reference: Reference) -> None:
    flyable = [case for case in load_cases() if case.is_flyable and case.date]
    days = [case.date for case in flyable if case.date]
    world = simulate.plan_cases(
        flyable, min(days), (max(days) - min(days)).days + 1, 1, reference=reference
    )
    assert set(world.sorties["case_key"]) == {case.key for case in flyable}
    assert_sane(world)


def assert_sane(world: World) -> None:
    hours = (world.sorties["landing_s"] - world.sorties["takeoff_s"]) / 3600
    assert hours.between(0.05, 22).all()


def test_only_the_flown_columns_reach_the_tracks(
    tmp_path: Path, reference: Reference
) -> None:
    cases = load_cases()
    rng = np.random.default_rng(1)
    columns = {
        field.name: [getattr(case, field.name) for case in cases]
        for field in dataclasses.fields(Case)
    }
    for name, values in columns.items():
        if name not in FLOWN:
            columns[name] = [values[i] for i in rng.permutation(len(values))]
    path = tmp_path / "permuted.csv"
    with path.open("w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines)
        rows.writerow(columns)
        rows.writerows(zip(*columns.values(), strict=True))
    permuted = load_cases(path)
    assert permuted != cases
    made = [
        simulate.simulate(START, 2, 20, tmp_path / name, reference=reference, cases=own)
        for name, own in (("a", cases), ("b", permuted))
    ]
    for ours, theirs in zip(*made, strict=True):
        assert ours.read_bytes() == theirs.read_bytes()
