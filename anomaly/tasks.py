"""Tasks that need each other's results, which may run, and what is kept of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

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


class Plan:
    """Tells which tasks may run, as others end."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.n_tasks, self.n_ended = len(tasks), 0
        self._tasks = {task.name: task for task in tasks}
        self._begun: dict[str, Task] = {}
        self._order = TopologicalSorter({task.name: task.after for task in tasks})
        self._order.prepare()

    def ready(self) -> list[Task]:
        """Return the tasks that may begin now; each is returned once."""
        ready = [self._tasks[name] for name in self._order.get_ready()]
        self._begun |= {task.name: task for task in ready}
        return ready

    def again(self) -> list[Task]:
        """Return what `ready` does, and the tasks that have begun and not ended."""
        self.ready()
        return list(self._begun.values())

    def ended(self, task: Task) -> None:
        """Note that a task has ended: those behind it may run."""
        del self._begun[task.name]
        self._order.done(task.name)
        self.n_ended += 1


class Results:
    """Results of tasks for as long as another task needs them."""

    def __init__(
        self, tasks: Sequence[Task], forget: Callable[[Any], None] | None = None
    ) -> None:
        self.held: dict[str, Any] = {}
        self._forget = forget
        self._awaited = Counter(name for task in tasks for name in task.after)

    def before(self, task: Task) -> list[Any]:
        """Return the results that a task is called with."""
        return [self.held[name] for name in task.after]

    def keep(self, task: Task, result: Any) -> None:
        """Keep a task's result, and drop what only this task still had a use for."""
        self.held[task.name] = result
        for name in task.after:
            self._awaited[name] -= 1
            if not self._awaited[name]:
                dropped = self.held.pop(name)
                if self._forget:
                    self._forget(dropped)
