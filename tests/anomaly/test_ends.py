from __future__ import annotations

import pandas as pd
import pytest
from flown import aircraft, leg, place_of, positions

from anomaly.days import DayTables, tables_of
from anomaly.reference import Reference


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


def tables(
    reference: Reference, flown: pd.DataFrame, typecode: str = "A320"
) -> DayTables:
    return tables_of(positions(flown), aircraft(x1551e0=typecode), reference)


def destination(
    reference: Reference, flown: pd.DataFrame, typecode: str = "A320"
) -> tuple[str | None, str, str]:
    (row,) = tables(reference, flown, typecode).flights.to_pylist()
    return row["destination"], row["destination_kind"], row["destination_reason"]


@pytest.mark.parametrize("lost_ft", [400, 2_000, 5_000, 9_000])
@pytest.mark.parametrize("ident", ["LFPB", "LFPG", "LFPO", "EGLC", "EGLL"])
def test_fields_of_one_city_stay_apart_on_a_straight_approach(
    ident: str, lost_ft: float, reference: Reference
) -> None:
    flown = leg((45.7, 5.1), place_of(reference, ident), "2024-05-01T08:00Z", step_s=15)
    seen = flown[(flown["altitude_ft"] > lost_ft) | (flown.index < 40)]
    found = tables(reference, seen)
    if lost_ft < 3_000:
        assert found.flights["destination"].to_pylist() == [ident]
    candidates = found.candidates.to_pandas()
    # High up, an airliner is likelier to go next door: a weight, not a name.
    assert ident in set(candidates.loc[candidates["end"] == "destination", "airport"])


def test_a_landing_that_was_seen_is_observed(reference: Reference) -> None:
    flown = leg((45.7, 5.1), place_of(reference, "LFPG"), "2024-05-01T08:00Z")
    assert destination(reference, flown)[:2] == ("LFPG", "observed")


def test_a_landing_lost_high_is_inferred_and_says_from_what(
    reference: Reference,
) -> None:
    flown = leg((45.7, 5.1), place_of(reference, "LIRN"), "2024-05-01T08:00Z")
    airport, kind, reason = destination(reference, flown[flown.index < flown.index[-6]])
    assert (airport, kind) == ("LIRN", "inferred")
    assert "ft descending" in reason
    assert reason.endswith("nm from LIRN")


def test_a_short_strip_takes_no_heavy_aircraft(reference: Reference) -> None:
    """An An-124 comes down just toward Elstree, among the airports of London."""
    flown = leg((45.7, 5.1), place_of(reference, "EGTR"), "2024-05-01T08:00Z")
    lost = flown[flown["altitude_ft"] > 8_000]
    candidates = tables(reference, lost, "A124").candidates.to_pandas()
    here = candidates[candidates["end"] == "destination"]
    assert "EGTR" not in set(here["airport"])


def test_weights_add_up_to_no_more_than_one(reference: Reference) -> None:
    flown = leg((45.7, 5.1), place_of(reference, "EGLL"), "2024-05-01T08:00Z")
    lost = flown[flown["altitude_ft"] > 11_000]
    candidates = tables(reference, lost).candidates.to_pandas()
    total = candidates.groupby("end")["weight"].sum()
    assert (total <= 1 + 1e-6).all()
    here = candidates[candidates["end"] == "destination"]
    assert here["weight"].is_monotonic_decreasing
    assert here["rank"].to_list() == list(range(1, len(here) + 1))


def test_a_helicopter_may_end_at_a_pad_and_a_jet_may_not(reference: Reference) -> None:
    table = reference.airports.table
    pads = table[(table["kind"] == "heliport") & (table["country"] == "DE")]
    pad = pads.iloc[len(pads) // 2]
    at = (float(pad["latitude_deg"]), float(pad["longitude_deg"]))
    flown = leg((at[0] + 0.5, at[1]), at, "2024-05-01T08:00Z", cruise_kt=120, step_s=20)
    assert destination(reference, flown, "EC35")[0] == pad.name
    assert destination(reference, flown, "A320")[0] != pad.name
