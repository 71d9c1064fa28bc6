"""What a machine may do to us at any moment: it costs a rerun, and nothing else."""

from __future__ import annotations

import hashlib
import os
import random
import sys
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from warm_worker import RUNS, STARTER, run, small_archive

from anomaly.errors import AnomalyError
from anomaly.ingest.pipeline import ingest
from anomaly.intake import take_in
from anomaly.store import Store

_LONGEST_S = 120.0


@pytest.fixture(scope="module", autouse=True)
def modules_found_by_the_starter() -> Iterator[None]:
    """Python 3.11 tells the starter of workers nothing of where modules lie."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield


def started(
    what: str, archive: Path, root: Path, most_bytes: int | None = None
) -> BaseProcess:
    process = STARTER.Process(target=run, args=(what, archive, root, most_bytes))
    process.start()
    return process


def digest(root: Path) -> dict[str, str]:
    """Return a hash of every file in a data directory, but for locks."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_archive(tmp_path_factory.mktemp("raw"))


@pytest.fixture(scope="module")
def undisturbed(
    archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    digests = {}
    for what, taken in RUNS.items():
        root = tmp_path_factory.mktemp(what)
        taken([archive], Store(root))
        digests[what] = digest(root)
    return digests


@pytest.mark.parametrize(("what", "n_kills"), [("ingest", 50), ("take_in", 5)])
def test_killed_at_any_moment_a_rerun_gives_the_same_bytes(
    what: str,
    n_kills: int,
    archive: Path,
    undisturbed: dict[str, dict[str, str]],
    tmp_path: Path,
) -> None:
    for name in ("warm", "timed"):
        began = time.monotonic()
        started(what, archive, tmp_path / name).join(_LONGEST_S)
        lasts_s = time.monotonic() - began
    moments = random.Random(6)
    n_killed = 0
    for number in range(n_kills):
        root = tmp_path / str(number)
        process = started(what, archive, root)
        process.join(moments.uniform(0.0, lasts_s))
        n_killed += process.is_alive()
        process.kill()
        process.join(_LONGEST_S)
        RUNS[what]([archive], Store(root))
        assert digest(root) == undisturbed[what]
    assert n_killed >= n_kills // 4


@pytest.mark.parametrize("most_bytes", [0, 100, 3000])
def test_a_full_disk_is_one_sentence_and_a_rerun_gives_the_same_bytes(
    most_bytes: int,
    archive: Path,
    undisturbed: dict[str, dict[str, str]],
    tmp_path: Path,
) -> None:
    root = tmp_path / "data"
    process = started("ingest", archive, root, most_bytes)
    process.join(_LONGEST_S)
    assert process.exitcode == 1
    ingest([archive], Store(root))
    assert digest(root) == undisturbed["ingest"]


def test_two_at_once_give_one_refusal_and_the_same_bytes(
    archive: Path, undisturbed: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    store = Store(tmp_path / "data")
    with store.locked():
        second = started("take_in", archive, store.root)
        second.join(_LONGEST_S)
        assert second.exitcode == 1
        take_in([archive], store)
    assert digest(store.root) == undisturbed["take_in"]


@pytest.mark.parametrize("now_s", [0.0, 4e9])
def test_a_clock_that_is_wrong_changes_nothing(
    now_s: float,
    archive: Path,
    undisturbed: dict[str, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "time", lambda: now_s)
    take_in([archive], Store(tmp_path))
    assert digest(tmp_path) == undisturbed["take_in"]


def test_a_data_directory_that_is_a_file_is_one_sentence(
    archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file stands here")
    with pytest.raises(AnomalyError, match="cannot write to"):
        take_in([archive], Store(tmp_path / "data"))


def test_halves_of_killed_writes_are_removed(archive: Path, tmp_path: Path) -> None:
    store = Store(tmp_path)
    ingest([archive], store)
    half = store.path("positions", store.dates("positions")[0]).with_name(".x.1.part")
    half.write_bytes(b"half")
    with store.workspace():
        assert not half.exists()
