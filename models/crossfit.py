"""Fit on all rows, and again without each fold, so that no score is of a learnt row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline

import features
from anomaly.progress import Progress, silent
from models import dataset, groups, masking, pipeline

N_FOLDS = 5
Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A training table ready to fit: what is learnt from, and who belongs together."""

    X: pd.DataFrame
    """Every row, what is unknown made equally so in both classes."""
    y: NDArray[np.bool_]
    is_labelled: NDArray[np.bool_]
    joined: NDArray[np.int64]
    fold: NDArray[np.int64]
    """Of every row, unlabelled ones too: the fold whose model never saw its kin."""
    copied: NDArray[np.intp]
    """The row that each row of `X_learnt` is a copy of."""
    X_learnt: pd.DataFrame
    """Labelled rows as often as they weigh, each copy with its own mask."""
    identity: tuple[str, ...]
    categorical: tuple[str, ...]
    seed: int

    @property
    def n_folds(self) -> int:
        """Return how many folds there are."""
        return int(self.fold.max()) + 1


def prepare(rows: pd.DataFrame, *, seed: int, n_folds: int = N_FOLDS) -> Prepared:
    """Return the rows of a training table with masks, groups and folds settled.

    A row's weight is the number of its copies, since each copy can then lose another
    part of its identity: a weight would repeat the very same row.

    Raises
    ------
    NoDataError
        If there are too few independent labelled flights.
    """
    identity = features.identity_features()
    known = dataset.is_labelled(rows)
    y = dataset.labels_of(rows)
    joined = groups.components(rows)
    documented = np.asarray(rows["label_source"] == "casebook", np.int64)
    fold = groups.folds(
        y[known], joined[known], n_folds, seed=seed, strata=documented[known]
    )
    X = rows[dataset.feature_names()].copy()
    # A re-enacted case has no past and meets no others, and most cases are positive
    # where most flights are not: what that leaves unknown must not tell either.
    maskable = tuple(dict.fromkeys((*identity, *dataset.context_features())))
    X.loc[known] = masking.equalise(X[known], y[known], maskable, seed=seed)
    n_copies = rows["weight"].fillna(0.0).round().clip(lower=1).to_numpy(np.int64)
    copied = np.repeat(np.flatnonzero(known), n_copies[known])
    learnt = X.iloc[copied].reset_index(drop=True)
    return Prepared(
        X=X,
        y=y,
        is_labelled=known,
        joined=joined,
        fold=_spread(fold, joined, known),
        copied=copied,
        X_learnt=masking.drop_at_random(learnt, identity, seed=seed),
        identity=identity,
        categorical=tuple(f.name for f in features.declared() if f.dtype != "float64"),
        seed=seed,
    )


def fit_all(prepared: Prepared) -> CalibratedClassifierCV:
    """Return the classifier of all labelled rows, calibrated over the folds."""
    return pipeline.fit_calibrated(
        _classifier(prepared),
        prepared.X_learnt,
        prepared.y[prepared.copied],
        groups.splits(prepared.fold[prepared.copied]),
    )


def fit_folds(prepared: Prepared, progress: Progress = silent) -> list[Pipeline]:
    """Return, per fold, a pipeline that learnt from the other folds."""
    y, fold = prepared.y[prepared.copied], prepared.fold[prepared.copied]
    fitted = []
    for number in range(prepared.n_folds):
        progress("folds", number / prepared.n_folds)
        others = fold != number
        fitted.append(
            pipeline.fit(_classifier(prepared), prepared.X_learnt[others], y[others])
        )
    progress("folds", 1.0)
    return fitted


def out_of_fold(
    fitted: Sequence[Pipeline],
    calibrated: CalibratedClassifierCV,
    X: pd.DataFrame,
    fold: NDArray[np.int64],
) -> Scores:
    """Return the score of each row by the model of its fold.

    On the scale of the final model: its calibration rests on out-of-fold scores too,
    and has but two numbers.
    """
    score = np.full(len(X), np.nan)
    for number, one in enumerate(fitted):
        rows = fold == number
        if rows.any():
            score[rows] = calibrate(calibrated, one.decision_function(X[rows]))
    return score


def calibrate(calibrated: CalibratedClassifierCV, log_odds: Scores) -> Scores:
    """Return likelihoods for the scores of a pipeline before calibration."""
    calibrator = calibrated.calibrated_classifiers_[0].calibrators[0]
    return cast(Scores, calibrator.predict(log_odds))


def _classifier(prepared: Prepared) -> Pipeline:
    return pipeline.make_classifier(prepared.categorical, random_state=prepared.seed)


def _spread(
    fold: NDArray[np.int64], joined: NDArray[np.int64], known: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Give unlabelled rows the fold of their labelled kin, or any if they have none."""
    n_folds = int(fold.max()) + 1
    of_group = np.arange(int(joined.max()) + 1) % n_folds
    of_group[joined[known]] = fold
    return of_group[joined]
