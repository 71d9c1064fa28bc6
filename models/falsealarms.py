"""How often real ordinary traffic is flagged, and how little a handful of it can say.

Nobody knows the purpose of recorded flights; those that the source does not mark as
military are taken for ordinary.  With no flag among n flights the share may still be
up to 3/n (the rule of three; here the exact bound of Clopper and Pearson).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from anomaly.domain import Provenance
from anomaly.errors import NoDataError
from anomaly.progress import Progress, silent
from anomaly.reference import Reference
from anomaly.store import Store
from features import stored
from models import crossfit, dataset, measure, merit, opinion, thresholds
from models.metrics import Figure
from models.registry import Registered


@dataclass(frozen=True, eq=False)
class FalseAlarms:
    """What the frozen thresholds flag of recorded days, ordinary and marked apart."""

    figures: dict[str, Figure]
    """Shares of flights whose journey is flagged, per budget; `n` counts flights."""
    n_days: int
    n_marked: int
    """Flights of aircraft that the source marks military: not counted as ordinary."""
    n_marked_flagged: int
    """Of these, flagged within 25 alerts a day."""

    def as_json(self) -> dict[str, object]:
        """Return every figure as ``{value, low, high, n}``."""
        return {
            **{name: figure.as_json() for name, figure in self.figures.items()},
            "n_days": self.n_days,
            "n_marked_military": self.n_marked,
            "n_marked_military_flagged_at_25": self.n_marked_flagged,
        }


def false_alarms(
    store: Store,
    reference: Reference,
    model: Registered,
    progress: Progress = silent,
) -> FalseAlarms:
    """Return what a model flags of all recorded days of a store.

    A day counts whole flights; a flag needs the frozen threshold alone, for on a day
    of a few flights the budget never runs out.

    Raises
    ------
    NoDataError
        If no recorded flight is stored.
    """
    days = check(store)
    parts = []
    for done, date in enumerate(days):
        progress("recorded days", done / len(days))
        rows = dataset.rows_of(*stored.of_day(store, date, reference))
        rows = rows[rows["provenance"] == Provenance.OBSERVED].reset_index(drop=True)
        if len(rows):
            parts.append(_flagged(rows, model))
    progress("recorded days", 1.0)
    if not parts:
        raise _nothing(store)
    told = pd.concat(parts, ignore_index=True)
    ordinary, marked = told[~told["marked"]], told[told["marked"]]
    figures = {
        f"flagged_at_{budget}": share(int(ordinary[str(budget)].sum()), len(ordinary))
        for budget in thresholds.BUDGETS
    }
    return FalseAlarms(figures, len(parts), len(marked), int(marked["25"].sum()))


def check(store: Store) -> list[dt.date]:
    """Return the days of a store.

    Raises
    ------
    NoDataError
        If there are none.
    """
    if days := store.dates("flights"):
        return days
    raise _nothing(store)


def _nothing(store: Store) -> NoDataError:
    return NoDataError(
        f"no recorded flights in {store.root}",
        hint="--observed takes a data directory that real tracks were ingested in.",
    )


def share(n_flagged: int, n: int) -> Figure:
    """Return a share with its exact 95 % interval; one-sided where it is none or all.

    Of none among n the bound is 1 - 0.05^(1/n), which is nearly 3/n.
    """
    if not n:
        return Figure(None, None, None, 0)
    level = 0.90 if n_flagged in (0, n) else 0.95
    between = binomtest(n_flagged, n).proportion_ci(level, method="exact")
    return Figure(n_flagged / n, float(between.low), float(between.high), n)


def _flagged(rows: pd.DataFrame, model: Registered) -> pd.DataFrame:
    """Return, per flight, whether its journey is flagged under each budget."""
    scorer = crossfit.scorer(model.classifier)
    told = opinion.of(scorer, rows[model.record.feature_names])
    order = measure.review_order(rows, told)
    untold = rows.assign(logistics=None, look_alike=None)
    nobody = np.zeros(len(rows), np.int64)
    alerts = merit.alerts_of(untold, told.score, nobody, order=order)
    best = pd.Series(alerts.order, index=alerts.key)
    of_flight = rows["alert"].map(best).to_numpy(np.float64)
    reached = {
        str(budget): of_flight
        >= thresholds.threshold_for(model.record.thresholds, budget)
        for budget in thresholds.BUDGETS
    }
    return pd.DataFrame(reached).assign(marked=rows["operator_military_flag"].eq(1.0))
