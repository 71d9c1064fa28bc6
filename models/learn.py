"""Gather what a model learns from: stored days, their labels, documented cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anomaly import labels
from anomaly.cases import Case, kin_of, load_cases
from anomaly.engine import LOCAL, Engine, Task
from anomaly.errors import BadInputError, NoDataError
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.schemas import LABELS, TRUTH, conform
from anomaly.store import Store
from anomaly.verdicts import Verdicts
from models import dataset, reenact

# Each case is flown so often, at other hours and under other receivers: else a model
# takes the one way it was flown for a mark of the case.
N_TAKES = 2


@dataclass(frozen=True, eq=False)
class Lesson:
    """A training table, and what was left out of it, counted by reason."""

    rows: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)


def gather(
    store: Store,
    reference: Reference,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    truths: Sequence[Path] = (),
    cases: Sequence[Case] = (),
    hold_out: Sequence[str] = (),
    seed: int = 0,
    engine: Engine = LOCAL,
    progress: Progress = silent,
) -> Lesson:
    """Return the rows to learn from: the days from `first` to `last`, and the cases.

    Labels told by `truths` are kept in the store for the next time.  Cases are flown
    again on the last of the days, each as if alone, so that they meet the traffic and
    the history that day's own flights had.

    Raises
    ------
    NoDataError
        If no flights are stored for these days.
    """
    dates = training_dates(store, first, last)
    documented = (*cases, *load_cases())
    groups = {case.group_id for case in documented}
    if unknown := sorted(set(hold_out) - groups):
        raise BadInputError(
            f"no case belongs to the group {', '.join(unknown)}",
            hint="The column group_id of the casebook names the groups.",
        )
    held = kin_of(hold_out, documented)
    kept, left_out = labels.case_labels(cases, hold_out=held)
    told, untold = labels_of_days(store, dates, truths, kept)
    # Labels kept from an earlier training know nothing of what is held out now.
    unheard = pa.array(sorted({case.group for case in held}), pa.string())
    told = told.filter(pc.invert(pc.is_in(told["case_group"], value_set=unheard)))
    parts = [dataset.days(store, dates, told, reference, progress)]
    if kept:
        takes = [
            Task(
                f"take {take}",
                partial(reenact.fly, seed=seed, take=take),
                (list(kept.values()), store, dates[-1], reference),
            )
            for take in range(N_TAKES)
        ]
        progress("cases", 0.0)
        found = engine.run(takes, lambda n, of: progress("cases", n / of))
        for task in takes:
            parts.append(found[task.name].rows)
            left_out |= found[task.name].left_out
    counts = {f"cases: {reason}": n for reason, n in left_out.items()}
    return Lesson(
        dataset.settled(parts), counts | {f"flights: {k}": n for k, n in untold.items()}
    )


def training_dates(
    store: Store, first: dt.date | None, last: dt.date | None
) -> list[dt.date]:
    """Return the stored days from `first` to `last`, both included.

    Raises
    ------
    NoDataError
        If there are none.
    """
    dates = [
        day
        for day in store.dates("flights")
        if (first is None or day >= first) and (last is None or day <= last)
    ]
    if not dates:
        raise NoDataError(
            f"no flights to learn from in {store.root}",
            hint=store.first_run("anomaly ingest"),
        )
    return dates


def labels_of_days(
    store: Store,
    dates: Sequence[dt.date],
    truths: Sequence[Path],
    cases: Mapping[str, Case],
) -> tuple[pa.Table, dict[str, int]]:
    """Return the labels of the days' flights, and counts of flights without one."""
    stored = store.read("labels") if store.has("labels") else LABELS.empty_table()
    verdicts = Verdicts(store.verdicts)
    told = [read_truth(path) for path in truths]
    new: list[pa.Table] = []
    judged: list[pa.Table] = []
    left_out: dict[str, int] = {}
    for date in dates:
        flights = store.read("flights", date)
        flights = flights.filter(pc.equal(flights["date"], date))
        found = [labels.from_truth(flights, truth, cases) for truth in told]
        said = labels.from_verdicts(flights, verdicts)
        new.extend(part.rows for part in found)
        judged.append(said.rows)
        for part in (*found, said):
            for reason, n in part.left_out.items():
                if n:
                    left_out[reason] = left_out.get(reason, 0) + n
    if new:
        stored = labels.merged([*new, stored])
        store.write("labels", stored)
    return labels.merged([stored, *judged]), left_out


def read_truth(path: Path) -> pa.Table:
    """Return a simulated world's truth.

    Raises
    ------
    BadInputError
        If the file is no Parquet.
    """
    try:
        return conform(pq.ParquetFile(path).read(), TRUTH)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInputError(
            f"cannot read {path}: {error}",
            hint="Pass the truth.parquet that `anomaly simulate` wrote.",
        ) from error
