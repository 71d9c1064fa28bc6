"""The figures of a training run: out of fold, by what they are measured on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from anomaly.domain import Provenance
from models import dataset, merit
from models.metrics import Figure

Scores = NDArray[np.float64]
Results = Mapping[str, Mapping[str, Figure]]

# Enough to tell a baseline from a model; the other figures need thresholds of its own.
_OF_BASELINE = ("average_precision", "auc_vs_look_alikes", "recall_at_25")


def out_of_fold(
    rows: pd.DataFrame,
    scores: Mapping[str, Scores],
    joined: NDArray[np.int64],
    frozen: Mapping[int, float],
) -> dict[str, dict[str, Figure]]:
    """Return figures per set of scores, on simulated days and on cases apart."""
    results: dict[str, dict[str, Figure]] = {}
    for name, score in scores.items():
        is_model = name in ("model", "identity_hidden")
        suffix = "" if name == "model" else f"_{name}" if is_model else f": {name}"
        told = _of_scores(rows, score, joined, frozen if is_model else None)
        for group, measured in told.items():
            results[f"{group}{suffix}"] = {
                key: figure
                for key, figure in measured.items()
                if is_model or key in _OF_BASELINE
            }
    return results


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


def _of_scores(
    rows: pd.DataFrame,
    score: Scores,
    joined: NDArray[np.int64],
    frozen: Mapping[int, float] | None,
) -> dict[str, dict[str, Figure]]:
    documented = (rows["label_source"] == "casebook").to_numpy(bool)
    days = ~documented
    labelled = days & dataset.is_labelled(rows)
    told = {}
    if dataset.labels_of(rows)[labelled].any():
        made = (rows.loc[labelled, "provenance"] != Provenance.OBSERVED).all()
        told["simulated" if made else "observed"] = merit.of_days(
            merit.alerts_of(rows[labelled], score[labelled], joined[labelled])
        )
    if documented.any():
        cases = merit.alerts_of(rows[documented], score[documented], joined[documented])
        background = merit.alerts_of(rows[days], score[days], joined[days])
        places = merit.place_in(cases.score, background.score, int(days.sum()))
        told["documented"] = merit.of_cases(cases, places, frozen)
    return told
