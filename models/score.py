"""Score one day's flights with a registered model, and say why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

import features
from anomaly import completeness
from anomaly.errors import NoDataError
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.schemas import SCORES, conform
from anomaly.store import Store
from features import stored, surprise, words
from features.base import FlightTables
from models import (
    coverage,
    dataset,
    explain,
    masking,
    pipeline,
    ranking,
    registry,
    thresholds,
)
from models.registry import Record, Registered

DEFAULT_BUDGET = 25
# Reasons cost a fraction of a millisecond a flight, and nobody reads further down.
N_EXPLAINED = 200

Scores = NDArray[np.float64]
OnExplained = Callable[[Record, pd.DataFrame], None]


def _ignored(_record: Record, _features: pd.DataFrame) -> None:
    """Do nothing with the features of the explained flights."""


def score_day(
    store: Store,
    date: dt.date,
    *,
    model_ref: str = registry.CHAMPION,
    budget: int = DEFAULT_BUDGET,
    hide_identity: bool = False,
    reference: Reference | None = None,
    on_explained: OnExplained = _ignored,
    progress: Progress = silent,
) -> pa.Table:
    """Return the scores of every flight of a day (`schemas.SCORES`), best first.

    Reasons are given for the leading flights of the first `N_EXPLAINED` journeys;
    `on_explained` is called with the model's record and the features of these.

    Raises
    ------
    NoDataError
        If there is no such model, or no flight on that day.
    BadInputError
        If the model learnt from other features.
    """
    model = registry.load(store, model_ref)
    progress("features", 0.0)
    tables, built = stored.of_day(store, date, reference or Reference.load(store.root))
    if tables.flights.empty:
        raise NoDataError(
            f"no flight ends on {date} in {store.root}",
            hint="`anomaly flights` lists the days and their flights.",
        )
    return score_tables(
        tables,
        model,
        built=built,
        budget=budget,
        hide_identity=hide_identity,
        incomplete=completeness.sentence(store, date),
        on_explained=on_explained,
        progress=progress,
    )


def score_tables(
    tables: FlightTables,
    model: Registered,
    *,
    built: pd.DataFrame | None = None,
    budget: int = DEFAULT_BUDGET,
    hide_identity: bool = False,
    incomplete: str = "",
    on_explained: OnExplained = _ignored,
    progress: Progress = silent,
) -> pa.Table:
    """Return the scores of the flights of `tables`; see `score_day`.

    What the data of the whole day lack, if anything, is said of every flight.  `built`
    are the features, where these are known already.
    """
    rows = dataset.rows_of(tables, built).set_index("flight_id")
    X = rows[model.record.feature_names]
    if hide_identity:
        X = masking.hide(X, features.identity_features())
    progress("scores", 0.5)
    score = pipeline.likelihood(model.classifier, X)
    listed = ranking.ranked(
        pd.DataFrame(
            {
                "alert": rows["alert"],
                "score": score,
                "surprise_bits": surprise.surprise_bits(X),
                "way": rows["way"],
            },
            index=X.index,
        )
    )
    frozen = thresholds.threshold_for(model.record.thresholds, budget)
    listed["flagged"] = (listed["rank"] <= budget) & (listed["best"] >= frozen)
    explained = listed.index[listed["leads"] & (listed["rank"] <= N_EXPLAINED)]
    on_explained(model.record, X.loc[explained])
    told = explain.reasons(
        model.classifier,
        X.loc[explained],
        words.contexts(tables, explained),
        unsaid=features.identity_features() if hide_identity else (),
    )
    reasons = dict(zip(explained, told, strict=True))
    unseen = dict(zip(tables.flights.index, coverage.sentences(tables), strict=True))
    progress("scores", 1.0)
    frame = pd.DataFrame(
        {
            "flight_id": listed.index,
            "icao24": tables.flights["icao24"].reindex(listed.index).to_numpy(),
            "journey_id": listed["alert"].to_numpy(),
            "mission_id": listed["mission"].to_numpy(),
            "date": tables.date,
            "score": listed["score"].to_numpy(),
            "surprise_bits": listed["surprise_bits"].to_numpy(),
            "priority_bits": listed["priority_bits"].to_numpy(),
            "rank": listed["rank"].to_numpy(np.int32),
            "leads": listed["leads"].to_numpy(),
            "flagged": listed["flagged"].to_numpy(),
            "budget": budget,
            "threshold_bits": frozen,
            "reasons": [
                [asdict(reason) for reason in reasons.get(key, ())]
                for key in listed.index
            ],
            "coverage": [
                [*unseen[key], *([incomplete] if incomplete else [])]
                for key in listed.index
            ],
            "identity_hidden": hide_identity,
            "model": model.record.name,
            "feature_set_id": model.record.feature_set_id,
            "provenance": rows["provenance"].reindex(listed.index).to_numpy(),
        }
    )
    return conform(
        pa.Table.from_pandas(frame, schema=SCORES, preserve_index=False), SCORES
    )
