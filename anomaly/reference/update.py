"""Fetch airports and aircraft from their publishers; keep the old if that fails."""

from __future__ import annotations

import http.client
import shutil
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from anomaly.errors import AnomalyError, BadInputError
from anomaly.progress import Progress, silent
from anomaly.reference import aircraft_lists, airframes, airports
from anomaly.reference.compile_airports import Sources, compiled, write
from anomaly.reference.publishers import Publisher, publisher

FILES = ("airports.csv", "runways.csv")
# The largest list of aircraft is some 100 MB.
MAX_BYTES = 500_000_000
# Lists grow from year to year; one that shrank this much was cut or is another list.
MIN_SHARE_KEPT = 0.9
_TIMEOUT_S = 60
_AIRPORTS_KEPT = "The airports in use are unchanged. Try again later, or pass --from."
_AIRCRAFT_KEPT = "The aircraft in use are unchanged. Try again later."


class UpdateError(AnomalyError):
    """A publisher's file cannot be fetched whole."""


@dataclass(frozen=True)
class Refreshed:
    """What an update changed."""

    path: Path
    n_before: int
    n_now: int
    terms: str


def update_airports(
    data_dir: Path, address: str | None = None, *, progress: Progress = silent
) -> Refreshed:
    """Build the user's table of airports from OurAirports' present files.

    `address` is where ``airports.csv`` and ``runways.csv`` lie, on the web or in a
    folder; without one, where ``publishers.csv`` says.  The table in
    ``<data_dir>/reference`` is replaced in one step, and only by one that is sound.

    Raises
    ------
    UpdateError
        If a file cannot be fetched whole.
    BadInputError
        If what came is not the list that it should be.
    """
    by = publisher("OurAirports", "airports", data_dir)
    base = (address or by.address).rstrip("/")
    n_before = len(airports.Airports.load(data_dir).table)
    shipped = airports.Airports.load().table
    with tempfile.TemporaryDirectory(prefix="anomaly-reference-") as folder:
        for place, name in enumerate(FILES):
            progress(f"fetch {name}", place / len(FILES))
            _fetch(f"{base}/{name}", Path(folder) / name, _AIRPORTS_KEPT)
        listed, runways = (Path(folder) / name for name in FILES)
        progress("compile", 0.9)
        try:
            table = compiled(Sources(listed, runways, before=shipped))
        except BadInputError as error:
            reason = str(error).replace(f"{folder}/", "")
            raise BadInputError(reason, hint=_AIRPORTS_KEPT) from error
    if len(table) < MIN_SHARE_KEPT * n_before:
        raise BadInputError(
            f"{base} lists {len(table)} airports; there were {n_before}",
            hint=_AIRPORTS_KEPT,
        )
    path = data_dir / "reference" / airports.FILE
    write(table, path)
    progress("compile", 1.0)
    return Refreshed(path, n_before, len(table), by.terms)


def update_aircraft(
    data_dir: Path, by: Publisher, *, progress: Progress = silent
) -> Refreshed:
    """Put a publisher's present list of aircraft in place of the user's old one.

    It lies in ``<data_dir>/reference/aircraft`` and is replaced in one step, and only
    by one that is sound.

    Raises
    ------
    UpdateError
        If the list cannot be fetched whole.
    BadInputError
        If what came is not the list that it should be.
    """
    path = airframes.folder_of(data_dir) / f"{by.name}.parquet"
    progress(f"fetch {by.name}", 0.0)
    try:
        n_before = airframes.rows_of(path)
    except BadInputError:
        # A broken one is what an update is for.
        n_before = 0
    with tempfile.TemporaryDirectory(prefix="anomaly-reference-") as folder:
        fetched = Path(folder) / "aircraft"
        _fetch(by.address, fetched, _AIRCRAFT_KEPT)
        try:
            rows = aircraft_lists.read(fetched, by.layout)
        except BadInputError as error:
            reason = f"{by.address}: {error}"
            raise BadInputError(reason, hint=error.hint or _AIRCRAFT_KEPT) from error
    least = max(by.least_rows, MIN_SHARE_KEPT * n_before)
    if len(rows) < least:
        raise BadInputError(
            f"{by.address} lists {len(rows)} aircraft; there should be {least:.0f}",
            hint=_AIRCRAFT_KEPT,
        )
    airframes.write(rows, path)
    progress(f"fetch {by.name}", 1.0)
    return Refreshed(path, n_before, len(rows), by.terms)


def _fetch(address: str, path: Path, kept: str) -> None:
    """Copy a file from the web or from this machine."""
    if not address.startswith(("http://", "https://")):
        if not Path(address).is_file():
            raise UpdateError(f"there is no {address}", hint=kept)
        shutil.copyfile(address, path)
        return
    request = urllib.request.Request(address, headers={"User-Agent": "flight-anomaly"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            # One more than allowed tells a file that is too long from one that fits.
            content = answer.read(MAX_BYTES + 1)
            promised = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        error.close()
        raise UpdateError(f"cannot fetch {address}: {error}", hint=kept) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise UpdateError(f"cannot fetch {address}: {error}", hint=kept) from error
    if len(content) > MAX_BYTES:
        raise UpdateError(f"{address} is no such list: too long", hint=kept)
    if promised is not None and len(content) != int(promised):
        raise UpdateError(
            f"{address} was cut: {len(content)} of {promised} bytes came", hint=kept
        )
    path.write_bytes(content)
