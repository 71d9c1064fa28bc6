"""A world of traffic with known purposes, and documented cases flown again.

Nothing here is observed: every table and every file says so (`provenance`).
"""

from __future__ import annotations

from anomaly.simulate.archive import Tracks, fly_cases, simulate, tracks
from anomaly.simulate.coverage import Coverage
from anomaly.simulate.fly import Cadence
from anomaly.simulate.listing import listed
from anomaly.simulate.places import Places
from anomaly.simulate.reenact import address_of, plan_cases, plan_moved
from anomaly.simulate.shares import Shares
from anomaly.simulate.sorties import World, merged
from anomaly.simulate.world import plan_past, plan_world

__all__ = [
    "Cadence",
    "Coverage",
    "Places",
    "Shares",
    "Tracks",
    "World",
    "address_of",
    "fly_cases",
    "listed",
    "merged",
    "plan_cases",
    "plan_moved",
    "plan_past",
    "plan_world",
    "simulate",
    "tracks",
]
