"""Write a report into a folder; leave in it no page of an earlier one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from anomaly.errors import AnomalyError
from anomaly.files import replacing

# Names the files of the report, so that the next run takes away its own and no other.
MANIFEST = "report.json"


def write(files: Mapping[str, str], out: Path) -> Path:
    """Write the files, remove what an earlier report left in `out`, return the index.

    Pages come before the index that links to them, and the index before the old
    pages go: whoever opens the folder meanwhile finds every link working.

    Raises
    ------
    AnomalyError
        If nothing can be written there.
    """
    try:
        return _written(files, out)
    except OSError as error:
        raise AnomalyError(
            f"cannot write to {out}: {error.strerror or error}",
            hint="Make room there, or pass another --out.",
        ) from error


def _written(files: Mapping[str, str], out: Path) -> Path:
    earlier = _earlier(out)
    index_last = sorted(files, key=lambda name: (name == "index.html", name))
    # Named before they are written: a killed run leaves nothing that nobody knows.
    _note(out, sorted({*files, *earlier}))
    for name in index_last:
        with replacing(out / name) as path:
            path.write_text(files[name], encoding="utf-8", newline="\n")
    for name in earlier - files.keys():
        (out / name).unlink(missing_ok=True)
    _note(out, sorted(files))
    return out / "index.html"


def pages(out: Path) -> set[str]:
    """Return the pages of the report that `out` holds; none if it holds no report."""
    return {name for name in _earlier(out) if name.endswith(".html")}


def _note(out: Path, names: list[str]) -> None:
    with replacing(out / MANIFEST) as path:
        path.write_text(json.dumps({"files": names}, indent=1) + "\n", encoding="utf-8")


def _earlier(out: Path) -> set[str]:
    """Return the files of the report that `out` holds, if it holds one."""
    try:
        noted = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return set()
    names = noted.get("files") if isinstance(noted, dict) else None
    if not isinstance(names, list):
        return set()
    return {name for name in names if isinstance(name, str) and _is_within(name)}


def _is_within(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name
