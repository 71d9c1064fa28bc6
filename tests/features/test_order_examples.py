"""In what order a journey stopped, and what its papers say, at real places."""

from __future__ import annotations

import math

import pytest
from feature_builders import flight, stop, tables

import features
from features.words import contexts, sentence


def value(name: str, day: features.FlightTables, flight_id: str) -> float:
    return float(features.build(day)[name].loc[flight_id])


def journey(*fields: str) -> features.FlightTables:
    """Return the flights of one airframe along some fields, the last with all stops."""
    ids = [f"154073-{n}" for n in range(1, len(fields))]
    legs = [
        flight(ident, here, there)
        for ident, here, there in zip(ids, fields, fields[1:], strict=False)
    ]
    stops = [
        stop(before, after, field)
        for before, after, field in zip(ids, ids[1:], fields[1:], strict=False)
    ]
    return tables(*legs, stopovers=stops, chains={ids[-1]: ids})


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        # Chkalovskiy, Latakia and Dakar have forces on them, Caracas has none.
        (("UUMU", "OSLK", "GOOY", "SVMI"), 1 / 3),
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
    told = value("stopover_military_place", day, f"154073-{len(fields) - 1}")
    assert told == pytest.approx(place, nan_ok=True)


def test_the_place_of_military_fields_is_told_in_words() -> None:
    day = journey("EDDF", "EGLL", "ETAR")
    context = contexts(day, day.flights.index)["154073-2"]
    text = sentence("stopover_military_place", 1.0, context)
    assert text == (
        "military or joint-use fields come late in its journey (EDDF - EGLL - ETAR): "
        "ETAR"
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
    told = value("operator_registration_differs", day, f"{address}-a")
    assert told == pytest.approx(differs, nan_ok=True)


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
    told = value("route_listed_elsewhere", day, "3c6444-a")
    assert told == pytest.approx(differs, nan_ok=True)
    context = contexts(day, day.flights.index)["3c6444-a"]
    if differs == 1.0:
        assert "(EGLL), while a flight list says London Stansted" in sentence(
            "route_listed_elsewhere", 1.0, context
        )
