"""How a task is called in whichever process, and how its result goes to another."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any
from uuid import uuid4

from anomaly import memory
from anomaly.errors import AnomalyError
from anomaly.tasks import Task

# What is larger goes from process to process by a file.
_LARGE = 2**16


def call(task: Task, results: list[Any]) -> Any:
    """Call a task with the results of those before it."""
    memory.keep()
    return task.function(*task.arguments, *results)


Packed = bytes | Path
"""A pickled result, or the file that it is in."""


def call_packed(task: Task, results: list[Packed], folder: Path) -> Packed:
    """Call a task with the packed results of others, and pack its own.

    So who leads hands on what it need not look at, and large results do not pass
    through it at all: it would be as busy as a worker, and the others would wait.
    """
    return packed(call(task, [unpacked(result) for result in results]), folder)


def packed(result: Any, folder: Path) -> Packed:
    """Pickle a result, into a file of the folder if it is large."""
    told = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    if len(told) < _LARGE:
        return told
    path = folder / uuid4().hex
    path.write_bytes(told)
    return path


def unpacked(result: Packed) -> Any:
    """Return what was packed."""
    told = result if isinstance(result, bytes) else result.read_bytes()
    return pickle.loads(told)  # noqa: S301 - by a process of ours


def forget(result: Packed) -> None:
    """Remove the file of a packed result, if it has one."""
    if isinstance(result, Path):
        result.unlink()


def lost_again_and_again(hint: str) -> AnomalyError:
    """Return the error of tasks that bring down every worker."""
    return AnomalyError("worker processes were ended again and again", hint=hint)
