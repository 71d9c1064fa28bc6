"""Figures of merit, each with the interval that whole groups drawn anew give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]
Statistic = Callable[[Weights], float]
"""A figure of the rows it closes over, each counted as often as its weight says."""

N_DRAWS = 200


@dataclass(frozen=True)
class Figure:
    """One figure with its 95 % interval; None where it cannot be told."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    """Rows (alerts or cases) it rests on."""

    def as_json(self) -> dict[str, float | int | None]:
        """Return it with four decimals."""
        return {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }


def with_interval(
    statistic: Statistic,
    groups: NDArray[np.int64],
    *,
    n: int | None = None,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Figure:
    """Return the figure of all rows, and the spread when groups are drawn anew.

    Rows of a group share an airframe, a mission or an investigation, so they are
    drawn together: rows taken one by one would make the interval too narrow.
    """
    counted = len(groups) if n is None else n
    value = statistic(np.ones(len(groups)))
    if np.isnan(value):
        return Figure(None, None, None, counted)
    told = _drawn_anew(statistic, groups, n_draws, seed)
    if not len(told):
        return Figure(value, None, None, counted)
    low, high = np.quantile(told, [0.025, 0.975])
    return Figure(value, float(low), float(high), counted)


def without_chance(
    statistic: Statistic,
    groups: NDArray[np.int64],
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> Figure:
    """Return a sum of absolute gaps less what chance adds to it, with its interval.

    Chance opens a gap in every bin, and drawing anew opens it further: the draws lie
    above the figure by about as much as the figure lies above the truth, and their
    quantiles may leave the figure itself out.  Both are taken off: the mean of the
    draws is mirrored in the figure, and so are their quantiles (the basic bootstrap).
    For a true error of 0.04 the interval so holds the truth in 87 of 100 samples of
    200 rows and in 92 of 3,000, where the quantiles held it in 1 and in 93; of a
    perfect calibration both say too much, this one less.
    """
    value = statistic(np.ones(len(groups)))
    if np.isnan(value):
        return Figure(None, None, None, len(groups))
    told = _drawn_anew(statistic, groups, n_draws, seed)
    mirrored = 2 * value - np.array([told.mean(), *np.quantile(told, [0.975, 0.025])])
    middle, low, high = (float(one) for one in mirrored.clip(min=0.0))
    return Figure(middle, low, high, len(groups))


def _drawn_anew(
    statistic: Statistic, groups: NDArray[np.int64], n_draws: int, seed: int
) -> NDArray[np.float64]:
    """Return the figure of each draw of whole groups, where there is one."""
    _, members = np.unique(groups, return_inverse=True)
    n_groups = int(members.max(initial=-1)) + 1
    random = np.random.default_rng(seed)
    draws = np.array(
        [
            statistic(
                np.bincount(
                    random.integers(0, n_groups, n_groups), minlength=n_groups
                ).astype(np.float64)[members]
            )
            for _ in range(n_draws)
        ]
    )
    told: NDArray[np.float64] = draws[~np.isnan(draws)]
    return told


def average_precision(y: NDArray[np.bool_], score: NDArray[np.float64]) -> Statistic:
    """Return the area under precision over recall, as a statistic.

    The same figures as scikit-learn's, but sorted once for all draws.
    """
    ranked = _Ranked.of(y, score)

    def of(weight: Weights) -> float:
        hits, all_ = ranked.counts(weight)
        if not hits[-1]:
            return np.nan
        precision = np.divide(hits, all_, out=np.zeros_like(hits), where=all_ > 0)
        return float((np.diff(hits, prepend=0.0) * precision).sum() / hits[-1])

    return of


def roc_auc(y: NDArray[np.bool_], score: NDArray[np.float64]) -> Statistic:
    """Return the chance that a positive scores above a negative, as a statistic."""
    ranked = _Ranked.of(y, score)

    def of(weight: Weights) -> float:
        hits, all_ = ranked.counts(weight)
        misses = all_ - hits
        if not hits[-1] or not misses[-1]:
            return np.nan
        # Trapezoids: a tie counts half.
        middle = hits - np.diff(hits, prepend=0.0) / 2
        area = (np.diff(misses, prepend=0.0) * middle).sum()
        return float(area / hits[-1] / misses[-1])

    return of


def recall_within(
    y: NDArray[np.bool_], score: NDArray[np.float64], n_alerts: float
) -> Statistic:
    """Return the share of positives among the first `n_alerts` rows."""
    order = np.argsort(-score, kind="stable")

    def of(weight: Weights) -> float:
        first = _first(weight[order], n_alerts)
        positives = weight[y].sum()
        return float(first[y[order]].sum() / positives) if positives else np.nan

    return of


def precision_within(
    y: NDArray[np.bool_], score: NDArray[np.float64], n_alerts: float
) -> Statistic:
    """Return the share of the first `n_alerts` rows that are positive."""
    order = np.argsort(-score, kind="stable")

    def of(weight: Weights) -> float:
        first = _first(weight[order], n_alerts)
        return float(first[y[order]].sum() / first.sum()) if first.sum() else np.nan

    return of


def calibration_error(
    y: NDArray[np.bool_], score: NDArray[np.float64], n_bins: int = 10
) -> Statistic:
    """Return the mean gap between score and observed share, over bins of the score.

    Bins are of equal width: bins of equal count would all lie near zero, where most
    flights are, and say nothing of the scores that people read.  The gaps of bins
    count by the rows in them.
    """
    bins = np.minimum((score * n_bins).astype(np.int64), n_bins - 1)

    def of(weight: Weights) -> float:
        total = np.bincount(bins, weight, n_bins)
        said = np.bincount(bins, weight * score, n_bins)
        seen = np.bincount(bins, weight * y, n_bins)
        return float(np.abs(said - seen).sum() / total.sum()) if total.sum() else np.nan

    return of


def share(condition: NDArray[np.bool_]) -> Statistic:
    """Return the share of rows that meet a condition, as a statistic."""

    def of(weight: Weights) -> float:
        total = weight.sum()
        return float(weight[condition].sum() / total) if total else np.nan

    return of


def difference(one: Statistic, other: Statistic) -> Statistic:
    """Return how much more the one is than the other, both of the same draw.

    Paired so, what is hard or easy about the rows drawn falls away, and the interval
    tells whether the one is better, not how good each is.
    """
    return lambda weight: one(weight) - other(weight)


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Rows from the highest score down, with the ends of runs of equal scores."""

    order: NDArray[np.intp]
    y: NDArray[np.float64]
    ends: NDArray[np.intp]

    @classmethod
    def of(cls, y: NDArray[np.bool_], score: NDArray[np.float64]) -> _Ranked:
        order = np.argsort(-score, kind="stable")
        ends = np.flatnonzero(np.diff(score[order], append=-np.inf))
        return cls(order, y[order].astype(np.float64), ends)

    def counts(self, weight: Weights) -> tuple[Weights, Weights]:
        """Return positives and all rows at or above each distinct score."""
        ordered = weight[self.order]
        if not len(ordered):
            return np.zeros(1), np.zeros(1)
        return np.cumsum(ordered * self.y)[self.ends], np.cumsum(ordered)[self.ends]


def _first(weight: Weights, n_alerts: float) -> Weights:
    """Return how much of each row, in order, fits into `n_alerts`."""
    before = np.cumsum(weight) - weight
    room: Weights = np.clip(n_alerts - before, 0, weight)
    return room
