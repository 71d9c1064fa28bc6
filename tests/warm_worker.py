"""Work for processes that are killed, or have no room, and a way to begin it at once.

The process that starts the workers loads this first and takes a small archive in, so
that every module, table and compiled function is there when a worker begins.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from multiprocessing import current_process, get_context
from pathlib import Path

from archives import day, row, trace

from anomaly.errors import AnomalyError
from anomaly.ingest.pipeline import ingest
from anomaly.intake import take_in
from anomaly.store import Store

HEIGHTS = [1500, 9000, 20000, 30000, 30000, 30000, 20000, 9000, 1500]
RUNS = {"ingest": ingest, "take_in": take_in}
STARTER = get_context("forkserver")
STARTER.set_forkserver_preload(["warm_worker"])


def small_archive(folder: Path) -> Path:
    """Write a day of three aircraft that fly past midnight, and of a damaged trace."""
    rows = [row(81_000.0 + 900 * i, altitude=feet) for i, feet in enumerate(HEIGHTS)]
    traces = [(a, trace(a, rows)) for a in ("3c6400", "3c6410", "3c6420")]
    return day(folder / "day.tar", *traces, ("3c6450", b"{"))


def run(what: str, archive: Path, root: Path, most_bytes: int | None) -> None:
    """Take an archive in, perhaps where no file may be larger than so many bytes."""
    if most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        RUNS[what]([archive], Store(root))
    except AnomalyError as error:
        sys.exit(f"{error} ({error.hint})")


def _warm() -> None:
    with tempfile.TemporaryDirectory() as folder:
        take_in([small_archive(Path(folder))], Store(Path(folder) / "data"))


# In the starter's own process, which is no worker and no test, `sys.argv` is "-c".
if current_process().name == "MainProcess" and sys.argv[:1] == ["-c"]:
    _warm()
