from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly.reference.addresses import AddressBlocks


@pytest.fixture(scope="module")
def shipped() -> AddressBlocks:
    return AddressBlocks.load()


@pytest.mark.parametrize(
    ("icao24", "country", "military"),
    [
        ("1551e0", "RU", False),
        ("154073", "RU", False),
        ("ae1234", "US", True),
        ("a00001", "US", False),
        ("adf7c7", "US", False),
        ("43c123", "GB", True),
        ("43d000", "GB", False),
        ("3b7777", "FR", True),
        ("7cf801", "AU", True),
        ("7c8500", "AU", False),
        ("468001", "GR", True),
    ],
)
def test_known_aircraft_get_their_state(
    shipped: AddressBlocks, icao24: str, country: str, military: bool
) -> None:
    addresses = pd.Series([icao24, icao24.upper()])
    assert shipped.country(addresses).tolist() == [country] * 2
    assert shipped.military(addresses).tolist() == [military] * 2


@pytest.mark.parametrize("text", ["~4ca123", "000000", "ffffff", "test", "", None])
def test_what_is_no_address_of_a_state_has_none(
    shipped: AddressBlocks, text: str | None
) -> None:
    addresses = pd.Series([text], dtype="str")
    assert shipped.country(addresses).isna().all()
    assert not shipped.military(addresses).any()


blocks = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=1, max_size=6
)


@given(blocks, st.integers(0, 99))
def test_the_smallest_block_around_an_address_decides(
    spans: list[tuple[int, int]], address: int
) -> None:
    ranges = {(first, first + length) for first, length in spans}
    table = pd.DataFrame(
        {
            "country": [f"{first}-{last}" for first, last in sorted(ranges)],
            "military": False,
        },
        index=[f"{first:06x}-{last:06x}" for first, last in sorted(ranges)],
    )
    around = [(last - first, first, last) for first, last in ranges]
    around = [r for r in around if r[1] <= address <= r[2]]
    found = AddressBlocks(table).country(pd.Series([f"{address:06x}"])).iloc[0]
    if not around:
        assert pd.isna(found)
    else:
        first, last = map(int, str(found).split("-"))
        assert first <= address <= last
        assert last - first == min(around)[0]


def test_the_rows_keep_their_places(shipped: AddressBlocks) -> None:
    addresses = pd.Series(["1551e0", None, "ae1234"], index=[5, 2, 8])
    assert shipped.country(addresses).index.tolist() == [5, 2, 8]
    assert shipped.military(addresses).tolist() == [False, False, True]
