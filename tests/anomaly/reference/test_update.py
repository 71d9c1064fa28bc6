from __future__ import annotations

import csv
import gzip
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from anomaly.cli import main
from anomaly.errors import BadInputError
from anomaly.reference import Airframes, Airports
from anomaly.reference.publishers import publisher
from anomaly.reference.update import UpdateError, update_aircraft
from anomaly.schemas import AIRCRAFT

HEADER = (
    "id,ident,type,name,latitude_deg,longitude_deg,elevation_ft,continent,iso_country,"
    "iso_region,municipality,scheduled_service,gps_code,iata_code,local_code,home_link,"
    "wikipedia_link,keywords\n"
)
NEW_FIELD = "1,QQQQ,small_airport,Brand New,-40,-30,9,AF,NA,,Town,no,QQQQ,,,,,\n"
GOOD = {
    "/airports.csv": (200, (HEADER + NEW_FIELD).encode()),
    "/runways.csv": (200, b"airport_ident,length_ft,closed\nQQQQ,8000,0\n"),
}
Pages = dict[str, tuple[int, bytes]]


class Publisher(BaseHTTPRequestHandler):
    """Serves what it is given; what it is told to cut ends too early."""

    def __init__(self, pages: Pages, cut: int, *args: object) -> None:
        self.pages, self.cut = pages, cut
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        status, content = self.pages.get(self.path, (404, b"not here"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) + self.cut))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def pages() -> Pages:
    return dict(GOOD)


@pytest.fixture
def cut() -> int:
    return 0


@pytest.fixture
def address(pages: Pages, cut: int) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Publisher, pages, cut))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A directory whose own list is so short that any list may replace it."""
    own = tmp_path / "reference" / "airports.csv.gz"
    own.parent.mkdir()
    text = (
        "ident,name,country,municipality,latitude_deg,longitude_deg,elevation_ft,kind,"
        "longest_runway_ft,field_use,hub,scheduled,also_known_as\n"
        "OLDF,Old,NA,,1,2,,small_airport,,civil,0,0,\n"
    )
    own.write_bytes(gzip.compress(text.encode()))
    return tmp_path


def test_a_good_list_replaces_the_old_one(
    runner: CliRunner, address: str, data_dir: Path
) -> None:
    args = ["reference", "update", "--from", address, "--data-dir", str(data_dir)]
    result = runner.invoke(main, args)
    assert result.exit_code == 0, result.stderr
    assert ", 1 before" in result.stdout
    airports = Airports.load(data_dir)
    new = airports.get("QQQQ")
    assert new is not None
    assert new.name == "Brand New"
    assert airports.table.loc["QQQQ", "longest_runway_ft"] == 8000
    assert airports.get("OLDF") is None
    # Fields that our own files name survive a list which lacks them.
    assert airports.table.loc["HL59", "field_use"] == "military"
    assert airports.table.loc["HL59", "hub"]


def test_doing_it_twice_changes_nothing(
    runner: CliRunner, address: str, data_dir: Path
) -> None:
    args = ["reference", "update", "--from", address, "--data-dir", str(data_dir)]
    path = data_dir / "reference" / "airports.csv.gz"
    assert runner.invoke(main, args).exit_code == 0
    first = path.read_bytes()
    assert runner.invoke(main, args).exit_code == 0
    assert path.read_bytes() == first


def assert_kept(runner: CliRunner, address: str, data_dir: Path, says: str) -> None:
    folder = data_dir / "reference"
    before = (folder / "airports.csv.gz").read_bytes()
    args = ["reference", "update", "--from", address, "--data-dir", str(data_dir)]
    result = runner.invoke(main, args)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert says in result.stderr
    assert "unchanged" in result.stderr
    assert "Traceback" not in result.output
    assert (folder / "airports.csv.gz").read_bytes() == before
    assert [path.name for path in folder.iterdir()] == ["airports.csv.gz"]


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        ({}, "404"),
        ({"/airports.csv": (503, b"")}, "503"),
        (GOOD | {"/airports.csv": (200, b"")}, "airports.csv"),
        (GOOD | {"/airports.csv": (200, b"<html><p>Hi</p></html>")}, "airports.csv"),
        (GOOD | {"/airports.csv": (200, b"\xff\xfe\x00\x80")}, "airports.csv"),
        (GOOD | {"/airports.csv": (200, HEADER.encode() + b"1,AA")}, "airports.csv"),
        (GOOD | {"/runways.csv": (200, b"<html></html>")}, "runways.csv"),
        ({"/airports.csv": GOOD["/airports.csv"]}, "404"),
    ],
)
def test_anything_but_the_lists_leaves_the_old_one(
    runner: CliRunner, address: str, data_dir: Path, says: str
) -> None:
    assert_kept(runner, address, data_dir, says)


@pytest.mark.parametrize("cut", [10])
def test_a_cut_download_leaves_the_old_list(
    runner: CliRunner, address: str, data_dir: Path
) -> None:
    assert_kept(runner, address, data_dir, "airports.csv")


def test_a_list_that_shrank_leaves_the_old_one(
    runner: CliRunner, address: str, tmp_path: Path
) -> None:
    args = ["reference", "update", "--from", address, "--data-dir", str(tmp_path)]
    result = runner.invoke(main, args)
    assert result.exit_code == 1
    assert "there were" in result.stderr
    assert not (tmp_path / "reference").exists()


def test_a_server_that_is_not_there_leaves_the_old_list(
    runner: CliRunner, data_dir: Path
) -> None:
    assert_kept(runner, "http://127.0.0.1:9", data_dir, "cannot fetch")


def test_the_lists_may_come_from_a_folder(
    runner: CliRunner, data_dir: Path, tmp_path: Path
) -> None:
    for name, (_, content) in GOOD.items():
        (tmp_path / name[1:]).write_bytes(content)
    args = ["reference", "update", "--from", str(tmp_path), "--data-dir", str(data_dir)]
    assert runner.invoke(main, args).exit_code == 0
    assert Airports.load(data_dir).get("QQQQ") is not None


def test_an_empty_folder_leaves_the_old_list(
    runner: CliRunner, data_dir: Path, tmp_path: Path
) -> None:
    assert_kept(runner, str(tmp_path), data_dir, "there is no")


def quoted(row: str) -> str:
    """Return a row as OpenSky's later lists have it."""
    cells = next(csv.reader([row]), [])
    return ",".join(f"'{cell}'" for cell in cells)


HEADER_OF_OPENSKY = "icao24,registration,model,typecode,operator,owner\n"
OPENSKY = HEADER_OF_OPENSKY + (
    '"0A0B0C",7T-WIV,Il-76,il76,"Air Force, Algerian",\n'
    "4b1900,HB-ABC,,,,Swiss Owner\n"
    "4b1901,HB-ABD,,not a type,,\n"
)
QUOTED = re.sub("(?m)^.*$", lambda row: quoted(row[0]), OPENSKY)
TAR1090 = (
    '0a0b0c;7T-WIV;IL76;10;;2001;Algerian "Air" Force\n'
    "4b1900;HB-ABC;C172;0001;;;Swiss Owner\n"
    "4b1901;;;;;;\n"
)
PLANE_ALERT = (
    "$ICAO,$Registration,$Operator,$Type,$ICAO Type,#CMPG,$Tag 1\n"
    "0A0B0C,7T-WIV,Algerian Air Force,Ilyushin Il-76,IL76,Mil,\n"
    "4B1900,HB-ABC,A Bank,,GLF6,Civ,\n"
)


def told_by(data_dir: Path, address: str, layout: str, least_rows: int = 2) -> Path:
    own = data_dir / "reference" / "publishers.csv"
    own.parent.mkdir(exist_ok=True)
    own.write_text(
        "name,what,address,layout,least_rows\n"
        f"mine,aircraft,{address}/list,{layout},{least_rows}\n",
        encoding="utf-8",
    )
    return data_dir / "reference" / "aircraft" / "mine.parquet"


def fetch_aircraft(runner: CliRunner, address: str, data_dir: Path) -> Result:
    args = ["reference", "update", "--aircraft", "mine", "--from", address]
    return runner.invoke(main, [*args, "--data-dir", str(data_dir)])


def looked_up(data_dir: Path, *icao24: str) -> pd.DataFrame:
    nothing = AIRCRAFT.empty_table().to_pandas().set_index("icao24")
    return Airframes.load(data_dir).completed(nothing, icao24)[0]


@pytest.mark.parametrize(
    ("layout", "pages", "types", "military"),
    [
        ("opensky", GOOD | {"/list": (200, OPENSKY.encode())}, ["IL76", None], None),
        (
            "opensky",
            GOOD | {"/list": (200, QUOTED.encode())},
            ["IL76", None],
            None,
        ),
        (
            "tar1090-db",
            GOOD | {"/list": (200, TAR1090.encode())},
            ["IL76", "C172"],
            True,
        ),
        (
            "tar1090-db",
            GOOD | {"/list": (200, gzip.compress(TAR1090.encode()))},
            ["IL76", "C172"],
            True,
        ),
        (
            "plane-alert-db",
            GOOD | {"/list": (200, PLANE_ALERT.encode())},
            ["IL76", "GLF6"],
            True,
        ),
    ],
)
def test_each_layout_of_aircraft_is_read(
    address: str,
    data_dir: Path,
    layout: str,
    types: list[str | None],
    *,
    military: bool | None,
) -> None:
    told_by(data_dir, address, layout)
    update_aircraft(data_dir, publisher("mine", "aircraft", data_dir))
    rows = looked_up(data_dir, "0a0b0c", "4b1900", "ffffff")
    assert rows["registration"].dropna().tolist() == ["7T-WIV", "HB-ABC"]
    assert [code or None for code in rows["typecode"].fillna("")[:2]] == types
    assert "Air" in str(rows.loc["0a0b0c", "owner_operator"])
    assert rows.loc["0a0b0c", "military_flag"] is military


LONG = TAR1090 + "".join(f"{n:06x};D-{n};A320;;;;\n" for n in range(200))


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        (GOOD, "404"),
        (GOOD | {"/list": (500, b"")}, "500"),
        (GOOD | {"/list": (200, b"")}, "/list"),
        (GOOD | {"/list": (200, b"<html><p>Too many requests</p></html>")}, "/list"),
        (GOOD | {"/list": (200, b"\xff\xfe\x00\x80" * 400)}, "/list"),
        (GOOD | {"/list": (200, OPENSKY.encode())}, "/list"),
        (GOOD | {"/list": (200, LONG.encode()[:-8])}, "/list"),
        (GOOD | {"/list": (200, LONG.encode()[:2000])}, "/list"),
        (GOOD | {"/list": (200, gzip.compress(LONG.encode())[:-100])}, "unpacked"),
        (GOOD | {"/list": (200, TAR1090.encode())}, "there should be"),
    ],
)
def test_anything_but_the_list_leaves_the_aircraft(
    address: str, data_dir: Path, says: str
) -> None:
    assert_aircraft_kept(address, data_dir, says)


@pytest.mark.parametrize("cut", [10, -10])
@pytest.mark.parametrize("pages", [GOOD | {"/list": (200, LONG.encode())}])
def test_a_false_length_leaves_the_aircraft(address: str, data_dir: Path) -> None:
    assert_aircraft_kept(address, data_dir, "/list")


def assert_aircraft_kept(address: str, data_dir: Path, says: str) -> None:
    path = told_by(data_dir, str(data_dir), "tar1090-db")
    (data_dir / "list").write_text(LONG, encoding="utf-8")
    update_aircraft(data_dir, publisher("mine", "aircraft", data_dir))
    before = path.read_bytes()
    told_by(data_dir, address, "tar1090-db")
    with pytest.raises((UpdateError, BadInputError)) as caught:
        update_aircraft(data_dir, publisher("mine", "aircraft", data_dir))
    assert says in str(caught.value)
    assert "unchanged" in str(caught.value.hint)
    assert path.read_bytes() == before
    assert [path.name for path in path.parent.iterdir()] == ["mine.parquet"]


def test_an_unknown_list_is_refused_before_anything_is_fetched(
    runner: CliRunner, data_dir: Path
) -> None:
    result = fetch_aircraft(runner, "http://127.0.0.1:9", data_dir)
    assert result.exit_code == 1
    assert "tar1090-db" in result.stderr


@pytest.mark.parametrize("pages", [GOOD | {"/list": (200, TAR1090.encode())}])
def test_a_broken_database_is_named_and_may_be_fetched_anew(
    runner: CliRunner, address: str, data_dir: Path
) -> None:
    path = told_by(data_dir, address, "tar1090-db")
    path.parent.mkdir()
    path.write_bytes(b"not a table")
    with pytest.raises(BadInputError, match=r"mine\.parquet"):
        looked_up(data_dir, "0a0b0c")
    result = fetch_aircraft(runner, address, data_dir)
    assert result.exit_code == 0, result.stderr
    assert "3 aircraft, 0 before" in result.stdout
    assert looked_up(data_dir, "0a0b0c").loc["0a0b0c", "typecode"] == "IL76"
