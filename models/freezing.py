"""On which days thresholds are frozen, and what they come to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models import dataset, merit, thresholds


def freeze(rows: pd.DataFrame, order: NDArray[np.float64]) -> dict[int, float]:
    """Return the threshold of each budget, by what flights of whole days stand by.

    Parameters
    ----------
    rows : DataFrame
        The flights of `days`, with their labels.
    order : array of float
        Of each, by a model that did not learn from it: see `measure.review_order`.
    """
    nobody = np.zeros(len(rows), np.int64)
    alerts = merit.alerts_of(rows, order, nobody)
    negative = ~alerts.y
    return thresholds.freeze(
        alerts.order[negative],
        alerts.n_flights,
        weight=thresholds.as_ordinary(alerts.look_alike[negative]),
    )


def days(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows thresholds are frozen on.

    Re-enacted cases are not part of any day.  Days made for training hold many times
    more of what resembles logistics than a day does: where ordinary days were learnt
    from too, they alone say how high ordinary traffic reaches.
    """
    of_day = rows["label_source"].ne("casebook").to_numpy(bool)
    ordinary = of_day & _of_ordinary_days(rows)
    return ordinary if ordinary.any() else of_day


def _of_ordinary_days(rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which rows are of days with no more to find, or be misled by, than usual.

    Only of flights somebody labelled is it known what they are: those of a list from
    before the day are of the same made world, and among them is logistics too.
    """
    told = rows["logistics"].eq(True) | rows["look_alike"].eq(True)
    labelled = (
        dataset.is_labelled(rows) & rows["label_source"].ne("casebook").to_numpy()
    )
    share = told[labelled].groupby(rows.loc[labelled, "date"]).mean()
    ordinary = share.index[share <= thresholds.ORDINARY_SHARE]
    of_them: NDArray[np.bool_] = labelled & rows["date"].isin(ordinary).to_numpy(bool)
    return of_them
