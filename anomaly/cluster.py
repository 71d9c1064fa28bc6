"""Run tasks on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from anomaly.calling import call, lost_again_and_again
from anomaly.errors import AnomalyError
from anomaly.tasks import Plan, Results, Task, Told


class Dask:
    """The workers of a Dask cluster that see the same data directory.

    Results stay on the workers, and go from one to another; the scheduler runs tasks of
    lost workers again.  A task is handed over when those before it have ended, and does
    not hold on to those that leave files instead of a result: so a lost worker costs
    what it was at, and what it alone held for tasks to come, not the days before.
    """

    def __init__(self, address: str, *, timeout_s: float = 10) -> None:
        self.address = address
        self.timeout_s = timeout_s

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return, by name, the results of the tasks that no other comes after.

        Raises
        ------
        AnomalyError
            If Dask is not installed, the scheduler does not answer, or workers end
            again and again.
        """
        try:
            import distributed
        except ImportError as error:
            raise AnomalyError(
                "Dask is not installed",
                hint="In a checkout: pip install --editable '.[dask]'.",
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
            try:
                return self._run_on(client, tasks, told)
            except distributed.KilledWorker as error:
                raise lost_again_and_again(
                    "They may lack memory; see the log of the scheduler."
                ) from error

    @staticmethod
    def _run_on(
        client: Any, tasks: Sequence[Task], told: Told | None
    ) -> dict[str, Any]:
        """Hand each task over when those before it have ended."""
        import distributed

        run = uuid4().hex
        plan, futures = Plan(tasks), Results(tasks)
        running: dict[str, Task] = {}
        as_completed: Any = distributed.as_completed
        ended = as_completed(loop=client.loop)

        def submit(ready: Iterable[Task]) -> None:
            for task in ready:
                key = f"{task.name} {run}"
                running[key] = task
                held = futures.before(task)
                ended.add(client.submit(call, task, held, key=key, pure=False))

        submit(plan.ready())
        for future in ended:
            if future.status != "finished":
                future.result()  # raises what the task did
            task = running.pop(future.key)
            is_nothing = future.type is type(None)
            futures.keep(task, None if is_nothing else future)
            plan.ended(task)
            if told:
                told(plan.n_ended, plan.n_tasks)
            # What is held is wanted: a lost worker would have it run again.
            del future
            submit(plan.ready())
        results: dict[str, Any] = client.gather(futures.held)
        return results
