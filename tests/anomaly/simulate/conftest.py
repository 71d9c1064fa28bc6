from __future__ import annotations

import datetime as dt

import pytest

from anomaly import simulate
from anomaly.reference import Reference
from anomaly.simulate import Coverage, Places, Shares, Tracks, World

DAY = dt.date(2019, 3, 23)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference.load()


@pytest.fixture(scope="session")
def coverage(reference: Reference) -> Coverage:
    return Coverage.of(Places.of(reference.airports), 1)


@pytest.fixture(scope="session")
def world(reference: Reference) -> World:
    """A day with much to learn from."""
    return simulate.plan_world(
        DAY, 1, 700, 1, reference=reference, shares=Shares.for_training()
    )


@pytest.fixture(scope="session")
def tracks(world: World, coverage: Coverage) -> Tracks:
    return simulate.tracks(world, coverage)
