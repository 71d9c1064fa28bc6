from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import busy_work
import pytest
from archives import day, row, trace
from busy_work import work_on
from model_builders import register

from anomaly import days
from anomaly.engine import (
    LOCAL,
    Dask,
    Engine,
    Local,
    Processes,
    Task,
    Threads,
    engine_for,
)
from anomaly.errors import AnomalyError, BadInputError
from anomaly.ingest.base import DamagedError
from anomaly.intake import take_in
from anomaly.progress import Progress, silent
from anomaly.store import Store
from features import stored
from models.plan import score_days


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


def refuse_beside(folder: Path) -> None:
    """Raise as soon as another task has begun."""
    while not any(folder.iterdir()):
        time.sleep(0.01)
    raise BadInputError("refused")


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Who ended and was not asked about yet stands in the list all the same.
    state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    return state.split()[0] == "Z"


def wait_for(came: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not came():
        assert time.monotonic() < until
        time.sleep(0.05)


LEADER = """
import signal
import sys
from pathlib import Path
from busy_work import work_on
from anomaly.engine import Processes, Task
# Whoever runs in the background of a shell is made to ignore interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = (Path(sys.argv[1]),)
Processes(2).run([Task("a", work_on, folder), Task("b", work_on, folder)])
"""


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    engine = Processes(2)
    yield engine
    engine.close()


@pytest.fixture(params=["local", "threads", "processes"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param != "processes":
        return LOCAL if request.param == "local" else Threads()
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


def test_a_large_result_goes_on_too(processes: Processes) -> None:
    large = b"positions" * 100_000
    tasks = [
        Task("a", bytes, (large,)),
        Task("b", len, after=("a",)),
        Task("c", bytes, after=("a",)),
    ]
    assert processes.run(tasks) == {"b": len(large), "c": large}


def test_an_error_comes_back_whole(engine: Engine) -> None:
    with pytest.raises(DamagedError, match="x is cut") as caught:
        engine.run([Task("a", refuse, ("x",)), Task("b", add)])
    assert (caught.value.hint, caught.value.reason) == ("Fetch it again.", "cut")


def test_processes_are_kept_from_run_to_run(processes: Processes) -> None:
    tasks = [Task(str(i), process) for i in range(8)]
    first, second = (set(processes.run(tasks).values()) for _ in range(2))
    assert os.getpid() not in first
    assert len(first | second) <= 2


def test_after_an_error_nothing_goes_on(tmp_path: Path) -> None:
    engine = Processes(2)
    tasks = [Task(f"busy {n}", work_on, (tmp_path,)) for n in range(3)]
    with pytest.raises(BadInputError):
        engine.run([Task("refuse", refuse_beside, (tmp_path,)), *tasks])
    wait_for(lambda: all(has_ended(int(busy.name)) for busy in tmp_path.iterdir()))
    # It can be used again.
    assert engine.run([Task("a", add, (1,)), Task("b", add, (2,))]) == {"a": 1, "b": 2}
    engine.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_one_that_leads(
    tmp_path: Path, number: signal.Signals
) -> None:
    leader = subprocess.Popen(
        [sys.executable, "-c", LEADER, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(busy_work.__file__).parent)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with leader:
        try:
            wait_for(lambda: len(list(tmp_path.iterdir())) == 2)
            leader.send_signal(number)
            _, told = leader.communicate(timeout=60)
        finally:
            leader.kill()
    assert leader.returncode != 0
    assert told.count("Traceback") == (number == signal.SIGINT)
    wait_for(lambda: all(has_ended(int(busy.name)) for busy in tmp_path.iterdir()))


IMPORTING = """
import operator
import os
import signal

from anomaly.engine import Processes, Task, begin_ahead

if __name__ == "__main__":
    signal.signal(signal.SIGINT, lambda *_: None)
    begin_ahead(2**30, ["anomaly.intake"])
    os.killpg(0, signal.SIGINT)
    engine = Processes(1)
    tasks = [Task("a", operator.add, (1, 2)), Task("b", operator.neg, (), ("a",))]
    print(engine.run(tasks))
    engine.close()
"""


def test_an_interrupt_does_not_reach_what_is_imported_ahead(tmp_path: Path) -> None:
    script = tmp_path / "importing.py"
    script.write_text(IMPORTING)
    leader = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=60,
        check=False,
    )
    assert (leader.stdout, leader.stderr) == ("{'b': -3}\n", "")


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


def test_another_tasks_end_is_waited_for_and_its_result_dropped(
    engine: Engine, tmp_path: Path
) -> None:
    results = engine.run([*days_of_parts(tmp_path, 3), Task("last", process)])
    assert set(results) == {"day 2", "last"}
    assert set(runs(tmp_path).values()) == {1}


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


def days_of_parts(folder: Path, n_days: int, fatal: str = "") -> list[Task]:
    """Return a plan of days of two parts, each day after the one before.

    What runs beside the fatal part goes on until that has begun again.
    """
    tasks: list[Task] = []
    before: tuple[str, ...] = ()
    for n in range(n_days):
        parts = [
            Task(name, noted, (folder, name, fatal), before)
            for name in (f"part {n} 0", f"part {n} 1")
        ]
        names = tuple(part.name for part in parts)
        day = f"day {n}"
        tasks += [*parts, Task(day, noted_day, (folder, day), names)]
        before = (day,)
    return tasks


def noted(folder: Path, name: str, fatal: str, *_before: None) -> str:
    """Note that this ran; end the process, the first time, if it is fatal."""
    with (folder / name).open("a") as file:
        file.write("x")
    if name == fatal:
        die_once(folder / "mark")
    elif name[:-1] == fatal[:-1]:
        end = time.monotonic() + 20
        while runs(folder).get(fatal, 0) < 2 and time.monotonic() < end:
            time.sleep(0.01)
    return name


def noted_day(folder: Path, name: str, *parts: str) -> None:
    assert len(parts) == 2
    noted(folder, name, "")


def runs(folder: Path) -> dict[str, int]:
    """Return how often each task of `days_of_parts` ran."""
    return {path.name: len(path.read_text()) for path in folder.glob("*[0-9]")}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Run a scheduler and two workers, each a process that begins anew if killed."""
    distributed = pytest.importorskip("distributed", reason="needs the extra dask")
    dask = pytest.importorskip("dask")
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",  # or two at once want one port
            host="127.0.0.1",
            silence_logs=50,
        ) as made,
    ):
        yield made


def kill_a_worker(cluster: Any) -> None:
    os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)


def test_an_error_comes_back_whole_from_dask(cluster: Any) -> None:
    with pytest.raises(DamagedError, match="x is cut") as caught:
        Dask(cluster.scheduler_address).run([Task("a", refuse, ("x",))])
    assert (caught.value.hint, caught.value.reason) == ("Fetch it again.", "cut")


def test_a_lost_dask_worker_costs_its_own_tasks_and_not_the_days_before(
    tmp_path: Path, cluster: Any
) -> None:
    tasks = days_of_parts(tmp_path, 5, fatal="part 3 1")
    results = Dask(cluster.scheduler_address).run(tasks)
    assert results == {"day 4": None}
    ran = runs(tmp_path)
    again = {name for name, n in ran.items() if n > 1}
    assert set(ran) == {task.name for task in tasks}
    assert "part 3 1" in again
    assert again <= {"part 3 0", "part 3 1"}


def test_tasks_that_end_every_dask_worker_are_given_up(cluster: Any) -> None:
    with pytest.raises(AnomalyError, match="again and again"):
        Dask(cluster.scheduler_address).run([Task("a", die), Task("b", add, (1,))])


def backfill(
    paths: list[Path], root: Path, engine: Engine, progress: Progress = silent
) -> Store:
    """Ingest, featurise and score two days."""
    store = Store(root)
    register(store)
    summary = take_in(paths, store, engine=engine, progress=progress, then=stored.plan)
    assert summary.dates == (dt.date(2019, 3, 22), dt.date(2019, 3, 23))
    assert summary.quarantined.num_rows == 2
    score_days(store, summary.dates, engine=engine, progress=progress)
    return store


@pytest.fixture(scope="module")
def by_local(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[list[Path], Store]]:
    """Yield archives of two days, and what they come to in this process."""
    folder = tmp_path_factory.mktemp("local")
    paths = some_days(folder)
    with pytest.MonkeyPatch.context() as patch:
        # Two flights a block, so that a day has several.
        patch.setattr(stored, "BLOCK_ROWS", 2)
        yield paths, backfill(paths, folder / "data", LOCAL)


def test_processes_leave_the_same_bytes(
    tmp_path: Path, processes: Processes, by_local: tuple[list[Path], Store]
) -> None:
    paths, local = by_local
    left = files_of(local.root)
    assert {name.split("/")[0] for name in left} >= {"flights", "features", "scores"}
    assert files_of(backfill(paths, tmp_path, processes).root) == left


def test_dask_leaves_the_same_bytes_though_workers_are_killed(
    tmp_path: Path, cluster: Any, by_local: tuple[list[Path], Store]
) -> None:
    paths, local = by_local
    seen: list[str] = []

    def kill_some(what: str, _share: float) -> None:
        """Lose a worker amid the reading, the flights and the scoring."""
        seen.append(what)
        if seen.count(what) == 2 and what in {"reading", "flights", "scores"}:
            kill_a_worker(cluster)

    engine = Dask(cluster.scheduler_address)
    made = backfill(paths, tmp_path, engine, kill_some)
    assert {"reading", "flights", "scores"} <= set(seen)
    assert sum(made.read("sources")["n_files"].to_pylist()) == 6
    assert files_of(made.root) == files_of(local.root)


def test_a_silent_scheduler_is_one_sentence() -> None:
    pytest.importorskip("distributed", reason="needs the extra dask")
    with pytest.raises(AnomalyError, match="no Dask scheduler answers"):
        Dask("tcp://127.0.0.1:9", timeout_s=1).run([Task("a", add)])
