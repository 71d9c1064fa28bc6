from __future__ import annotations

import pandas as pd
import pytest

from anomaly.reference.operators import Operators


@pytest.mark.parametrize(
    ("callsign", "code"),
    [
        ("RCH871", "RCH"),
        ("rff7971 ", "RFF"),
        ("BAW1AB", "BAW"),
        ("TUAF220", "TUAF"),
    ],
)
def test_a_flight_number_follows_the_designator(callsign: str, code: str) -> None:
    assert Operators.code_of(pd.Series([callsign])).tolist() == [code]


@pytest.mark.parametrize(
    "callsign",
    ["EPPUS", "RA86496", "N174UA", "GOLD11", "9801", "7F100", "ABC", "RCH", "", "@@@@"],
)
def test_registrations_and_words_have_no_designator(callsign: str) -> None:
    assert Operators.code_of(pd.Series([callsign])).isna().all()


def test_the_rows_keep_their_places() -> None:
    callsigns = pd.Series(["RCH1", None, "RCH2"], index=[7, 3, 9], name="callsign")
    codes = Operators.code_of(callsigns)
    assert codes.index.tolist() == [7, 3, 9]
    assert codes.isna().tolist() == [False, True, False]


def test_no_callsigns_give_no_codes() -> None:
    assert Operators.code_of(pd.Series([], dtype="str")).empty
