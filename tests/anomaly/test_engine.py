from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import day, row, trace

from anomaly import days
from anomaly.engine import LOCAL, Dask, Engine, Local, Processes, Task, engine_for
from anomaly.errors import AnomalyError, BadInputError
from anomaly.ingest.base import DamagedError
from anomaly.intake import take_in
from anomaly.store import Store


def add(*numbers: int) -> int:
    return sum(numbers)


def refuse(what: str) -> None:
    raise DamagedError("cut", f"{what} is cut", hint="Fetch it again.")


def process() -> int:
    return os.getpid()


def die_once(mark: Path) -> str:
    """End the process that runs this, the first time."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    engine = Processes(2)
    yield engine
    engine.close()


@pytest.fixture(params=["local", "processes"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "local":
        return LOCAL
    found: Processes = request.getfixturevalue("processes")
    return found


def test_results_go_on_to_the_tasks_behind(engine: Engine) -> None:
    tasks = [
        Task("a", add, (1, 2)),
        Task("b", add, (10,), after=("a",)),
        Task("c", add, (100,), after=("a", "b")),
        Task("d", add, (5,)),
    ]
    told: list[tuple[int, int]] = []
    results = engine.run(tasks, lambda n, of: told.append((n, of)))
    assert results == {"c": 116, "d": 5}
    assert told[-1] == (4, 4)


def test_an_error_comes_back_whole(engine: Engine) -> None:
    with pytest.raises(DamagedError, match="x is cut") as caught:
        engine.run([Task("a", refuse, ("x",)), Task("b", add)])
    assert (caught.value.hint, caught.value.reason) == ("Fetch it again.", "cut")


def test_processes_are_kept_from_run_to_run(processes: Processes) -> None:
    tasks = [Task(str(i), process) for i in range(8)]
    first, second = (set(processes.run(tasks).values()) for _ in range(2))
    assert os.getpid() not in first
    assert len(first | second) <= 2


def test_the_task_of_a_lost_process_runs_again(tmp_path: Path) -> None:
    engine = Processes(1)
    tasks = [
        Task("a", add, (1,)),
        Task("b", die_once, (tmp_path / "mark",), after=()),
        Task("c", add, (2,), after=("a",)),
    ]
    assert engine.run(tasks) == {"b": "done", "c": 3}
    engine.close()


def test_tasks_that_end_every_process_are_given_up() -> None:
    engine = Processes(1)
    with pytest.raises(AnomalyError, match="again and again"):
        engine.run([Task("a", die), Task("b", add)])
    engine.close()


@pytest.mark.parametrize(
    ("name", "scheduler"), [("dask", None), ("local", "tcp://127.0.0.1:1")]
)
def test_a_scheduler_goes_with_dask_alone(name: str, scheduler: str | None) -> None:
    with pytest.raises(AnomalyError, match="a scheduler goes with"):
        engine_for(name, scheduler, 0)


def test_small_inputs_start_no_processes() -> None:
    assert isinstance(engine_for("auto", None, 10**6), Local)
    assert isinstance(engine_for("auto", None, 10**9), Processes)
    assert isinstance(engine_for("dask", "tcp://127.0.0.1:1", 0), Dask)


def some_days(folder: Path) -> list[Path]:
    """Write two days of a few aircraft each, one of them flying past midnight."""
    paths = []
    for n in range(2):
        base = 1553212800.0 + n * 86400
        traces = [
            (address, trace(address, track_of(k), timestamp=base))
            for k, address in enumerate(("3c6444", "3c6445", "3c6454"), 4)
        ]
        damaged = ("3c6447", b'{"icao":"3c6447","timestamp":')
        paths.append(day(folder / f"day{n}.tar", *traces, damaged))
    return paths


def track_of(k: int) -> list[list[object]]:
    return [
        row(float(s), latitude=round(40 + k + s / 36000, 6), altitude=30000 + k * 100)
        for s in range(60_000 + k, 86_400, 60)
    ]


def files_of(root: Path) -> dict[str, bytes]:
    """Return every table below a data directory; logs of time are none."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*.parquet"))
    }


def test_processes_leave_the_same_bytes(tmp_path: Path, processes: Processes) -> None:
    paths = some_days(tmp_path)
    for name, engine in (("local", LOCAL), ("processes", processes)):
        summary = take_in(paths, Store(tmp_path / name), engine=engine)
        assert summary.dates == (dt.date(2019, 3, 22), dt.date(2019, 3, 23))
        assert summary.quarantined.num_rows == 2
    local = files_of(tmp_path / "local")
    assert len(local) > 12
    assert files_of(tmp_path / "processes") == local


def test_some_aircraft_at_a_time_leave_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = some_days(tmp_path)
    take_in(paths, Store(tmp_path / "whole"))
    monkeypatch.setattr(days, "MOST_ROWS", 10)
    take_in(paths, Store(tmp_path / "some"))
    assert files_of(tmp_path / "some") == files_of(tmp_path / "whole")


def test_a_tar_of_nothing_but_damage_is_one_error(
    tmp_path: Path, processes: Processes
) -> None:
    path = day(tmp_path / "day.tar", ("3c6447", b"{"), ("3c6448", b"{"))
    for engine in (LOCAL, processes):
        with pytest.raises(BadInputError, match="holds no trace that can be read"):
            take_in([path], Store(tmp_path / "store"), engine=engine)


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[int]]]:
    """Run a scheduler and two workers, each a process; yield address and processes."""
    distributed = pytest.importorskip("distributed", reason="needs the extra dask")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
        silence_logs=50,
    ) as made:
        pids = [worker.process.pid for worker in made.workers.values()]
        yield made.scheduler_address, pids


def test_dask_leaves_the_same_bytes_though_a_worker_is_killed(
    tmp_path: Path, cluster: tuple[str, list[int]]
) -> None:
    address, workers = cluster
    paths = some_days(tmp_path)
    take_in(paths, Store(tmp_path / "local"))
    n_told = 0

    def kill_one(_what: str, _share: float) -> None:
        nonlocal n_told
        n_told += 1
        if n_told == 2:
            os.kill(workers[0], signal.SIGKILL)

    summary = take_in(
        paths, Store(tmp_path / "dask"), engine=Dask(address), progress=kill_one
    )
    assert n_told > 2
    assert sum(summary.sources["n_files"].to_pylist()) == 6
    assert files_of(tmp_path / "dask") == files_of(tmp_path / "local")


def test_a_silent_scheduler_is_one_sentence() -> None:
    pytest.importorskip("distributed", reason="needs the extra dask")
    with pytest.raises(AnomalyError, match="no Dask scheduler answers"):
        Dask("tcp://127.0.0.1:9", timeout_s=1).run([Task("a", add)])
