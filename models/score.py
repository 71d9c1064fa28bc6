"""Score flights with a registered model, block by block, and say why, day by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

import features
from anomaly.domain import Reason
from anomaly.schemas import SCORES, conform
from features import surprise, words
from features.base import FlightTables
from models import (
    coverage,
    crossfit,
    dataset,
    explain,
    masking,
    opinion,
    ranking,
    thresholds,
)
from models.registry import Record, Registered

DEFAULT_BUDGET = 25
# Reasons cost some milliseconds a flight, and few readers go further down unasked.
N_EXPLAINED = 100

FeaturesOf = Callable[[pd.Index], pd.DataFrame]
OnExplained = Callable[[Record, pd.DataFrame], None]


def _ignored(_record: Record, _features: pd.DataFrame) -> None:
    """Do nothing with the features of the explained flights."""


@dataclass(frozen=True, eq=False)
class Block:
    """The scores of some of a day's flights."""

    scored: pd.DataFrame
    """By ``flight_id``: what `ranking` orders by, and ``has_company``; odds against
    look-alikes are infinite where they were not asked for (`opinion`)."""
    likely: pd.DataFrame
    """All features of the flights that come first: these will be explained."""


def score_block(
    built: pd.DataFrame, model: Registered, *, hide_identity: bool = False
) -> Block:
    """Return the scores of flights by their features: none rests on another's."""
    X = shown(built, model.record, hide_identity=hide_identity)
    parts = _hidden(built[list(surprise.COLUMNS)], hide_identity)
    told = opinion.of(crossfit.scorer(model.classifier), X)
    scored = pd.DataFrame(
        {
            "score": told.score,
            "score_without_identity": told.without_identity,
            "ordinary_bits": told.bits.ordinary,
            "look_alike_bits": told.bits.look_alikes,
            "surprise_bits": surprise.surprise_bits(parts),
            "has_company": dataset.has_company(built),
        },
        index=X.index,
    )
    priority = surprise.priority_bits(
        scored["ordinary_bits"], scored["look_alike_bits"], scored["surprise_bits"]
    )
    return Block(scored, built.loc[priority.nlargest(N_EXPLAINED).index])


def shown(
    built: pd.DataFrame, record: Record, *, hide_identity: bool = False
) -> pd.DataFrame:
    """Return what the model is shown of flights."""
    return _hidden(built[record.feature_names], hide_identity)


def _hidden(X: pd.DataFrame, hide_identity: bool) -> pd.DataFrame:
    return masking.hide(X, features.identity_features()) if hide_identity else X


def scores_of_day(
    tables: FlightTables,
    model: Registered,
    blocks: Sequence[Block],
    others: FeaturesOf,
    *,
    budget: int = DEFAULT_BUDGET,
    hide_identity: bool = False,
    incomplete: str = "",
    on_explained: OnExplained = _ignored,
) -> pa.Table:
    """Return the scores of every flight of a day (`schemas.SCORES`), best first.

    Reasons are given for the leading flights of the first `N_EXPLAINED` journeys, or
    of as many as the budget allows if that is more;
    `on_explained` is called with the model's record and what it saw of these.

    Parameters
    ----------
    blocks
        The scores of all the day's flights.
    others
        Returns all features of flights that come first in no block.
    incomplete
        What the data of the whole day lack, if anything: it is said of every flight.
    """
    listed = _listed(tables, pd.concat([block.scored for block in blocks]))
    to_reach = model.record.frozen(hide_identity=hide_identity)
    frozen = thresholds.threshold_for(to_reach, budget)
    listed["flagged"] = (listed["rank"] <= budget) & (listed["best"] >= frozen)
    n_explained = max(budget, N_EXPLAINED)
    explained = listed.index[listed["leads"] & (listed["rank"] <= n_explained)]
    built = pd.concat([block.likely for block in blocks])
    if len(lacking := explained.difference(built.index)):
        built = pd.concat([built, others(lacking)])
    built = built.loc[explained]
    X = shown(built, model.record, hide_identity=hide_identity)
    on_explained(model.record, X)
    told = explain.reasons(
        model.classifier,
        X,
        words.contexts(tables, explained, built),
        beside=built[dataset.unlearnt_names()],
        unsaid=features.identity_features() if hide_identity else (),
    )
    known = {
        "reasons": _reasons(listed.index.get_indexer(explained), told, len(listed)),
        "coverage": coverage.sentences(tables, incomplete).take(
            pa.array(tables.flights.index.get_indexer(listed.index))
        ),
        "identity_hidden": hide_identity,
        "budget": budget,
        "threshold_bits": frozen,
    }
    return _as_table(tables, model.record, listed, known)


def score_tables(
    tables: FlightTables,
    model: Registered,
    *,
    budget: int = DEFAULT_BUDGET,
    hide_identity: bool = False,
) -> pa.Table:
    """Return the scores of the flights of `tables`, in memory; see `scores_of_day`."""
    built = features.build(tables)
    return scores_of_day(
        tables,
        model,
        [score_block(built, model, hide_identity=hide_identity)],
        lambda flight_ids: built.loc[flight_ids],
        budget=budget,
        hide_identity=hide_identity,
    )


def _listed(tables: FlightTables, scored: pd.DataFrame) -> pd.DataFrame:
    """Return the day's flights in the order of the review list."""
    flights = tables.flights.sort_index()
    scored = scored.loc[flights.index]
    return ranking.ranked(
        pd.DataFrame(
            {
                "alert": dataset.alerts(tables).loc[flights.index],
                "score": scored["score"],
                "score_without_identity": scored["score_without_identity"],
                "ordinary_bits": scored["ordinary_bits"],
                "look_alike_bits": scored["look_alike_bits"],
                "surprise_bits": scored["surprise_bits"],
                "way": dataset.ways(flights, scored["has_company"]),
            }
        )
    )


def _reasons(
    rows: NDArray[np.intp], told: Sequence[Sequence[Reason]], n: int
) -> pa.Array:
    """Return the reasons of `n` flights, of which those in `rows` have any."""
    lists = [[], *([asdict(reason) for reason in reasons] for reasons in told)]
    which = np.zeros(n, np.int64)
    which[rows] = np.arange(len(told)) + 1
    return pa.array(lists, SCORES.field("reasons").type).take(pa.array(which))


def _as_table(
    tables: FlightTables, record: Record, listed: pd.DataFrame, known: dict[str, Any]
) -> pa.Table:
    flights = tables.flights[["icao24", "provenance"]].loc[listed.index]
    columns = known | {
        "flight_id": listed.index,
        "icao24": flights["icao24"],
        "journey_id": listed["alert"],
        "mission_id": listed["mission"],
        "date": tables.date,
        "model": record.name,
        "feature_set_id": record.feature_set_id,
        "provenance": flights["provenance"],
        "look_alike_bits": listed["look_alike_bits"].where(np.isfinite),
    }
    arrays = [
        _column(columns.get(field.name, listed.get(field.name)), field, len(listed))
        for field in SCORES
    ]
    return conform(pa.Table.from_arrays(arrays, schema=SCORES), SCORES)


def _column(values: Any, field: pa.Field, n: int) -> pa.Array:
    """Return values, or what is the same in every row, as a column."""
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, pd.Series | pd.Index):
        return pa.Array.from_pandas(values, type=field.type)
    return pa.repeat(pa.scalar(values, field.type), n)
