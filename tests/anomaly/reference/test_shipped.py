"""What the shipped tables must hold, whoever edits them."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator

import pandas as pd
import pytest

from anomaly.reference import AddressBlocks, AircraftTypes, Airports, Operators
from anomaly.reference.aircraft_types import CARRIES, ENGINES, ROLES
from anomaly.reference.operators import NATURES
from anomaly.store import bundled

FOUNDING_GROUP = "g-f-015"


@pytest.fixture(scope="module")
def airports() -> Airports:
    return Airports.load()


@pytest.fixture(scope="module")
def types() -> pd.DataFrame:
    return AircraftTypes.load().table


def cases() -> Iterator[dict[str, str]]:
    with bundled("casebook", "cases.csv").open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


def test_every_airport_of_the_casebook_is_known(airports: Airports) -> None:
    legs = (f"{case['legs']} {case['legs_filled']}" for case in cases())
    codes = {code for places in legs for code in places.split()} - {"?"}
    unknown = [code for code in sorted(codes) if airports.get(code) is None]
    assert unknown == []


def test_every_type_of_the_casebook_is_known(types: pd.DataFrame) -> None:
    assert {case["typecode"] for case in cases()} - {""} <= set(types.index)


def test_places_and_words_of_airports_are_sound(airports: Airports) -> None:
    table = airports.table
    assert table["latitude_deg"].between(-90, 90).all()
    assert table["longitude_deg"].between(-180, 180).all()
    assert table["elevation_ft"].dropna().between(-1500, 19000).all()
    assert table["longest_runway_ft"].dropna().between(100, 20000).all()
    assert table["field_use"].isin(["civil", "joint", "military"]).all()
    assert not table[["name", "country", "kind"]].isna().any(axis=None)


@pytest.mark.parametrize(
    ("ident", "use"),
    [
        ("OSLK", "joint"),
        ("HL59", "military"),
        ("HL69", "military"),
        ("HL77", "military"),
        ("UUMU", "military"),
        ("UUEE", "civil"),
        ("ETAR", "military"),
        ("EDDF", "civil"),
        ("HLLM", "joint"),
        ("EPRZ", "joint"),
        ("SPHO", "civil"),
    ],
)
def test_the_use_of_a_well_known_field(
    airports: Airports, ident: str, use: str
) -> None:
    field = airports.get(ident)
    assert field is not None
    assert field.field_use == use


@pytest.mark.parametrize(
    ("code", "country", "military"),
    [
        ("HL59", "LY", True),  # Al Khadim
        ("HL69", "LY", True),  # Al Jufra
        ("HL77", "LY", True),  # Al Watiya, Okba Ibn Nafa
        ("HL66", "LY", True),  # Tamanhint
        ("TD-0014", "TD", True),  # Amdjarass
        ("ZKWS", "KP", True),  # Wonsan
        ("UUBD", "RU", True),  # Dyagilevo
        ("OMAW", "AE", True),  # Sweihan
        ("HEBR", "EG", True),  # Berenice
        ("GMMP", "MA", True),  # Kenitra
        ("HLMS", "LY", True),
        ("HSSS", "SD", True),
        ("OIIF", "IR", True),
        ("XRMF", "RU", True),
        ("UMIO", "BY", True),
        ("VGHS", "BD", True),
        ("SPJC", "PE", True),
        ("UCFM", "KG", False),
        ("AYXM", "PG", False),
    ],
)
def test_fields_that_lists_lack_are_known(
    airports: Airports, code: str, country: str, *, military: bool
) -> None:
    field = airports.get(code)
    assert field is not None
    assert field.country == country
    assert (field.field_use != "civil") == military


def test_a_military_field_and_the_citys_terminals_stay_apart(
    airports: Airports,
) -> None:
    for military, civil in [
        ("UUMU", "UUEE"),
        ("EBMB", "EBBR"),
        ("ETAR", "EDFH"),
        ("OMNK", "OMAD"),
        ("LTAE", "LTAC"),
        ("HECW", "HECA"),
    ]:
        table = airports.table.loc[[military, civil]]
        nearest, _ = airports.nearest(table["latitude_deg"], table["longitude_deg"])
        assert nearest[:, 0].tolist() == [military, civil]


def test_no_hub_is_one_because_of_the_founding_pair(airports: Airports) -> None:
    with bundled("reference", "hubs.csv").open(encoding="utf-8") as lines:
        sources = {row["ident"]: row["source"] for row in csv.DictReader(lines)}
    group = {case["case_id"]: case["group_id"] for case in cases()}
    for source in sources.values():
        groups = {group[case_id] for case_id in source.split()[1:]}
        assert FOUNDING_GROUP not in groups
        assert len(groups) >= 4
    assert set(airports.table.index[airports.table["hub"]]) == set(sources)


def test_types_use_the_agreed_words(types: pd.DataFrame) -> None:
    assert types["role"].isin(ROLES).all()
    assert types["engine"].dropna().isin(ENGINES).all()
    assert types["carries"].isin(CARRIES).all()
    assert (types.index.str.fullmatch("[A-Z][A-Z0-9]{1,3}")).all()


def test_sources_name_values_that_there_are_and_each_once(types: pd.DataFrame) -> None:
    named = pd.read_csv(bundled("reference", "aircraft_types_sources.csv"), dtype="str")
    assert not named.isna().any(axis=None)
    named = named.assign(field=named["fields"].str.split()).explode("field")
    assert not named.duplicated(["typecode", "field"]).any()
    assert set(named["typecode"]) <= set(types.index)
    assert set(named["field"]) <= set(types.columns)
    row, column = (
        types.index.get_indexer(pd.Index(named["typecode"])),
        types.columns.get_indexer(pd.Index(named["field"])),
    )
    assert types.notna().to_numpy()[row, column].all()


def test_figures_of_types_are_plausible(types: pd.DataFrame) -> None:
    bounds = {
        "mtow_t": (0.2, 650),
        "payload_t": (0.2, 260),
        "range_payload_nm": (100, 8000),
        "range_ferry_nm": (100, 14000),
        "endurance_h": (1, 45),
        "ceiling_ft": (8000, 75000),
        "cruise_kt": (25, 1200),
        "min_runway_ft": (200, 12000),
        "design_year": (1930, 2025),
    }
    for column, (low, high) in bounds.items():
        assert types[column].dropna().between(low, high).all(), column
    assert (
        (types["payload_t"] < types["mtow_t"] * 0.6).loc[types["payload_t"] > 0].all()
    )
    both = types.dropna(subset=["range_payload_nm", "range_ferry_nm"])
    assert (both["range_payload_nm"] <= both["range_ferry_nm"]).all()


@pytest.mark.parametrize(
    ("typecode", "role"),
    [
        ("IL76", "strategic_airlift"),
        ("A124", "strategic_airlift"),
        ("C130", "tactical_airlift"),
        ("C2", "tactical_airlift"),
        ("K35R", "tanker"),
        ("IL62", "personnel"),
        ("T154", "personnel"),
        ("B738", "airliner"),
        ("B748", "freighter"),
        ("GLF5", "business"),
        ("C172", "light"),
        ("H60", "rotor"),
        ("F16", "combat"),
        ("TEX2", "trainer"),
        ("P8", "isr"),
        ("GLID", "glider"),
    ],
)
def test_the_role_of_a_well_known_type(
    types: pd.DataFrame, typecode: str, role: str
) -> None:
    assert types.loc[typecode, "role"] == role


def test_operators_use_the_agreed_words() -> None:
    table = Operators.load().table
    assert table["nature"].isin(NATURES).all()
    assert table["country"].dropna().str.fullmatch("[A-Z]{2}").all()
    assert not table[["name", "source"]].isna().any(axis=None)
    shape = "[A-Z]{3}|TUAF|[a-z][a-z0-9-]+"
    assert all(re.fullmatch(shape, str(code)) for code in table.index)


@pytest.mark.parametrize(
    ("code", "nature"),
    [
        ("RCH", "military"),
        ("RFF", "military"),
        ("TTF", "military"),
        ("RSD", "government"),
        ("SUM", "government"),
        ("VDA", "state_linked_cargo"),
        ("CLX", "cargo"),
        ("DLH", "passenger"),
        ("EJA", "business"),
        ("UNO", "humanitarian"),
    ],
)
def test_the_nature_of_a_well_known_operator(code: str, nature: str) -> None:
    assert Operators.load().table.loc[code, "nature"] == nature


def test_address_blocks_are_sound() -> None:
    table = AddressBlocks.load().table
    ends = table.index.str.extract("^([0-9a-f]{6})-([0-9a-f]{6})$")
    assert (ends[0] < ends[1]).all()
    assert table["country"].str.fullmatch("[A-Z]{2}").all()


def test_lookups_are_quick(airports: Airports) -> None:
    points = airports.table.sample(20_000, random_state=0)
    airports.nearest(0, 0)
    start = time.perf_counter()
    airports.nearest(points["latitude_deg"], points["longitude_deg"])
    # Two microseconds each on a free machine; a busy one is no reason to fail.
    assert (time.perf_counter() - start) / len(points) < 50e-6
