"""Small training tables with a known rule in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from feature_builders import flight, tables

import features
from anomaly.schemas import TABLES
from anomaly.store import Store
from features.base import FlightTables
from models import crossfit, dataset, pipeline, registry, saving
from models.panel import Model
from models.registry import Record, Registered
from models.twofold import Answers

DAY = dt.date(2020, 1, 1)


def training_rows(n: int = 400, n_cases: int = 20, *, seed: int = 0) -> pd.DataFrame:
    """Return rows whose logistics flights stop at military fields, most of them."""
    random = np.random.default_rng(seed)
    names = [feature.name for feature in features.declared()]
    values = pd.DataFrame(random.random((n, len(names))), columns=names)
    numbers = np.arange(n)
    logistics = random.random(n) < 0.2
    is_case = numbers < n_cases
    logistics[is_case] = numbers[is_case] % 4 < 2
    for name in ("stopover_n_military", "operator_military_flag"):
        values[name] = (random.random(n) < np.where(logistics, 0.9, 0.1)).astype(float)
    unknown = random.random(values.shape) < 0.1
    rows = pd.DataFrame(
        {
            "flight_id": [f"{number:06x}-20200101T000000Z" for number in numbers],
            "date": DAY,
            "alert": [f"journey {number // 2:05d}" for number in numbers],
            "logistics": logistics,
            "weight": np.where(is_case, 4.0, 1.0),
            "label_source": np.where(is_case, "casebook", "simulated"),
            "airframe_group": [f"{number // 2:06x}" for number in numbers],
            "mission_group": None,
            "case_group": [f"g-{k // 2}" if k < n_cases else None for k in numbers],
            "page_group": None,
            "look_alike": ~logistics & (is_case | (random.random(n) < 0.2)),
            "provenance": np.where(is_case, "re-enacted", "simulated"),
            "way": None,
            "take": [0 if case else None for case in is_case],
        }
    )
    return dataset.settled([pd.concat([rows, values.mask(unknown)], axis="columns")])


def cases(groups: tuple[str, str] = ("g-0", "new")) -> pd.DataFrame:
    """Return two documented cases of two flights each."""
    rows = training_rows(4, 4, seed=1)
    return rows.assign(
        alert=["case a", "case a", "case b", "case b"],
        case_group=np.repeat(groups, 2).astype(object),
        airframe_group=["ffff01", "ffff01", "ffff02", "ffff02"],
    )


def background(n: int = 60) -> pd.DataFrame:
    """Return the flights of an ordinary day, of other airframes."""
    rows = training_rows(n, 0, seed=2)
    return rows.assign(airframe_group=[f"ee{k:04x}" for k in range(n)])


@cache
def prepared() -> crossfit.Prepared:
    """Return the small table, ready to fit; shared, so not to be changed."""
    return crossfit.prepare(training_rows(), seed=0, n_folds=2)


@cache
def fitted() -> Model:
    """Return the model of the small table, fitted once for all tests."""
    return crossfit.fit_all(prepared())


def answers(model: Model, X: pd.DataFrame) -> Answers:
    """Return what a model answers on flights, to both questions."""
    ask = crossfit.scorer(model)
    return Answers(ask.ordinary(X), ask.look_alikes(X))


def registered(**over: Any) -> Registered:
    """Return the model of the small table as if it had been registered."""
    rows = training_rows()
    record = Record(
        version=1,
        run_id="0",
        trained_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        seed=0,
        recipe=pipeline.recipe(),
        feature_set_id=features.feature_set_id(),
        family_digests=features.family_digests(),
        feature_names=dataset.feature_names(),
        dates=[DAY],
        provenance=["simulated"],
        case_groups=sorted(set(rows["case_group"].dropna())),
        thresholds={10: 2.0, 25: 1.0, 100: 0.0},
        thresholds_hidden={10: 1.0, 25: 0.5, 100: 0.0},
        n_background_flights=len(rows),
        label_counts={"simulated": {"n_rows": len(rows), "n_positive": 1}},
        watch_list=[],
        model_sha256=saving.digest(saving.dumps(fitted())),
        training_sha256="0",
    )
    return Registered(replace(record, **over), fitted())


def dull_day(root: Path) -> Store:
    """Return a store with two ordinary flights on one day, and the small model."""
    store = Store(root)
    keep(store, tables(flight(), flight("3c6445-a", "EGLL", "EDDF")))
    register(store)
    return store


def register(store: Store) -> None:
    """Make the small model a store's champion."""
    model = registered()
    data = saving.dumps(model.classifier)
    registry.save(store, model.record, data, training_rows(), "{}\n")
    registry.set_alias(store, registry.CHAMPION, 1)


def keep(store: Store, day: FlightTables) -> None:
    """Write a day's tables into a store."""
    frames = {
        "flights": day.flights.reset_index(),
        "journeys": day.journeys.reset_index(),
        "stopovers": day.stopovers,
        "gaps": day.gaps,
    }
    for name, frame in frames.items():
        rows = pa.Table.from_pandas(frame, schema=TABLES[name], preserve_index=False)
        store.write(name, rows, day.date)
