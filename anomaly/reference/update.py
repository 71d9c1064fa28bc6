"""Fetch the airports anew from their publisher; keep the old ones if that fails."""

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
from anomaly.reference import airports
from anomaly.reference.compile_airports import Sources, compiled, write

PUBLISHERS = {"OurAirports": "https://davidmegginson.github.io/ourairports-data"}
"""Where each publisher keeps its files; OurAirports' are in the public domain."""
FILES = ("airports.csv", "runways.csv")
# The larger of the two is some 13 MB: more than this is no list of airports.
MAX_BYTES = 200_000_000
# Lists grow from year to year; one that shrank this much was cut or is another list.
MIN_SHARE_KEPT = 0.9
_TIMEOUT_S = 60
_KEPT = "The airports in use are unchanged. Try again later, or pass --from."


class UpdateError(AnomalyError):
    """A publisher's file cannot be fetched whole."""


@dataclass(frozen=True)
class Refreshed:
    """What an update changed."""

    path: Path
    n_before: int
    n_now: int


def update_airports(
    data_dir: Path,
    address: str = PUBLISHERS["OurAirports"],
    *,
    progress: Progress = silent,
) -> Refreshed:
    """Build the user's table of airports from OurAirports' present files.

    `address` is where ``airports.csv`` and ``runways.csv`` lie: on the web or in a
    folder.  The table in ``<data_dir>/reference`` is replaced in one step, and only by
    one that is sound.

    Raises
    ------
    UpdateError
        If a file cannot be fetched whole.
    BadInputError
        If what came is not the list that it should be.
    """
    n_before = len(airports.Airports.load(data_dir).table)
    shipped = airports.Airports.load().table
    with tempfile.TemporaryDirectory(prefix="anomaly-reference-") as folder:
        for place, name in enumerate(FILES):
            progress(f"fetch {name}", place / len(FILES))
            _fetch(address, name, Path(folder) / name)
        listed, runways = (Path(folder) / name for name in FILES)
        progress("compile", 0.9)
        try:
            table = compiled(Sources(listed, runways, before=shipped))
        except BadInputError as error:
            reason = str(error).replace(f"{folder}/", "")
            raise BadInputError(reason, hint=_KEPT) from error
    if len(table) < MIN_SHARE_KEPT * n_before:
        raise BadInputError(
            f"{address} lists {len(table)} airports; there were {n_before}", hint=_KEPT
        )
    path = data_dir / "reference" / airports.FILE
    write(table, path)
    progress("compile", 1.0)
    return Refreshed(path, n_before, len(table))


def _fetch(address: str, name: str, path: Path) -> None:
    """Copy a file from the web or from a folder."""
    if not address.startswith(("http://", "https://")):
        source = Path(address) / name
        if not source.is_file():
            raise UpdateError(f"there is no {source}", hint=_KEPT)
        shutil.copyfile(source, path)
        return
    url = f"{address.rstrip('/')}/{name}"
    request = urllib.request.Request(url, headers={"User-Agent": "flight-anomaly"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            # One more than allowed tells a file that is too long from one that fits.
            content = answer.read(MAX_BYTES + 1)
            promised = answer.headers.get("Content-Length")
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise UpdateError(f"cannot fetch {url}: {error}", hint=_KEPT) from error
    if len(content) > MAX_BYTES:
        raise UpdateError(f"{url} is no list of airports: too long", hint=_KEPT)
    if promised is not None and len(content) != int(promised):
        raise UpdateError(
            f"{url} was cut: {len(content)} of {promised} bytes came", hint=_KEPT
        )
    path.write_bytes(content)
