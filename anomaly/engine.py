"""Run tasks that need each other's results: here, in a pool of processes, or on Dask.

The plan is a graph, and it is the same whoever runs it.  Tasks speak to each other by
small results and by files in the data directory, and running one again leaves the same
files: so a task whose worker is lost just runs again.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from anomaly.calling import (
    Packed,
    call,
    call_packed,
    forget,
    lost_again_and_again,
    unpacked,
)
from anomaly.cluster import Dask
from anomaly.errors import AnomalyError
from anomaly.tasks import Plan, Results, Task, Told

__all__ = [
    "LOCAL",
    "Dask",
    "Engine",
    "Local",
    "Planned",
    "Processes",
    "Task",
    "Threads",
    "Told",
    "begin_ahead",
    "engine_for",
]

# A task that has brought down so many workers will bring down the next one, too.
_MOST_LOSSES = 3
# Below this, starting processes takes longer than they save.
_WORTH_PROCESSES = 64 * 2**20


class Engine(Protocol):
    """Runs tasks, each of them listed behind those that it comes after."""

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after."""


class Planned:
    """Runs nothing, and keeps the tasks: for a plan that goes on behind them."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def run(
        self,
        tasks: Sequence[Task],
        told: Told | None = None,  # noqa: ARG002 - nothing is done yet
    ) -> dict[str, Any]:
        """Return no result: whoever asks must not need any."""
        self.tasks += tasks
        return {}


class Local:
    """One task after another, in this process."""

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after."""
        results = Results(tasks)
        for n, task in enumerate(tasks, 1):
            results.keep(task, call(task, results.before(task)))
            if told:
                told(n, len(tasks))
        return results.held


LOCAL = Local()


class Processes:
    """As many tasks at once as there are processors, each in a process of its own.

    Processes are forked off one that is started afresh, imports what tasks need and
    does nothing else: off this one they would inherit locks of threads that are not
    there.  It begins at once, beside whatever comes before the first task.

    No process outlives a run that fails or is interrupted, nor this process.

    Parameters
    ----------
    modules : sequence of str
        What tasks need; it is imported ahead if no such process has begun before.
    """

    def __init__(
        self, n_workers: int | None = None, modules: Sequence[str] = ()
    ) -> None:
        self.n_workers = n_workers or n_processors()
        _begin_server(modules)
        self._context = multiprocessing.get_context("forkserver")
        # Kept from run to run: a new process spends seconds on imports.
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after.

        Raises
        ------
        AnomalyError
            If processes end again and again.
        """
        if len(tasks) == 1:
            return Local().run(tasks, told)
        plan, results = Plan(tasks), Results(tasks, forget)
        # After an error tasks may still run, and write there.
        with tempfile.TemporaryDirectory(
            prefix="anomaly-", ignore_cleanup_errors=True
        ) as folder:
            for _ in range(_MOST_LOSSES):
                try:
                    self._run_on(plan, results, Path(folder), told)
                except BrokenProcessPool:
                    self._end()  # what is left runs again, on new processes
                    continue
                except BaseException:
                    self._end()  # an interrupt, too: nobody waits for what is left
                    raise
                return {name: unpacked(held) for name, held in results.held.items()}
        raise lost_again_and_again("The system may lack memory; try --engine local.")

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown()
        self._end()

    def _end(self) -> None:
        """End the processes at once, whatever they are at."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        if self._lifeline is not None:
            self._lifeline.close()
        self._pool = self._lifeline = None

    def _begin(self) -> ProcessPoolExecutor:
        """Return processes that end when this one does, or closes their lifeline."""
        theirs, self._lifeline = self._context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(
            self.n_workers,
            mp_context=self._context,
            initializer=_live_by,
            initargs=(theirs,),
        )
        return self._pool

    def _run_on(
        self, plan: Plan, results: Results, folder: Path, told: Told | None
    ) -> None:
        """Run the tasks that are left until none is, or a process is lost."""
        pool = self._pool or self._begin()

        def begun(task: Task) -> Future[Packed]:
            return pool.submit(call_packed, task, results.before(task), folder)

        _run_all(plan, begun, results, told)


def begin_ahead(n_bytes: int, modules: Sequence[str]) -> None:
    """Have imported what tasks need, if an input of that size is for `Processes`."""
    if n_bytes > _WORTH_PROCESSES:
        _begin_server(modules)


def _begin_server(modules: Sequence[str]) -> None:
    """Start what processes are forked off, if it does not run: it imports `modules`."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(
        [*modules, __name__]
    )
    # An interrupt from the keyboard is for this process, and would end its imports.
    resource_tracker.ensure_running()  # started by the server, it lets them through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Threads:
    """As many tasks at once as there are processors, all in this process.

    For tasks that do not hold Python up, where processes would take longer to begin.
    """

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after."""
        results = Results(tasks)
        with ThreadPoolExecutor(n_processors()) as pool:

            def begun(task: Task) -> Future[Any]:
                return pool.submit(call, task, results.before(task))

            _run_all(Plan(tasks), begun, results, told)
        return results.held


def _run_all(
    plan: Plan,
    begun: Callable[[Task], Future[Any]],
    results: Results,
    told: Told | None,
) -> None:
    """Begin tasks of a plan as they may be, until all that are left have ended."""
    running: dict[Future[Any], Task] = {}
    waiting = plan.again()
    while running or waiting:
        running |= {begun(task): task for task in waiting}
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            task = running.pop(future)
            results.keep(task, future.result())
            plan.ended(task)
        if told:
            told(plan.n_ended, plan.n_tasks)
        waiting = plan.ready()


def _live_by(lifeline: Connection) -> None:
    """End this process when the other end of `lifeline` is closed, and not before.

    An interrupt from the keyboard reaches every process, and is for the leading one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        with suppress(EOFError, OSError):
            lifeline.recv_bytes()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def n_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def engine_for(
    name: str, scheduler: str | None, n_bytes: int, modules: Sequence[str] = ()
) -> Engine:
    """Return the engine of that name; "auto" is the faster of this machine's two.

    Parameters
    ----------
    n_bytes : int
        How large the input is.
    modules : sequence of str
        What tasks need, for other processes to import while this one goes on.

    Raises
    ------
    AnomalyError
        If a scheduler is missing, or is given to an engine that has none.
    """
    if (name == "dask") != (scheduler is not None):
        raise AnomalyError(
            "a scheduler goes with --engine dask, and with no other",
            hint="Pass both: --engine dask --scheduler tcp://HOST:8786.",
        )
    if scheduler is not None:
        return Dask(scheduler)
    if name == "auto":
        name = "processes" if n_bytes > _WORTH_PROCESSES else "local"
    return Processes(modules=modules) if name == "processes" else LOCAL
