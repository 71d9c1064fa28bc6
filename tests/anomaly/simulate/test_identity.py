from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from anomaly.reference import Reference
from anomaly.simulate import draws, identity


def countries(reference: Reference, numbers: NDArray[np.int64]) -> pd.Series[str]:
    text = pd.Series([f"{number:06x}" for number in numbers], dtype="str")
    return reference.addresses.country(text)


@pytest.mark.parametrize("country", ["US", "DE", "RU", "TR", "CN"])
def test_most_addresses_are_of_the_state_and_the_rest_of_none(
    reference: Reference, country: str
) -> None:
    numbers = identity.addresses_of(
        reference.addresses, country, 400, draws.generator(country), military=False
    )
    found = countries(reference, numbers)
    assert 0.8 < (found == country).mean() < 1
    assert found[found != country].isna().all()


@pytest.mark.parametrize("military", [True, False])
def test_forces_have_their_own_blocks_where_a_state_keeps_some(
    reference: Reference, military: bool
) -> None:
    numbers = identity.addresses_of(
        reference.addresses, "US", 400, draws.generator("US"), military=military
    )
    text = pd.Series([f"{n:06x}" for n in numbers], dtype="str")
    own = ~identity.is_unassigned(numbers)
    assert set(reference.addresses.military(text)[own]) == {military}


def test_a_russian_address_tells_the_registration() -> None:
    tails = identity.registrations("RU", 50, draws.generator("RU"), military=False)
    numbers = identity.russian(tails)
    assert [f"RA-{n - 0x140000:05d}" for n in numbers] == list(tails)


def test_unassigned_addresses_are_no_states(reference: Reference) -> None:
    low, high = identity.UNASSIGNED
    assert countries(reference, np.linspace(low, high, 500).astype(int)).isna().all()


def test_airlines_keep_their_numbers_on_a_route() -> None:
    n = 300
    airframes = {
        "callsign_style": np.full(n, "route", dtype=object),
        "operator_code": np.full(n, "DLH", dtype=object),
        "registration": np.full(n, "D-AIAB", dtype=object),
        "habit": np.zeros(n, dtype=np.int64),
    }
    one_route = np.full(n, 12345, dtype=np.uint64)
    days = [
        set(identity.callsigns(airframes, np.arange(n), draws.generator(d), one_route))
        for d in (1, 2)
    ]
    numbered = [{c for c in day if c and c.startswith("DLH")} for day in days]
    assert numbered[0] == numbered[1]
    assert 1 < len(numbered[0]) < 8


def test_squawks_are_four_octal_digits() -> None:
    codes = identity.squawks(200, draws.generator("squawks"))
    assert all(len(code) == 4 and set(code) <= set("01234567") for code in codes)
