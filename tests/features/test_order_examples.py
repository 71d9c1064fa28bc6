"""In what order a journey stopped, and what its papers say, at real places."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from feature_builders import flight, shipped_reference, stop, tables

import features
from anomaly.geo import distance_nm
from features.words import contexts, sentence


def value(name: str, day: features.FlightTables, flight_id: str) -> float:
    return float(features.build(day)[name].loc[flight_id])


def journey(*fields: str | None, **of_stops: object) -> features.FlightTables:
    """Return the flights of one airframe along some fields, the last with all stops."""
    ids = [f"154073-{n}" for n in range(1, len(fields))]
    legs = [
        flight(ident, here, there)
        for ident, here, there in zip(ids, fields, fields[1:], strict=False)
    ]
    stops = [
        stop(before, after, field, **of_stops)
        for before, after, field in zip(ids, ids[1:], fields[1:], strict=False)
    ]
    return tables(*legs, stopovers=stops, chains={ids[-1]: ids})


def told(name: str, day: features.FlightTables) -> str:
    """Return the sentence of the day's last flight, by the value that it has."""
    last = str(day.flights.index[-1])
    return sentence(
        name, value(name, day, last), contexts(day, day.flights.index)[last]
    )


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        # Chkalovskiy, Latakia and Dakar have forces on them, Caracas has none: three
        # fields have no one place.
        (("UUMU", "OSLK", "GOOY", "SVMI"), math.nan),
        (("ETAR", "EDDF", "ETAR"), math.nan),
        (("EDDF", "ETAR", "EGLL"), 0.5),
        (("EDDF", "EGLL", "ETAR"), 1.0),
        (("ETAR", "EGLL", "EDDF"), 0.0),
        (("EDDF", "EGLL", "LFPG"), math.nan),
        (("KDOV", "ETAR", "OSLK"), math.nan),
    ],
)
def test_where_in_a_journey_the_military_fields_come(
    fields: tuple[str, ...], place: float
) -> None:
    day = journey(*fields)
    found = value("stopover_military_place", day, f"154073-{len(fields) - 1}")
    assert found == pytest.approx(place, nan_ok=True)


@pytest.mark.parametrize(
    ("fields", "placed"),
    [
        (("EDDF", "EGLL", "ETAR"), "is its last"),
        (("EDDF", "ETAR", "EGLL"), "lies between its ends"),
    ],
)
def test_the_place_of_the_only_military_field_is_told_in_words(
    fields: tuple[str, ...], placed: str
) -> None:
    assert told("stopover_military_place", journey(*fields)) == (
        "the only known military or joint-use field of its journey so far "
        f"({' - '.join(fields)}) {placed}: ETAR"
    )


@pytest.mark.parametrize(
    ("fields", "n_back"),
    [
        # From Moscow Latakia lies on the way to Dakar, and Dakar to Caracas.
        (("UUMU", "OSLK", "GOOY", "SVMI"), 0),
        # From Frankfurt to Incirlik nobody goes by way of Dover.
        (("EDDF", "KDOV", "LTAG"), 1),
        # Out and back is no way on.
        (("EDDF", "KDOV", "EDDF"), 0),
    ],
)
def test_a_stop_that_leads_away_lies_backwards(
    fields: tuple[str, ...], n_back: int
) -> None:
    day = journey(*fields)
    assert value("stopover_n_back", day, f"154073-{len(fields) - 1}") == n_back


@pytest.mark.parametrize(
    ("address", "registration", "differs"),
    [
        ("3c6444", "D-AIZZ", 0.0),
        ("730000", "EP-FAB", 0.0),
        # A Russian registration on an address of Syria's.
        ("778123", "RA-78765", 1.0),
        ("ae1234", "07-7176", math.nan),
        ("3c6444", None, math.nan),
    ],
)
def test_registration_and_address_are_of_one_state_or_not(
    address: str, registration: str | None, differs: float
) -> None:
    day = tables(flight(f"{address}-a", registration=registration))
    found = value("operator_registration_differs", day, f"{address}-a")
    assert found == pytest.approx(differs, nan_ok=True)


@pytest.mark.parametrize(
    ("listed", "kind", "differs"),
    [
        ("EGSS", "observed", 1.0),
        ("EGLL", "observed", 0.0),
        (None, "observed", math.nan),
        # Who did not see it land cannot say that the list is wrong.
        ("EGSS", "inferred", math.nan),
        ("QQQQ", "observed", math.nan),
    ],
)
def test_a_list_that_names_another_field_is_noticed(
    listed: str | None, kind: str, differs: float
) -> None:
    day = tables(flight(listed_destination=listed, destination_kind=kind))
    found = value("route_listed_elsewhere", day, "3c6444-a")
    assert found == pytest.approx(differs, nan_ok=True)
    context = contexts(day, day.flights.index)["3c6444-a"]
    if differs == 1.0:
        assert "(EGLL), while a flight list says London Stansted" in sentence(
            "route_listed_elsewhere", 1.0, context
        )


def between_nm(*fields: str) -> float:
    """Return the great circles from field to field together."""
    places = [shipped_reference().airports.get(ident) for ident in fields]
    return sum(
        float(
            distance_nm(
                a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg
            )
        )
        for a, b in pairwise(places)
        if a and b
    )


def test_a_journeys_detour_is_its_legs_less_the_direct_way() -> None:
    fields = ("UUMU", "OSLK", "GOOY", "SVMI")
    longer = between_nm(*fields) - between_nm("UUMU", "SVMI")
    day = journey(*fields)
    assert value("stopover_detour_nm", day, "154073-3") == pytest.approx(longer)
    assert told("stopover_detour_nm", day) == (
        "from its first known field to Simón Bolívar International Airport (SVMI) the "
        f"journey (UUMU - OSLK - GOOY - SVMI) is {longer:,.0f} nm longer than the "
        "direct way"
    )


@pytest.mark.parametrize(
    ("fields", "is_known"),
    [
        ((None, "OSLK", "GOOY", "SVMI"), True),
        (("UUMU", None, "GOOY", "SVMI"), False),
        (("UUMU", "OSLK", "GOOY", None), False),
        # Out and back is no way round.
        (("KDOV", "ETAR", "KDOV"), False),
        (("UUMU", "OSLK"), False),
    ],
)
def test_a_detour_is_told_where_both_ends_and_all_between_are_known(
    fields: tuple[str | None, ...], is_known: bool
) -> None:
    day = journey(*fields)
    found = value("stopover_detour_nm", day, f"154073-{len(fields) - 1}")
    assert math.isnan(found) != is_known


def test_where_it_turned_back_was_no_stop_on_the_way() -> None:
    day = journey("KDOV", "ETAR", "KDOV")
    assert math.isnan(value("stopover_last_detour_nm", day, "154073-2"))
    onward = journey("KDOV", "ETAR", "LTAG")
    assert value("stopover_last_detour_nm", onward, "154073-2") > 0


def test_time_by_night_is_weighed_by_time_on_the_ground() -> None:
    legs = journey("UUMU", "OSLK", "GOOY", "SVMI")
    stops = [
        stop("154073-1", "154073-2", "OSLK", ground_time_h=1.0, night_share=1.0),
        stop("154073-2", "154073-3", "GOOY", ground_time_h=9.0, night_share=0.0),
    ]
    day = replace(legs, stopovers=pd.DataFrame(stops))
    assert value("stopover_night_share", day, "154073-3") == pytest.approx(0.1)


def test_only_the_stops_that_a_sentence_is_about_are_named() -> None:
    # Of Frankfurt, Chkalovskiy and Latakia, one has no scheduled service.
    day = journey("EGLL", "EDDF", "UUMU", "OSLK", "HLLM")
    assert told("stopover_n_unscheduled", day) == (
        "stopped at fields without scheduled air service: Chkalovskiy Air Base (UUMU) "
        "2.0 h"
    )


def test_of_several_stops_the_backward_one_is_named() -> None:
    day = journey("EDDF", "KDOV", "LTAG", "OSLK")
    assert value("stopover_n_back", day, "154073-3") == 1
    assert told("stopover_n_back", day).endswith(
        "1 (Dover Air Force Base (KDOV) 2.0 h)"
    )


def test_a_stop_on_a_short_way_is_told_of_no_type_that_may_need_it() -> None:
    text = told("stopover_n_near", journey("EDDF", "EGLL", "ETAR"))
    assert text.startswith(
        "stopovers on a way of under 2,000 nm, which long-range jets"
    )
    assert "any jet" not in text


WITHOUT_FUEL = (
    "long-range jets fly so far without a stop, and where they make one it is hardly "
    "for fuel"
)


def test_of_a_journey_without_a_stop_it_is_said_that_there_was_none() -> None:
    day = journey("EDDF", "EGLL")
    none = "no stop so far in this journey, so none "
    assert told("stopover_n_near", day) == (
        f"{none}on a way of under 2,000 nm; {WITHOUT_FUEL}"
    )
    assert told("stopover_n_unneeded", day).startswith(f"{none}that the range of the")


def test_where_no_stop_is_on_a_short_way_the_stops_there_were_are_named() -> None:
    day = journey("LTAG", "EDDF", "KDOV")
    assert told("stopover_n_near", day) == (
        "none of its stops (Frankfurt Airport (EDDF) 2.0 h) is known to be on a way "
        "of under 2,000 nm, from the field before it to the one after; "
        f"{WITHOUT_FUEL}"
    )


@pytest.mark.parametrize(
    "name", ["shortest_h", "longest_h", "last_h", "last_detour_nm"]
)
def test_a_sentence_of_an_inferred_stop_says_so(name: str) -> None:
    fields = ("UUMU", "OSLK", "GOOY")
    assert "inferred" in told(f"stopover_{name}", journey(*fields, inferred=True))
    assert "inferred" not in told(f"stopover_{name}", journey(*fields))


def test_fields_of_a_journey_say_which_landing_was_inferred() -> None:
    day = journey("UUMU", "OSLK", "SVMI", inferred=True)
    assert told("stopover_journey_n_military", day).endswith("UUMU, OSLK (inferred)")
    every = journey("UUMU", "OSLK", "GOOY", inferred=True)
    assert told("stopover_journey_n_military", every).endswith("all (OSLK inferred)")


def test_the_end_without_scheduled_service_is_named() -> None:
    assert told("route_unscheduled_ends", journey("UUEE", "EGLL", "UUMU")) == (
        "began or ended without scheduled air service, at Chkalovskiy Air Base (UUMU)"
    )


def test_a_journey_is_no_shorter_than_its_direct_way() -> None:
    """Paris to Brussels; and a stop at a field that nobody saw."""
    short = journey("LFPG", "EBBR")
    short = replace(short, journeys=short.journeys.assign(total_nm=136, direct_nm=136))
    assert value("stopover_journey_ratio", short, "154073-1") == 1
    unseen = journey("UUMU", None, "OSLK")
    assert math.isnan(value("stopover_journey_ratio", unseen, "154073-2"))
    local = replace(short, journeys=short.journeys.assign(total_nm=40, direct_nm=40))
    assert value("stopover_journey_ratio", local, "154073-1") == 1
