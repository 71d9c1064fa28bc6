from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from flown import aircraft, leg, parked, place_of, positions
from hypothesis import given, settings
from hypothesis import strategies as st

from anomaly.days import DayTables, build_days, tables_of
from anomaly.geo import distance_nm
from anomaly.reference import Airframes, Airports, Reference, airframes
from anomaly.reference.aircraft_lists import COLUMNS
from anomaly.schemas import LISTED_FLIGHTS, POSITIONS
from anomaly.store import Store
from anomaly.tracks import unit_vectors

DAY_1, DAY_2 = dt.date(2019, 3, 22), dt.date(2019, 3, 23)
IL62 = aircraft(x1551e0="IL62")


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


@pytest.fixture(scope="module")
def founding(reference: Reference) -> pd.DataFrame:
    """Moscow, Latakia, Dakar, Caracas, as receivers of 2019 may have heard it."""
    moscow, latakia, dakar, caracas = (
        place_of(reference, ident) for ident in ("UUMU", "OSLK", "GOOY", "SVMI")
    )
    first = leg(moscow, latakia, "2019-03-22T13:05Z")
    # Nothing is heard below 20,000 ft about Latakia.
    first = first[(first["latitude_deg"] > 40) | (first["altitude_ft"] > 20_000)]
    second = leg(latakia, dakar, first["timestamp"].iloc[-1] + pd.Timedelta("2.4h"))
    heard = (second["altitude_ft"] > 20_000) & (
        (second["longitude_deg"] > 12) | (second["longitude_deg"] < -6)
    )
    second = second[heard]
    third = leg(dakar, caracas, second["timestamp"].iloc[-1] + pd.Timedelta("2.5h"))
    mid_ocean = third["longitude_deg"].between(-58, -25)
    # The approach to Caracas is lost at 9,000 ft.
    third = third[~mid_ocean & ((third.index < 60) | (third["altitude_ft"] > 9_000))]
    return pd.concat([first, second, third], ignore_index=True)


def split_days(table: pa.Table, at: pd.Timestamp) -> tuple[pa.Table, pa.Table]:
    early = pc.less(table["timestamp"], at)
    return table.filter(early), table.filter(pc.invert(early))


def stored(root: Path, table: pa.Table, *dates: dt.date) -> Store:
    """Build the days one by one, each from what is known when it ends."""
    store = Store(root)
    for date in dates:
        midnight = pd.Timestamp(date, tz="UTC")
        _, rest = split_days(table, midnight)
        today, _ = split_days(rest, midnight + pd.Timedelta(days=1))
        store.write("positions", today, date, part="0")
        store.write("aircraft", IL62, date)
    return store


def ends_of(tables: DayTables) -> list[tuple[str | None, str | None]]:
    rows = tables.flights.to_pylist()
    return [(row["origin"], row["destination"]) for row in rows]


def test_the_founding_pair_is_found(
    founding: pd.DataFrame, reference: Reference
) -> None:
    tables = tables_of(positions(founding), IL62, reference)
    assert ends_of(tables) == [("UUMU", "OSLK"), ("OSLK", "GOOY"), ("GOOY", "SVMI")]
    latakia, dakar = tables.stopovers.to_pylist()
    assert (latakia["airport"], latakia["inferred"]) == ("OSLK", True)
    assert latakia["confidence"] == 2
    assert 1.0 < latakia["ground_time_h"] < latakia["ground_time_max_h"]
    assert dakar["airport"] == "GOOY"
    assert dakar["lost_at"] < dakar["arrived"] < dakar["departed"] <= dakar["back_at"]
    journey = tables.journeys.to_pylist()[-1]
    assert journey["airports"] == ["UUMU", "OSLK", "GOOY", "SVMI"]
    assert (journey["n_stops"], journey["n_inferred_stops"]) == (2, 2)
    assert journey["journey_id"] == "1551e0-20190322T130500Z"


def test_each_day_tells_what_was_known_when_it_ended(
    founding: pd.DataFrame, reference: Reference, tmp_path: Path
) -> None:
    store = stored(tmp_path, positions(founding), DAY_1, DAY_2)
    build_days(store, [DAY_1], reference)
    told = store.read("flights", DAY_1).to_pylist()
    assert [(row["origin"], row["destination"]) for row in told] == [
        ("UUMU", "OSLK"),
        ("OSLK", None),
    ]
    before = store.path("flights", DAY_1).read_bytes()
    build_days(store, [DAY_2], reference)
    assert store.path("flights", DAY_1).read_bytes() == before
    later = store.read("flights", DAY_2).to_pylist()
    # The flight in the air at midnight is told again, whole, under the same id.
    assert later[0]["flight_id"] == told[1]["flight_id"]
    assert (later[0]["origin"], later[0]["destination"]) == ("OSLK", "GOOY")
    assert later[0]["date"] == DAY_2
    journeys = store.read("journeys", DAY_2).to_pylist()
    assert journeys[-1]["airports"] == ["UUMU", "OSLK", "GOOY", "SVMI"]
    assert [row["airport"] for row in store.read("stopovers", DAY_2).to_pylist()] == [
        "GOOY"
    ]


def test_a_landing_revealed_the_next_day_revises_the_flight(
    reference: Reference, tmp_path: Path
) -> None:
    latakia = place_of(reference, "OSLK")
    evening = leg(place_of(reference, "UUMU"), latakia, "2019-03-22T19:30Z")
    evening = evening[evening["latitude_deg"].between(38, 54)]
    morning = leg(latakia, place_of(reference, "GOOY"), "2019-03-23T01:30Z")
    morning = morning[morning["altitude_ft"] > 20_000]
    store = stored(tmp_path, positions(evening, morning), DAY_1, DAY_2)
    build_days(store, [DAY_1, DAY_2], reference)
    (known_then,) = store.read("flights", DAY_1).to_pylist()
    assert known_then["destination"] is None
    revised, _ = store.read("flights", DAY_2).to_pylist()
    assert revised["flight_id"] == known_then["flight_id"]
    assert (revised["date"], revised["destination"]) == (DAY_1, "OSLK")
    assert "reappeared" in revised["destination_reason"]


@settings(max_examples=4)
@given(hours=st.floats(0.2, 19.5))
def test_where_the_archive_is_split_changes_nothing(
    hours: float,
    founding: pd.DataFrame,
    reference: Reference,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Shift the journey so that midnight falls anywhere in it."""
    shift = pd.Timestamp("2019-03-23T00:00Z") - (
        founding["timestamp"].iloc[0] + pd.Timedelta(hours=hours)
    )
    moved = founding.assign(timestamp=founding["timestamp"] + shift)
    whole = tables_of(positions(moved), IL62, reference)
    root = tmp_path_factory.mktemp("split")
    store = stored(root, positions(moved), DAY_1, DAY_2)
    build_days(store, [DAY_1, DAY_2], reference)
    by_day = pa.concat_tables(store.read("flights", day) for day in (DAY_1, DAY_2))
    latest = by_day.to_pandas().drop_duplicates("flight_id", keep="last")
    wanted = whole.flights.to_pandas()
    for name in ("flight_id", "first_seen", "last_seen", "origin", "destination"):
        assert latest[name].to_list() == wanted[name].to_list(), name
    stops = [store.read("stopovers", day) for day in (DAY_1, DAY_2)]
    assert (
        pa.concat_tables(stops)["airport"].to_pylist()
        == whole.stopovers["airport"].to_pylist()
    )
    last = store.read("journeys", DAY_2).to_pylist()[-1]
    assert last["airports"] == whole.journeys.to_pylist()[-1]["airports"]
    assert last["total_nm"] == pytest.approx(
        whole.journeys.to_pylist()[-1]["total_nm"], rel=1e-4
    )


@settings(max_examples=4)
@given(seed=st.integers(0, 10_000), share=st.floats(0, 1))
def test_order_and_duplicates_of_the_rows_change_nothing(
    seed: int, share: float, founding: pd.DataFrame, reference: Reference
) -> None:
    table = positions(founding)
    rng = np.random.default_rng(seed)
    again = rng.choice(len(table), int(share * len(table)))
    mixed = rng.permutation(np.concatenate((np.arange(len(table)), again)))
    assert_same(
        tables_of(table, IL62, reference),
        tables_of(table.take(mixed), IL62, reference),
    )


@settings(max_examples=4)
@given(shift_s=st.integers(-40_000_000, 40_000_000))
def test_a_shift_of_all_times_changes_only_the_times(
    shift_s: int, founding: pd.DataFrame, reference: Reference
) -> None:
    later = founding.assign(
        timestamp=founding["timestamp"] + pd.Timedelta(seconds=shift_s)
    )
    assert_same(
        tables_of(positions(founding), IL62, reference),
        tables_of(positions(later), IL62, reference),
        but=("night_share",),
    )


rotations = st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))


@settings(max_examples=4)
@given(angles_deg=rotations)
def test_poles_and_antimeridian_change_nothing(
    angles_deg: tuple[float, float, float],
    founding: pd.DataFrame,
    reference: Reference,
) -> None:
    """Turn the whole globe, airports and tracks alike."""
    turned = founding.copy()
    turned["latitude_deg"], turned["longitude_deg"] = turn(
        angles_deg, founding["latitude_deg"], founding["longitude_deg"]
    )
    table = reference.airports.table.copy()
    table["latitude_deg"], table["longitude_deg"] = turn(
        angles_deg, table["latitude_deg"], table["longitude_deg"]
    )
    elsewhere = Reference(
        airports=Airports(table),
        types=reference.types,
        operators=reference.operators,
        addresses=reference.addresses,
    )
    assert_same(
        tables_of(positions(founding), IL62, reference),
        tables_of(positions(turned), IL62, elsewhere),
        but=("night_share", "latitude", "longitude", "box_diagonal_nm"),
    )


def turn(
    angles_deg: tuple[float, float, float], latitude: pd.Series, longitude: pd.Series
) -> tuple[np.ndarray, np.ndarray]:
    points = unit_vectors(latitude.to_numpy(float), longitude.to_numpy(float))
    for axis, angle in enumerate(np.radians(angles_deg)):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        points[:, [a, b]] = np.column_stack(
            (
                points[:, a] * np.cos(angle) - points[:, b] * np.sin(angle),
                points[:, a] * np.sin(angle) + points[:, b] * np.cos(angle),
            )
        )
    return (
        np.degrees(np.arcsin(points[:, 2].clip(-1, 1))),
        np.degrees(np.arctan2(points[:, 1], points[:, 0])),
    )


_TIMED = ("_id", "_ids", "date", "_seen", "_at", "arrived", "departed", "started")
_TIMED_TOO = ("start", "end", "flight_before", "flight_after")


def assert_same(one: DayTables, other: DayTables, but: tuple[str, ...] = ()) -> None:
    for name in ("flights", "gaps", "stopovers", "journeys"):
        a, b = getattr(one, name).to_pandas(), getattr(other, name).to_pandas()
        assert len(a) == len(b), name
        for column in a.columns:
            if any(part in column for part in but):
                continue
            if but and (column.endswith(_TIMED) or column in _TIMED_TOO):
                continue
            if a[column].dtype.kind == "f":
                np.testing.assert_allclose(
                    a[column], b[column], rtol=2e-3, atol=2e-3, err_msg=column
                )
            else:
                assert a[column].astype(str).equals(b[column].astype(str)), column


def test_lost_at_cruise_over_the_ocean_has_no_airport(reference: Reference) -> None:
    flown = leg((38.7, -9.1), (25.8, -80.3), "2019-03-22T08:00Z")
    lost = flown[flown["longitude_deg"] > -35]
    (flight,) = tables_of(positions(lost), IL62, reference).flights.to_pylist()
    assert flight["destination"] is None
    assert flight["destination_kind"] == "unknown"
    assert flight["destination_reason"].startswith("lost at 33,000 ft")


def test_a_day_of_rest_cuts_the_journey(reference: Reference) -> None:
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    there = leg(paris, rome, "2019-03-20T08:00Z")
    back = leg(rome, paris, "2019-03-21T13:00Z")
    journeys = tables_of(positions(there, back), IL62, reference).journeys.to_pylist()
    assert [row["airports"] for row in journeys] == [["LFPG", "LIRF"], ["LIRF", "LFPG"]]


def test_a_stop_seen_on_both_sides_is_surest(reference: Reference) -> None:
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    there = leg(paris, rome, "2019-03-20T08:00Z")
    landed = there["timestamp"].iloc[-1]
    stand = parked(rome, landed + pd.Timedelta("1min"), 10)
    back = leg(rome, paris, landed + pd.Timedelta("3h"))
    tables = tables_of(positions(there, stand, back), IL62, reference)
    (stop,) = tables.stopovers.to_pylist()
    assert (stop["airport"], stop["confidence"], stop["inferred"]) == ("LIRF", 4, False)
    assert stop["ground_time_h"] == pytest.approx(3.0, abs=0.05)


def test_unseen_miles_to_a_field_are_flown_at_cruise(reference: Reference) -> None:
    """From Latakia to Niamey, not seen within 250 nm of Benina, where it stood."""
    names = ("OSLK", "HLLB", "DRRN")
    latakia, benina, niamey = (place_of(reference, ident) for ident in names)
    there = leg(latakia, benina, "2024-05-01T08:00Z")
    landed = there["timestamp"].iloc[-1]
    on = leg(benina, niamey, landed + pd.Timedelta("3.5h"))
    seen = [
        flown[distance_nm(flown["latitude_deg"], flown["longitude_deg"], *benina) > 250]
        for flown in (there, on)
    ]
    (stop,) = tables_of(positions(*seen), IL62, reference).stopovers.to_pylist()
    assert (stop["airport"], stop["inferred"]) == ("HLLB", True)
    assert stop["ground_time_h"] == pytest.approx(3.5, abs=0.25)


def test_listed_flights_stand_as_listed(reference: Reference) -> None:
    row = {
        "icao24": "3c6444",
        "first_seen": dt.datetime(2019, 3, 22, 9, tzinfo=dt.UTC),
        "last_seen": dt.datetime(2019, 3, 22, 11, tzinfo=dt.UTC),
        "callsign": "DLH400",
        "typecode": "A320",
        "origin": "EDDF",
        "provenance": "observed",
    }
    schema = LISTED_FLIGHTS
    table = pa.Table.from_pylist([{n: row.get(n) for n in schema.names}], schema)
    tables = tables_of(
        POSITIONS.empty_table(), IL62, reference, date=DAY_1, listed_flights=table
    )
    (flight,) = tables.flights.to_pylist()
    assert (flight["reader"], flight["n_positions"]) == ("flight_list", 0)
    assert (flight["origin"], flight["destination"]) == ("EDDF", None)
    assert flight["flown_nm"] is None


def test_what_never_flew_is_told_and_left_out(reference: Reference) -> None:
    stand = parked(place_of(reference, "LIRF"), "2019-03-20T08:00Z", 60)
    tables = tables_of(positions(stand), IL62, reference)
    assert tables.flights.num_rows == 0
    (told,) = tables.left_out.to_pylist()
    assert (told["reason"], told["n"], told["example"]) == (
        "never_airborne",
        1,
        "1551e0",
    )


def test_great_circles_make_the_length_of_a_journey(
    founding: pd.DataFrame, reference: Reference
) -> None:
    journey = tables_of(positions(founding), IL62, reference).journeys.to_pylist()[-1]
    stops = [place_of(reference, ident) for ident in journey["airports"]]
    legs_nm = [distance_nm(*a, *b) for a, b in pairwise(stops)]
    assert journey["total_nm"] == pytest.approx(float(sum(legs_nm)), rel=1e-3)
    assert journey["direct_nm"] == pytest.approx(
        float(distance_nm(*stops[0], *stops[-1])), rel=1e-3
    )


def test_what_no_archive_tells_is_looked_up_and_told(
    tmp_path: Path, founding: pd.DataFrame, reference: Reference
) -> None:
    seen = positions(founding).to_pandas().assign(provenance="observed")
    table = pa.Table.from_pandas(seen, schema=POSITIONS, preserve_index=False)
    store = stored(tmp_path, table, DAY_1)
    build_days(store, [DAY_1], reference)
    assert not store.has("looked_up", DAY_1)
    plain = store.read("flights", DAY_1)

    database = pd.DataFrame(index=pd.Index(["1551e0"], name="icao24"))
    database = database.reindex(columns=list(COLUMNS)).astype(object)
    database.loc["1551e0", ["registration", "typecode"]] = "RA-86495", "B77W"
    own = airframes.folder_of(store.root) / "list.parquet"
    airframes.write(database.where(database.notna(), None), own)
    with_database = replace(reference, airframes=Airframes.load(store.root))
    build_days(store, [DAY_1], with_database)
    found = store.read("flights", DAY_1)
    # The archive tells the type: it stays.
    assert set(found["typecode"].to_pylist()) == {"IL62"}
    assert set(found["registration"].to_pylist()) == {"RA-86495"}
    assert store.read("looked_up", DAY_1).to_pylist() == [
        {"icao24": "1551e0", "field": "registration", "database": "list"}
    ]
    others = [name for name in plain.column_names if name != "registration"]
    assert found.select(others).equals(plain.select(others))

    build_days(store, [DAY_1], reference)
    assert store.read("looked_up", DAY_1).num_rows == 0
    assert store.read("flights", DAY_1).equals(plain)


def test_what_comes_after_the_day_has_no_say_in_it(
    founding: pd.DataFrame, reference: Reference, tmp_path: Path
) -> None:
    table = positions(founding)
    today, _ = split_days(table, pd.Timestamp(DAY_2, tz="UTC"))
    then = stored(tmp_path / "then", today, DAY_1)
    later = stored(tmp_path / "later", table, DAY_1, DAY_2)
    for store in (then, later):
        build_days(store, [DAY_1], reference)
    for name in ("flights", "gaps", "stopovers", "journeys", "candidates"):
        assert (
            then.path(name, DAY_1).read_bytes() == later.path(name, DAY_1).read_bytes()
        ), name


def left_out(tables: DayTables) -> dict[str, int]:
    return {row["reason"]: row["n"] for row in tables.left_out.to_pylist()}


def test_two_aircraft_under_one_address_are_told_and_no_flight(
    reference: Reference,
) -> None:
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    york, boston = place_of(reference, "KJFK"), place_of(reference, "KBOS")
    one = leg(paris, rome, "2019-03-20T08:00Z", callsign="AFR1")
    other = leg(york, boston, "2019-03-20T08:00:30Z", callsign="DAL2", step_s=40)
    tables = tables_of(positions(one, other), IL62, reference)
    assert tables.flights.num_rows == 0
    told = left_out(tables)
    assert told["two_aircraft_under_one_address"] == 1
    assert told["second_aircraft_under_one_address"] > 30


def test_positions_jammed_round_an_airport_are_counted_and_cost_no_flight(
    reference: Reference,
) -> None:
    ankara, cairo = place_of(reference, "LTAC"), place_of(reference, "HECA")
    flown = leg(ankara, cairo, "2019-03-20T08:00Z", step_s=30)
    jammed = flown.index[60:120:2]
    beirut = place_of(reference, "OLBA")
    flown.loc[jammed, "latitude_deg"] = beirut[0] + 0.02 * np.sin(np.arange(30))
    flown.loc[jammed, "longitude_deg"] = beirut[1] + 0.02 * np.cos(np.arange(30))
    tables = tables_of(positions(flown), IL62, reference)
    assert ends_of(tables) == [("LTAC", "HECA")]
    (flight,) = tables.flights.to_pylist()
    told = left_out(tables)
    assert told["impossible_position"] + told.get("repeated_position", 0) >= 20
    assert flight["n_rejected"] == told["impossible_position"]


def test_test_transmitters_make_no_flight(reference: Reference) -> None:
    paris, rome = place_of(reference, "LFPG"), place_of(reference, "LIRF")
    flown = leg(paris, rome, "2019-03-20T08:00Z", callsign="TEST1234")
    tables = tables_of(positions(flown), IL62, reference)
    assert tables.flights.num_rows == 0
    assert left_out(tables) == {"test_transmission": len(flown)}


def test_a_landing_that_was_seen_is_not_inferred_where_the_next_flight_was_missed(
    reference: Reference,
) -> None:
    zhukovsky, cairo = place_of(reference, "UUBW"), place_of(reference, "HECA")
    there = leg(place_of(reference, "ESSA"), zhukovsky, "2019-03-22T18:00Z")
    onward = leg(cairo, place_of(reference, "DTTA"), "2019-03-23T09:54Z")
    tables = tables_of(positions(there, onward), IL62, reference)
    (stop,) = tables.stopovers.to_pylist()
    assert stop["airport"] == "UUBW"
    assert not stop["inferred"]
    assert stop["confidence"] == 3
    assert stop["reason"].startswith("seen on one side: ")
