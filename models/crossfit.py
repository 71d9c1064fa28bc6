"""Fit on all rows, and again without each fold, so that no score is of a learnt row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline

import features
from anomaly.progress import Progress, silent
from models import dataset, groups, losses, masking, panel, pipeline, twofold
from models.panel import Model, Panel, Uncalibrated
from models.twofold import Asked, Scorer, Scores, Twofold

N_FOLDS = 5
NO_FOLD = -1


@dataclass(frozen=True, eq=False)
class Prepared:
    """A training table ready to fit: what is learnt from, and who belongs together."""

    known: pd.DataFrame
    """Every row's features, all that is known of it."""
    X: pd.DataFrame
    """To be scored: what identity is unknown made equally so in both classes."""
    y: NDArray[np.bool_]
    of_case: NDArray[np.bool_]
    joined: NDArray[np.int64]
    fold: NDArray[np.int64]
    """Of every row, unlabelled ones too: the fold whose model never saw its kin."""
    n_copies: NDArray[np.int64]
    """How often each row is learnt from; 0: not at all."""
    asked: Twofold[NDArray[np.bool_]]
    """Which rows each question is put of."""
    identity: tuple[str, ...]
    categorical: tuple[str, ...]
    seed: int
    also_coarse: bool = False
    """Whether a second classifier learns from it, one of coarse columns."""

    @property
    def n_folds(self) -> int:
        """Return how many folds there are."""
        return int(self.fold.max()) + 1

    @property
    def is_labelled(self) -> NDArray[np.bool_]:
        """Tell which rows are learnt from."""
        return self.n_copies > 0


@dataclass(frozen=True, eq=False)
class Taught:
    """What the classifiers of one question are fitted on."""

    X: pd.DataFrame
    """Rows as often as they weigh, each copy with its own mask; which values are
    unknown tells nothing of the class."""
    y: NDArray[np.bool_]
    copied: NDArray[np.intp]
    """The row of the training table that each is a copy of."""


def prepare(rows: pd.DataFrame, *, seed: int, n_folds: int = N_FOLDS) -> Prepared:
    """Return the rows of a training table with groups, folds and weights settled.

    Raises
    ------
    NoDataError
        If there are too few independent labelled flights.
    """
    identity = features.identity_features()
    labelled = dataset.is_labelled(rows)
    y = dataset.labels_of(rows)
    joined = groups.components(rows)
    of_case = rows["label_source"].eq("casebook").to_numpy(bool)
    fold = groups.folds(
        y[labelled],
        joined[labelled],
        n_folds,
        seed=seed,
        strata=of_case[labelled].astype(np.int64),
    )
    known = rows[dataset.feature_names()].reset_index(drop=True)
    n_copies = rows["weight"].fillna(0.0).round().clip(lower=1).to_numpy(np.int64)
    return Prepared(
        known=known,
        X=_evened(known, y, labelled, of_case, seed),
        y=y,
        of_case=of_case,
        joined=joined,
        fold=_spread(fold, joined, labelled),
        n_copies=np.where(labelled, n_copies, 0),
        asked=twofold.asked(
            y,
            rows["look_alike"].eq(True).to_numpy(bool),
            rows["label_source"].eq("verdict").to_numpy(bool),
        ),
        identity=identity,
        categorical=tuple(f.name for f in features.declared() if f.dtype != "float64"),
        seed=seed,
    )


def taught(prepared: Prepared, *, without: int = NO_FOLD) -> Taught:
    """Return what a classifier of all rows is fitted on, or of all but one fold.

    A row's weight is the number of its copies, since each copy can then lose another
    part of its identity: a weight would repeat the very same row.  Masks are drawn for
    each fit: if they evened out the classes over all folds, what is left of a pattern
    without one fold would tell that fold's labels, turned round.
    """
    kept = prepared.is_labelled & (prepared.fold != without)
    X = _evened(prepared.known, prepared.y, kept, prepared.of_case, prepared.seed)
    copied = np.repeat(np.flatnonzero(kept), prepared.n_copies[kept])
    y = prepared.y[copied]
    # A re-enacted case is seen apart from what its aircraft did before and after, and
    # logistics ends in the dark more often: what that leaves unknown, identity or not,
    # must not tell, or every flight of which little was seen would look like it.
    evened = masking.equalise(
        X.iloc[copied].reset_index(drop=True), y, tuple(X.columns), seed=prepared.seed
    )
    blocks = masking.known_together(prepared.known, prepared.identity)
    masked = masking.drop_at_random(evened, blocks, seed=prepared.seed)
    lost = masking.lose_at_random(masked, losses.together(), seed=prepared.seed)
    return Taught(lost, y, copied)


def questions(prepared: Prepared) -> Twofold[Prepared]:
    """Return, per question, the table with only the rows that it is put of.

    Where these hold too little to learn from (no look-alike was ever named, or nothing
    else), it is put of all rows.  Two classifiers answer on look-alikes, of which few
    are documented; thousands of ordinary flights teach one enough.
    """

    def of(rows: NDArray[np.bool_]) -> Prepared:
        alone = taught_by(prepared, rows)
        return alone if can_be_fitted(alone) else prepared

    each = prepared.asked.of_each(of)
    return replace(each, look_alikes=replace(each.look_alikes, also_coarse=True))


def taught_by(prepared: Prepared, kept: NDArray[np.bool_]) -> Prepared:
    """Return the training table with only the rows in `kept` to learn from.

    Folds and groups stay, so that both are measured on the same.
    """
    return replace(prepared, n_copies=np.where(kept, prepared.n_copies, 0))


def can_be_fitted(prepared: Prepared) -> bool:
    """Tell whether every fold leaves both classes to learn from."""
    rows = prepared.is_labelled
    y, fold = prepared.y[rows], prepared.fold[rows]
    return all(
        len(np.unique(y[fold != number])) == 2 for number in range(prepared.n_folds)
    )


def fit_all(prepared: Prepared) -> Model:
    """Return the classifiers of all labelled rows, calibrated over the folds."""
    return questions(prepared).of_each(_calibrated)


def _calibrated(prepared: Prepared) -> Panel[CalibratedClassifierCV]:
    lesson = taught(prepared)
    splits = groups.splits(prepared.fold[lesson.copied])
    # A fold may hold none of the rows that a question is put of.
    held = [split for split in splits if len(split[1])]
    return classifiers(prepared).of_each(
        lambda one: pipeline.fit_calibrated(one, lesson.X, lesson.y, held)
    )


def fit_folds(prepared: Prepared, progress: Progress = silent) -> list[Uncalibrated]:
    """Return, per fold, pipelines that learnt from the other folds."""
    asked = questions(prepared)
    fitted = []
    for number in range(prepared.n_folds):
        progress("folds", number / prepared.n_folds)
        fitted.append(asked.of_each(partial(fit_one, without=number)))
    progress("folds", 1.0)
    return fitted


def fit_one(prepared: Prepared, *, without: int = NO_FOLD) -> Panel[Pipeline]:
    """Return pipelines that learnt one question from all rows, or all but a fold."""
    lesson = taught(prepared, without=without)
    return classifiers(prepared).of_each(
        lambda one: pipeline.fit(one, lesson.X, lesson.y)
    )


def out_of_fold(
    fitted: Sequence[Uncalibrated], calibrated: Model, fold: NDArray[np.int64]
) -> Scorer:
    """Return what answers on rows of a training table, each by the models of its fold.

    On the scale of the final model: its calibration rests on out-of-fold scores too,
    and has but two numbers a classifier.

    Parameters
    ----------
    fold
        Of every row of the table; a row is known by its number, the index of `X`.
    """
    of_each = [scorer_of(one, calibrated) for one in fitted]

    def told(askers: Sequence[Asked], X: pd.DataFrame) -> Scores:
        answer = np.full(len(X), np.nan)
        of_row = fold[X.index.to_numpy()]
        for number, ask in enumerate(askers):
            rows = of_row == number
            if rows.any():
                answer[rows] = ask(X[rows])
        return answer

    return Twofold(
        partial(told, [one.ordinary for one in of_each]),
        partial(told, [one.look_alikes for one in of_each]),
    )


def scorer(calibrated: Model) -> Scorer:
    """Return what the final model answers by."""
    inner = calibrated.of_each(lambda each: each.of_each(pipeline.inner_pipeline))
    return scorer_of(inner, calibrated)


def scorer_of(fitted: Uncalibrated, calibrated: Model) -> Scorer:
    """Return what pipelines answer, on the scale of the final model."""
    return Twofold(
        partial(_told, fitted.ordinary, calibrated.ordinary),
        partial(_told, fitted.look_alikes, calibrated.look_alikes),
    )


def _told(
    fitted: Panel[Pipeline], scales: Panel[CalibratedClassifierCV], X: pd.DataFrame
) -> Scores:
    """Return the mean answer of the classifiers of one question."""
    of_each = fitted.with_each(scales).of_each(
        lambda one: pipeline.calibrate(one[1], pipeline.log_odds(one[0], X))
    )
    return panel.mean(of_each)


def classifiers(prepared: Prepared) -> Panel[Pipeline]:
    """Return the unfitted classifiers of a prepared table."""
    return pipeline.unfitted(
        list(prepared.X.columns),
        prepared.categorical,
        random_state=prepared.seed,
        also_coarse=prepared.also_coarse,
    )


def _evened(
    X: pd.DataFrame,
    y: NDArray[np.bool_],
    rows: NDArray[np.bool_],
    of_case: NDArray[np.bool_],
    seed: int,
) -> pd.DataFrame:
    """Return `X` with identity as well known of either class, in cases and in days.

    Apart, since cases are of both classes alike and flights of a day are not.
    """
    evened = X.copy()
    identity = features.identity_features()
    for part in (rows & of_case, rows & ~of_case):
        if part.any():
            evened.loc[part] = masking.equalise(X[part], y[part], identity, seed=seed)
    return evened


def _spread(
    fold: NDArray[np.int64], joined: NDArray[np.int64], known: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Give unlabelled rows the fold of their labelled kin, or any if they have none."""
    n_folds = int(fold.max()) + 1
    of_group = np.arange(int(joined.max()) + 1) % n_folds
    of_group[joined[known]] = fold
    return of_group[joined]
