from __future__ import annotations

from pathlib import Path

import pytest

from anomaly.errors import BadInputError
from anomaly.reference.compile_airports import Sources, compiled, write

AIRPORTS_HEADER = (
    "id,ident,type,name,latitude_deg,longitude_deg,elevation_ft,continent,iso_country,"
    "iso_region,municipality,scheduled_service,gps_code,iata_code,local_code,home_link,"
    "wikipedia_link,keywords"
)


def airport_row(
    ident: str = "AAAA",
    *,
    kind: str = "small_airport",
    name: str = "Field",
    latitude: float = 10.0,
    longitude: float = 20.0,
    country: str = "NA",
    gps: str = "",
    iata: str = "",
    keywords: str = "",
) -> str:
    return (
        f"1,{ident},{kind},{name},{latitude},{longitude},100,AF,{country},,Town,no,"
        f"{gps},{iata},,,,{keywords}"
    )


def sources(
    folder: Path,
    *airports: str,
    runways: str = "",
    more: str = "",
    supplement: str = "",
    military: str = "",
    hubs: str = "",
    further: tuple[str, ...] = (),
) -> Sources:
    texts = {
        "airports.csv": "\n".join([AIRPORTS_HEADER, *airports]),
        "runways.csv": f"airport_ident,length_ft,closed\n{runways}",
        "more.csv": f"icao,iata,name,city,country,elevation,lat,lon\n{more}",
        "airports_supplement.csv": (
            "ident,listed_as,name,country,municipality,latitude_deg,longitude_deg,"
            "elevation_ft,kind,longest_runway_ft,scheduled,also_known_as,source\n"
            f"{supplement}"
        ),
        "military_fields.csv": f"ident,field_use,how_known,source\n{military}",
        "hubs.csv": f"ident,source\n{hubs}",
    }
    for name, text in texts.items():
        (folder / name).write_text(f"{text}\n", encoding="utf-8")
    more_files = tuple(folder / name for name in ("more.csv", *further))
    return Sources(folder / "airports.csv", folder / "runways.csv", more_files, folder)


def test_a_code_that_came_late_is_the_ident_and_the_old_one_still_answers(
    tmp_path: Path,
) -> None:
    table = compiled(sources(tmp_path, airport_row("LY-MRA", gps="HLMS", iata="MRA")))
    assert table.index.tolist() == ["HLMS"]
    assert table.loc["HLMS", "also_known_as"] == "LY-MRA MRA"


def test_a_code_that_two_fields_claim_is_nobodys(tmp_path: Path) -> None:
    rows = [airport_row("NA-1", gps="ZZZZ"), airport_row("NA-2", gps="ZZZZ")]
    table = compiled(sources(tmp_path, *rows))
    assert table.index.tolist() == ["NA-1", "NA-2"]
    assert table["also_known_as"].tolist() == ["", ""]


def test_a_code_among_the_keywords_counts_in_its_own_state(tmp_path: Path) -> None:
    row = airport_row("HSSK", keywords="HSSS")
    table = compiled(sources(tmp_path, row, airport_row("HAAA", keywords="USAF BASE")))
    assert table["also_known_as"].tolist() == ["", "HSSS"]


def test_closed_fields_and_nameless_pads_are_left_out(tmp_path: Path) -> None:
    table = compiled(
        sources(
            tmp_path,
            airport_row("AAAA", kind="closed"),
            airport_row("NA-1", kind="heliport"),
            airport_row("NA-2", kind="heliport"),
            airport_row("BBBB", kind="heliport"),
            military="NA-2,military,hand,unsourced",
        )
    )
    assert table["field_use"].to_dict() == {"BBBB": "civil", "NA-2": "military"}


def test_the_longest_open_runway_counts(tmp_path: Path) -> None:
    runways = "AAAA,5000,0\nAAAA,9000,1\nAAAA,6000,0\nBBBB,99999,0"
    rows = [airport_row("AAAA"), airport_row("BBBB"), airport_row("CCCC")]
    table = compiled(sources(tmp_path, *rows, runways=runways))
    assert table["longest_runway_ft"].fillna(-1).tolist() == [6000, -1, -1]


def test_fields_opened_since_are_added_and_new_codes_of_old_ones_learnt(
    tmp_path: Path,
) -> None:
    more = "NEWF,,New,Town,NA,10,30,30\nCODE,,Field again,Town,NA,10,10.001,20"
    table = compiled(sources(tmp_path, airport_row("NA-1"), more=more))
    assert table.index.tolist() == ["NA-1", "NEWF"]
    assert table.loc["NA-1", "also_known_as"] == "CODE"


def test_a_list_of_stations_adds_fields_with_their_kind_and_runway(
    tmp_path: Path,
) -> None:
    stations = """{
        "NEWB": {"icao": null, "gps": "NEWB", "type": "medium_airport",
          "name": "New  Base", "country": "NA", "city": null,
          "latitude": 11, "longitude": 30,
          "elevation_ft": 20, "iata": null, "runways": [{"length_ft": 9000}, {}]},
        "WXYZ": {"icao": "WXYZ", "type": "weather_station", "name": "Mast",
          "country": "NA", "latitude": 40, "longitude": 30}
    }"""
    (tmp_path / "stations.json").write_text(stations, encoding="utf-8")
    old = airport_row("NA-1")
    table = compiled(sources(tmp_path, old, further=("stations.json",)))
    assert table.index.tolist() == ["NA-1", "NEWB"]
    new = table.loc["NEWB"]
    assert (new["name"], new["kind"]) == ("New Base", "medium_airport")
    assert (new["longest_runway_ft"], new["scheduled"]) == (9000, False)


def test_a_file_that_is_no_list_of_stations_is_told(tmp_path: Path) -> None:
    (tmp_path / "stations.json").write_text("[1, 2]", encoding="utf-8")
    with pytest.raises(BadInputError, match="avwx-engine"):
        compiled(sources(tmp_path, airport_row("NA-1"), further=("stations.json",)))


def test_the_supplement_renames_fills_and_adds(tmp_path: Path) -> None:
    supplement = (
        "XRMF,NA-1,,,,,,,,8000,,URMF,me\n"
        "HERE,,Somewhere,LY,,1.5,2.5,,small_airport,,0,,me"
    )
    table = compiled(sources(tmp_path, airport_row("NA-1"), supplement=supplement))
    assert table.index.tolist() == ["HERE", "XRMF"]
    assert table.at["XRMF", "name"] == "Field"
    assert table.at["XRMF", "longest_runway_ft"] == 8000
    assert table.loc["HERE", "country"] == "LY"


def test_hand_kept_files_may_use_any_code_of_a_field(tmp_path: Path) -> None:
    table = compiled(
        sources(
            tmp_path,
            airport_row("LY-MRA", gps="HLMS", iata="MRA"),
            military="MRA,joint,hand,unsourced",
            hubs="LY-MRA,casebook",
        )
    )
    assert table.at["HLMS", "field_use"] == "joint"
    assert table.at["HLMS", "hub"]


def test_a_hand_kept_row_of_no_field_is_named(tmp_path: Path) -> None:
    kept = sources(tmp_path, airport_row(), military="QQQQ,military,hand,unsourced")
    with pytest.raises(BadInputError, match="QQQQ"):
        compiled(kept)


def test_an_incomplete_supplement_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="QQQQ"):
        compiled(sources(tmp_path, airport_row(), supplement="QQQQ,,,,,,,,,,,,me"))


def test_another_list_is_refused(tmp_path: Path) -> None:
    kept = sources(tmp_path)
    kept.airports.write_text("<!doctype html>\n<p>Sorry</p>\n", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"airports\.csv"):
        compiled(kept)


def test_the_same_lists_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [airport_row("BBBB", name="Über"), airport_row("AAAA", latitude=1 / 3)]
    packed = []
    for number, order in enumerate((rows, rows[::-1])):
        folder = tmp_path / str(number)
        folder.mkdir()
        write(compiled(sources(folder, *order)), folder / "out.csv.gz")
        packed.append((folder / "out.csv.gz").read_bytes())
    assert packed[0] == packed[1]
