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


def alerts_allowed(budget: float, n_flights: int) -> float:
    """Return how many alerts a budget means among `n_flights`."""
    return budget * n_flights / FLIGHTS_A_DAY


def freeze(
    background: NDArray[np.float64],
    n_flights: int,
    budgets: Iterable[int] = BUDGETS,
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
    """
    best = np.sort(background)[::-1]
    return {
        budget: _reached_by(best, int(alerts_allowed(budget, n_flights)))
        for budget in budgets
    }


def threshold_for(thresholds: Mapping[int, float], budget: int) -> float:
    """Return the frozen threshold of a budget, of the nearest larger one if missing.

    Beyond the largest frozen budget the largest one's threshold holds: more room to
    review is no reason to call less remarkable flights remarkable.
    """
    larger = [known for known in thresholds if known >= budget]
    return thresholds[min(larger, default=max(thresholds))]


def _reached_by(best: NDArray[np.float64], n_allowed: int) -> float:
    """Return the least priority that at most `n_allowed` of them reach."""
    if not len(best) or n_allowed >= len(best):
        return 0.0  # even odds and nothing unusual: the least worth a look
    # Just above the first that is one too many, so ties never overrun.
    return float(np.nextafter(best[n_allowed], np.inf))
