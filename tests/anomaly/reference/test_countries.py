from __future__ import annotations

from anomaly.reference import Reference


def test_a_code_has_a_name_and_an_unknown_one_stays() -> None:
    countries = Reference.load().countries
    assert countries.name("VE") == "Venezuela"
    assert countries.name("XQ") == "XQ"


def test_every_airport_lies_in_a_named_state() -> None:
    reference = Reference.load()
    unnamed = set(reference.airports.table["country"].dropna()) - set(
        reference.countries.table.index
    )
    assert unnamed == set()
