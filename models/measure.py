"""The figures of a training run: out of fold, by what they are measured on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import features
from anomaly.domain import Provenance
from features import surprise
from models import dataset, masking, merit, ranking
from models.merit import Alerts
from models.metrics import Figure
from models.opinion import Opinion

Scores = NDArray[np.float64]
Results = Mapping[str, Mapping[str, Figure]]

# Enough to tell a baseline from a model; the other figures need thresholds of its own.
_OF_MODEL = ("model", "identity_hidden", "without_verdicts")
_OF_BASELINE = ("average_precision", "auc_vs_look_alikes", "recall_at_25")


def out_of_fold(
    rows: pd.DataFrame,
    scores: Mapping[str, Scores],
    orders: Mapping[str, Scores],
    joined: NDArray[np.int64],
    frozen: Mapping[bool, Mapping[int, float]],
) -> dict[str, dict[str, Figure]]:
    """Return figures per set of scores, on simulated days and on cases apart.

    `orders` are what the review list sorts by (`review_order`), where that is not the
    score itself; `frozen` are the thresholds, by whether identity is hidden.
    """
    results: dict[str, dict[str, Figure]] = {}
    for name, score in scores.items():
        is_model = name in _OF_MODEL
        suffix = "" if name == "model" else f"_{name}" if is_model else f": {name}"
        hidden = name == "identity_hidden"
        to_reach = frozen[hidden] if is_model else None
        order = orders.get(name, score)
        for on, (alerts, places) in parted(rows, score, order, joined).items():
            measured = (
                merit.of_days(alerts)
                if places is None
                else merit.of_cases(alerts, places, to_reach)
            )
            results[f"{on}{suffix}"] = {
                key: figure
                for key, figure in measured.items()
                if is_model or key in _OF_BASELINE
            }
    return results


def review_order(
    rows: pd.DataFrame, opinion: Opinion, *, hide_identity: bool = False
) -> Scores:
    """Return what the review list sorts rows by, that of the list itself (`ranking`).

    A row stands where its journey does, and that where the best of its mission does.
    """
    X = rows[list(surprise.COLUMNS)].reset_index(drop=True)
    if hide_identity:
        X = masking.hide(X, features.identity_features())
    flights = pd.DataFrame(
        {
            "alert": rows["alert"].to_numpy(),
            "score": opinion.score,
            "ordinary_bits": opinion.bits.ordinary,
            "look_alike_bits": opinion.bits.look_alikes,
            "surprise_bits": surprise.surprise_bits(X),
            # Who flew one way on two days did not fly it together.
            "way": (
                rows["date"].astype("str") + " " + rows["way"].astype("str")
            ).to_numpy(),
        },
        index=X.index,
    )
    order: Scores = ranking.ranked(flights)["best"].sort_index().to_numpy(np.float64)
    return order


def flat(results: Results) -> dict[str, float]:
    """Return the figures as one level of names, without those that cannot be told."""
    return {
        f"{group.replace(': ', '/')}/{name}{suffix}": value
        for group, figures in results.items()
        for name, figure in figures.items()
        for suffix, value in (
            ("", figure.value),
            ("_low", figure.low),
            ("_high", figure.high),
        )
        if value is not None
    }


def parted(
    rows: pd.DataFrame, score: Scores, order: Scores, joined: NDArray[np.int64]
) -> dict[str, tuple[Alerts, Scores | None]]:
    """Return the alerts of a training table by what is measured on them.

    Documented cases come with the place each takes alone among the days' journeys.
    """

    def alerts(chosen: NDArray[np.bool_]) -> Alerts:
        return merit.alerts_of(
            rows[chosen], score[chosen], joined[chosen], order=order[chosen]
        )

    of_case = rows["label_source"] == "casebook"
    days = ~of_case.to_numpy(bool)
    # A case counts once, however often it was flown.
    documented = (of_case & (rows["take"] == 0)).to_numpy(bool)
    labelled = days & dataset.is_labelled(rows)
    found: dict[str, tuple[Alerts, Scores | None]] = {}
    if dataset.labels_of(rows)[labelled].any():
        made = (rows.loc[labelled, "provenance"] != Provenance.OBSERVED).all()
        found["simulated" if made else "observed"] = alerts(labelled), None
    if documented.any():
        cases, background = alerts(documented), alerts(days)
        places = merit.place_in(cases.order, background.order, int(days.sum()))
        found["documented"] = cases, places
    return found
