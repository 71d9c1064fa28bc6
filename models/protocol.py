"""Score documented cases among a day's traffic, by models that never saw their kin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

import features
from anomaly.progress import Progress, silent
from models import crossfit, dataset, groups, masking, measure, merit, pipeline
from models.merit import Alerts
from models.registry import Registered

Scores = NDArray[np.float64]
BY_THE_MODEL = -1
"""Instead of a fold: the registered model itself, which never saw the case's kin."""


@dataclass(frozen=True, eq=False)
class Trial:
    """Cases and a day's background, and who may score which case."""

    cases: pd.DataFrame
    background: pd.DataFrame
    model: Registered
    folds: Sequence[Pipeline]
    fold: NDArray[np.int64]
    """Of each row of `cases`: the fold whose model may score it, or `BY_THE_MODEL`."""
    joined: NDArray[np.int64]
    """Of each row of `cases`: its group, for intervals."""

    @property
    def n_crossfit(self) -> int:
        """Return how many cases the registered model has learnt from, or kin of."""
        return int(self.cases.loc[self.fold != BY_THE_MODEL, "alert"].nunique())


def prepare(
    cases: pd.DataFrame,
    background: pd.DataFrame,
    model: Registered,
    learnt: pd.DataFrame,
    progress: Progress = silent,
    *,
    n_folds: int = crossfit.N_FOLDS,
) -> Trial:
    """Return a trial; models are fitted anew only if a case is kin of what was learnt.

    Kin share an airframe or a case group, directly or by way of others.
    """
    untold = cases.assign(logistics=None, weight=None, label_source=None)
    together = pa.concat_tables(
        [dataset.to_arrow(learnt), dataset.to_arrow(untold)]
    ).to_pandas()
    joined = groups.components(together)
    mine, theirs = joined[len(learnt) :], joined[: len(learnt)]
    is_kin = np.isin(mine, theirs[learnt["logistics"].notna().to_numpy(bool)])
    fold = np.full(len(cases), BY_THE_MODEL)
    fitted: list[Pipeline] = []
    if is_kin.any():
        prepared = crossfit.prepare(together, seed=model.record.seed, n_folds=n_folds)
        fitted = crossfit.fit_folds(prepared, progress)
        fold[is_kin] = prepared.fold[len(learnt) :][is_kin]
    return Trial(cases, background, model, fitted, fold, mine)


def documented(trial: Trial, *, hide_identity: bool = False) -> tuple[Alerts, Scores]:
    """Return the cases as alerts, and the place each takes alone in the day's list."""
    parts = []
    for number in sorted(set(trial.fold)):
        rows = np.flatnonzero(trial.fold == number)
        cases = _alerts(
            trial, trial.cases.iloc[rows], trial.joined[rows], number, hide_identity
        )
        nobody = np.zeros(len(trial.background), np.int64)
        day = _alerts(trial, trial.background, nobody, number, hide_identity)
        parts.append((cases, merit.place_in(cases.order, day.order, day.n_flights)))
    return merit.joined([cases for cases, _ in parts]), np.concatenate(
        [places for _, places in parts]
    )


def day(trial: Trial, *, hide_identity: bool = False) -> Alerts:
    """Return the background's alerts by the registered model, with their labels."""
    joined = groups.components(trial.background)
    return _alerts(trial, trial.background, joined, BY_THE_MODEL, hide_identity)


def _alerts(
    trial: Trial,
    rows: pd.DataFrame,
    joined: NDArray[np.int64],
    fold: int,
    hide_identity: bool,
) -> Alerts:
    X = rows[trial.model.record.feature_names]
    if hide_identity:
        X = masking.hide(X, features.identity_features())
    classifier = trial.model.classifier
    if fold == BY_THE_MODEL:
        score = pipeline.likelihood(classifier, X)
    else:
        log_odds = trial.folds[fold].decision_function(X)
        score = crossfit.calibrate(classifier, log_odds)
    order = measure.review_order(rows, score, hide_identity=hide_identity)
    return merit.alerts_of(rows, score, joined, order=order)
