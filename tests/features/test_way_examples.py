"""What lies below a flight's way, its rests and its company, at real places."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest
from feature_builders import DAY, NOON, flight, shipped_reference, stop, tables
from hypothesis import given
from hypothesis import strategies as st

import features
from anomaly.reference.territory import SEA, territory_of
from features.words import contexts, sentence


def value(name: str, day: features.FlightTables, flight_id: str) -> float:
    (family,) = [f for f in features.families() if name.startswith(f"{f.name}_")]
    return float(family.compute(day)[name].loc[flight_id])


@pytest.mark.parametrize(
    ("place", "state"),
    [
        ((55.7, 37.6), "RU"),
        ((66.0, -175.0), "RU"),
        ((33.5, 36.3), "SY"),
        ((14.8, -15.5), "SN"),
        ((-29.5, 28.3), "LS"),
        ((-17.8, 178.0), "FJ"),
        ((50.4, 30.5), "UA"),
    ],
)
def test_inland_places_lie_in_their_state(
    place: tuple[float, float], state: str
) -> None:
    territory = territory_of(shipped_reference().airports)
    (found,) = territory.at([place[0]], [place[1]])
    assert territory.states[found] == state


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_place_has_an_answer_that_a_full_turn_does_not_change(
    latitude: float, longitude: float
) -> None:
    territory = territory_of(shipped_reference().airports)
    here = territory.at([latitude], [longitude])
    assert -2 <= here[0] < len(territory.states)
    # Adding a turn rounds, and may so cross the edge of a cell.
    near = territory.at(
        [latitude] * 2, [longitude + 360 - 1e-9, longitude + 360 + 1e-9]
    )
    assert here[0] in near


def test_mid_atlantic_is_sea() -> None:
    assert territory_of(shipped_reference().airports).at([20.0], [-40.0])[0] == SEA


def test_dakar_to_caracas_passes_over_the_sea() -> None:
    day = tables(flight("154073-a", "GOOY", "SVMI"))
    assert value("route_sea_share", day, "154073-a") > 0.9


def test_moscow_to_latakia_passes_over_ukraine_and_turkey() -> None:
    day = tables(flight("154073-a", "UUMU", "OSLK"))
    context = contexts(day, day.flights.index)["154073-a"]
    assert "Ukraine" in context["passed_states"]
    assert "Turkey" in context["passed_states"] or "Türkiye" in context["passed_states"]
    assert context["closed_states"] == "Ukraine (forbidden to US civil operators)"


@pytest.mark.parametrize(
    ("origin", "destination", "passed"),
    [
        ("EDDM", "EGLL", "Luxembourg"),  # for 10 nm
        ("LIMJ", "EIDW", "Switzerland"),  # 11
        ("OKBK", "LEMD", "Jordan"),  # 11
        ("LTFM", "OERK", "Jordan"),  # 12
    ],
)
def test_a_state_crossed_for_ten_miles_is_found(
    origin: str, destination: str, passed: str
) -> None:
    day = tables(flight("154073-a", origin, destination))
    context = contexts(day, day.flights.index)["154073-a"]
    assert passed in context["passed_states"]


def test_a_russian_airliner_flies_round_the_european_union_in_2023() -> None:
    flown = {"operator_code": "AFL", "callsign": "AFL2136", "flown_nm": 2_400.0}
    day = tables(flight("155000-a", "UUEE", "LYBE", **flown))
    before, after = (replace(day, date=date) for date in (DAY, dt.date(2023, 6, 1)))
    assert value("route_detour_round_closed", after, "155000-a") > 1
    context = contexts(after, after.flights.index)["155000-a"]
    text = sentence("route_detour_round_closed", 1.5, context)
    assert "150% farther" in text
    assert "Poland" in text or "Romania" in text or "Hungary" in text
    shut = [value("route_closed_share", each, "155000-a") for each in (before, after)]
    assert shut[0] < shut[1]


def test_turkey_is_closed_to_russian_flights_to_syria_only() -> None:
    flown = {"operator_code": "RFF", "callsign": "RFF7081"}
    to_syria = flight("155000-a", "URSS", "OSLK", **flown)
    to_egypt = flight("155001-a", "URSS", "HECA", **flown)
    day = replace(tables(to_syria, to_egypt), date=dt.date(2022, 5, 1))
    words = contexts(day, day.flights.index)
    closed = [words[f"15500{n}-a"]["closed_states"] for n in (0, 1)]
    turkey = shipped_reference().countries.name("TR")
    assert [turkey in names for names in closed] == [True, False]


def days_ago(days: int, address: str = "154073") -> dict[str, object]:
    back = dt.timedelta(days=days)
    return flight(
        f"{address}-p{days}",
        "UUMU",
        "UUEE",
        date=DAY - back,
        first_seen=NOON - back,
        last_seen=NOON - back + dt.timedelta(hours=1),
    )


def test_an_antonov_that_woke_after_three_weeks_is_told_so() -> None:
    daily = [days_ago(n, "3c6444") for n in range(1, 61)]
    own = [days_ago(n) for n in (50, 45, 23, 2, 1)]
    day = tables(flight("154073-a"), flight("3c6444-a"), history=[*daily, *own])
    assert value("history_longest_rest_days", day, "154073-a") == 21
    assert value("history_awake_days", day, "154073-a") == 23
    assert value("history_longest_rest_days", day, "3c6444-a") == 0
    assert math.isnan(value("history_awake_days", day, "3c6444-a"))


def test_the_day_itself_may_be_past_to_a_case_flown_among_it() -> None:
    daily = [days_ago(n, "3c6444") for n in range(61)]
    day = tables(flight("3c6444-a"), history=daily)
    assert value("history_longest_rest_days", day, "3c6444-a") == 0


def test_no_rest_is_told_of_a_past_of_a_few_days() -> None:
    day = tables(flight("154073-a"), history=[days_ago(20), days_ago(1)])
    assert math.isnan(value("history_longest_rest_days", day, "154073-a"))


def test_an_aircraft_is_told_by_how_far_it_is_from_its_usual_field() -> None:
    past = [flight(f"154073-p{n}", "UUEE", "UUMU") for n in range(3)]
    away, home = flight("154073-a", "UUMU", "SVMI"), flight("154073-b", "SVMI", "UUMU")
    day = tables(away, home, history=past)
    assert value("history_away_nm", day, "154073-a") == pytest.approx(5_360, rel=0.01)
    assert value("history_away_nm", day, "154073-b") == 0


def test_an_hour_is_short_for_a_type_that_mostly_stays_two() -> None:
    flown = [flight(f"15400{n}-b", typecode="IL76") for n in range(6)]
    stops = [
        stop(f"15400{n}-a", f"15400{n}-b", "OSLK", ground_time_h=1.0 if n == 0 else 2.0)
        for n in range(6)
    ]
    chains = {f"15400{n}-b": [f"15400{n}-a", f"15400{n}-b"] for n in range(6)}
    past = [flight(f"15400{n}-a", "UUMU", "OSLK") for n in range(6)]
    day = tables(*flown, stopovers=stops, chains=chains, history=past)
    assert value("stopover_last_to_type", day, "154000-b") == 0.5
    few = tables(*flown[:3], stopovers=stops[:3], chains=chains, history=past)
    assert math.isnan(value("stopover_last_to_type", few, "154000-b"))


def test_the_order_of_fields_tells_how_long_ago_the_last_base_was() -> None:
    legs = [
        flight("154073-1", "UUMU", "OSLK"),
        flight("154073-2", "OSLK", "EDDF"),
        flight("154073-3", "EDDF", "EGLL"),
    ]
    names = [row["flight_id"] for row in legs]
    day = tables(*legs, chains={names[n]: names[: n + 1] for n in range(3)})
    told = [value("stopover_flights_since_military", day, name) for name in names]
    assert told == [0, 1, 2]
    civil = tables(flight("3c6444-a", "EDDF", "EGLL"))
    assert math.isnan(value("stopover_flights_since_military", civil, "3c6444-a"))


def test_an_orbit_is_many_full_circles() -> None:
    day = tables(flight("ae0455-a", turning_deg_per_h=1_800.0, duration_h=4.0))
    assert value("kinematics_full_turns", day, "ae0455-a") == 20


def gap(flight_id: str, hours: float, n_others: int | None) -> dict[str, object]:
    """A gap over France if others were seen, else over the Atlantic."""
    place = (47.0, 3.0) if n_others else (45.0, -30.0)
    row: dict[str, object] = {"flight_id": flight_id, "duration_h": hours}
    for side in ("start", "end"):
        row |= {f"{side}_latitude_deg": place[0], f"{side}_longitude_deg": place[1]}
    return row | {"n_others_seen": n_others, "kind": "unknown", "holds_stop": False}


def test_time_unobserved_is_told_by_where_it_was() -> None:
    day = tables(flight("3c6444-a"), flight("3c6445-a"))
    found = [gap("3c6444-a", 1.0, 12), gap("3c6444-a", 3.0, 0)]
    gaps = pd.DataFrame(found).reindex(columns=day.gaps.columns)
    day = replace(day, gaps=gaps)
    assert value("route_gap_covered_share", day, "3c6444-a") == 0.25
    assert math.isnan(value("route_gap_covered_share", day, "3c6445-a"))


def test_a_way_of_which_much_was_not_seen_is_not_called_direct() -> None:
    # Seen from over France to Heathrow only, or through a gap of half the time.
    lost = {"first_latitude_deg": 49.0, "first_longitude_deg": 3.0, "flown_nm": 190.0}
    day = tables(
        flight("3c6444-a", flown_nm=360.0),
        flight("3c6445-a", "EDDF", "EGLL", **lost),
        flight("3c6446-a", flown_nm=360.0, unobserved_share=0.5),
    )
    told = [value("route_directness", day, f"3c644{n}-a") for n in (4, 5, 6)]
    assert told[0] == pytest.approx(0.98, abs=0.02)
    assert math.isnan(told[1])
    assert math.isnan(told[2])
    context = contexts(day, day.flights.index)["3c6444-a"]
    text = sentence("route_directness", 0.98, context)
    assert text == "flew a nearly direct way (the direct one is 98% of the way flown)"


def test_ends_that_were_not_seen_are_counted_as_flown() -> None:
    near = {"last_latitude_deg": 51.3, "last_longitude_deg": 0.4, "flown_nm": 380.0}
    day = tables(
        flight("3c6444-a", flown_nm=380.0), flight("3c6445-a", "EDDF", "EGLL", **near)
    )
    told = [value("route_directness", day, f"3c644{n}-a") for n in (4, 5)]
    assert told[1] < told[0]


def test_the_usual_way_is_told_of_flights_followed_from_field_to_field() -> None:
    """From Frankfurt to Heathrow it is 355 nm: who was seen for 200 tells nothing."""
    before = [
        flight(f"3c6{n}00-p", flown_nm=nm, date=DAY - dt.timedelta(days=1))
        for n, nm in enumerate((380.0, 400.0, 200.0))
    ]
    lost = {"last_latitude_deg": 51.0, "last_longitude_deg": 4.5, "flown_nm": 180.0}
    day = tables(
        flight("3c6444-a", flown_nm=429.0),
        flight("3c6445-a", "EDDF", "EGLL", **lost),
        history=before,
    )
    told = [value("route_flown_to_usual", day, f"3c644{n}-a") for n in (4, 5)]
    assert told[0] == pytest.approx(1.1, abs=0.01)
    assert math.isnan(told[1])


def test_a_tanker_of_which_half_the_way_went_unseen_is_not_called_straight() -> None:
    """A Stratotanker from Mildenhall to Incirlik, and one lost over the Alps."""
    tanker = {"typecode": "K35R", "flown_nm": 1_790.0}
    lost = {"last_latitude_deg": 46.0, "last_longitude_deg": 14.0}
    day = tables(
        flight("ae0001-a", "EGUN", "LTAG", **tanker),
        flight("ae0002-a", "EGUN", "LTAG", **tanker | lost | {"flown_nm": 700.0}),
        flight("3c6444-a", "EDDF", None),
    )
    told = [
        value("aircraft_type_tanker_as_transport", day, flight_id)
        for flight_id in ("ae0001-a", "ae0002-a", "3c6444-a")
    ]
    assert told[0] == 1
    assert math.isnan(told[1])
    assert told[2] == 0


def test_a_ban_to_american_operators_is_told_as_such() -> None:
    day = tables(flight("155000-a", "OSLK", "HLLM"))
    context = contexts(day, day.flights.index)["155000-a"]
    text = sentence("route_n_conflict_fields", 2.0, context)
    assert "HLLM (Libya, forbidden to US civil operators)" in text
    assert "closed" not in text
