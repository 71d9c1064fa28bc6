"""What each journey and case scored out of fold: kept beside a model, to compare it.

Models are compared by what they said of the same cases, long after: the features may
have changed since, the scores that were measured have not.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from anomaly.errors import BadInputError
from anomaly.files import replacing
from anomaly.schemas import column
from anomaly.store import Store
from models import measure, merit, metrics, thresholds
from models.registry import FIGURES_FILE, SCORES_FILE, Record

Scores = NDArray[np.float64]
_HINT = "Train again: `anomaly train`."
_Figures = dict[str, dict[str, metrics.Figure]]
BUDGET = 25
WITHOUT_VERDICTS = "without_verdicts"
NAMES = ("model", "identity_hidden", WITHOUT_VERDICTS)
"""Sets of scores that are kept: of the model, and of it under other conditions."""

SCHEMA = pa.schema(
    [
        column("scores", pa.string(), f"whose: one of {', '.join(NAMES)}"),
        column("measured_on", pa.string(), "documented, simulated or observed"),
        column("alert", pa.string(), "the journey or the case"),
        column("logistics", pa.bool_(), "its label"),
        column("look_alike", pa.bool_(), "resembles logistics and is not"),
        column("joined", pa.int64(), "what must not be drawn apart"),
        column("score", pa.float64(), "by a model that never saw its kin"),
        column("within_25", pa.bool_(), "flagged within 25 alerts a day"),
    ]
)


def made(
    rows: pd.DataFrame,
    scores: Mapping[str, Scores],
    orders: Mapping[str, Scores],
    joined: NDArray[np.int64],
    frozen: Mapping[bool, Mapping[int, float]],
) -> pa.Table:
    """Return the table of a training run's scores out of fold (`SCHEMA`).

    The parameters are those of `measure.out_of_fold`.
    """
    parts = [SCHEMA.empty_table()]
    for name in NAMES:
        if name not in scores:
            continue
        hidden = name == "identity_hidden"
        found = measure.parted(rows, scores[name], orders[name], joined)
        for on, (alerts, places) in found.items():
            if places is None:
                within = _within(alerts)
            else:
                within = merit.is_flagged(alerts, places, BUDGET, frozen[hidden])
            columns = {
                "scores": [name] * len(alerts),
                "measured_on": [on] * len(alerts),
                "alert": alerts.key,
                "logistics": alerts.y,
                "look_alike": alerts.look_alike,
                "joined": alerts.group,
                "score": alerts.score,
                "within_25": within,
            }
            parts.append(pa.table(columns, schema=SCHEMA))
    return pa.concat_tables(parts)


def keep(
    store: Store, record: Record, table: pa.Table, results: measure.Results
) -> None:
    """Keep a version's scores, and its figures, beside it."""
    folder = store.model(record.name)
    with replacing(folder / SCORES_FILE) as path:
        pq.write_table(table, path, compression="zstd")
    with replacing(folder / FIGURES_FILE) as path:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(results)) + b"\n")


def figures(store: Store, record: Record) -> measure.Results:
    """Return the figures of a version's training; none where they were not kept.

    Raises
    ------
    BadInputError
        If the file is damaged or of another make.
    """
    path = store.model(record.name) / FIGURES_FILE
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Figures)
    except msgspec.DecodeError as error:
        raise BadInputError(f"cannot read {path}: {error}", hint=_HINT) from error


def kept(store: Store, record: Record) -> pd.DataFrame:
    """Return the scores kept with a version; none for one of before they were kept.

    Raises
    ------
    BadInputError
        If the file is damaged or of another make.
    """
    path = store.model(record.name) / SCORES_FILE
    if not path.exists():
        nothing: pd.DataFrame = SCHEMA.empty_table().to_pandas()
        return nothing
    try:
        table = pq.ParquetFile(path).read().select(SCHEMA.names).cast(SCHEMA)
    except (pa.ArrowInvalid, KeyError) as error:
        raise BadInputError(f"cannot read {path}: {error}", hint=_HINT) from error
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _within(alerts: merit.Alerts) -> NDArray[np.bool_]:
    """Tell which journeys of whole days stand within the budget's room."""
    room = thresholds.alerts_allowed(BUDGET, alerts.n_flights)
    place = np.empty(len(alerts), np.int64)
    place[np.argsort(-alerts.order, kind="stable")] = np.arange(len(alerts))
    inside: NDArray[np.bool_] = place + 1 <= max(room, 1)
    return inside


def figures_of(table: pd.DataFrame) -> dict[str, metrics.Statistic]:
    """Return the figures that two models are compared by, of one set of scores."""
    y, score = table["logistics"].to_numpy(bool), table["score"].to_numpy(np.float64)
    alike = table["look_alike"].to_numpy(bool)
    within = table["within_25"].to_numpy(bool)
    against = metrics.roc_auc(y[y | alike], score[y | alike])
    return {
        "auc_vs_look_alikes": lambda weight: against(weight[y | alike]),
        "average_precision": metrics.average_precision(y, score),
        "recall_at_25": lambda weight: metrics.share(within[y])(weight[y]),
        "look_alikes_at_25": lambda weight: metrics.share(within[alike])(weight[alike]),
    }
