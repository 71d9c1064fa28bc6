"""The same training with part of it left out: rows, or families of features.

What a family is worth shows in the classifier that has only it, and in the one that
has all but it.  Both learn from the same rows, folds and masks as the model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

import features
from models import crossfit, dataset, panel, pipeline
from models.crossfit import Prepared, Taught
from models.panel import Panel
from models.pipeline import COARSE
from models.twofold import Answers, Twofold

Scores = NDArray[np.float64]
Make = Callable[[Sequence[str], Sequence[str], int], Pipeline]
"""Of columns, those of them that are categories, and a seed."""
View = Callable[[pd.DataFrame], pd.DataFrame]

ALL = "all"
WITHOUT_IDENTITY = "without identity"
N_TREES = 200


def _as_it_is(X: pd.DataFrame) -> pd.DataFrame:
    return X


def _unbound(
    _columns: Sequence[str], categorical: Sequence[str], seed: int
) -> Pipeline:
    """Return a classifier that may learn any direction: what is unknown has none."""
    return pipeline.make_classifier(categorical, random_state=seed)


def _forest(
    _columns: Sequence[str], _categorical: Sequence[str], seed: int
) -> Pipeline:
    forest = RandomForestClassifier(
        N_TREES, min_samples_leaf=2, max_features="sqrt", random_state=seed
    )
    return Pipeline([("forest", forest)])


def unknown(X: pd.DataFrame) -> pd.DataFrame:
    """Return which values are unknown, and nothing of what the known ones are."""
    return X.isna().astype(np.float64)


@dataclass(frozen=True)
class Variant:
    """A way to learn from part of the training table."""

    name: str
    columns: tuple[str, ...]
    make: Make | None = None
    """One classifier, for one question: logistics, or anything else?  If None it is
    the model's own of these columns, for its two questions."""
    view: View = _as_it_is
    only_cases: bool = False
    """Learns from documented cases alone."""


def families() -> list[Variant]:
    """Return all families, all without identity, each alone, and all but each."""
    names = dataset.feature_names()
    identity = set(features.identity_features())
    found = [
        Variant(ALL, tuple(names)),
        Variant(WITHOUT_IDENTITY, tuple(n for n in names if n not in identity)),
    ]
    for family in features.families():
        own = {feature.name for feature in family.features}
        alone = tuple(name for name in names if name in own)
        others = tuple(name for name in names if name not in own)
        told = family.name.replace("_", " ")
        if alone and others:
            found.append(Variant(f"{told} alone", alone))
            found.append(Variant(f"without {told}", others))
    return found


def baselines() -> list[Variant]:
    """Return the baselines that learn: what little may suffice."""
    names = dataset.feature_names()
    motion = tuple(name for name in names if name.startswith("kinematics_"))
    return [
        Variant("kinematics_forest", motion, make=_forest),
        Variant("missingness", tuple(names), make=_unbound, view=unknown),
        Variant(
            "casebook_forest",
            tuple(name for name in COARSE if name in names),
            make=_forest,
            only_cases=True,
        ),
    ]


@dataclass(frozen=True, eq=False)
class _Answer:
    """Classifiers fitted without each fold, and what brings all to one scale."""

    folds: Sequence[Panel[Pipeline]]
    scales: Panel[LogisticRegression]

    def log_odds(self, X: pd.DataFrame, fold: int) -> Scores:
        return panel.mean(
            self.folds[fold]
            .with_each(self.scales)
            .of_each(lambda one: one[1].decision_function(_raw(one[0], X)[:, None]))
        )


@dataclass(frozen=True, eq=False)
class Fitted:
    """A variant fitted without each fold."""

    variant: Variant
    answers: _Answer | Twofold[_Answer]

    def score(self, X: pd.DataFrame, fold: int) -> Scores:
        """Return the score of rows by the models that never saw `fold`."""
        seen = _seen(self.variant, X)
        if isinstance(self.answers, Twofold):
            each = self.answers.of_each(lambda one: one.log_odds(seen, fold))
            return Answers(each.ordinary, each.look_alikes).score
        told: Scores = expit(self.answers.log_odds(seen, fold))
        return told


@dataclass(frozen=True, eq=False)
class Lessons:
    """What classifiers learn from, fold by fold, whatever they make of it."""

    prepared: Prepared
    folds: Sequence[Taught]


def lessons(prepared: Prepared) -> Lessons:
    """Return what each fold's classifiers learn from."""
    folds = range(prepared.n_folds)
    return Lessons(prepared, [crossfit.taught(prepared, without=k) for k in folds])


def fit(
    variant: Variant, lessons: Lessons, of_each: Twofold[Lessons] | None = None
) -> Fitted:
    """Return a variant fitted without each fold of a training table.

    `of_each` are the lessons of the two questions, for a variant that asks them.
    """
    if variant.make is None:
        if of_each is None:
            raise TypeError(f"{variant.name} asks two questions")
        return Fitted(variant, of_each.of_each(lambda one: _answer(variant, one)))
    return Fitted(variant, _answer(variant, lessons))


def _answer(variant: Variant, lessons: Lessons) -> _Answer:
    prepared = lessons.prepared
    folds = [_fitted(variant, prepared, lesson) for lesson in lessons.folds]
    told = folds[0].of_each(lambda _: np.full(len(prepared.y), np.nan))
    for number, fold in enumerate(folds):
        asked = (prepared.fold == number) & prepared.is_labelled
        if asked.any():
            X = _seen(variant, prepared.X[asked])
            for one, found in fold.with_each(told).members:
                found[asked] = _raw(one, X)
    return _Answer(folds, told.of_each(lambda found: _scale(found, prepared)))


def _fitted(variant: Variant, prepared: Prepared, lesson: Taught) -> Panel[Pipeline]:
    """Return the classifiers of a variant, fitted on one lesson."""
    X = _seen(variant, lesson.X)
    return _unfitted(variant, prepared).of_each(
        lambda one: pipeline.fit(one, X, lesson.y)
    )


def _unfitted(variant: Variant, prepared: Prepared) -> Panel[Pipeline]:
    columns = list(variant.columns)
    categorical = [name for name in prepared.categorical if name in variant.columns]
    if variant.make is not None:
        return Panel((variant.make(columns, categorical, prepared.seed),))
    return pipeline.unfitted(
        columns,
        categorical,
        random_state=prepared.seed,
        also_coarse=prepared.also_coarse,
    )


def _scale(told: Scores, prepared: Prepared) -> LogisticRegression:
    """Return what turns scores out of fold into likelihoods, on one scale."""
    rows = prepared.is_labelled
    scale = LogisticRegression().fit(
        told[rows][:, None],
        prepared.y[rows],
        sample_weight=prepared.n_copies[rows].astype(np.float64),
    )
    # Who scores the wrong way round out of fold knows nothing: turned back, it would
    # tell which labels its own fold lacked.
    scale.coef_ = scale.coef_.clip(min=0.0)
    return scale


def _seen(variant: Variant, X: pd.DataFrame) -> pd.DataFrame:
    return variant.view(X[list(variant.columns)])


def _raw(one: Pipeline, X: pd.DataFrame) -> Scores:
    if hasattr(one, "decision_function"):
        told: Scores = one.decision_function(X)
        return told
    # A forest's share of trees: kept off 0 and 1, where odds are without end.
    share = np.clip(one.predict_proba(X)[:, 1], 0.5 / N_TREES, 1 - 0.5 / N_TREES)
    odds: Scores = np.log(share / (1 - share))
    return odds
