"""One flight as different archives tell it: features agree, or are unknown."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from feature_builders import DAY, Row, flight, shipped_reference, tables
from flown import aircraft, leg, place_of, positions

import features
from anomaly.days import DayTables, tables_of
from anomaly.schemas import LISTED_FLIGHTS
from features import FlightTables, declared, families

TAKEOFF = "2019-03-23T06:00Z"
NIGHT = "2019-03-22T21:00Z"


def described(table: pa.Table) -> pa.Table:
    """Return an airframe as registers tell it."""
    told = {
        "registration": "RA-86496",
        "owner_operator": "Russian Air Force",
        "military_flag": True,
    }
    for name, value in told.items():
        at = table.schema.get_field_index(name)
        field = table.schema.field(at)
        table = table.set_column(at, field, pa.array([value] * len(table), field.type))
    return table


IL76 = described(aircraft(x1551e0="IL76"))
FLOWN = ("straight", "stopover", "loiter", "night")
"""What is flown: one leg, a journey with a stop, two hours of circling, a night leg."""

# What snapshots can tell only roughly, and how roughly: a share of the trace's value,
# and so much besides.
TOLERANCE = {
    "route_directness": (0.02, 0.0),
    "route_flown_to_usual": (0.02, 0.0),
    "route_lost_before_nm": (0.0, 80.0),
    "route_found_after_nm": (0.0, 80.0),
    "stopover_journey_h": (0.05, 0.2),
    "kinematics_duration_h": (0.05, 0.2),
    "kinematics_cruise_speed_kt": (0.02, 5.0),
    "kinematics_max_speed_kt": (0.02, 5.0),
    "kinematics_max_altitude_ft": (0.01, 100.0),
    "kinematics_low_share": (0.0, 0.02),
    "kinematics_slow_share": (0.0, 0.03),
    "kinematics_level_share": (0.0, 0.05),
    "kinematics_straight_share": (0.0, 0.02),
    "kinematics_full_turns": (0.01, 0.01),
    "kinematics_loiter": (0.05, 0.02),
    "route_detour_round_closed": (0.02, 0.0),
    "aircraft_type_speed_ratio": (0.02, 0.02),
    "aircraft_type_height_ratio": (0.01, 0.01),
    # Between snapshots nobody sees the steepest climb, and a bend is cut.
    "kinematics_max_climb_ft_min": (0.3, 1_100.0),
    "kinematics_turning_deg_per_h": (0.0, 60.0),
    "route_longest_gap_h": (0.0, 0.2),
    "route_unobserved_share": (0.0, 0.05),
}


# Of circles of half an hour each, a position every ten minutes cuts three corners.
OF_CIRCLES = TOLERANCE | {
    "route_directness": (0.1, 0.0),
    "route_flown_to_usual": (0.1, 0.0),
    "route_detour_round_closed": (0.3, 0.0),
    "route_longest_gap_h": (0.0, 0.35),
    "route_unobserved_share": (0.0, 0.07),
    "kinematics_full_turns": (0.2, 0.0),
    "kinematics_loiter": (0.1, 0.0),
}


def of_tables(found: DayTables) -> pd.DataFrame:
    return features.build(
        FlightTables(
            date=DAY,
            flights=found.flights.to_pandas().set_index("flight_id"),
            stopovers=found.stopovers.to_pandas(),
            journeys=found.journeys.to_pandas().set_index("flight_id"),
            gaps=found.gaps.to_pandas(),
            history=past(),
            reference=shipped_reference(),
        )
    )


@cache
def past() -> pd.DataFrame:
    """Return forty days: an airliner's daily flight, and the airframe's in the last."""

    def ago(days: int, flight_id: str, *ends: str, **over: Any) -> Row:
        ended = DAY - dt.timedelta(days=days)
        seen = pd.Timestamp(ended, tz="UTC")
        over |= {"date": ended, "first_seen": seen, "last_seen": seen}
        return flight(flight_id, ends[0], ends[1], **over)

    of_rff: Row = {"typecode": "IL76", "operator_code": "RFF", "flown_nm": 1_350.0}
    daily = [
        ago(n, f"3c{n:02x}{k:02x}-{n}", "EDDF", "EGLL")
        for n in range(1, 41)
        for k in range(15)
    ]
    own = [ago(n, f"1551e0-{n}", "UUMU", "OSLK", **of_rff) for n in (1, 3, 12, 16, 30)]
    return tables(history=[*daily, *own]).history


@cache
def flown(step_s: float, what: str) -> tuple[pd.DataFrame, ...]:
    """Return the flights of one airframe, a position every so many seconds."""
    moscow, latakia, dakar = (
        place_of(shipped_reference(), ident) for ident in ("UUMU", "OSLK", "GOOY")
    )
    leg_of = partial(leg, step_s=step_s, callsign="RFF7085")
    if what == "loiter":
        return (circling(leg_of(moscow, latakia, TAKEOFF), step_s),)
    first = leg_of(moscow, latakia, NIGHT if what == "night" else TAKEOFF)
    if what != "stopover":
        return (first,)
    onward = first["timestamp"].iloc[-1] + pd.Timedelta(hours=2)
    return first, leg_of(latakia, dakar, onward)


def circling(track: pd.DataFrame, step_s: float) -> pd.DataFrame:
    """Return the track with two hours of circles, 40 nm wide, put in half-way."""
    half = len(track) // 2
    t_s = np.arange(step_s, 7200, step_s)
    here = track.iloc[half]
    turned = 2 * np.pi * t_s / 1800
    circle = pd.concat([track.iloc[[half]]] * len(t_s), ignore_index=True).assign(
        timestamp=here["timestamp"] + pd.to_timedelta(t_s, unit="s"),
        latitude_deg=here["latitude_deg"] + (np.cos(turned) - 1) / 3,
        longitude_deg=here["longitude_deg"]
        + np.sin(turned) / 3 / np.cos(np.radians(here["latitude_deg"])),
    )
    rest = track.iloc[half + 1 :]
    later = rest.assign(timestamp=rest["timestamp"] + pd.Timedelta(hours=2))
    return pd.concat([track.iloc[: half + 1], circle, later], ignore_index=True)


@cache
def seen_every(step_s: float, what: str) -> pd.DataFrame:
    table = positions(*flown(step_s, what))
    return of_tables(tables_of(table, IL76, shipped_reference()))


@cache
def listed(what: str) -> pd.DataFrame:
    fields = ("UUMU", "OSLK", "GOOY")
    rows = [
        dict.fromkeys(LISTED_FLIGHTS.names)
        | {
            "icao24": "1551e0",
            "first_seen": track["timestamp"].iloc[0].floor("s").to_pydatetime(),
            "last_seen": track["timestamp"].iloc[-1].floor("s").to_pydatetime(),
            "callsign": "RFF7085",
            "typecode": "IL76",
            "origin": origin,
            "destination": destination,
            "provenance": "simulated",
        }
        for track, origin, destination in zip(
            flown(60.0, what), fields, fields[1:], strict=False
        )
    ]
    table = pa.Table.from_pylist(rows, schema=LISTED_FLIGHTS)
    nothing = positions(flown(60.0, what)[0].iloc[:0])
    return of_tables(
        tables_of(nothing, IL76, shipped_reference(), listed_flights=table)
    )


@pytest.mark.parametrize("what", FLOWN)
@pytest.mark.parametrize("step_s", [60.0, 600.0, None])
def test_features_agree_between_sources_or_are_unknown(
    step_s: float | None, what: str
) -> None:
    trace = seen_every(10.0, what)
    other = seen_every(step_s, what) if step_s else listed(what)
    assert len(trace) == len(other) == len(flown(60.0, what))
    stated = OF_CIRCLES if (what, step_s) == ("loiter", 600.0) else TOLERANCE
    apart = {}
    for name in trace.columns:
        share, more = stated.get(name, (0.0, 1e-6))
        for expected, told in zip(trace[name], other[name], strict=True):
            if np.isnan(told) or np.isnan(expected):
                continue
            if told != pytest.approx(expected, rel=share, abs=more):
                apart[name] = (expected, told)
    assert not apart


def test_all_features_but_six_are_compared() -> None:
    compared: set[str] = set()
    for what in FLOWN:
        trace = seen_every(10.0, what)
        for other in (seen_every(60.0, what), seen_every(600.0, what), listed(what)):
            both = trace.notna().to_numpy() & other.notna().to_numpy()
            compared |= set(trace.columns[both.any(axis=0)])
    assert {feature.name for feature in declared()} - compared == {
        "operator_civil_at_military",  # its operator is a state's
        "route_gap_covered_share",  # it is alone in the sky
        "route_listed_elsewhere",  # of lists and positions together
        "route_seen_country_pair_bits",  # both ends are known
        "stopover_last_to_type",  # five stops of the type are needed
        "stopover_military_place",  # several of its fields are military
    }


def test_the_flights_differ_in_what_they_are_to_try() -> None:
    trace = {what: seen_every(10.0, what) for what in FLOWN}
    assert trace["stopover"]["stopover_n"].tolist() == [0, 1]
    assert trace["loiter"]["kinematics_full_turns"].iloc[0] > 3
    assert trace["loiter"]["kinematics_straight_share"].iloc[0] < 0.8
    assert trace["straight"]["kinematics_straight_share"].iloc[0] > 0.9
    assert trace["night"]["route_night_arrival"].iloc[0] == 1
    assert trace["straight"]["route_night_arrival"].iloc[0] == 0


def test_a_flight_list_leaves_movement_unknown_and_places_known() -> None:
    row = listed("straight").iloc[0]
    assert row.filter(like="kinematics_max").isna().all()
    assert row["route_destination_military"] > 0
    assert row["operator_is_military"] == 1


@pytest.mark.parametrize("what", FLOWN)
@pytest.mark.parametrize("step_s", [60.0, 600.0, None])
def test_every_family_is_told_by_every_source_of_what_it_can_know(
    step_s: float | None, what: str
) -> None:
    row = (seen_every(step_s, what) if step_s else listed(what)).iloc[0]
    n_known = {f.name: row.filter(like=f"{f.name}_").count() for f in families()}
    # A lone flight has no past; a list tells no movement, and no journey.
    silent = {"history"} | (set() if step_s else {"kinematics", "stopover"})
    assert all(n_known[name] >= 4 for name in set(n_known) - silent)


def test_tolerances_are_of_features_and_leave_something_to_tell() -> None:
    assert set(OF_CIRCLES) <= {feature.name for feature in declared()}
    assert all(share <= 0.3 for share, _more in OF_CIRCLES.values())
