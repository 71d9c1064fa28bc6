"""The same training with part of it left out: rows, or families of features.

What a family is worth shows in the classifier that has only it, and in the one that
has all but it.  Both learn from the same rows, folds and masks as the model itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

import features
from models import crossfit, dataset, directions, pipeline
from models.crossfit import Prepared, Taught

Scores = NDArray[np.float64]
Make = Callable[[Sequence[str], Sequence[str], int], Pipeline]
"""Of columns, those of them that are categories, and a seed."""
View = Callable[[pd.DataFrame], pd.DataFrame]

ALL = "all"
WITHOUT_IDENTITY = "without identity"
N_TREES = 200
COARSE = (
    *("route_direct_nm", "route_abroad", "route_night_arrival"),
    *("route_origin_military", "route_destination_military", "route_unscheduled_ends"),
    *("stopover_n", "stopover_journey_nm", "stopover_journey_military_share"),
    *("stopover_journey_unscheduled_share", "stopover_journey_n_states"),
    *("region_origin_latitude_deg", "region_origin_longitude_deg"),
    *("region_destination_latitude_deg", "region_destination_longitude_deg"),
    *("aircraft_type_payload_t", "aircraft_type_rear_ramp", "operator_is_military"),
    *("operator_is_state_linked_cargo", "operator_is_humanitarian"),
)
"""Twenty columns that a person could fill in by hand from a report of a flight."""


def _as_it_is(X: pd.DataFrame) -> pd.DataFrame:
    return X


def _boosted(columns: Sequence[str], categorical: Sequence[str], seed: int) -> Pipeline:
    return pipeline.make_classifier(
        categorical, only_for=directions.among(columns), random_state=seed
    )


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
    make: Make = _boosted
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
class Fitted:
    """A variant fitted without each fold, and what brings its scores to one scale."""

    variant: Variant
    folds: Sequence[Pipeline]
    scale: LogisticRegression

    def score(self, X: pd.DataFrame, fold: int) -> Scores:
        """Return the score of rows by the model that never saw `fold`."""
        told = _log_odds(self.folds[fold], self.variant, X)
        score: Scores = self.scale.predict_proba(told[:, None])[:, 1]
        return score


def lessons(prepared: Prepared) -> list[Taught]:
    """Return what each fold's classifiers learn from, whatever they make of it."""
    return [
        crossfit.taught(prepared, without=number) for number in range(prepared.n_folds)
    ]


def fit(prepared: Prepared, variant: Variant, lessons: Sequence[Taught]) -> Fitted:
    """Return a variant fitted without each fold of a training table."""
    columns = list(variant.columns)
    categorical = [name for name in prepared.categorical if name in variant.columns]
    folds = []
    told = np.full(len(prepared.y), np.nan)
    for number, lesson in enumerate(lessons):
        one = pipeline.fit(
            variant.make(columns, categorical, prepared.seed),
            variant.view(lesson.X[columns]),
            lesson.y,
        )
        folds.append(one)
        asked = (prepared.fold == number) & prepared.is_labelled
        if asked.any():
            told[asked] = _log_odds(one, variant, prepared.X[asked])
    return Fitted(variant, folds, _scale(told, prepared))


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


def _log_odds(one: Pipeline, variant: Variant, X: pd.DataFrame) -> Scores:
    return _raw(one, variant.view(X[list(variant.columns)]))


def _raw(one: Pipeline, X: pd.DataFrame) -> Scores:
    if hasattr(one, "decision_function"):
        told: Scores = one.decision_function(X)
        return told
    # A forest's share of trees: kept off 0 and 1, where odds are without end.
    share = np.clip(one.predict_proba(X)[:, 1], 0.5 / N_TREES, 1 - 0.5 / N_TREES)
    odds: Scores = np.log(share / (1 - share))
    return odds
