"""One flight as different archives tell it: features agree, or are unknown."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from feature_builders import DAY, shipped_reference
from flown import aircraft, leg, place_of, positions

import features
from anomaly.days import DayTables, tables_of
from anomaly.schemas import LISTED_FLIGHTS
from features import FlightTables, declared, families

TAKEOFF = "2019-03-23T06:00Z"
IL76 = aircraft(x1551e0="IL76")

# What snapshots can tell only roughly, and how roughly: a share of the trace's value,
# and so much besides.
TOLERANCE = {
    "route_directness": (0.02, 0.0),
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
    "kinematics_loiter": (0.05, 0.02),
    "aircraft_type_speed_ratio": (0.02, 0.02),
    "aircraft_type_height_ratio": (0.01, 0.01),
    # Between snapshots nobody sees the steepest climb, and a bend is cut.
    "kinematics_max_climb_ft_min": (0.3, 0.0),
    "kinematics_turning_deg_per_h": (0.0, 60.0),
    "route_longest_gap_h": (0.0, 0.2),
    "route_unobserved_share": (0.0, 0.05),
}


def of_tables(found: DayTables) -> pd.DataFrame:
    return features.build(
        FlightTables(
            date=DAY,
            flights=found.flights.to_pandas().set_index("flight_id"),
            stopovers=found.stopovers.to_pandas(),
            journeys=found.journeys.to_pandas().set_index("flight_id"),
            gaps=found.gaps.to_pandas(),
            history=features.tables.no_history(),
            reference=shipped_reference(),
        )
    )


def flown(step_s: float) -> pd.DataFrame:
    moscow, latakia = (place_of(shipped_reference(), x) for x in ("UUMU", "OSLK"))
    return leg(moscow, latakia, TAKEOFF, step_s=step_s, callsign="RFF7085")


@cache
def seen_every(step_s: float) -> pd.DataFrame:
    return of_tables(tables_of(positions(flown(step_s)), IL76, shipped_reference()))


@cache
def listed() -> pd.DataFrame:
    import pyarrow as pa

    track = flown(60.0)
    row = dict.fromkeys(LISTED_FLIGHTS.names) | {
        "icao24": "1551e0",
        "first_seen": track["timestamp"].iloc[0].floor("s").to_pydatetime(),
        "last_seen": track["timestamp"].iloc[-1].floor("s").to_pydatetime(),
        "callsign": "RFF7085",
        "typecode": "IL76",
        "origin": "UUMU",
        "destination": "OSLK",
        "provenance": "simulated",
    }
    table = pa.Table.from_pylist([row], schema=LISTED_FLIGHTS)
    nothing = positions(track.iloc[:0])
    return of_tables(
        tables_of(nothing, IL76, shipped_reference(), listed_flights=table)
    )


@pytest.mark.parametrize("step_s", [60.0, 600.0, None])
def test_features_agree_between_sources_or_are_unknown(step_s: float | None) -> None:
    trace = seen_every(10.0)
    other = seen_every(step_s) if step_s else listed()
    assert len(trace) == len(other) == 1
    for name in trace.columns:
        expected, told = trace[name].iloc[0], other[name].iloc[0]
        if np.isnan(told) or np.isnan(expected):
            continue
        share, more = TOLERANCE.get(name, (0.0, 1e-6))
        assert told == pytest.approx(expected, rel=share, abs=more), name


def test_a_flight_list_leaves_movement_unknown_and_places_known() -> None:
    row = listed().iloc[0]
    assert row.filter(like="kinematics_max").isna().all()
    assert row["route_destination_military"] > 0
    assert row["operator_is_military"] == 1


@pytest.mark.parametrize("step_s", [60.0, 600.0, None])
def test_every_family_is_told_by_every_source_of_what_it_can_know(
    step_s: float | None,
) -> None:
    row = (seen_every(step_s) if step_s else listed()).iloc[0]
    n_known = {f.name: row.filter(like=f"{f.name}_").count() for f in families()}
    # A lone flight has no past; a list tells no movement, and no journey.
    silent = {"history"} | (set() if step_s else {"kinematics", "stopover"})
    assert all(n_known[name] >= 4 for name in set(n_known) - silent)


def test_tolerances_are_of_features_and_leave_something_to_tell() -> None:
    assert set(TOLERANCE) <= {feature.name for feature in declared()}
    assert all(share <= 0.3 for share, _more in TOLERANCE.values())
