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
class Silvered:
    """What the rules said of some days."""

    coverage: Mapping[str, tuple[bool, int]]
    """By rule: whether it speaks for logistics, and of how many flights it holds."""
    conflicts: Mapping[tuple[str, str], int]
    left_out: Mapping[str, int]
    n_flights: int
    n_labels: int
    n_logistics: int


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
    if keep:
        stored = store.read("labels") if store.has("labels") else LABELS.empty_table()
        # What rules said before is said anew: they may have changed, or the flight.
        known = pa.array([key for ids in seen for key in ids.to_pylist()], pa.string())
        before = pc.and_(
            pc.equal(stored["label_source"], "silver"),
            pc.is_in(stored["flight_id"], value_set=known),
        )
        others = stored.filter(pc.invert(before))
        store.write("labels", labels.merged([others, told]))
    return Silvered(
        {rule.name: (rule.logistics, coverage[rule.name]) for rule in silver.RULES},
        dict(conflicts),
        {reason: n for reason, n in left_out.items() if n},
        sum(len(ids) for ids in seen),
        told.num_rows,
        pc.sum(told["logistics"]).as_py() or 0,
    )
