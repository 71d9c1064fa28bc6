"""The scoring of days as a plan: blocks of flights, put into order day by day.

A task reads the data directory, and leaves its files there or returns the scores of a
block: it may run wherever the directory is seen, and run again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from threadpoolctl import threadpool_limits

from anomaly import completeness
from anomaly.engine import LOCAL, Engine, Local, Task, Threads
from anomaly.errors import NoDataError
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.reference.territory import territory_of
from anomaly.schemas import LIKENESSES
from anomaly.store import Store
from features import stored, words
from features.base import FlightTables
from features.tables import tables_for
from models import explain, registry
from models.likeness import nearest
from models.registry import Record, Registered
from models.score import DEFAULT_BUDGET, Block, score_block, scores_of_day


@dataclass(frozen=True)
class Terms:
    """How days are scored."""

    model: str
    """Name of a registered version, not an alias: that may come to mean another."""
    budget: int
    hide_identity: bool = False
    """Without identity; and nothing is stored."""


def score_days(
    store: Store,
    dates: Sequence[dt.date],
    *,
    model_ref: str = registry.CHAMPION,
    budget: int = DEFAULT_BUDGET,
    engine: Engine = LOCAL,
    progress: Progress = silent,
) -> None:
    """Score days, and store the scores with the cases that flags resemble.

    See `models.score.scores_of_day`.

    Raises
    ------
    NoDataError
        If there is no such model, or no flight on one of the days.
    BadInputError
        If the model learnt from other features.
    """
    terms = Terms(_checked(store, model_ref).name, budget)
    stored.keep_days(store, dates, engine, progress)
    tasks = plan(store, dates, terms)
    _beside(engine, store, terms).run(tasks, lambda n, of: progress("scores", n / of))


def make_ready(store: Store, date: dt.date, model_ref: str = registry.CHAMPION) -> None:
    """Load what scoring needs, while other processes make what is to be scored.

    The day's flights, too, if they are there by then.

    Raises
    ------
    NoDataError
        If there is no such model.
    BadInputError
        If the model learnt from other features.
    """
    there = _there(store)
    record = _checked(there, model_ref)
    model = _model(there, Terms(record.name, DEFAULT_BUDGET))
    # The first flight that is explained takes a second more, to load what all need:
    # here that is one of which nothing is known.
    nobody = pd.DataFrame(np.nan, index=["000000-"], columns=record.feature_names)
    explain.contributions(model.classifier, nobody)
    nearest(there, record, nobody)
    territory_of(Reference.load(there.root).airports)
    if there.has("flights", date):
        tables = _tables(there, date)
        words.contexts(tables, tables.flights.index[:1])


def score_unnamed(
    store: Store,
    date: dt.date,
    *,
    model_ref: str = registry.CHAMPION,
    budget: int = DEFAULT_BUDGET,
    engine: Engine = LOCAL,
    progress: Progress = silent,
) -> pa.Table:
    """Return the scores of a day without identity, and store none; see `score_days`."""
    terms = Terms(_checked(store, model_ref).name, budget, hide_identity=True)
    stored.keep_days(store, [date], engine, progress)
    tasks = plan(store, [date], terms)
    runs_on = _beside(engine, store, terms)
    (scores,) = runs_on.run(tasks, lambda n, of: progress("scores", n / of)).values()
    return scores


def _beside(engine: Engine, store: Store, terms: Terms) -> Engine:
    """Return what runs blocks side by side, in this process if `engine` is there."""
    if not isinstance(engine, Local):
        return engine
    _model(_there(store), terms)  # or each thread would load one
    return Threads()


def plan(store: Store, dates: Sequence[dt.date], terms: Terms) -> list[Task]:
    """Return the tasks of scoring days whose features are stored.

    Raises
    ------
    NoDataError
        If there is no flight on one of the days.
    """
    there = _there(store)
    tasks = []
    for date in dates:
        _check_flights(store, date)
        blocks = [
            Task(f"score {date} {n}", _score_block, (there, date, terms, n))
            for n in range(store.n_blocks("features", date))
        ]
        names = tuple(task.name for task in blocks)
        tasks += [*blocks, Task(f"rank {date}", _rank, (there, date, terms), names)]
    return tasks


def _there(store: Store) -> Store:
    """Return the store as every process names it: what is read of it stays at hand."""
    return Store(store.root.absolute())


def _score_block(store: Store, date: dt.date, terms: Terms, number: int) -> Block:
    built = stored.block(store, date, number)
    model = _model(store, terms)
    # Hundreds of trees are asked in turn: blocks side by side keep processors
    # busy, and threads of one block would wait for each other after every tree.
    with threadpool_limits(1, user_api="openmp"):
        return score_block(built, model, hide_identity=terms.hide_identity)


def _rank(store: Store, date: dt.date, terms: Terms, *blocks: Block) -> pa.Table | None:
    """Put a day's flights into order; store or return their scores."""
    model = _model(store, terms)
    likenesses = [LIKENESSES.empty_table()]

    def compare(record: Record, X: pd.DataFrame) -> None:
        if not terms.hide_identity:
            likenesses.append(nearest(store, record, X))

    def others(flight_ids: pd.Index) -> pd.DataFrame:
        return stored.read(store, date).loc[flight_ids]

    scores = scores_of_day(
        _tables(store, date),
        model,
        blocks,
        others,
        budget=terms.budget,
        hide_identity=terms.hide_identity,
        incomplete=completeness.sentence(store, date),
        on_explained=compare,
    )
    if terms.hide_identity:
        return scores
    # The scores last: what they speak of is there when they are.
    store.write("likenesses", pa.concat_tables(likenesses), date)
    store.write("scores", scores, date)
    return None


def _tables(store: Store, date: dt.date) -> FlightTables:
    """Return a day's tables without its past, read once as long as its files stay."""
    files = stored.rests_on(store, date)
    stamp = tuple((path, path.stat().st_mtime_ns) for path in files)
    return _tables_of(store, date, stamp)


@lru_cache(maxsize=1)
def _tables_of(store: Store, date: dt.date, _stamp: tuple[object, ...]) -> FlightTables:
    reference = Reference.load(store.root)
    return tables_for(store, date, reference, history_days=0)


def _checked(store: Store, model_ref: str) -> Record:
    """Return the record of a model that knows today's features."""
    record = registry.record_of(store, model_ref)
    registry.check_features(record)
    return record


def _check_flights(store: Store, date: dt.date) -> None:
    table = "features" if store.has("flights", date) else "flights"
    if not store.read(table, date, columns=["flight_id"]).num_rows:
        raise NoDataError(
            f"no flight ends on {date} in {store.root}",
            hint="`anomaly flights` lists the days and their flights.",
        )


def _model(store: Store, terms: Terms) -> Registered:
    record = registry.record_of(store, terms.model)
    return _loaded(store.root, record.name, record.model_sha256)


@lru_cache(maxsize=1)
def _loaded(root: Path, name: str, _sha256: str) -> Registered:
    """Return a model, loaded once for all that a process scores."""
    return registry.load(Store(root), name)
