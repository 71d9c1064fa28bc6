"""What a model must beat: a flag in a database, and a rule anyone could write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Scores = NDArray[np.float64]

RULE_POINTS: Mapping[str, float] = {
    "operator_military_flag": 2.0,
    "operator_is_military": 2.0,
    "operator_is_state_linked_cargo": 1.0,
    "aircraft_type_is_strategic_airlift": 2.0,
    "aircraft_type_is_tactical_airlift": 1.5,
    "aircraft_type_is_personnel": 1.0,
    "aircraft_type_is_freighter": 0.5,
    "stopover_n_military": 1.5,
    "route_origin_military": 1.0,
    "route_destination_military": 1.0,
    "route_abroad": 0.5,
    "route_dark_end": 0.5,
}
"""Points for what investigators name first; each feature counts up to one."""


def military_flag(X: pd.DataFrame) -> Scores:
    """Return 1 where the source's database marks the airframe military, else 0."""
    return _known(X, "operator_military_flag")


def rule_score(X: pd.DataFrame) -> Scores:
    """Return the points of `RULE_POINTS` that a flight gathers, as a share of all."""
    points = sum(
        weight * _known(X, name).clip(0, 1) for name, weight in RULE_POINTS.items()
    )
    return np.asarray(points / sum(RULE_POINTS.values()), np.float64)


BASELINES: Mapping[str, Callable[[pd.DataFrame], Scores]] = {
    "military_flag": military_flag,
    "rule": rule_score,
}


def _known(X: pd.DataFrame, name: str) -> Scores:
    """Return a feature with nothing where it is unknown: a rule has no opinion then."""
    return X[name].fillna(0.0).to_numpy(np.float64)
