"""One behaviour each, at real places with real types."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from feature_builders import NOON, flight, stop, tables
from hypothesis import given
from hypothesis import strategies as st

import features
from anomaly.sun import elevation_deg
from features import rarity
from features.words import contexts, sentence, value_text


def value(name: str, day: features.FlightTables, flight_id: str) -> float:
    (family,) = [f for f in features.families() if name.startswith(f"{f.name}_")]
    return float(family.compute(day)[name].loc[flight_id])


def antonov(flight_id: str, origin: str, destination: str) -> dict[str, object]:
    return flight(flight_id, origin, destination, typecode="A124", callsign="RFF7081")


@pytest.fixture
def to_caracas() -> features.FlightTables:
    legs = [
        antonov("154073-1", "UUMU", "OSLK"),
        antonov("154073-2", "OSLK", "GOOY"),
        antonov("154073-3", "GOOY", "SVMI"),
    ]
    stops = [
        stop("154073-1", "154073-2", "OSLK", inferred=True, ground_time_h=2.1),
        stop("154073-2", "154073-3", "GOOY", ground_time_h=3.5),
    ]
    chains = {
        "154073-2": ["154073-1", "154073-2"],
        "154073-3": ["154073-1", "154073-2", "154073-3"],
    }
    return tables(*legs, stopovers=stops, chains=chains)


def test_the_last_leg_remembers_the_whole_journey(
    to_caracas: features.FlightTables,
) -> None:
    assert value("stopover_n", to_caracas, "154073-3") == 2
    assert value("stopover_n_military", to_caracas, "154073-3") >= 1
    assert value("stopover_inferred_share", to_caracas, "154073-3") == 0.5
    assert value("stopover_shortest_h", to_caracas, "154073-3") == pytest.approx(2.1)
    assert value("stopover_journey_n_states", to_caracas, "154073-3") == 4


def test_the_first_leg_knows_nothing_of_later_stops(
    to_caracas: features.FlightTables,
) -> None:
    assert value("stopover_n", to_caracas, "154073-1") == 0
    assert math.isnan(value("stopover_shortest_h", to_caracas, "154073-1"))


def test_latakia_is_told_as_a_reporter_would(to_caracas: features.FlightTables) -> None:
    context = contexts(to_caracas, to_caracas.flights.index)["154073-3"]
    text = sentence("stopover_n_military", 1.0, context)
    assert "OSLK" in text
    assert "2.1 h, inferred" in text


def test_a_round_trip_has_no_directness() -> None:
    day = tables(flight("3c6444-a", "EDDF", "EDDF"))
    assert math.isnan(value("route_directness", day, "3c6444-a"))


def test_ramstein_counts_as_a_military_field_abroad_for_a_c17() -> None:
    day = tables(
        flight("ae1234-a", "KDOV", "ETAR", operator_code="RCH", callsign="RCH182")
    )
    assert value("route_destination_military", day, "ae1234-a") > 0
    assert value("operator_foreign_military_field", day, "ae1234-a") == 1
    assert value("operator_is_military", day, "ae1234-a") == 1


def test_a_flight_back_to_its_field_is_no_shuttle() -> None:
    day = tables(flight("adffa4-a", "LCRA", "LCRA"), flight("adffa4-b", "LCRA", "LCRA"))
    assert math.isnan(value("route_n_shuttles", day, "adffa4-a"))
    assert value("kinematics_n_circuits", day, "adffa4-a") == 2


def test_where_a_flight_was_lost_is_told_though_no_field_is_known() -> None:
    lost = {"last_latitude_deg": 27.0, "last_longitude_deg": 3.0}
    day = tables(flight("154073-a", "OSLK", None, **lost))
    context = contexts(day, day.flights.index)["154073-a"]
    text = sentence("region_destination_latitude_deg", 27.0, context)
    assert text.endswith("Algeria")


def test_a_registration_as_callsign_is_noticed() -> None:
    day = tables(flight(callsign="DAIZZ"))
    assert value("operator_callsign_is_registration", day, "3c6444-a") == 1


def test_a_pair_of_aircraft_on_one_unusual_way_see_each_other() -> None:
    day = tables(
        flight("1551e0-a", "GOOY", "SVMI"),
        flight("154073-a", "GOOY", "SVMI"),
        flight("3c6444-a"),
        history=[flight("3c6444-0")],
    )
    assert value("history_n_companions_rare", day, "1551e0-a") == 1
    assert value("history_n_companions_rare", day, "3c6444-a") == 0


def test_a_first_visit_needs_a_past_to_be_one() -> None:
    past = [flight(f"3c6444-{n}", "EDDF", "LFPG") for n in range(3)]
    day = tables(flight("3c6444-a"), flight("abcdef-a"), history=past)
    assert value("history_first_in_state", day, "3c6444-a") == 1
    assert math.isnan(value("history_first_in_state", day, "abcdef-a"))


def test_a_reenacted_aircraft_has_an_unknown_past_not_an_empty_one() -> None:
    day = tables(
        flight("1551e0-a", "GOOY", "SVMI", provenance="re-enacted"),
        flight("154073-a", "GOOY", "SVMI"),
        history=[flight("3c6444-0")],
    )
    assert math.isnan(value("history_flights_a_day", day, "1551e0-a"))
    assert value("history_flights_a_day", day, "154073-a") == 0
    assert value("history_n_companions_rare", day, "1551e0-a") == 1


def test_a_flight_lost_at_cruise_ends_in_the_dark() -> None:
    day = tables(flight("3c6444-a", "EDDF", None))
    assert value("route_dark_end", day, "3c6444-a") == 1


def test_midnight_in_frankfurt_is_night_and_noon_is_not() -> None:
    midnight = NOON + dt.timedelta(hours=12)
    day = tables(flight("3c6444-a"), flight("3c6445-a", last_seen=midnight))
    assert value("route_night_arrival", day, "3c6444-a") == 0
    assert value("route_night_arrival", day, "3c6445-a") == 1


def known(n: int) -> list[dict[str, object]]:
    """Return past flights from Frankfurt to London, one airframe each."""
    return [flight(f"3c{i:04x}-0") for i in range(n)]


def test_a_place_seen_often_is_less_surprising() -> None:
    day = tables(
        flight("3c6444-a"), flight("154073-a", "OSLK", "SVMI"), history=known(600)
    )
    assert value("route_country_pair_bits", day, "3c6444-a") < 0.1
    assert value("route_country_pair_bits", day, "154073-a") == 12


def test_nothing_is_called_rare_among_a_few_flights() -> None:
    day = tables(flight("154073-a", "OSLK", "SVMI"), history=known(100))
    assert math.isnan(value("route_country_pair_bits", day, "154073-a"))


def test_a_pair_nobody_else_flew_is_told_so() -> None:
    day = tables(flight("154073-a", "OSLK", "SVMI"), history=known(600))
    context = contexts(day, day.flights.index)["154073-a"]
    text = sentence("route_country_pair_bits", 12.0, context)
    assert "flights from Syria to Venezuela are rare (no other flight)" in text


def test_the_share_told_is_the_share_counted() -> None:
    """Of 1,000 other arrivals three were at this field: about one in 333."""
    keys = np.array([1] * 4 + [0] * 997, dtype=np.int64)
    told = float(rarity.bits(keys, keys[:0])[0])
    context = {"destination": "Diori Hamani (DRRN)", "before": "earlier days'"}
    text = sentence("route_destination_bits", told, context)
    assert "uncommon (about one in 333)" in text


@pytest.mark.parametrize("n_once", [0, 1, 3])
def test_rarity_hardly_moves_as_the_past_grows(n_once: int) -> None:
    """The same share among 2,000 and four million flights is the same surprise."""

    def told(times: int) -> float:
        past = np.zeros(2_000 * times, dtype=np.int64)
        past[: n_once * times] = 1
        return float(rarity.bits(np.array([1], dtype=np.int64), past)[0])

    assert told(1) == pytest.approx(told(2_000), abs=0.01)


keys = st.lists(st.integers(-1, 3), min_size=2, max_size=20)


@given(keys, keys, st.integers(1, 400))
def test_rarity_is_within_its_range_or_unknown(
    now: list[int], past: list[int], times: int
) -> None:
    today, before = np.array(now), np.repeat(np.array(past), times)
    bits = rarity.bits(today, before)
    # A day with less before it is compared with itself as well.
    n_past, n_now = (before >= 0).sum(), (today >= 0).sum()
    n_others = n_past if n_past >= n_now else n_past + n_now - 1
    is_told = (today >= 0) & (n_others >= rarity.LEAST_KNOWN)
    assert (np.isnan(bits) == ~is_told).all()
    assert (bits[is_told] >= 0).all()
    assert (bits[is_told] <= rarity.largest_bits(rarity.RAREST)).all()


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 40_000))
def test_the_sun_is_below_on_one_side_of_the_earth(
    lat: float, lon: float, hours: int
) -> None:
    import pandas as pd

    when = pd.DatetimeIndex(
        [pd.Timestamp("2015-01-01", tz="UTC") + pd.Timedelta(hours=hours)]
    )
    here = elevation_deg(when, [lat], [lon])[0]
    antipode = elevation_deg(when, [-lat], [lon + 180])[0]
    assert here == pytest.approx(-antipode, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "value", "says", "beside"),
    [
        (
            "stopover_journey_military_share",
            2 / 3,
            "military or joint-use fields of its journey so far (UUMU - OSLK - SVMI): "
            "UUMU, OSLK",
            "67%",
        ),
        (
            "stopover_journey_unscheduled_share",
            0.0,
            "all fields of its journey (UUMU - OSLK - SVMI) have scheduled air service",
            "0%",
        ),
        (
            "history_n_states",
            1.0,
            "landed in 1 state on the one day stored before, as far as known",
            "1",
        ),
        (
            "stopover_shortest_h",
            0.01,
            "its shortest stopover, at Bassel Al-Assad International Airport (OSLK), "
            "took under 5 min",
            "0.01 h",
        ),
        (
            "history_days_since",
            0.25,
            "last seen 6 h before this journey began",
            "0.25 days",
        ),
        (
            "stopover_journey_nm",
            -5e-7,
            "the journey so far (UUMU - OSLK - SVMI) is 0 nm long",
            "0 nm",
        ),
        (
            "region_destination_latitude_deg",
            -33.2,
            "the part of the world it flew to: Venezuela",
            "33° S",
        ),
    ],
)
def test_a_value_reads_as_one_would_say_it(
    name: str, value: float, says: str, beside: str
) -> None:
    day = tables(
        flight("154073-a", "UUMU", "OSLK"),
        flight("154073-b", "OSLK", "SVMI"),
        history=[flight("3c6444-0")],
        stopovers=[stop("154073-a", "154073-b", "OSLK")],
        chains={"154073-b": ["154073-a", "154073-b"]},
    )
    context = contexts(day, day.flights.index)["154073-b"]
    assert sentence(name, value, context) == says
    assert value_text(name, value) == beside


def test_where_all_fields_are_of_a_kind_that_is_said_in_a_word() -> None:
    day = tables(flight("154073-a", "UUMU", "OSLK"), history=known(600))
    context = contexts(day, day.flights.index)["154073-a"]
    text = sentence("stopover_journey_military_share", 1.0, context)
    assert (
        text == "military or joint-use fields of its journey so far (UUMU - OSLK): all"
    )


def test_of_many_fields_used_once_none_is_home() -> None:
    # Lajes is joint-use; the tour touched each of three fields once.
    tour = [
        flight(f"3c6444-{n}", destination=field)
        for n, field in enumerate(("LPLA", "EDDF", "EGLL"))
    ]
    base = [*tour, flight("3c6444-3", destination="LPLA")]
    for history, share in ((tour, math.nan), (base, 0.5)):
        row = features.build(tables(flight("3c6444-a"), history=history)).iloc[0]
        assert row["history_home_share"] == pytest.approx(share, nan_ok=True)
        assert math.isnan(row["history_home_military"]) == math.isnan(share)
        assert math.isnan(row["history_away_nm"]) == math.isnan(share)
