"""Pictures of how a model did, drawn without a screen."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from models import dataset, merit

Scores = NDArray[np.float64]

_SIZE_INCHES = (5.6, 3.6)
_COLOURS = ("#1f4e79", "#c55a11", "#7f7f7f", "#b0a000")


def of_training(
    rows: pd.DataFrame, scores: Mapping[str, Scores], joined: NDArray[np.int64]
) -> dict[str, tuple[str, str, bytes]]:
    """Return the figures of a training run: file name to title, words and PNG."""
    days = (rows["label_source"] != "casebook").to_numpy(bool)
    if not dataset.labels_of(rows)[days].any():
        days = ~days
    made_of = ", ".join(sorted(set(rows.loc[days, "provenance"])))
    alerts = {
        name: merit.alerts_of(rows[days], score[days], joined[days])
        for name, score in scores.items()
    }
    model = alerts["model"]
    lines = {_in_words(name): one.score for name, one in alerts.items()}
    return {
        "precision_recall.png": (
            "Precision and recall",
            f"Precision over recall of {len(model):,} {made_of} journeys, "
            f"{int(model.y.sum()):,} of them logistics, for {', '.join(lines)}.",
            precision_recall(model.y, lines, made_of=made_of),
        ),
        "reliability.png": (
            "Reliability",
            f"Observed share of logistics over the score of {len(model):,} {made_of} "
            "journeys.",
            reliability(model.y, model.score, made_of=made_of),
        ),
    }


def _in_words(name: str) -> str:
    return "without identity" if name == "identity_hidden" else name.replace("_", " ")


def precision_recall(
    y: NDArray[np.bool_], scores: Mapping[str, Scores], *, made_of: str
) -> bytes:
    """Return precision over recall, one line for each set of scores, as a PNG."""
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    for (name, score), colour in zip(scores.items(), _COLOURS, strict=False):
        precision, recall, _ = precision_recall_curve(y, score)
        axes.step(recall, precision, where="post", label=name, color=colour)
    axes.set(
        xlabel="recall: share of the logistics journeys found",
        ylabel="precision: share of alerts that are",
        xlim=(0, 1),
        ylim=(0, 1.02),
        title=f"Precision and recall, out of fold ({made_of})",
    )
    axes.legend(loc="best", fontsize="small")
    return _png(figure)


def reliability(
    y: NDArray[np.bool_], score: Scores, *, made_of: str, n_bins: int = 10
) -> bytes:
    """Return observed shares over scores, with the number of journeys, as a PNG."""
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    bins = np.minimum((score * n_bins).astype(np.int64), n_bins - 1)
    total = np.bincount(bins, minlength=n_bins)
    held = total > 0
    said = np.bincount(bins, score, n_bins)[held] / total[held]
    seen = np.bincount(bins, y, n_bins)[held] / total[held]
    axes.plot([0, 1], [0, 1], color="#7f7f7f", linestyle=":", label="ideal")
    axes.plot(said, seen, marker="o", color=_COLOURS[0], label="model")
    for x, at, n in zip(said, seen, total[held], strict=True):
        axes.annotate(f"{n:,}", (x, at), (4, -10), textcoords="offset points", size=7)
    axes.set(
        xlabel="score",
        ylabel="share that is logistics",
        xlim=(0, 1),
        ylim=(0, 1.02),
        title=f"Reliability, out of fold ({made_of})",
    )
    axes.legend(loc="upper left", fontsize="small")
    return _png(figure)


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    # Without the software's name and version equal figures are equal bytes.
    figure.savefig(out, format="png", dpi=110, metadata={"Software": None})
    return out.getvalue()
