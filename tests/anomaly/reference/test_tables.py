from __future__ import annotations

from pathlib import Path

import pytest

from anomaly.errors import BadInputError
from anomaly.reference import AircraftTypes, Operators, Reference
from anomaly.store import bundled


def overlay(data_dir: Path, name: str, text: str) -> Path:
    path = data_dir / "reference" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return data_dir


def test_a_users_row_replaces_the_shipped_one_and_adds_others(tmp_path: Path) -> None:
    rows = (
        "code,name,country,nature,source\nRCH,Ours,US,other,me\nQQZ,New,NA,other,me\n"
    )
    table = Operators.load(overlay(tmp_path, "operators.csv", rows)).table
    assert table.loc["RCH", "name"] == "Ours"
    assert table.loc["QQZ", "country"] == "NA"
    assert len(table) == len(Operators.load().table) + 1


def test_a_column_the_user_left_out_keeps_the_shipped_value(tmp_path: Path) -> None:
    table = Operators.load(
        overlay(tmp_path, "operators.csv", "code,name\nRCH,X\n")
    ).table
    assert table.loc["RCH", "name"] == "X"
    assert table.loc["RCH", "nature"] == "military"


def test_a_plain_file_overlays_a_packed_one(tmp_path: Path) -> None:
    rows = "ident,field_use\nSVMI,joint\n"
    airports = Reference.load(overlay(tmp_path, "airports.csv", rows)).airports
    maiquetia = airports.get("SVMI")
    assert maiquetia is not None
    assert maiquetia.field_use == "joint"
    assert maiquetia.country == "VE"


def test_a_value_of_a_type_tells_its_source(tmp_path: Path) -> None:
    shipped = AircraftTypes.load()
    assert shipped.source("IL76", "name") == "standing-data types list"
    assert shipped.source("A109", "role") == "unsourced"
    assert shipped.source("????", "name") == "unsourced"
    rows = "typecode,payload_t\nIL76,60\n"
    overlaid = AircraftTypes.load(overlay(tmp_path, "aircraft_types.csv", rows))
    assert overlaid.source("IL76", "payload_t") == "your aircraft_types.csv"
    assert overlaid.source("C130", "name") == "standing-data types list"


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    data_dir = overlay(tmp_path, "operators.csv", "code,name\nRCH,first\n")
    assert Operators.load(data_dir).table.loc["RCH", "name"] == "first"
    overlay(tmp_path, "operators.csv", "code,name\nRCH,the second\n")
    assert Operators.load(data_dir).table.loc["RCH", "name"] == "the second"


def test_the_checkouts_own_folder_is_no_overlay_of_itself() -> None:
    own = bundled("reference").parent
    assert Operators.load(own).table is Operators.load().table


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no,such,columns\n1,2,3\n",
        "code,name\nRCH,a\nRCH,b\n",
        "code,name\n,a\n",
        "code,name\nRCH,a,too,many\n",
        '<html><body>"not a table',
    ],
)
def test_a_broken_overlay_is_named(tmp_path: Path, text: str) -> None:
    data_dir = overlay(tmp_path, "operators.csv", text)
    with pytest.raises(BadInputError, match=r"operators\.csv"):
        Operators.load(data_dir)


def test_bytes_that_are_not_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "reference" / "operators.csv"
    path.parent.mkdir()
    path.write_bytes(b"code,name\nRCH,\xff\xfe\x80\n")
    with pytest.raises(BadInputError, match=r"operators\.csv"):
        Operators.load(tmp_path)
