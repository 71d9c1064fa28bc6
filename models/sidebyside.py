"""Families of features, and baselines that learn, side by side on one protocol.

All of them are fitted anew over the same folds, with cases by their score alone: no
review order and no frozen threshold, which only the registered model has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import features
from anomaly.progress import Progress, silent
from models import crossfit, groups, masking, merit, metrics, protocol, variants
from models.measure import Results
from models.merit import Alerts
from models.metrics import Figure
from models.protocol import Trial
from models.variants import Fitted, Variant

Scores = NDArray[np.float64]
LESS_THAN_ALL = "less_than_all"
COMPARED = ("auc_vs_look_alikes", "average_precision")


@dataclass(frozen=True, eq=False)
class Measured:
    """What a variant scored: cases, each with its place, and the day's journeys."""

    cases: Alerts
    places: Scores
    day: Alerts
    hidden: Measured | None = None
    """The same with identity hidden from it, where that was asked for."""

    def figures(self) -> dict[str, dict[str, Figure]]:
        """Return the figures, cases and simulated journeys apart."""
        told = {"documented": merit.of_cases(self.cases, self.places)}
        if self.day.y.any():
            told["simulated"] = merit.of_days(self.day)
        if self.hidden is not None:
            for on, figures in self.hidden.figures().items():
                told[f"{on}_identity_hidden"] = figures
        return told


def measure(
    trial: Trial,
    chosen: Sequence[Variant],
    progress: Progress = silent,
    *,
    also_hidden: bool = False,
    n_folds: int = crossfit.N_FOLDS,
) -> dict[str, Measured]:
    """Return what each variant scored on a trial's cases and day, out of fold.

    With `also_hidden` also what it scored where identity is hidden from it.
    """
    together = protocol.with_cases(trial.learnt, trial.cases)
    seed = trial.model.record.seed
    prepared = crossfit.prepare(together, seed=seed, n_folds=n_folds)
    of_cases = crossfit.taught_by(prepared, prepared.of_case)
    fold = prepared.fold[len(trial.learnt) :]
    lessons = variants.lessons(prepared)
    of_each = crossfit.questions(prepared).of_each(variants.lessons)
    found = {}
    for done, variant in enumerate(chosen):
        progress("families", done / len(chosen))
        if not variant.only_cases:
            fitted = variants.fit(variant, lessons, of_each)
        elif crossfit.can_be_fitted(of_cases):
            fitted = variants.fit(variant, variants.lessons(of_cases))
        else:
            continue
        measured = _measured(trial, fitted, fold, hide_identity=False)
        if also_hidden:
            hidden = _measured(trial, fitted, fold, hide_identity=True)
            measured = replace(measured, hidden=hidden)
        found[variant.name] = measured
    progress("families", 1.0)
    return found


def less_than(one: Measured, full: Measured) -> dict[str, dict[str, Figure]]:
    """Return by how much one's figures are below the other's, on the same alerts."""
    told = {}
    for on, mine, theirs in (
        ("documented", one.cases, full.cases),
        ("simulated", one.day, full.day),
    ):
        if mine.y.any() and not mine.y.all():
            ours, others = _statistics(mine), _statistics(theirs)
            groups_of = mine.group[np.argsort(mine.key)]
            told[on] = {
                name: metrics.with_interval(
                    metrics.difference(ours[name], others[name]), groups_of
                )
                for name in COMPARED
            }
    if one.hidden is not None and full.hidden is not None:
        for on, differences in less_than(one.hidden, full.hidden).items():
            told[f"{on}_identity_hidden"] = differences
    return told


def beside_all(found: Mapping[str, Measured]) -> dict[str, Results]:
    """Return every variant's figures, and how far they are from all families'."""
    full = found.get(variants.ALL)
    told: dict[str, Results] = {}
    for name, one in found.items():
        figures = one.figures()
        if full is not None and name != variants.ALL:
            figures |= {
                f"{on}_{LESS_THAN_ALL}": differences
                for on, differences in less_than(one, full).items()
            }
        told[name] = figures
    return told


def as_json(found: Mapping[str, Measured]) -> dict[str, object]:
    """Return every variant's figures, and how far they are from all families'."""
    return {
        name: {
            on: {key: figure.as_json() for key, figure in of.items()}
            for on, of in figures.items()
        }
        for name, figures in beside_all(found).items()
    }


def _statistics(alerts: Alerts) -> dict[str, metrics.Statistic]:
    """Return the figures that are compared, over the alerts in the order of keys."""
    order = np.argsort(alerts.key)
    y, score = alerts.y[order], alerts.score[order]
    kept = y | alerts.look_alike[order]
    against = metrics.roc_auc(y[kept], score[kept])
    return {
        "auc_vs_look_alikes": lambda weight: against(weight[kept]),
        "average_precision": metrics.average_precision(y, score),
    }


def _measured(
    trial: Trial, fitted: Fitted, fold: NDArray[np.int64], *, hide_identity: bool
) -> Measured:
    cases, day = (
        _view(trial.cases, hide_identity),
        _view(trial.background, hide_identity),
    )
    nobody = groups.components(trial.background)
    parts, places, of_day = [], [], {}
    for number in sorted(set(fold)):
        rows = np.flatnonzero(fold == number)
        score = fitted.score(cases.iloc[rows], number)
        alerts = merit.alerts_of(trial.cases.iloc[rows], score, trial.joined[rows])
        background = merit.alerts_of(
            trial.background, fitted.score(day, number), nobody
        )
        of_day[number] = background
        parts.append(alerts)
        places.append(
            merit.place_in(alerts.order, background.order, background.n_flights)
        )
    return Measured(merit.joined(parts), np.concatenate(places), of_day[min(of_day)])


def _view(rows: pd.DataFrame, hide_identity: bool) -> pd.DataFrame:
    return masking.hide(rows, features.identity_features()) if hide_identity else rows
