from __future__ import annotations

import datetime as dt

import pandas as pd
from model_builders import training_rows

from models import freezing


def test_thresholds_are_frozen_on_ordinary_days_alone_where_there_are_any() -> None:
    crowded = training_rows().assign(date=dt.date(2020, 1, 1))
    plain = training_rows(400, 0, seed=5).assign(date=dt.date(2020, 1, 2))
    plain["logistics"] = plain["look_alike"] = False
    listed = plain.assign(date=dt.date(2020, 1, 3), logistics=None, label_source=None)
    rows = pd.concat([crowded, plain, listed], ignore_index=True)
    frozen_on = freezing.days(rows)
    assert set(rows.loc[frozen_on, "date"]) == {dt.date(2020, 1, 2)}
    # Without any, all but the cases serve.
    days = freezing.days(crowded)
    assert (days == crowded["label_source"].ne("casebook").to_numpy()).all()
