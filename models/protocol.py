"""Score documented cases among a day's traffic, by models that never saw their kin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

import features
from anomaly.errors import BadInputError
from anomaly.progress import Progress, silent
from models import (
    crossfit,
    dataset,
    groups,
    masking,
    measure,
    merit,
    opinion,
)
from models.merit import Alerts
from models.panel import Uncalibrated
from models.registry import Registered
from models.twofold import Scorer

Scores = NDArray[np.float64]
BY_THE_MODEL = -1
"""Instead of a fold: the registered model itself, which never saw the case's kin."""


@dataclass(frozen=True, eq=False)
class Trial:
    """Cases and a day's background, and who may score which case."""

    cases: pd.DataFrame
    background: pd.DataFrame
    model: Registered
    folds: Sequence[Uncalibrated]
    fold: NDArray[np.int64]
    """Of each row of `cases`: the fold whose model may score it, or `BY_THE_MODEL`."""
    joined: NDArray[np.int64]
    """Of each row of `cases`: its group, for intervals."""
    learnt: pd.DataFrame
    """The labelled rows that the registered model learnt from."""

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

    Kin share an airframe, a case group, a page, or day and last place, directly or by
    way of others.
    """
    together = with_cases(learnt, cases)
    joined = groups.components(together)
    mine, theirs = joined[len(learnt) :], joined[: len(learnt)]
    is_kin = np.isin(mine, theirs[learnt["logistics"].notna().to_numpy(bool)])
    fold = np.full(len(cases), BY_THE_MODEL)
    fitted: list[Uncalibrated] = []
    if is_kin.any():
        prepared = crossfit.prepare(together, seed=model.record.seed, n_folds=n_folds)
        fitted = crossfit.fit_folds(prepared, progress)
        fold[is_kin] = prepared.fold[len(learnt) :][is_kin]
    evened = equally_known(cases, seed=model.record.seed)
    return Trial(evened, background, model, fitted, fold, mine, learnt)


def with_cases(learnt: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    """Return a training table with cases below it, which teach nothing."""
    untold = cases.assign(logistics=None, weight=None, label_source=None)
    together: pd.DataFrame = pa.concat_tables(
        [dataset.to_arrow(learnt), dataset.to_arrow(untold)]
    ).to_pandas()
    return together


def equally_known(cases: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return cases of which identity is unknown equally often in both classes.

    Who documents a flight finds out its address more often if it carried arms: that
    somebody knows it must not help to tell which flights did.
    """
    y = dataset.labels_of(cases)
    if y.all() or not y.any():
        return cases
    names = dataset.feature_names()
    known = (*features.identity_features(), *dataset.context_features())
    X = masking.equalise(cases[names], y, tuple(dict.fromkeys(known)), seed=seed)
    return cases.assign(**{name: X[name] for name in names})


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


def alerts(
    rows: pd.DataFrame,
    joined: NDArray[np.int64],
    scorer: Scorer,
    names: Sequence[str],
    *,
    hide_identity: bool,
) -> Alerts:
    """Return the alerts of rows as the review list has them, scored by `scorer`."""
    X = rows[list(names)]
    if hide_identity:
        X = masking.hide(X, features.identity_features())
    told = opinion.of(scorer, X)
    order = measure.review_order(rows, told, hide_identity=hide_identity)
    return merit.alerts_of(rows, told.score, joined, order=order)


def on_scale_of(model: Registered, fitted: Uncalibrated) -> Scorer:
    """Return what pipelines fitted anew answer, on the registered model's scale.

    Raises
    ------
    BadInputError
        If the registered model is of other classifiers than are fitted.
    """
    if len(fitted.look_alikes.members) != len(model.classifier.look_alikes.members):
        raise BadInputError(
            f"{model.record.name} was made another way than models are made here",
            hint="Train again: `anomaly train`.",
        )
    return crossfit.scorer_of(fitted, model.classifier)


def _alerts(
    trial: Trial,
    rows: pd.DataFrame,
    joined: NDArray[np.int64],
    fold: int,
    hide_identity: bool,
) -> Alerts:
    model = trial.model
    scorer = (
        crossfit.scorer(model.classifier)
        if fold == BY_THE_MODEL
        else on_scale_of(model, trial.folds[fold])
    )
    names = model.record.feature_names
    return alerts(rows, joined, scorer, names, hide_identity=hide_identity)
