"""Documented cases flown among stored days: the trial that every figure rests on."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

import features
from anomaly import labels
from anomaly.cases import Case
from anomaly.domain import Provenance
from anomaly.engine import LOCAL, Engine, Local, Task
from anomaly.errors import NoDataError
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store
from features.base import FlightTables
from features.tables import HISTORY_DAYS, days_before
from models import dataset, learn, protocol, reenact
from models.protocol import Trial
from models.reenact import Flown
from models.registry import Record, Registered

# No case is tested under the receivers it was learnt from.
_OTHER_RECEIVERS = 1_000_000
# Flown side by side: each portion is told the whole past, which takes memory.
_PORTIONS = 2


@dataclass(frozen=True, eq=False)
class Asked:
    """Which cases are to be flown on which days, and who scores them."""

    store: Store
    reference: Reference
    cases: list[Case]
    model: Registered
    truths: Sequence[Path]
    dates: Sequence[dt.date]
    seed: int
    progress: Progress
    history_days: int = HISTORY_DAYS

    def beside(self, engine: Engine) -> Asked:
        """Return what goes to who runs tasks: who listens is in this process."""
        return self if isinstance(engine, Local) else replace(self, progress=silent)


def days(store: Store, record: Record, dates: Sequence[dt.date]) -> list[dt.date]:
    """Return the days asked for, or the latest, that the model did not learn from."""
    stored = store.dates("flights")
    fresh = [day for day in stored if day not in record.dates]
    hint = "Ingest a day of ordinary traffic that it has not seen."
    for date in dates:
        if date in record.dates:
            raise NoDataError(f"{record.name} learnt from {date}", hint=hint)
        if date not in stored:
            raise NoDataError(f"no flights on {date} in {store.root}", hint=hint)
    if not fresh:
        raise NoDataError(
            f"{record.name} learnt from every day stored in {store.root}", hint=hint
        )
    return sorted(set(dates)) or fresh[-1:]


def trial(
    ask: Asked,
    learnt: pd.DataFrame,
    *,
    like: Trial | None = None,
    engine: Engine = LOCAL,
) -> tuple[Trial, Mapping[str, int]]:
    """Fly the cases among the days' flights; `like` lends the models fitted for it."""
    cases, backgrounds = [], []
    left_out: dict[str, int] = {}
    for date in ask.dates:
        flown, background = _flown_on(date, ask, engine)
        # The same case on another day is another alert, and kin.
        told = flown.rows["alert"] + (f", on {date}" if len(ask.dates) > 1 else "")
        cases.append(flown.rows.assign(alert=told))
        backgrounds.append(background)
        # Cases differ from day to day only in whether they are received.
        left_out = {
            reason: max(n, left_out.get(reason, 0))
            for reason, n in flown.left_out.items()
        }
    rows = pd.concat(cases, ignore_index=True)
    if rows.empty:
        raise NoDataError(
            "no case could be flown again",
            hint="A case needs a label and two airports we know.",
        )
    background = dataset.settled(backgrounds)
    if like is not None:
        evened = protocol.equally_known(rows, seed=ask.model.record.seed)
        return replace(like, cases=evened, background=background), left_out
    prepared = protocol.prepare(rows, background, ask.model, learnt, ask.progress)
    return prepared, left_out


def _flown_on(date: dt.date, ask: Asked, engine: Engine) -> tuple[Flown, pd.DataFrame]:
    """Return the cases as flown on one day, and that day's own flights."""
    theirs = ask.beside(engine)
    n_portions = 1 if theirs is ask else _PORTIONS
    portions = [
        replace(theirs, cases=ask.cases[number::n_portions])
        for number in range(n_portions)
    ]
    flying = [
        Task(f"cases {number}", _flown, (portion, date))
        for number, portion in enumerate(portions)
    ]
    tasks = [*flying, Task("background", _background, (theirs, date))]
    told = engine.run(tasks, lambda n, of: ask.progress("cases", n / of))
    flown: list[Flown] = [told[task.name] for task in flying]
    # How a case flies rests on no other: only the order tells of portions and waves.
    place = {f"case {case.key}": number for number, case in enumerate(ask.cases)}
    rows = pd.concat([part.rows for part in flown], ignore_index=True)
    rows = rows.sort_values(
        "alert", key=lambda alert: alert.map(place), kind="stable", ignore_index=True
    )
    left_out: Counter[str] = Counter()
    for part in flown:
        left_out.update(part.left_out)
    return Flown(rows, left_out), told["background"]


def _tables(ask: Asked, date: dt.date) -> FlightTables:
    tables = features.tables_for(
        ask.store, date, ask.reference, history_days=ask.history_days
    )
    known = tuple(days_before(ask.store, date, ask.history_days))
    return replace(tables, known_days=known)


def _flown(ask: Asked, date: dt.date) -> Flown:
    return reenact.fly(
        ask.cases,
        ask.store,
        date,
        ask.reference,
        tables=_tables(ask, date),
        seed=ask.seed + _OTHER_RECEIVERS,
        progress=ask.progress,
    )


def _background(ask: Asked, date: dt.date) -> pd.DataFrame:
    """Return a day's own flights, labelled where a simulated world tells them.

    Cases that were flown into the day go: they are inserted one by one.
    """
    rows = dataset.rows_of(_tables(ask, date))
    rows = rows[rows["provenance"] != Provenance.RE_ENACTED]
    # A journey that goes on tomorrow is another alert tomorrow.
    rows = rows.assign(alert=f"{date} " + rows["alert"])
    flights = ask.store.read("flights", date)
    flights = flights.filter(pc.equal(flights["date"], date))
    parts = [
        labels.from_truth(flights, learn.read_truth(path)).rows for path in ask.truths
    ]
    return dataset.settled([dataset.labelled(rows, labels.merged(parts))])
