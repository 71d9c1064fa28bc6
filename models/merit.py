"""How well scores serve: on simulated days and on documented cases, never mixed.

Figures are of alerts, as a reviewer meets them: a journey, or a case, counts once
and by its best flight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models import metrics, thresholds
from models.metrics import Figure

Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Alerts:
    """Journeys or cases with their scores; arrays of one length."""

    key: NDArray[np.object_]
    score: Scores
    order: Scores
    """What the review list is sorted by: the priority, or a baseline's score."""
    y: NDArray[np.bool_]
    look_alike: NDArray[np.bool_]
    group: NDArray[np.int64]
    n_flights: int
    """Flights they were made of."""

    def __len__(self) -> int:
        """Return how many alerts there are."""
        return len(self.score)


def alerts_of(
    rows: pd.DataFrame,
    score: Scores,
    joined: NDArray[np.int64],
    *,
    order: Scores | None = None,
) -> Alerts:
    """Return the alerts of a table's rows, by their key; `order` is else the score."""
    frame = pd.DataFrame(
        {
            "alert": rows["alert"].to_numpy(),
            "score": score,
            "order": score if order is None else order,
            "y": rows["logistics"].eq(True).to_numpy(bool),
            "look_alike": rows["look_alike"].eq(True).to_numpy(bool),
            "group": joined,
        }
    )
    by_alert = frame.groupby("alert", sort=True).agg(
        score=("score", "max"),
        order=("order", "max"),
        y=("y", "max"),
        look_alike=("look_alike", "max"),
        group=("group", "first"),
    )
    return Alerts(
        key=by_alert.index.to_numpy(object),
        score=by_alert["score"].to_numpy(np.float64),
        order=by_alert["order"].to_numpy(np.float64),
        y=by_alert["y"].to_numpy(bool),
        look_alike=by_alert["look_alike"].to_numpy(bool),
        group=by_alert["group"].to_numpy(np.int64),
        n_flights=len(rows),
    )


def joined(parts: Sequence[Alerts]) -> Alerts:
    """Return the alerts of all parts, one after the other."""
    return Alerts(
        key=np.concatenate([part.key for part in parts]),
        score=np.concatenate([part.score for part in parts]),
        order=np.concatenate([part.order for part in parts]),
        y=np.concatenate([part.y for part in parts]),
        look_alike=np.concatenate([part.look_alike for part in parts]),
        group=np.concatenate([part.group for part in parts]),
        n_flights=sum(part.n_flights for part in parts),
    )


def of_days(alerts: Alerts) -> dict[str, Figure]:
    """Return the figures of whole days in which every purpose is known."""
    y, score = alerts.y, alerts.score
    figures = {
        "average_precision": metrics.average_precision(y, score),
        "roc_auc": metrics.roc_auc(y, score),
    }
    for budget in thresholds.BUDGETS:
        room = thresholds.alerts_allowed(budget, alerts.n_flights)
        figures[f"recall_at_{budget}"] = metrics.recall_within(y, alerts.order, room)
        figures[f"precision_at_{budget}"] = metrics.precision_within(
            y, alerts.order, room
        )
    n_positive = int(y.sum())
    # What each figure is a share of; the others are of all alerts.
    n_of = {
        f"precision_at_{budget}": math.ceil(
            min(thresholds.alerts_allowed(budget, alerts.n_flights), len(y))
        )
        for budget in thresholds.BUDGETS
    } | {f"recall_at_{budget}": n_positive for budget in thresholds.BUDGETS}
    told = {
        name: metrics.with_interval(statistic, alerts.group, n=n_of.get(name))
        for name, statistic in figures.items()
    }
    told["calibration_error"] = metrics.without_chance(
        metrics.calibration_error(y, score), alerts.group
    )
    told["auc_vs_look_alikes"] = _against_look_alikes(alerts)
    room = thresholds.alerts_allowed(25, alerts.n_flights)
    within = metrics.recall_within(alerts.look_alike, alerts.order, room)
    told["look_alikes_at_25"] = metrics.with_interval(
        within, alerts.group, n=int(alerts.look_alike.sum())
    )
    return dict(sorted(told.items()))


def of_cases(
    cases: Alerts, places: Scores, frozen: Mapping[int, float] | None = None
) -> dict[str, Figure]:
    """Return the figures of documented cases, each alone in an ordinary day.

    What a budget flags is among its first and reaches its threshold.  What reaches the
    threshold is a figure of its own: it shows whether the day's other flights were in
    the way.

    Parameters
    ----------
    places
        Of each case, its place among the day's alerts per 50,000 flights (`place_in`).
    frozen
        Thresholds per budget that the order must reach too; none for baselines.
    """
    told = {
        "average_precision": metrics.with_interval(
            metrics.average_precision(cases.y, cases.score), cases.group
        ),
        "auc_vs_look_alikes": _against_look_alikes(cases),
        "calibration_error": metrics.without_chance(
            metrics.calibration_error(cases.y, cases.score), cases.group
        ),
    }
    for budget in thresholds.BUDGETS:
        flagged = is_flagged(cases, places, budget, frozen)
        told[f"recall_at_{budget}"] = _share_of(flagged, cases.y, cases.group)
        if budget == 25:
            told["look_alikes_at_25"] = _share_of(
                flagged, cases.look_alike, cases.group
            )
    if frozen:
        reached = cases.order >= thresholds.threshold_for(frozen, 25)
        for name, which in (("recall", cases.y), ("look_alikes", cases.look_alike)):
            told[f"{name}_at_threshold_25"] = _share_of(reached, which, cases.group)
    return dict(sorted(told.items()))


def is_flagged(
    cases: Alerts, places: Scores, budget: int, frozen: Mapping[int, float] | None
) -> NDArray[np.bool_]:
    """Tell which cases a budget flags: by their place, and by its frozen threshold."""
    flagged: NDArray[np.bool_] = places <= budget
    if frozen:
        flagged = flagged & (cases.order >= thresholds.threshold_for(frozen, budget))
    return flagged


def place_in(order: Scores, background: Scores, n_flights: int) -> Scores:
    """Return the place each case would take alone among a day's alerts.

    Counted per 50,000 flights, so that a small day does not flatter: among 5,000
    flights each alert above stands for ten.  A tie takes the middle of its places.
    """
    ordered = np.sort(background)
    above = len(ordered) - np.searchsorted(ordered, order, side="right")
    equal = len(ordered) - np.searchsorted(ordered, order, side="left") - above
    scale = thresholds.FLIGHTS_A_DAY / max(n_flights, 1)
    place: Scores = 1.0 + (above + equal / 2.0) * scale
    return place


def _against_look_alikes(alerts: Alerts) -> Figure:
    kept = alerts.y | alerts.look_alike
    return metrics.with_interval(
        metrics.roc_auc(alerts.y[kept], alerts.score[kept]), alerts.group[kept]
    )


def _share_of(
    flagged: NDArray[np.bool_], which: NDArray[np.bool_], group: NDArray[np.int64]
) -> Figure:
    return metrics.with_interval(metrics.share(flagged[which]), group[which])
