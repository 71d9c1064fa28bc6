from __future__ import annotations

import pandas as pd
import pytest
from flown import aircraft, leg, place_of, positions

from anomaly.days import tables_of
from anomaly.reference import Reference

WEST, EAST = (48.0, 0.0), (48.0, 20.0)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference.load()


def kinds(reference: Reference, *flown: pd.DataFrame) -> dict[str, str]:
    """Return the kind of each aircraft's gap."""
    gaps = tables_of(positions(*flown), aircraft(), reference).gaps.to_pylist()
    return {row["icao24"]: row["kind"] for row in gaps}


def train(n: int, every: str = "12min") -> list[pd.DataFrame]:
    """Return aircraft that follow each other on one route."""
    start = pd.Timestamp("2024-05-01T08:00Z")
    return [
        leg(WEST, EAST, start + i * pd.Timedelta(every), icao24=f"{i + 1:06x}")
        for i in range(n)
    ]


def silent(flown: pd.DataFrame, west_deg: float, east_deg: float) -> pd.DataFrame:
    return flown[~flown["longitude_deg"].between(west_deg, east_deg)]


def test_the_one_that_is_silent_where_all_others_are_heard_switched_off(
    reference: Reference,
) -> None:
    others = train(9)
    others[4] = silent(others[4], 8, 13)
    assert kinds(reference, *others) == {"000005": "transponder_off_likely"}


def test_where_all_are_silent_there_is_a_hole(reference: Reference) -> None:
    found = kinds(reference, *(silent(flown, 8, 13) for flown in train(9)))
    assert set(found.values()) == {"coverage_hole"}
    assert len(found) == 9


def test_those_heard_higher_say_nothing_of_the_low(reference: Reference) -> None:
    low = leg(
        WEST, EAST, "2024-05-01T08:40Z", icao24="0000ff", cruise_ft=9_000, cruise_kt=250
    )
    found = kinds(reference, *train(9), silent(low, 8, 13))
    assert found == {"0000ff": "coverage_hole"}


def test_those_heard_lower_do(reference: Reference) -> None:
    high = leg(WEST, EAST, "2024-05-01T08:40Z", icao24="0000ff", cruise_ft=41_000)
    found = kinds(reference, *train(9), silent(high, 8, 13))
    assert found == {"0000ff": "transponder_off_likely"}


def test_mostly_heard_is_unknown(reference: Reference) -> None:
    some = train(10)
    some[3], some[6] = silent(some[3], 8, 13), silent(some[6], 8, 13)
    assert set(kinds(reference, *some).values()) == {"unknown"}


def test_multilateration_fails_where_others_are_heard(reference: Reference) -> None:
    others = train(9)
    others[4] = silent(others[4], 8, 13).assign(position_source="mlat")
    assert kinds(reference, *others)["000005"] != "transponder_off_likely"


def test_dark_before_the_landing_is_told_from_parking(reference: Reference) -> None:
    """Two land at one field and leave; one goes dark on the way down."""
    field = place_of(reference, "LOWW")
    start = pd.Timestamp("2024-05-01T08:00Z")
    flown = []
    for i in range(8):
        there = leg(WEST, field, start + pd.Timedelta(minutes=9 * i))
        back = leg(field, WEST, there["timestamp"].iloc[-1] + pd.Timedelta("1h"))
        flown.append(pd.concat([there, back]).assign(icao24=f"{i + 1:06x}"))
    flown[3] = silent(flown[3], 15, 17)
    gaps = tables_of(positions(*flown), aircraft(), reference).gaps.to_pylist()
    (gap,) = gaps
    assert (gap["icao24"], gap["holds_stop"]) == ("000004", True)
    assert gap["kind"] == "transponder_off_likely"
    assert gap["n_others_seen"] >= 4
