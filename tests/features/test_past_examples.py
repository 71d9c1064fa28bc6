"""What is told of the days before a flight, at real places: no more than is known."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from feature_builders import DAY, NOON, flight, tables

import features
from features import history
from features.words import contexts, sentence

RUSSIAN = {"operator_code": "RFF", "callsign": "RFF7081", "typecode": "IL76"}


def value(name: str, day: features.FlightTables, flight_id: str) -> float:
    return float(history.compute(day)[name].loc[flight_id])


def words(name: str, told: float, day: features.FlightTables, flight_id: str) -> str:
    return sentence(name, told, contexts(day, day.flights.index)[flight_id])


def ago(
    days: int, flight_id: str, origin: str, destination: str | None, **over: object
) -> dict[str, object]:
    back = dt.timedelta(days=days)
    when = {"first_seen": NOON - back, "last_seen": NOON - back + dt.timedelta(hours=1)}
    return flight(flight_id, origin, destination, date=DAY - back, **when, **over)


def to_libya(*past: dict[str, object]) -> features.FlightTables:
    """Return a Russian flight to Mitiga, with twenty days of others before it."""
    others = [ago(n, f"3c6444-{n}", "EDDF", "EGLL") for n in range(1, 21)]
    now = flight("155000-a", "OSLK", "HLLM", **RUSSIAN)
    return tables(now, history=[*others, *past])


def test_a_first_flight_there_is_no_multiple_of_none() -> None:
    day = to_libya()
    assert math.isnan(value("history_operator_surge_bits", day, "155000-a"))
    assert value("history_operator_n_new", day, "155000-a") == 1
    assert words("history_operator_n_new", 1, day, "155000-a") == (
        "1 flight of its operator into Libya this week, none on the stored days before "
        "the week"
    )


def test_a_surge_is_told_by_flights_a_day_of_both_spans() -> None:
    # Two flights in seven days, the day's own among them, and one in fourteen.
    past = [ago(n, f"155001-{n}", "OSLK", "HLLM", **RUSSIAN) for n in (6, 7)]
    day = to_libya(*past)
    told = value("history_operator_surge_bits", day, "155000-a")
    assert 2**told == pytest.approx(4)
    assert value("history_operator_n_new", day, "155000-a") == 0
    assert words("history_operator_surge_bits", told, day, "155000-a").startswith(
        "4.0 times as many flights a day of its operator into Libya this week"
    )


def test_less_than_a_week_before_the_week_tells_no_surge() -> None:
    others = [ago(n, f"3c6444-{n}", "EDDF", "EGLL") for n in range(1, 13)]
    day = tables(flight("155000-a", "OSLK", "HLLM", **RUSSIAN), history=others)
    for name in ("surge_bits", "n_new"):
        assert math.isnan(value(f"history_operator_{name}", day, "155000-a"))


def test_a_flight_over_midnight_was_seen_before_the_journey() -> None:
    midnight = NOON - dt.timedelta(hours=12)
    evening = flight(
        "155000-e",
        "UUMU",
        "OSLK",
        first_seen=midnight - dt.timedelta(hours=2),
        last_seen=midnight + dt.timedelta(minutes=40),
    )
    later = flight("155000-n", "OSLK", "UUMU")
    past = [ago(5, "155000-p", "UUMU", "UUMU")]
    day = tables(evening, later, flight("abcdef-n"), history=past)
    told = value("history_days_since", day, "155000-n")
    assert words("history_days_since", told, day, "155000-n") == (
        "last seen 11 h 20 min before this journey began"
    )
    # The evening's own journey began four days and 21 hours after the flight before.
    assert value("history_days_since", day, "155000-e") == pytest.approx(4 + 9 / 24)
    assert math.isnan(value("history_days_since", day, "abcdef-n"))


def test_a_journey_over_days_is_not_its_own_past() -> None:
    first = ago(1, "155000-1", "UUMU", "OSLK")
    day = tables(
        flight("155000-2", "OSLK", "GOOY"),
        history=[ago(3, "155000-0", "UUEE", "UUMU"), first],
        chains={"155000-2": ["155000-1", "155000-2"]},
    )
    assert value("history_days_since", day, "155000-2") == pytest.approx(2 - 1 / 24)


@pytest.mark.parametrize(
    ("landings", "share"),
    [
        (("UUMU", "UUMU", None, None), 1.0),
        (("UUMU", "UUMU", "OSLK", None), 2 / 3),
        # Two fields used as often as each other: neither is the most used.
        (("UUMU", "UUMU", "OSLK", "OSLK"), math.nan),
        (("UUMU", "OSLK", None, None), math.nan),
    ],
)
def test_the_field_used_most_is_one_and_counted_by_known_landings(
    landings: tuple[str | None, ...], share: float
) -> None:
    past = [ago(n + 1, f"155000-{n}", "UUEE", to) for n, to in enumerate(landings)]
    day = tables(flight("155000-a", "UUMU", "OSLK"), history=past)
    told = value("history_home_share", day, "155000-a")
    assert told == pytest.approx(share, nan_ok=True)
    use = value("history_home_military", day, "155000-a")
    assert math.isnan(use) == math.isnan(share)


@pytest.mark.parametrize(
    ("name", "told", "text"),
    [
        ("n_states", 2.0, "landed in 2 states on the 20 days stored before, as far as"),
        (
            "flights_a_day",
            0.6,
            "made about 6 flights in 10 days, by the 20 days stored",
        ),
        (
            "flights_a_day",
            0.4,
            "made about 4 flights in 10 days, by the 20 days stored",
        ),
        ("flights_a_day", 0.05, "made about one flight in 20 days, by the 20 days"),
        ("recent_share", 0.5, "50% of its flights that ended on the 20 days stored"),
        ("first_at_field", 1.0, "no landing of this airframe at Mitiga International"),
    ],
)
def test_how_many_days_are_known_is_told(name: str, told: float, text: str) -> None:
    day = to_libya()
    assert words(f"history_{name}", told, day, "155000-a").startswith(text)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("route_field_pair_bits", "among earlier days' flights whose two ends are"),
        ("operator_bits", "among earlier days' flights whose operator is known"),
        ("aircraft_type_bits", "among earlier days' flights whose type is known"),
        (
            "aircraft_type_here_bits",
            "among earlier days' arrivals of known type in Libya",
        ),
    ],
)
def test_what_is_rare_is_told_with_what_it_was_compared_with(
    name: str, end: str
) -> None:
    text = words(name, 9.0, to_libya(), "155000-a")
    assert end in text


def test_how_many_it_was_compared_with_is_told() -> None:
    """Twelve arrivals in Libya are known, all of one operator."""
    past = [ago(n, f"155001-{n}", "OSLK", "HLLM", **RUSSIAN) for n in range(1, 13)]
    day = to_libya(*past)
    built = features.build(day)
    context = contexts(day, day.flights.index, built)["155000-a"]
    text = sentence("aircraft_type_here_bits", 6.0, context)
    assert "among 12 earlier days' arrivals of known type in Libya" in text
    text = sentence("operator_network_bits", 6.0, context)
    assert "the known destinations of 12 earlier days' flights of its" in text


def test_without_a_day_before_the_day_itself_is_named() -> None:
    day = tables(flight("155000-a", "OSLK", "HLLM", **RUSSIAN))
    assert "among that day's flights" in words("operator_bits", 9.0, day, "155000-a")
