from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from anomaly.cli import main
from anomaly.reference import Airports

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
    assert airports.table.at["HL59", "field_use"] == "military"
    assert airports.table.at["HL59", "hub"]


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
