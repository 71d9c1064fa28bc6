"""How far a day's flights are from those that a model learnt from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.stats import ks_2samp

import features
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store
from models import crossfit, dataset, opinion, registry

Numbers = NDArray[np.float64]
# More rows tell no more of a distribution, and cost time.
N_ROWS = 20_000


@dataclass(frozen=True)
class Moved:
    """One feature, or the score, then and now."""

    name: str
    distance: float
    """Largest difference of the two cumulative shares (Kolmogorov and Smirnov)."""
    median_then: float | None
    median_now: float | None
    missing_then: float
    missing_now: float


@dataclass(frozen=True)
class Drift:
    """A day beside the training table, cases apart."""

    date: dt.date
    model: str
    score: Moved
    """The training flights are scored by the model that learnt from them."""
    features: tuple[Moved, ...]
    """All features, the farthest moved first."""


def drift(
    store: Store,
    date: dt.date,
    reference: Reference,
    *,
    model_ref: str = registry.CHAMPION,
    progress: Progress = silent,
) -> Drift:
    """Compare the flights of a day with those that a model learnt from.

    No test of significance: with thousands of flights any difference is significant.
    """
    model = registry.load(store, model_ref)
    names = model.record.feature_names
    path = store.model(model.record.name) / "training.parquet"
    learnt = pq.read_table(path, columns=["label_source", *names]).to_pandas()
    then = _sample(learnt[learnt["label_source"] != "casebook"][names])
    progress("features", 0.0)
    now = _sample(dataset.rows_of(features.tables_for(store, date, reference))[names])
    progress("features", 1.0)
    moved = [_moved(name, then[name], now[name]) for name in names]
    scores = [
        pd.Series(opinion.of(crossfit.scorer(model.classifier), rows).score)
        for rows in (then, now)
    ]
    return Drift(
        date=date,
        model=model.record.name,
        score=_moved("score", *scores),
        features=tuple(sorted(moved, key=lambda one: -one.distance)),
    )


def _sample(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[:: max(1, len(rows) // N_ROWS)]


def _moved(name: str, then: pd.Series[float], now: pd.Series[float]) -> Moved:
    before, after = _known(then), _known(now)
    missing = float(then.isna().mean()), float(now.isna().mean())
    apart = 0.0
    if len(before) and len(after):
        apart = float(ks_2samp(before, after).statistic)
    return Moved(
        name,
        # What is suddenly unknown has moved as well.
        max(apart, abs(missing[0] - missing[1])),
        _median(before),
        _median(after),
        *missing,
    )


def _median(values: Numbers) -> float | None:
    return float(np.median(values)) if len(values) else None


def _known(values: pd.Series[float]) -> Numbers:
    numbers = np.asarray(values, dtype=np.float64)
    return numbers[~np.isnan(numbers)]
