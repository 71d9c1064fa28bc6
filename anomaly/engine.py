"""Run tasks that need each other's results: here, in a pool of processes, or on Dask.

The plan is a graph, and it is the same whoever runs it.  Tasks speak to each other by
small results and by files in the data directory, and running one again leaves the same
files: so a task whose worker is lost just runs again.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from anomaly.errors import AnomalyError

# A task that has brought down so many workers will bring down the next one, too.
_MOST_LOSSES = 3
# Below this, starting processes takes longer than they save.
_WORTH_PROCESSES = 64 * 2**20

Told = Callable[[int, int], None]
"""Called with how many tasks are done, and of how many."""


@dataclass(frozen=True)
class Task:
    """Call `function` with `arguments` and then the results of the tasks in `after`.

    Function and arguments go to other processes: a function of a module, and values
    that can be pickled.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    after: tuple[str, ...] = ()


class Engine(Protocol):
    """Runs tasks, each of them listed behind those that it comes after."""

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after."""


class Local:
    """One task after another, in this process."""

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after."""
        results = _Results(tasks)
        for n, task in enumerate(tasks, 1):
            results.add(task.name, _call(task, results.needed_by(task)))
            results.forget(task)
            if told:
                told(n, len(tasks))
        return results.held


LOCAL = Local()


class Processes:
    """As many tasks at once as there are processors, each process started afresh."""

    def __init__(self, n_workers: int | None = None) -> None:
        self.n_workers = n_workers or len(os.sched_getaffinity(0))
        # Kept from run to run: a new process spends seconds on imports.
        self._pool: ProcessPoolExecutor | None = None

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after.

        Raises
        ------
        AnomalyError
            If processes end again and again.
        """
        if len(tasks) == 1:
            return Local().run(tasks, told)
        left = {task.name: task for task in tasks}
        results = _Results(tasks)
        for _ in range(_MOST_LOSSES):
            try:
                self._run_once(left, results, len(tasks), told)
            except BrokenProcessPool:
                self._pool = None  # what is left runs again, on new processes
                continue
            return results.held
        raise AnomalyError(
            "worker processes were ended again and again",
            hint="The system may lack memory; try --engine local.",
        )

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def _run_once(
        self, left: dict[str, Task], results: _Results, n_tasks: int, told: Told | None
    ) -> None:
        """Run the tasks that are left until none is, or a process is lost."""
        if self._pool is None:
            # Forked processes would inherit the locks of threads that are not there.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.n_workers, mp_context=spawn)
        running: dict[Future[Any], str] = {}
        while left:
            started = set(running.values())
            for task in left.values():
                if task.name not in started and results.has(task.after):
                    future = self._pool.submit(_call, task, results.needed_by(task))
                    running[future] = task.name
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                name = running.pop(future)
                results.add(name, future.result())
                results.forget(left.pop(name))
            if told:
                told(n_tasks - len(left), n_tasks)


class Dask:
    """The workers of a Dask cluster that see the same data directory."""

    def __init__(self, address: str, *, timeout_s: float = 10) -> None:
        self.address = address
        self.timeout_s = timeout_s

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after.

        Raises
        ------
        AnomalyError
            If Dask is not installed, or the scheduler does not answer.
        """
        try:
            import distributed
        except ImportError as error:
            raise AnomalyError(
                "Dask is not installed",
                hint="Install it: pip install 'flight-anomaly[dask]'.",
            ) from error
        try:
            open_client: Any = distributed.Client  # it has no types
            client = open_client(
                self.address, timeout=self.timeout_s, set_as_default=False
            )
        except OSError as error:
            raise AnomalyError(
                f"no Dask scheduler answers at {self.address}",
                hint="Start one with `dask scheduler`, and pass its address.",
            ) from error
        with client:
            futures: dict[str, Any] = {}
            run = uuid4().hex
            for task in tasks:
                # The scheduler runs the tasks of lost workers again, in this order.
                futures[task.name] = client.submit(
                    _call,
                    task,
                    [futures[name] for name in task.after],
                    key=f"{task.name} {run}",
                    pure=False,
                )
            needed = {name for task in tasks for name in task.after}
            wanted = {n: f for n, f in futures.items() if n not in needed}
            for n, future in enumerate(futures.values(), 1):
                future.exception()  # waits for it; gather raises it
                if told:
                    told(n, len(tasks))
            results: dict[str, Any] = client.gather(wanted)
            return results


class _Results:
    """Results of tasks for as long as another task needs them."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.held: dict[str, Any] = {}
        self.done: set[str] = set()
        self._awaited = Counter(name for task in tasks for name in task.after)

    def add(self, name: str, result: Any) -> None:
        self.held[name] = result
        self.done.add(name)

    def has(self, names: Sequence[str]) -> bool:
        return self.done.issuperset(names)

    def needed_by(self, task: Task) -> list[Any]:
        return [self.held[name] for name in task.after]

    def forget(self, task: Task) -> None:
        """Drop what only this task, now done, still had a use for."""
        for name in task.after:
            self._awaited[name] -= 1
            if not self._awaited[name]:
                del self.held[name]


def _call(task: Task, results: list[Any]) -> Any:
    return task.function(*task.arguments, *results)


def engine_for(name: str, scheduler: str | None, n_bytes: int) -> Engine:
    """Return the engine of that name; "auto" is the faster of this machine's two.

    Parameters
    ----------
    n_bytes : int
        How large the input is.

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
    return Processes() if name == "processes" else LOCAL
