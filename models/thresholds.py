"""The priority a journey must reach to be flagged, frozen when the model is trained.

A budget alone flags the best of every day, also of a day on which nothing happened.
The threshold is what keeps a quiet day quiet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

BUDGETS = (10, 25, 100)
FLIGHTS_A_DAY = 50_000
"""Budgets are told per this many flights, about what a day of the whole world holds."""
LOOK_ALIKE_SHARE = 0.03
"""Journeys of an ordinary simulated day that resemble logistics and are not."""
ORDINARY_SHARE = 0.03
"""Flights that are logistics or resemble it on an ordinary day, at the most."""
_ROUNDING = 1e-9


def alerts_allowed(budget: float, n_flights: int) -> float:
    """Return how many alerts a budget means among `n_flights`."""
    return budget * n_flights / FLIGHTS_A_DAY


def freeze(
    background: NDArray[np.float64],
    n_flights: int,
    budgets: Iterable[int] = BUDGETS,
    *,
    weight: NDArray[np.float64] | None = None,
) -> dict[int, float]:
    """Return, per budget, the priority that no more journeys than it allows reach.

    Parameters
    ----------
    background : array of float
        Priorities in bits, by models that did not learn from them, of the journeys
        that are not known to be logistics: with those in, a day of routine airlift
        would push the threshold above what any single flight can reach.
    n_flights : int
        Flights of the days these journeys are from.
    weight : array of float, optional
        How many journeys of an ordinary day each stands for; one each by default.
    """
    order = np.argsort(-background, kind="stable")
    counted = np.ones(len(order)) if weight is None else weight[order]
    return {
        budget: _reached_by(
            background[order], np.cumsum(counted), alerts_allowed(budget, n_flights)
        )
        for budget in budgets
    }


def as_ordinary(
    look_alike: NDArray[np.bool_], share: float = LOOK_ALIKE_SHARE
) -> NDArray[np.float64]:
    """Return weights that bring look-alikes down to the share of an ordinary day.

    A world made for training holds many times more of them than a day does, and a
    threshold frozen on all of these would flag nothing on any day.
    """
    held = look_alike.mean() if len(look_alike) else 0.0
    if held <= share:
        return np.ones(len(look_alike))
    # So many that they make up `share` of what then is left.
    n_kept = share / (1.0 - share) * np.sum(~look_alike)
    return np.where(look_alike, n_kept / np.sum(look_alike), 1.0)


def threshold_for(thresholds: Mapping[int, float], budget: int) -> float:
    """Return the frozen threshold of a budget, of the nearest larger one if missing.

    Beyond the largest frozen budget the largest one's threshold holds: more room to
    review is no reason to call less remarkable flights remarkable.
    """
    larger = [known for known in thresholds if known >= budget]
    return thresholds[min(larger, default=max(thresholds))]


def _reached_by(
    best: NDArray[np.float64], so_far: NDArray[np.float64], allowed: float
) -> float:
    """Return the least priority that at most `allowed` of them reach."""
    first_too_many = int(np.searchsorted(so_far, allowed + _ROUNDING, side="right"))
    if first_too_many >= len(best):
        return 0.0  # even odds and nothing unusual: the least worth a look
    # Just above the first that is one too many, so ties never overrun.
    return float(np.nextafter(best[first_too_many], np.inf))
