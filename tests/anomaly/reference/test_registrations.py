from __future__ import annotations

import pandas as pd
import pytest

from anomaly.reference import Reference, Registrations


@pytest.mark.parametrize(
    ("registration", "state"),
    [
        ("RA-86496", "RU"),
        ("RF-76551", "RU"),
        ("N834YP", "US"),
        ("EP-FAB", "IR"),
        ("UR-COZ", "UA"),
        ("A9C-BA", "BH"),
        ("A40-AA", None),
        ("VP-BZZ", "BM"),
        ("VP-CZZ", "KY"),
        ("JA8089", "JP"),
        ("C-GXYZ", "CA"),
        ("CC-ABC", "CL"),
        # Serials of forces, and a mark that four registers share.
        ("84-3346", None),
        ("MM62196", None),
        ("NAF913", None),
        ("B-2445", None),
        (None, None),
    ],
)
def test_a_registration_names_its_state_or_none(
    registration: str | None, state: str | None
) -> None:
    found = Registrations.load().country(pd.Series([registration], dtype="str"))
    assert (None if pd.isna(found.iloc[0]) else found.iloc[0]) == state


def test_every_mark_is_of_a_state_that_has_a_name() -> None:
    reference = Reference.load()
    marks = reference.registrations.table
    assert set(marks["country"]) <= set(reference.countries.table.index)
    assert marks["source"].notna().all()
