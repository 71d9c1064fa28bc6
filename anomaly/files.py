"""Files that several processes may want at once: replaced whole, locked, held.

Every write goes to a neighbouring file and is renamed into place, so a killed
command leaves the old file or the new one, never half of one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from anomaly.errors import AnomalyError

HALF = ".part"
"""How the name of a file ends that is yet to take its place."""
_WAIT = "Wait for it to end, or pass another --data-dir."
# Locks and folders of this process.
_HELD: set[Path] = set()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary neighbour of `path` that takes its place on success."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}{HALF}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock file against other processes, which are told `taken`.

    The system drops the lock of a process that ends, however it ends.  Within a
    process it may be nested.

    Raises
    ------
    AnomalyError
        If another process holds it, or the file cannot be made.
    """
    name = path.absolute()
    if name in _HELD:
        yield
        return
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AnomalyError(taken, hint=_WAIT) from error
        except OSError:
            # Some network file systems have no locks; better to work than not to.
            pass
        _HELD.add(name)
        try:
            yield
        finally:
            _HELD.remove(name)


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w")
    except OSError as error:
        raise AnomalyError(
            f"cannot write to {path.parent}: {error.strerror or error}",
            hint="Make it writable, or pass another --data-dir.",
        ) from error


@contextmanager
def held(folder: Path, taken: str) -> Iterator[None]:
    """Keep the rest of this process, which is told `taken`, out of a folder.

    Raises
    ------
    AnomalyError
        If another part of this process holds it.
    """
    if folder in _HELD:
        raise AnomalyError(taken, hint=_WAIT)
    _HELD.add(folder)
    try:
        yield
    finally:
        _HELD.remove(folder)
