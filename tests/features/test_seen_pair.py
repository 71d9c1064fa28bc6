"""Which states a flight links whose end is unknown, by where it was seen."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from feature_builders import Row, flight, shipped_reference, tables
from hypothesis import given
from hypothesis import strategies as st

from anomaly.reference.territory import state_near
from features import rarity, seen_pair
from features.base import FlightTables
from features.words import contexts, sentence

OFF_MISRATA, IN_FEZZAN = (33.3, 15.5), (27.3, 14.5)
ONE = "154073-a"


def lost(origin: str | None, destination: str | None, **seen: tuple[float, ...]) -> Row:
    """Return a flight, with the places where it was first and last seen."""
    told = {
        f"{side}_{axis}": at
        for side, place in seen.items()
        for axis, at in zip(("latitude_deg", "longitude_deg"), place, strict=True)
    }
    return flight(ONE, origin, destination, **told)


@cache
def known() -> list[Row]:
    """Return past flights out of Ankara: one in 600 to Tripoli, else to Frankfurt."""
    return [
        flight(f"3c{i:04x}-0", "LTAC", "EDDF" if i % 600 else "HLLT")
        for i in range(1200)
    ]


def among_known(*rows: Row) -> FlightTables:
    return tables(*rows, history=known())


def bits(day: FlightTables) -> float:
    return float(seen_pair.bits(day)[seen_pair.NAME][0])


def said(day: FlightTables) -> str:
    return sentence(seen_pair.NAME, 12.0, contexts(day, day.flights.index)[ONE])


def test_lost_off_misrata_it_counts_as_flown_to_libya() -> None:
    day = among_known(lost("LTAC", None, last=OFF_MISRATA))
    assert bits(day) == pytest.approx(-math.log2(1 / 600 + 1 / 4096))
    assert said(day) == (
        "flights from Turkey to Libya, whose field was the nearest to where it was "
        "last seen, are rare (no other flight) among earlier days' flights whose two "
        "ends are known"
    )


def test_lost_over_land_it_is_told_so() -> None:
    day = among_known(lost("LTAC", None, last=IN_FEZZAN))
    assert 9 < bits(day) < 12
    assert "from Turkey to Libya, over which it was last seen, are" in said(day)


def test_found_over_libya_it_counts_as_come_from_there() -> None:
    day = among_known(lost(None, "LTAC", first=IN_FEZZAN))
    assert bits(day) == 12
    assert "from Libya, over which it was first seen, to Turkey are" in said(day)


def test_both_ends_may_be_told_by_where_it_was_seen() -> None:
    ankara = (39.9, 32.7)
    day = among_known(lost(None, None, first=ankara, last=IN_FEZZAN))
    assert 9 < bits(day) < 12
    assert (
        "from Turkey, over which it was first seen, to Libya, over which it was last "
        "seen, are"
    ) in said(day)


def test_where_no_position_tells_an_end_nothing_is_known() -> None:
    nowhere = (math.nan, math.nan)
    assert math.isnan(bits(among_known(lost("LTAC", None, last=nowhere))))


def test_nothing_is_called_rare_among_a_few_flights() -> None:
    day = tables(lost("LTAC", None, last=IN_FEZZAN), history=known()[:100])
    assert math.isnan(bits(day))


def test_without_a_past_the_flights_of_the_day_are_the_others() -> None:
    day = tables(lost("LTAC", None, last=IN_FEZZAN), *known()[:600])
    assert bits(day) == pytest.approx(-math.log2(1 / 600 + 1 / 4096))


def test_it_is_no_part_of_who_flies_and_no_model_learns_it() -> None:
    (feature,) = seen_pair.FEATURES
    assert not feature.identity
    assert not feature.learnt


idents = st.sampled_from([None, "LTAC", "EDDF", "HLLT"])
places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(st.tuples(idents, idents, places, places), min_size=1, max_size=8))
def test_it_is_told_only_of_flights_with_an_unknown_end_and_within_its_range(
    flown: list[tuple[str | None, str | None, tuple[float, ...], tuple[float, ...]]],
) -> None:
    rows = [
        lost(origin, destination, first=first, last=last)
        | {"flight_id": f"154073-{number}"}
        for number, (origin, destination, first, last) in enumerate(flown)
    ]
    told = seen_pair.bits(among_known(*rows))[seen_pair.NAME]
    lacks = [not (origin and destination) for origin, destination, *_ in flown]
    assert (~np.isnan(told)).tolist() == lacks
    assert (told[lacks] >= 0).all()
    assert (told[lacks] <= rarity.largest_bits(rarity.RAREST)).all()


def test_a_place_at_sea_is_told_by_the_nearest_field() -> None:
    latitude, longitude = zip(OFF_MISRATA, IN_FEZZAN, (math.nan, 1.0), strict=True)
    state, inside = state_near(shipped_reference().airports, latitude, longitude)
    assert state.tolist() == ["LY", "LY", None]
    assert inside.tolist() == [False, True, False]


@given(places)
def test_every_place_has_a_nearest_state(place: tuple[float, float]) -> None:
    (state,), _ = state_near(shipped_reference().airports, *([axis] for axis in place))
    assert state in set(shipped_reference().airports.table["country"])
