from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly.reference import Operators
from anomaly.reference.operator_names import SERVICES, normal
from anomaly.store import bundled


@pytest.fixture(scope="module")
def operators() -> Operators:
    return Operators.load()


def found(operators: Operators, text: str) -> str | None:
    code: str | None = operators.match_name(pd.Series([text])).iloc[0]
    return code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Volga-Dnepr", "VDA"),
        ("VOLGA-DNEPR AIRLINES LLC", "VDA"),
        ("Cargolux Airlines International S.A.", "CLX"),
        ("UNITED AIRLINES INC", "UAL"),
        ("NETJETS SALES INC, SV AVIATION II LLC", "EJA"),
        ("Russian MChS (EMERCOM)", "SUM"),
        ("МЧС России", "SUM"),
        ("UNITED STATES AIR FORCE", "AIO"),
        ("Syrian Arab Air Force", "sy-air-force"),
        ("Força Aérea Brasileira", "FAB"),
        ("Russian Aerospace Forces 224th Flight Unit", "TTF"),
        ("Republic of China Air Force", "tw-air-force"),
        ("Ministry of Defence, Finland", "fi-armed-forces"),
        ("STATE OF CALIFORNIA", "some-government"),
    ],
)
def test_an_operator_is_known_by_any_of_its_names(
    operators: Operators, text: str, code: str
) -> None:
    assert found(operators, text) == code


@pytest.mark.parametrize(
    "text",
    [
        "Commemorative Air Force",
        "Garden State Airlines",
        "GAF HOLDINGS INC",
        "CONDOR LLC",
        "Navy Federal Credit Union",
        "US ARMY AVIATION MUSEUM",
        "Armada Real Estate",
        "Air Force One Air LLC",
        "WELLS FARGO TRUST CO NA TRUSTEE",
        "not named (US Air Force suspected)",
        "",
        "???",
    ],
)
def test_what_only_sounds_like_one_is_none(operators: Operators, text: str) -> None:
    assert found(operators, text) is None


def test_who_charters_a_flight_does_not_operate_it(operators: Operators) -> None:
    assert found(operators, "charter for the German Air Force") is None
    assert found(operators, "Volga-Dnepr (charter for Bundeswehr)") == "VDA"


def test_the_first_known_of_two_counts(operators: Operators) -> None:
    assert found(operators, "Nobody Air / Cham Wings") == "SAW"
    assert found(operators, "Saha Airlines / Iranian Air Force") == "IRZ"


def test_a_service_without_a_row_goes_under_a_wider_one(operators: Operators) -> None:
    code = found(operators, "Fiji Navy")
    assert code == "fj-armed-forces"
    assert operators.table.loc[code, "nature"] == "military"


def test_the_rows_keep_their_places_and_missing_names_are_none(
    operators: Operators,
) -> None:
    names = pd.Series(["US Navy", None, np.nan, "US Navy"], index=[7, 3, 9, 1])
    codes = operators.match_name(names.rename("owner"))
    assert codes.index.tolist() == [7, 3, 9, 1]
    assert codes.tolist() == ["us-navy", None, None, "us-navy"]
    assert codes.dtype == object
    assert codes.name == "owner"
    assert operators.match_name(pd.Series([], dtype="str")).empty


def test_every_operator_is_found_by_its_own_name(operators: Operators) -> None:
    table = operators.table[~operators.table.index.str.startswith("some-")]
    plain = table["name"].str.replace(r" *\(.*?\)", "", regex=True)
    codes = operators.match_name(plain)
    # Two designators of one operator are the same to a reader of its name.
    for what in ("nature", "country"):
        told = codes.map(operators.table[what])
        # "Congo" is two states, and "Airlink" two operators.
        assert (told.fillna("") != table[what].fillna("")).sum() <= 4, what


def test_a_state_has_each_service_once(operators: Operators) -> None:
    services = operators.table.dropna(subset=["service"])
    assert services["service"].isin(SERVICES).all()
    assert not services.duplicated(["country", "service"]).any()


def test_a_users_own_operator_is_found_by_name(tmp_path: Path) -> None:
    own = tmp_path / "reference" / "operators.csv"
    own.parent.mkdir()
    own.write_text("code,name,nature\nmine,Wings of Mine,cargo\n", encoding="utf-8")
    assert found(Operators.load(tmp_path), "WINGS OF MINE LTD.") == "mine"


@given(st.text(max_size=40))
def test_any_text_has_an_answer(operators: Operators, text: str) -> None:
    code = found(operators, text)
    assert code is None or code in operators.table.index
    assert normal(normal(text)) == normal(text)


def test_most_operators_of_the_casebook_are_known(operators: Operators) -> None:
    cases = pd.read_csv(bundled("casebook", "cases.csv"), dtype="str")
    told = cases["operator"].dropna()
    # Of a charter the page often says only for whom it flew.
    charters = told.str.contains("charter|not named|not told|hired", case=False)
    known = operators.match_name(told).notna()
    assert known[~charters].mean() > 0.9
    assert known.mean() > 0.8


def test_names_are_found_quickly(operators: Operators) -> None:
    names = pd.Series([f"PRIVATE OWNER {n} AVIATION LLC" for n in range(2_000)])
    operators.match_name(names.head(1))
    start = time.process_time()
    operators.match_name(names)
    # 40 microseconds each where measured.
    assert time.process_time() - start < 2
