from __future__ import annotations

import numpy as np
import pytest

from anomaly.reference import Reference
from anomaly.simulate import Coverage, Places


@pytest.fixture(scope="module")
def places() -> Places:
    return Places.of(Reference.load().airports)


@pytest.fixture(scope="module")
def coverage(places: Places) -> Coverage:
    return Coverage.of(places, 1)


def sees(
    coverage: Coverage, lat: float, lon: float, height_ft: float, mlat: bool = False
) -> bool:
    found = coverage.sees(
        *(np.array([value]) for value in (lat, lon, height_ft)),
        mlat_only=np.array([mlat]),
    )
    return bool(found[0])


def test_over_germany_everything_is_seen(coverage: Coverage) -> None:
    assert sees(coverage, 50.0, 8.5, 36000)
    assert sees(coverage, 50.0, 8.5, 3000)


@pytest.mark.parametrize(
    ("lat", "lon"), [(30.0, -45.0), (0.0, -150.0), (22.0, 5.0), (-55.0, 80.0)]
)
def test_over_oceans_and_the_sahara_nothing_is_seen(
    coverage: Coverage, lat: float, lon: float
) -> None:
    assert not sees(coverage, lat, lon, 36000)


def test_an_approach_to_latakia_is_not_seen(coverage: Coverage) -> None:
    assert not sees(coverage, 35.6, 35.8, 5000)


def test_what_flies_high_is_seen_from_farther(coverage: Coverage) -> None:
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(-60, 70, 4000), rng.uniform(-180, 180, 4000)
    never = np.zeros(4000, dtype=bool)
    high = coverage.sees(lat, lon, np.full(4000, 40000.0), mlat_only=never)
    low = coverage.sees(lat, lon, np.full(4000, 2000.0), mlat_only=never)
    assert not (low & ~high).any()
    assert low.sum() < high.sum()


def test_multilateration_needs_more_receivers(coverage: Coverage) -> None:
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(-60, 70, 4000), rng.uniform(-180, 180, 4000)
    height = np.full(4000, 30000.0)
    alone = coverage.sees(lat, lon, height, mlat_only=np.ones(4000, dtype=bool))
    heard = coverage.sees(lat, lon, height, mlat_only=np.zeros(4000, dtype=bool))
    assert not (alone & ~heard).any()
    assert 0 < alone.sum() < heard.sum()


def test_other_seeds_have_other_receivers(places: Places, coverage: Coverage) -> None:
    other = Coverage.of(places, 2)
    assert not np.allclose(other.nearest_nm, coverage.nearest_nm)
    assert other.watched != coverage.watched
    assert np.array_equal(Coverage.of(places, 1).nearest_nm, coverage.nearest_nm)
