"""Score a day and keep it, with all that its pages will look for."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa

from anomaly.progress import Progress, silent
from anomaly.schemas import LIKENESSES
from anomaly.store import Store
from models import registry
from models.likeness import nearest
from models.registry import Record
from models.score import DEFAULT_BUDGET, score_day


def score_and_keep(
    store: Store,
    date: dt.date,
    *,
    model_ref: str = registry.CHAMPION,
    budget: int = DEFAULT_BUDGET,
    progress: Progress = silent,
) -> pa.Table:
    """Return the scores of a day, and store them with the cases that flags resemble.

    See `models.score.score_day`.
    """
    likenesses = [LIKENESSES.empty_table()]

    def compare(record: Record, X: pd.DataFrame) -> None:
        likenesses.append(nearest(store, record, X))

    scores = score_day(
        store,
        date,
        model_ref=model_ref,
        budget=budget,
        on_explained=compare,
        progress=progress,
    )
    # The scores last: what they speak of is there when they are.
    store.write("likenesses", pa.concat_tables(likenesses), date)
    store.write("scores", scores, date)
    return scores
