"""Small training tables with a known rule in them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

import features
from models import dataset

DAY = dt.date(2020, 1, 1)


def training_rows(n: int = 400, n_cases: int = 20, *, seed: int = 0) -> pd.DataFrame:
    """Return rows whose logistics flights stop at military fields, most of them."""
    random = np.random.default_rng(seed)
    names = [feature.name for feature in features.declared()]
    values = pd.DataFrame(random.random((n, len(names))), columns=names)
    numbers = np.arange(n)
    logistics = random.random(n) < 0.2
    is_case = numbers < n_cases
    logistics[is_case] = numbers[is_case] % 4 < 2
    for name in ("stopover_n_military", "operator_military_flag"):
        values[name] = (random.random(n) < np.where(logistics, 0.9, 0.1)).astype(float)
    unknown = random.random(values.shape) < 0.1
    rows = pd.DataFrame(
        {
            "flight_id": [f"{number:06x}-20200101T000000Z" for number in numbers],
            "date": DAY,
            "alert": [f"journey {number // 2:05d}" for number in numbers],
            "logistics": logistics,
            "weight": np.where(is_case, 4.0, 1.0),
            "label_source": np.where(is_case, "casebook", "simulated"),
            "airframe_group": [f"{number // 2:06x}" for number in numbers],
            "mission_group": None,
            "case_group": [f"g-{k // 2}" if k < n_cases else None for k in numbers],
            "look_alike": ~logistics & (is_case | (random.random(n) < 0.2)),
            "provenance": np.where(is_case, "re-enacted", "simulated"),
        }
    )
    return dataset.settled([pd.concat([rows, values.mask(unknown)], axis="columns")])
