"""Print what a backfill costs: task by task, by one worker and more, as history fills.

usage: python tests/benchmarks/backfill.py --model DIR [--traces N] [--days N]
           [--world FOLDER] [--run local|processes|dask ...] [--workers N ...]
           [--reckon N ...] [--keep FOLDER]

Archives of some days (made by load.py, or those in a folder) are ingested, featurised
and scored with the champion of DIR.  First every task is run by itself: its processor
seconds, and what it hands on.  From these and the plan follows how long so many workers
would take that nothing else keeps busy, and no shared disk holds up: a bound to hold
the clock against, which other work on the machine slows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import heapq
import os
import pickle
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import load
import pandas as pd
from day import cpu_s, end

from anomaly.cli.options import TAKING_IN
from anomaly.engine import Dask, Engine, Processes, Task, Told
from anomaly.intake import take_in
from anomaly.reference import Reference
from anomaly.store import Store
from features import stored
from models.plan import score_days

N_DIFFERENT = 500
_DAY_S = 86_400


@dataclass(frozen=True)
class Ran:
    """A task that was run by itself."""

    name: str
    after: tuple[str, ...]
    cpu_s: float
    handed_on: int
    """Bytes of its result."""
    peak_mb: float

    @property
    def kind(self) -> str:
        return self.name.split()[0]


class Recorded:
    """An engine that runs one task after another, and notes what each took."""

    def __init__(self) -> None:
        self.phases: list[list[Ran]] = []

    def run(self, tasks: Sequence[Task], told: Told | None = None) -> dict[str, Any]:
        """Return the results of the tasks that no other comes after."""
        results: dict[str, Any] = {}
        last = {name: task.name for task in tasks for name in task.after}
        phase: list[Ran] = []
        for task in tasks:
            arguments = [results[name] for name in task.after]
            _forget_peak()
            started = time.process_time()
            result = task.function(*task.arguments, *arguments)
            took = time.process_time() - started
            handed_on = len(pickle.dumps(result)) if task.name in last else 0
            phase.append(Ran(task.name, task.after, took, handed_on, _peak_mb()))
            results[task.name] = result
            for name in set(task.after):
                if last[name] == task.name:
                    del results[name]
            if told:
                told(len(phase), len(tasks))
        self.phases.append(phase)
        return results

    def ran(self) -> pd.DataFrame:
        """Return every task, with its kind and the day in its name."""
        every = [ran for phase in self.phases for ran in phase]
        frame = pd.DataFrame(every)
        frame["kind"] = [ran.kind for ran in every]
        frame["date"] = frame["name"].str.extract(r"(\d{4}-\d\d-\d\d)")[0]
        return frame


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    """Return the most memory this process has held since `_forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(x.split()[1]) for x in lines if x.startswith("VmHWM:")) / 1e3


def reckoned_s(phase: list[Ran], n_workers: int) -> float:
    """Return how long workers take who begin a task as soon as one may begin."""
    cost = {ran.name: ran.cpu_s for ran in phase}
    order = TopologicalSorter({ran.name: ran.after for ran in phase})
    order.prepare()
    place = {ran.name: n for n, ran in enumerate(phase)}
    ready: list[tuple[int, str]] = []
    running: list[tuple[float, str]] = []
    now = 0.0
    while order.is_active():
        for name in order.get_ready():
            heapq.heappush(ready, (place[name], name))
        while ready and len(running) < n_workers:
            _, name = heapq.heappop(ready)
            heapq.heappush(running, (now + cost[name], name))
        now, name = heapq.heappop(running)
        order.done(name)
    return now


def archives(folder: Path, n_traces: int, n_days: int) -> list[Path]:
    """Write days of the same aircraft, each flying the same every day."""
    some = load.traces(min(N_DIFFERENT, n_traces), Reference.load(folder).airports)
    paths = []
    for n in range(n_days):
        midnight_s = load.MIDNIGHT_S + n * _DAY_S
        moved = [
            one.replace(str(load.MIDNIGHT_S).encode(), str(midnight_s).encode())
            for one in some
        ]
        date = dt.datetime.fromtimestamp(midnight_s, dt.UTC).date()
        paths.append(folder / f"v{date:%Y.%m.%d}-planes-readsb-prod-0.tar")
        load.write_day(paths[-1], moved, n_traces)
    return paths


def backfill(paths: list[Path], root: Path, model: str, engine: Engine) -> Store:
    """Ingest, featurise and score what is in archives, in an empty directory."""
    shutil.rmtree(root, ignore_errors=True)
    store = Store(root)
    summary = take_in(paths, store, engine=engine, then=stored.plan)
    dates = [date for date in summary.dates if _n_flights(store, date)]
    score_days(store, dates, model_ref=model, engine=engine)
    return store


def _n_flights(store: Store, date: dt.date) -> int:
    n: int = store.read("flights", date, columns=["flight_id"]).num_rows
    return n


@contextmanager
def processes(n_workers: int) -> Iterator[Engine]:
    engine = Processes(n_workers, TAKING_IN)
    yield engine
    end(engine)


@contextmanager
def dask(n_workers: int) -> Iterator[Engine]:
    import distributed

    local_cluster: Any = distributed.LocalCluster  # it has no types
    with local_cluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=50,
    ) as cluster:
        yield Dask(cluster.scheduler_address)


ENGINES: dict[str, Callable[[int], Any]] = {"processes": processes, "dask": dask}


def by_task(recorded: Recorded, lead_s: float, n_positions: int) -> None:
    """Print what the tasks of each kind took."""
    print("\n| tasks | n | CPU s | a task | s per million positions | MB handed on |")
    print("|---|---|---|---|---|---|")
    ran = recorded.ran()
    for kind, tasks in ran.groupby("kind", sort=False):
        total = tasks["cpu_s"].sum()
        print(
            f"| {kind} | {len(tasks)} | {total:.1f} | {total / len(tasks):.2f} | "
            f"{total / n_positions * 1e6:.3f} | {tasks['handed_on'].sum() / 1e6:.0f} |"
        )
    total = ran["cpu_s"].sum()
    print(f"| all | {len(ran)} | {total:.1f} | | {total / n_positions * 1e6:.3f} | |")
    print(f"\nbetween the tasks, in the process that leads: {lead_s:.1f} s")


def reckon(recorded: Recorded, lead_s: float, n_workers: Sequence[int]) -> None:
    """Print how long idle workers would take, by the plan and the tasks' seconds."""
    print("\n| workers | s by the plan | times as fast |\n|---|---|---|")
    first = None
    for n in n_workers:
        took = lead_s + sum(reckoned_s(phase, n) for phase in recorded.phases)
        first = first or took
        print(f"| {n} | {took:.1f} | {first / took:.2f} |")


def by_day(recorded: Recorded, store: Store) -> None:
    """Print what each day took, and how much memory, as history fills."""
    ran = recorded.ran().dropna(subset="date")
    step = {"features": "features", "score": "score", "rank": "score"}
    ran["step"] = ran["kind"].map(step).fillna("flights")
    took = ran.pivot_table("cpu_s", "date", "step", "sum")
    peak = ran.pivot_table("peak_mb", "date", "step", "max")
    heads = ["day", "flights of it", "before it", "CPU s: flights", "features", "score"]
    heads += ["MB: flights", "features", "score"]
    print(f"\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    n_before = 0
    for n, date in enumerate(took.index, 1):
        n_flights = _n_flights(store, dt.date.fromisoformat(date))
        told = [took.loc[date], peak.loc[date]]
        steps = ("flights", "features", "score")
        cells = [f"{told[0][step]:.2f}" for step in steps]
        cells += [f"{told[1][step]:.0f}" for step in steps]
        print(f"| {n} | {n_flights:,} | {n_before:,} | {' | '.join(cells)} |")
        n_before += n_flights


def on_workers(
    paths: list[Path],
    warm: list[Path],
    folder: Path,
    given: argparse.Namespace,
    alike: Store,
) -> None:
    """Print what engines with so many workers take by the clock; and in all, loaded."""
    heads = ["engine", "workers", "s by the clock", "CPU s", "times as fast", "alike"]
    print(f"\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name in given.run:
        first = None
        for n in given.workers:
            started = cpu_s()
            with ENGINES[name](n) as engine:
                # Once on a small day: how long processes take to load is not asked.
                backfill(warm, folder / "again", given.model, engine)
                clock = time.monotonic()
                store = backfill(paths, folder / "again", given.model, engine)
                took = time.monotonic() - clock
            first = first or took
            print(
                f"| {name} | {n} | {took:.1f} | {cpu_s() - started:.1f} | "
                f"{first / took:.2f} | {_files(store) == _files(alike)} |"
            )


def _files(store: Store) -> dict[str, bytes]:
    paths = sorted(store.root.rglob("date=*/*.parquet"))
    return {str(path.relative_to(store.root)): path.read_bytes() for path in paths}


def machine() -> str:
    names = ("distributed", "numba", "numpy", "pandas", "pyarrow", "scikit-learn")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    cores = len(os.sched_getaffinity(0))
    return (
        f"{dt.datetime.now(dt.UTC).date()}, {platform.machine()}, {cores} cores, "
        f"Python {platform.python_version()}, {versions}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True, help="a data directory's champion")
    parser.add_argument("--traces", type=int, default=2_000)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--world", type=Path, help="a folder of archives instead")
    parser.add_argument("--run", nargs="*", default=[], choices=[*ENGINES])
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--reckon", type=int, nargs="*", default=[1, 2, 8, 80])
    parser.add_argument("--keep", type=Path, help="keep archives and stores here")
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    print(machine())
    (folder / "warm").mkdir(exist_ok=True)
    warm = archives(folder / "warm", 40, 1)
    backfill(warm, folder / "again", given.model, Recorded())
    paths = (
        sorted(given.world.glob("*.tar"))
        if given.world
        else archives(folder, given.traces, given.days)
    )
    recorded = Recorded()
    started = time.process_time()
    store = backfill(paths, folder / "alike", given.model, recorded)
    lead_s = time.process_time() - started - recorded.ran()["cpu_s"].sum()
    n = sum(store.read("sources")["n_positions"].to_pylist())
    print(f"\n{len(paths)} days, {n / 1e6:.1f} M positions")
    by_task(recorded, lead_s, n)
    reckon(recorded, lead_s, given.reckon)
    by_day(recorded, store)
    if given.run:
        on_workers(paths, warm, folder, given, store)
    if not given.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
