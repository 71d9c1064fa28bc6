"""Why a score is what it is: exact Shapley values of the trees, put into words.

Values are in log-odds before calibration.  SHAP cannot look through a calibrated
classifier, and does not need to: the sigmoid on top keeps the order of flights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV

from anomaly.domain import Reason
from features import families, words
from models.pipeline import BOOST, inner_pipeline

MOST_FOR = 6
MOST_AGAINST = 4
# Three ways to say one thing crowd out what the other families know.
MOST_OF_A_FAMILY = 2
# A hundredth of a unit of log-odds moves no score by as much as a percent point.
LEAST_WEIGHT = 0.03


def contributions(
    classifier: CalibratedClassifierCV, X: pd.DataFrame
) -> tuple[NDArray[np.float64], float]:
    """Return what each feature adds to each row's log-odds, and the common start.

    They add up exactly: start plus a row's contributions is its score before
    calibration.
    """
    import shap

    inner = inner_pipeline(classifier)
    encoded: Any = X
    for _, step in inner.steps[:-1]:
        encoded = step.transform(encoded)
    explainer = shap.TreeExplainer(
        inner.named_steps[BOOST], feature_perturbation="tree_path_dependent"
    )
    values = np.asarray(
        explainer.shap_values(np.asarray(encoded, np.float64), check_additivity=False)
    )
    if len(inner.steps) > 1:
        # The encoder puts its own columns first; give them back their places.
        names = list(inner[:-1].get_feature_names_out())
        values = values[:, [names.index(name) for name in X.columns]]
    return values, float(np.ravel(explainer.expected_value)[-1])


def importances(
    classifier: CalibratedClassifierCV, X: pd.DataFrame
) -> dict[str, float]:
    """Return the mean absolute contribution of each feature, the largest first."""
    values, _ = contributions(classifier, X)
    mean = np.abs(values).mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    return {str(X.columns[i]): float(mean[i]) for i in order}


def reasons(
    classifier: CalibratedClassifierCV,
    X: pd.DataFrame,
    contexts: Mapping[str, words.Context],
    *,
    unsaid: Collection[str] = (),
) -> list[tuple[Reason, ...]]:
    """Return, per row, what speaks for it and against it, the weightiest first.

    `contexts` holds the words of each flight, by the index of `X`; features in
    `unsaid` were hidden from the model, and nothing is to be said of them.
    """
    if X.empty:
        return []
    values, _ = contributions(classifier, X)
    said = ~X.columns.isin(list(unsaid))
    return [
        _reasons_of(weights[said], row[said], contexts[str(flight_id)])
        for weights, (flight_id, row) in zip(values, X.iterrows(), strict=True)
    ]


def _reasons_of(
    weights: NDArray[np.float64], row: pd.Series, context: words.Context
) -> tuple[Reason, ...]:
    """Merge features that say the same, and keep the weightiest of either sign."""
    told: dict[str, tuple[float, str, float]] = {}
    for name, value, weight in zip(row.index, row, weights, strict=True):
        # What is unknown moves a score too, but our ignorance is no evidence.
        if pd.isna(value):
            continue
        text = words.sentence(str(name), float(value), context)
        before, first, largest = told.get(text, (0.0, str(name), 0.0))
        if abs(weight) > abs(largest):
            first, largest = str(name), float(weight)
        told[text] = (before + float(weight), first, largest)
    merged = sorted(
        (
            Reason(name, words.value_text(name, float(row[name])), text, total)
            for text, (total, name, _) in told.items()
            if abs(total) >= LEAST_WEIGHT
        ),
        key=lambda reason: (-abs(reason.weight), reason.feature),
    )
    for_it = _weightiest([r for r in merged if r.weight > 0], MOST_FOR)
    against = _weightiest([r for r in merged if r.weight < 0], MOST_AGAINST)
    kept = {reason.feature for reason in (*for_it, *against)}
    return tuple(reason for reason in merged if reason.feature in kept)


def _weightiest(merged: Sequence[Reason], most: int) -> list[Reason]:
    """Return the first reasons, at most two of a feature family."""
    taken: Counter[str] = Counter()
    kept = []
    for reason in merged:
        family = _family_of(reason.feature)
        if taken[family] < MOST_OF_A_FAMILY:
            taken[family] += 1
            kept.append(reason)
    return kept[:most]


def _family_of(feature: str) -> str:
    return next(f.name for f in families() if feature.startswith(f"{f.name}_"))
