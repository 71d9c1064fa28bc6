"""Silver labels of stored days: counted rule by rule, and kept if asked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from anomaly import labels, silver
from anomaly.reference import Reference
from anomaly.schemas import LABELS
from anomaly.store import Store
from models.learn import training_dates


@dataclass(frozen=True)
class Kept:
    """What became of labels where they were kept: one a flight."""

    n_labels: int
    n_outranked: int
    """Flights that have a label of more authority instead."""
    n_stored: int
    """Labels in the store after it, of all sources and days."""


@dataclass(frozen=True)
class Silvered:
    """What the rules said of some days.

    All but the last two count day by day: a flight that goes on past midnight counts
    on each day that knows of it.
    """

    coverage: Mapping[str, tuple[bool, int]]
    """By rule: whether it speaks for logistics, and of how many flights it holds."""
    conflicts: Mapping[tuple[str, str], int]
    left_out: Mapping[str, int]
    n_flights: int
    n_labels: int
    n_logistics: int
    n_different: int
    """Flights with a label, each counted once."""
    kept: Kept | None
    """None if nothing was to be kept."""


def label_days(
    store: Store,
    reference: Reference,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    keep: bool = False,
) -> Silvered:
    """Label the flights of stored days by rules; `keep` writes them to the store.

    Raises
    ------
    NoDataError
        If no flights are stored for these days.
    """
    coverage: Counter[str] = Counter()
    conflicts: Counter[tuple[str, str]] = Counter()
    left_out: Counter[str] = Counter()
    parts = [LABELS.empty_table()]
    seen: list[pa.ChunkedArray] = []
    for date in training_dates(store, first, last):
        flights = store.read("flights", date)
        flights = flights.filter(pc.equal(flights["date"], date))
        votes = silver.votes(flights.to_pandas(), reference)
        found = labels.from_silver(flights, votes)
        coverage.update(votes.coverage())
        conflicts.update(votes.conflicts())
        left_out.update(found.left_out)
        parts.append(found.rows)
        seen.append(flights["flight_id"])
    told = pa.concat_tables(parts)
    n_different = pc.count_distinct(told["flight_id"]).as_py()
    known = pa.array([key for ids in seen for key in ids.to_pylist()], pa.string())
    return Silvered(
        {rule.name: (rule.logistics, coverage[rule.name]) for rule in silver.RULES},
        dict(conflicts),
        {reason: n for reason, n in left_out.items() if n},
        sum(len(ids) for ids in seen),
        told.num_rows,
        pc.sum(told["logistics"]).as_py() or 0,
        n_different,
        _keep(store, told, known) if keep else None,
    )


def _keep(store: Store, told: pa.Table, known: pa.Array) -> Kept:
    """Put what the rules told of the known flights in the place of what they told."""
    stored = store.read("labels") if store.has("labels") else LABELS.empty_table()
    # What rules said before is said anew: they may have changed, or the flight.
    before = pc.and_(
        pc.equal(stored["label_source"], "silver"),
        pc.is_in(stored["flight_id"], value_set=known),
    )
    merged = labels.merged([stored.filter(pc.invert(before)), told])
    store.write("labels", merged)
    of_told = merged.filter(
        pc.is_in(merged["flight_id"], value_set=told["flight_id"].combine_chunks())
    )
    n_kept = pc.sum(pc.equal(of_told["label_source"], "silver")).as_py() or 0
    return Kept(n_kept, of_told.num_rows - n_kept, merged.num_rows)
