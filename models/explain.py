"""Why a score is what it is: exact Shapley values of the trees, put into words.

SHAP cannot look through a calibrated classifier, and does not need to: the sigmoid on
top is a straight line in log-odds, which stretches all values alike.  An answer is the
mean of its classifiers' (`panel`), and so is what a feature adds to it.  The score
follows from two questions (`twofold`), and a fact weighs what it adds to both answers
together: against ordinary traffic, where the list gets its order, and against
look-alikes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier

from anomaly.domain import Reason
from features import identity_features, words
from features.facts import Fact, fact_of, is_told_last
from models import directions, panel, pipeline
from models.panel import Model, Panel
from models.pipeline import BOOST, calibrate, inner_pipeline

MOST_FOR = 6
MOST_AGAINST = 4
# A hundredth of a unit of log-odds moves no score by as much as a percent point.
LEAST_WEIGHT = 0.03


def contributions(classifier: Model, X: pd.DataFrame) -> NDArray[np.float64]:
    """Return what each feature adds to the log-odds of both answers together.

    Also of a flight so ordinary that its score needs but one of them (`opinion`).
    """
    of_each = classifier.of_each(lambda one: answer(one, X)[0])
    both: NDArray[np.float64] = of_each.ordinary + of_each.look_alikes
    return both


def answer(
    classifiers: Panel[CalibratedClassifierCV], X: pd.DataFrame
) -> tuple[NDArray[np.float64], float]:
    """Return what each feature adds to an answer's log-odds, and the common start.

    They add up exactly: start plus a row's contributions is the answer.
    """
    told = classifiers.of_each(lambda one: _told_by(one, X))
    start = panel.mean(told.of_each(lambda one: np.array(one[1])))
    return panel.mean(told.of_each(lambda one: one[0])), float(start)


def _told_by(
    classifier: CalibratedClassifierCV, X: pd.DataFrame
) -> tuple[NDArray[np.float64], float]:
    """Return what each column of `X` adds to one classifier's log-odds, and its start.

    Columns that it does not see add nothing.
    """
    inner = inner_pipeline(classifier)
    encoded = pipeline.seen(inner, X)
    explainer = _explainer(inner.named_steps[BOOST])
    values = np.asarray(
        explainer.shap_values(np.asarray(encoded, np.float64), check_additivity=False)
    )
    if len(inner.steps) > 1:
        # The encoder puts its own columns first, or drops some; give them their places.
        seen = X.columns.get_indexer(inner[:-1].get_feature_names_out())
        placed = np.zeros(X.shape)
        placed[:, seen] = values
        values = placed
    start = np.ravel(explainer.expected_value)[-1:]
    at_start, at_start_and_one = calibrate(classifier, np.append(start, start + 1.0))
    return values * (at_start_and_one - at_start), float(at_start)


@lru_cache(maxsize=8)  # two models of three classifiers each, and some to spare
def _explainer(trees: HistGradientBoostingClassifier) -> Any:
    """Return what explains fitted trees: to look through them takes a while.

    They must not be fitted again: they would be explained as they were.
    """
    import shap

    return shap.TreeExplainer(trees, feature_perturbation="tree_path_dependent")


def importances(classifier: Model, X: pd.DataFrame) -> dict[str, float]:
    """Return the mean absolute contribution of each feature, the largest first."""
    values = contributions(classifier, X)
    mean = np.abs(values).mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    return {str(X.columns[i]): float(mean[i]) for i in order}


def reasons(
    classifier: Model,
    X: pd.DataFrame,
    contexts: Mapping[str, words.Context],
    *,
    beside: pd.DataFrame | None = None,
    unsaid: Collection[str] = (),
) -> list[tuple[Reason, ...]]:
    """Return, per row, the facts for it and against it, the weightiest first.

    What features say of one fact is one reason, with the sum of their weights.

    Parameters
    ----------
    contexts
        The words of each flight, by the index of `X`.
    beside
        Features that no model learns from, of the same flights: what is so of them is
        told last, with no weight.
    unsaid
        Features that were hidden from the model: nothing is to be said of them.
    """
    if X.empty:
        return []
    values = contributions(classifier, X)
    said = ~X.columns.isin(list(unsaid))
    more = pd.DataFrame(index=X.index) if beside is None else beside
    more = more.loc[X.index, ~more.columns.isin(list(unsaid))]
    return [
        (
            *reasons_of(weights[said], row[said], contexts[str(flight_id)]),
            *remarks_of(remarks, contexts[str(flight_id)]),
        )
        for weights, (flight_id, row), (_, remarks) in zip(
            values, X.iterrows(), more.iterrows(), strict=True
        )
    ]


def remarks_of(row: pd.Series, context: words.Context) -> Iterator[Reason]:
    """Yield what is so of a flight and has no weight in any model."""
    for name, value in row.items():
        # What is not so is no news, unless nothing is ever "not so" of the feature.
        if not pd.isna(value) and (value or not words.denies(str(name))):
            text = words.sentence(str(name), float(value), context)
            yield Reason(
                str(name), words.value_text(str(name), float(value)), text, 0.0
            )


class _Told(NamedTuple):
    """One sentence about a flight, and what the features that say it weigh."""

    feature: str
    text: str
    weight: float


def reasons_of(
    weights: NDArray[np.float64], row: pd.Series, context: words.Context
) -> tuple[Reason, ...]:
    """Return the weightiest facts of either sign, what cannot be checked last."""
    of_fact: dict[Fact, dict[str, float]] = {}
    for name, value, weight in zip(row.index, row, weights, strict=True):
        # What is unknown moves a score too, but our ignorance is no evidence.
        if not pd.isna(value):
            of_fact.setdefault(fact_of(str(name)), {})[str(name)] = float(weight)
    told = [
        _reason(fact, known, row, context)
        for fact, known in of_fact.items()
        if abs(sum(known.values())) >= LEAST_WEIGHT
    ]
    merged = sorted(
        (reason for reason in told if not _is_out_of_sense(reason, row)),
        key=lambda reason: (
            is_told_last(reason.feature),
            -abs(reason.weight),
            reason.feature,
        ),
    )
    last = [reason for reason in merged if is_told_last(reason.feature)]
    first = merged[: len(merged) - len(last)]
    for_it = [reason for reason in first if reason.weight > 0][:MOST_FOR]
    against = [reason for reason in first if reason.weight < 0][:MOST_AGAINST]
    return tuple(r for r in merged if r in (*for_it, *against, *last))


def _is_out_of_sense(reason: Reason, row: pd.Series) -> bool:
    """Tell whether what may only speak for a flight is told as speaking against it.

    Or the other way round.  The score never moves that way by it; its share of the
    score may, by what else is known, and to read that a military field speaks against
    a flight, or an earthquake for it, helps nobody.
    """
    name = reason.feature
    sense = directions.among([name]).get(name, 0)
    if not sense or not words.denies(name):
        return False
    return bool(sense * reason.weight < 0 if row[name] else sense * reason.weight > 0)


def _reason(
    fact: Fact, known: Mapping[str, float], row: pd.Series, context: words.Context
) -> Reason:
    """Return what the features of one fact say and weigh together."""
    net = sum(known.values())
    told = _sentences(fact, known, row, context)
    # First what speaks as the whole does; of the rest only what weighs as well.
    told.sort(key=lambda one: (one.weight * net <= 0, -abs(one.weight), one.feature))
    lead = told[0]
    second = [one for one in told[1:] if abs(one.weight) >= abs(lead.weight) / 2]
    said = [lead, *sorted(second, key=lambda one: -abs(one.weight))][: fact.n_told]
    # Who hides an identity must find what names it.
    hidden = [one for one in said if one.feature in identity_features()]
    feature = (hidden or said)[0].feature
    if fact.says:
        return Reason(feature, None, fact.says.format(**context), net)
    alone = len(said) == 1
    value = words.value_text(feature, float(row[feature])) if alone else None
    return Reason(feature, value, "; ".join(one.text for one in said), net)


def _sentences(
    fact: Fact, known: Mapping[str, float], row: pd.Series, context: words.Context
) -> list[_Told]:
    """Return the different sentences of a fact, each with the sum of its features."""
    of_text: dict[str, list[tuple[str, float]]] = {}
    either = [name for name in known if name in fact.alternatives]
    # Of alternatives the one that holds speaks, or else the weightiest denial.
    holds = max(either, key=lambda name: (row[name], abs(known[name])), default="")
    for name, weight in known.items():
        speaker = holds if name in either else name
        text = words.sentence(speaker, float(row[speaker]), context)
        of_text.setdefault(text, []).append((speaker, weight))
    return [
        _Told(max(said, key=lambda one: abs(one[1]))[0], text, sum(w for _, w in said))
        for text, said in of_text.items()
    ]
