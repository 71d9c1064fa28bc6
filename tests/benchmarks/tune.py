"""Choose the classifiers' settings by nested grouped validation.

    python tests/benchmarks/tune.py demo/made

Over the table that the champion learnt from.  The inner search (scikit-learn's
GridSearchCV over groups) sees nothing of the outer fold it is judged on; the outer
figures therefore tell what searching is worth, and the settings in use stand beside.
Changing a setting is a decision for a person: this only prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from anomaly.store import Store
from models import crossfit, dataset, directions, metrics, pipeline, registry
from models.crossfit import Prepared, Taught

Grid = Mapping[str, Sequence[Any]]
ALIKE: dict[str, list[Any]] = {
    f"{pipeline.BOOST}__learning_rate": [0.04, 0.08],
    f"{pipeline.BOOST}__l2_regularization": [2.0, 10.0],
}
GRIDS: dict[str, Grid] = {
    "all features": ALIKE
    | {
        f"{pipeline.BOOST}__max_leaf_nodes": [24, 64],
        f"{pipeline.BOOST}__min_samples_leaf": [40, 60, 80],
        f"{pipeline.BOOST}__monotonic_cst": [
            None,
            directions.among(dataset.feature_names()),
        ],
    },
    "coarse columns": ALIKE
    | {
        f"{pipeline.BOOST}__max_leaf_nodes": [24, 64],
        f"{pipeline.BOOST}__max_iter": [80, 120, 150],
    },
}
"""What is searched for each of the classifiers that answer a question, in order."""
N_INNER = 3


def search(
    prepared: Prepared, lesson: Taught, one: Pipeline, grid: Grid, jobs: int
) -> Any:
    """Return the search fitted on what is learnt without the outer fold."""
    inner = StratifiedGroupKFold(N_INNER, shuffle=True, random_state=prepared.seed)
    found = GridSearchCV(
        one,
        grid,
        scoring="average_precision",
        cv=inner,
        n_jobs=jobs,
    )
    # A column that is empty in a fold cannot be binned: constant, it is never used.
    X = lesson.X.assign(**dict.fromkeys(lesson.X.columns[lesson.X.isna().all()], 0.0))
    with threadpool_limits(1, user_api="openmp"):
        found.fit(X, lesson.y, groups=prepared.joined[lesson.copied])
    return found


def outer(
    prepared: Prepared, number: int, one: Pipeline, grid: Grid, jobs: int
) -> tuple[float, float, str]:
    """Return the outer fold's average precision: as in use, as searched; and how."""
    lesson = crossfit.taught(prepared, without=number)
    judged = prepared.is_labelled & (prepared.fold == number)
    found = search(prepared, lesson, one, grid, jobs)
    used = pipeline.fit(clone(one), lesson.X, lesson.y)
    X, y = prepared.X[judged], prepared.y[judged]
    told = [_precision(one, X, y) for one in (used, found.best_estimator_)]
    best = ", ".join(
        f"{name.rpartition('__')[2]} {len(value) if isinstance(value, dict) else value}"
        for name, value in found.best_params_.items()
    )
    return told[0], told[1], best


def _precision(one: Pipeline, X: Any, y: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    statistic = metrics.average_precision(y, one.decision_function(X))
    return statistic(np.ones(len(y)))


def main() -> None:
    """Print, for each classifier of either question, a row for each outer fold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--folds", type=int, default=3, help="outer folds")
    parser.add_argument("--jobs", type=int, default=1, help="processes of the search")
    given = parser.parse_args()
    store = Store(given.data_dir)
    record = registry.load(store).record
    rows = registry.training_rows(store, record)
    prepared = crossfit.prepare(rows, seed=record.seed, n_folds=given.folds)
    asked = crossfit.questions(prepared)
    show("against ordinary traffic", asked.ordinary, given.jobs)
    show("against look-alikes", asked.look_alikes, given.jobs)


def show(question: str, prepared: Prepared, jobs: int) -> None:
    """Print a table for each classifier that answers one question."""
    members = crossfit.classifiers(prepared).members
    for one, (of_what, grid) in zip(members, GRIDS.items(), strict=False):
        print(
            f"| {question}, {of_what}: outer fold | as in use | as searched | found |"
        )
        print("|---|---|---|---|")
        told = []
        for number in range(prepared.n_folds):
            used, searched, best = outer(prepared, number, one, grid, jobs)
            told.append((used, searched))
            print(f"| {number} | {used:.3f} | {searched:.3f} | {best} |", flush=True)
        means = np.mean(told, axis=0)
        print(f"| mean | {means[0]:.3f} | {means[1]:.3f} | |\n")


if __name__ == "__main__":
    main()
