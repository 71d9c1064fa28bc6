from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from anomaly.reference import Airframes, airframes
from anomaly.reference.aircraft_lists import COLUMNS
from anomaly.schemas import AIRCRAFT


def database(data_dir: Path, name: str, **rows: Mapping[str, object]) -> None:
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame = frame.reindex(columns=list(COLUMNS)).astype(object)
    frame = frame.where(frame.notna(), None).rename_axis("icao24")
    airframes.write(frame, airframes.folder_of(data_dir) / f"{name}.parquet")


@pytest.fixture
def known() -> pd.DataFrame:
    row = dict.fromkeys(AIRCRAFT.names) | {
        "icao24": "aaaaaa",
        "registration": "N1",
        "military_flag": False,
        "provenance": "observed",
    }
    return pd.DataFrame([row]).set_index("icao24")


def test_what_is_known_stays_and_what_is_not_is_looked_up(
    tmp_path: Path, known: pd.DataFrame
) -> None:
    database(
        tmp_path,
        "one",
        aaaaaa={"registration": "N2", "typecode": "C17", "military_flag": True},
        bbbbbb={"registration": "N3"},
        cccccc={"registration": "N4"},
    )
    database(tmp_path, "two", bbbbbb={"registration": "N5", "typecode": "C5M"})
    found, told = Airframes.load(tmp_path).completed(known, ["aaaaaa", "bbbbbb"])
    assert found["registration"].to_dict() == {"aaaaaa": "N1", "bbbbbb": "N3"}
    assert found["typecode"].to_dict() == {"aaaaaa": "C17", "bbbbbb": "C5M"}
    assert found.loc["aaaaaa", "military_flag"] is False
    assert sorted(told.itertuples(index=False, name=None)) == [
        ("aaaaaa", "typecode", "one"),
        ("bbbbbb", "registration", "one"),
        ("bbbbbb", "typecode", "two"),
    ]


def test_no_owner_is_looked_up_who_asked_for_privacy(
    tmp_path: Path, known: pd.DataFrame
) -> None:
    own = {"owner_operator": "Somebody"}
    database(tmp_path, "list", aaaaaa=own, bbbbbb=own | {"privacy_flag": True})
    known["privacy_flag"] = True
    found, _ = Airframes.load(tmp_path).completed(known, ["aaaaaa", "bbbbbb"])
    assert found["owner_operator"].isna().all()


def test_without_a_database_nothing_changes(known: pd.DataFrame) -> None:
    found, told = Airframes.load().completed(known, ["aaaaaa", "bbbbbb"])
    assert found is known
    assert told.empty
