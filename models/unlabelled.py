"""Unlabelled flights are not negatives: learn from them by positive-unlabelled weights.

Elkan and Noto, *Learning classifiers from only positive and unlabeled data* (KDD
2008): a classifier g of labelled positives against unlabelled flights gives, with the
chance c that a positive is labelled, the chance that an unlabelled flight is positive:
(1 - c) / c * g / (1 - g).  Either c is estimated as the mean of g over positives it did
not learn from, or it follows from a share of positives that somebody assumes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import features
from anomaly.errors import NoDataError
from models import dataset, directions, groups, masking, pipeline
from models.twofold import Scores

SOURCE = "unlabelled"
N_FOLDS = 3
SHARES = (0.001, 0.01, 0.03)
"""Class priors to try: from one flight in a thousand to one in thirty-three."""
_MOST = 0.999


@dataclass(frozen=True, eq=False)
class Unlabelled:
    """How likely each unlabelled flight of a training table is logistics."""

    chance: Scores
    """Of each row; NaN where it is labelled."""
    labelled_share: float
    """The chance c that a flight of logistics is labelled."""
    prior: float
    """Share of the unlabelled that the chances add up to."""


@dataclass(frozen=True)
class Sensitivity:
    """What a class prior does to the chances and to the model's order."""

    prior: float
    """Assumed; of the first row, estimated."""
    labelled_share: float
    expected: float
    """Flights of logistics among the unlabelled."""
    n_above_half: int
    """Unlabelled flights more likely logistics than not."""
    recall_at_percent: float
    """Labelled logistics, unseen, within the height of the top 1 % of unlabelled."""


def against_unlabelled(rows: pd.DataFrame, *, seed: int = 0) -> Scores:
    """Return g of each row of a training table, by models that never saw it.

    Raises
    ------
    NoDataError
        If nothing is unlabelled, or too few independent flights are positive.
    """
    untold = ~dataset.is_labelled(rows)
    if not untold.any():
        raise NoDataError(
            "every flight is labelled", hint="Store days that no --truth tells of."
        )
    positive = dataset.labels_of(rows)
    return _scored(rows, positive, positive | untold, seed)


def chances(rows: pd.DataFrame, g: Scores, *, prior: float | None = None) -> Unlabelled:
    """Return how likely unlabelled rows are logistics, from `against_unlabelled`.

    `prior`, the share of logistics among the unlabelled, is estimated if not given.
    """
    positive, untold = dataset.labels_of(rows), ~dataset.is_labelled(rows)
    n, m = int(positive.sum()), int(untold.sum())
    # With a prior assumed, c is the share of all positives that carry a label.
    c = float(g[positive].mean()) if prior is None else n / (n + prior * m)
    c = float(np.clip(c, 1 - _MOST, _MOST))
    odds = (g[untold] / (1 - g[untold])).clip(0, 1e6)
    told = np.clip((1 - c) / c * odds, 0.0, 1.0)
    if prior is not None:
        told = _adding_up(told, prior * m)
    chance = np.full(len(rows), np.nan)
    chance[untold] = told
    return Unlabelled(chance, c, float(told.mean()))


def settled(rows: pd.DataFrame, found: Unlabelled, *, seed: int = 0) -> pd.DataFrame:
    """Return the table with each unlabelled row dealt a label by its chance.

    In expectation that is Elkan and Noto's weighing, in which a row counts as both; a
    dealt label needs no weights, which the classifier's binning is slow with.
    """
    untold = ~np.isnan(found.chance)
    dealt = np.random.default_rng(seed).random(len(rows)) < found.chance
    return rows.assign(
        logistics=rows["logistics"].where(~untold, pd.Series(dealt, index=rows.index)),
        weight=rows["weight"].where(~untold, 1.0),
        label_source=rows["label_source"].where(~untold, SOURCE),
    )


def sensitivity(
    rows: pd.DataFrame,
    g: Scores,
    *,
    seed: int = 0,
    priors: Sequence[float] = SHARES,
) -> list[Sensitivity]:
    """Return what becomes of the chances, and of the order, with the class prior.

    The first row is of the estimated prior.
    """
    return [_one(rows, chances(rows, g, prior=p), seed) for p in (None, *priors)]


def _one(rows: pd.DataFrame, found: Unlabelled, seed: int) -> Sensitivity:
    """Learn from chances at one prior, and see where unseen positives come to stand."""
    untold = ~np.isnan(found.chance)
    positive = dataset.labels_of(rows)
    dealt = np.random.default_rng(seed).random(len(rows)) < found.chance
    score = _scored(rows, positive | dealt, np.ones(len(rows), bool), seed)
    height = np.quantile(score[untold], 0.99)
    told = found.chance[untold]
    return Sensitivity(
        prior=found.prior,
        labelled_share=found.labelled_share,
        expected=float(told.sum()),
        n_above_half=int((told > 0.5).sum()),
        recall_at_percent=float((score[positive] > height).mean()),
    )


def _adding_up(chance: Scores, wanted: float) -> Scores:
    """Return chances scaled so that they add up, none above one.

    g is no perfect probability; where it is too sure the chances miss the prior they
    were made for.
    """
    for _ in range(20):
        total = chance.sum()
        if total <= 0 or abs(total - wanted) < 1e-6 * wanted:
            break
        chance = np.minimum(chance * wanted / total, 1.0)
    return chance


def _scored(
    rows: pd.DataFrame, y: NDArray[np.bool_], learn: NDArray[np.bool_], seed: int
) -> Scores:
    """Return a score of each row by a classifier of other groups' rows in `learn`."""
    joined = groups.components(rows)
    fold = np.full(len(rows), -1)
    fold[learn] = groups.folds(y[learn], joined[learn], N_FOLDS, seed=seed)
    # What is not learnt from stays with its kin, or goes anywhere.
    of_group = joined % (int(fold.max()) + 1)
    kin = pd.Series(fold[learn]).groupby(joined[learn]).first()
    of_row = pd.Series(joined).map(kin).fillna(pd.Series(of_group)).to_numpy(np.int64)
    # Re-enacted cases lack what others have; that must not tell them apart.
    known = (*features.identity_features(), *dataset.context_features())
    X = masking.equalise(
        rows[dataset.feature_names()], y, tuple(dict.fromkeys(known)), seed=seed
    )
    categorical = [f.name for f in features.declared() if f.dtype != "float64"]
    score = np.full(len(rows), np.nan)
    for number in range(int(fold.max()) + 1):
        taught = np.flatnonzero(learn & (of_row != number))
        asked = np.flatnonzero(of_row == number)
        classifier = pipeline.make_classifier(
            categorical,
            directed=directions.among(list(X.columns)),
            random_state=seed,
        )
        pipeline.fit(classifier, X.iloc[taught], y[taught])
        if len(asked):
            score[asked] = classifier.predict_proba(X.iloc[asked])[:, 1]
    return score
