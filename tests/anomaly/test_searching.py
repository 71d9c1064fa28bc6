"""Fields on the way: the quick search leaves out none that a slow one finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from anomaly import searching
from anomaly.searching import _likely

Floats = NDArray[np.float64]

N_KEPT = 8


def _unit(rows: Floats) -> Floats:
    unit: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _headings(points: Floats, random: np.random.Generator) -> Floats:
    """Return courses, some straight at the north pole, and none at one in five."""
    any_way = random.normal(size=points.shape)
    any_way[::2] = (0, 0, 1)
    along = any_way - (any_way * points).sum(axis=1, keepdims=True) * points
    along = _unit(along)
    along[::5] = 0
    return along


def _guesses(
    before: Floats,
    heading_before: Floats,
    after: Floats,
    heading_after: Floats,
    field: Floats,
    taste: Floats,
) -> tuple[Floats, Floats]:
    """Return how likely every field is, and the way by it in radians."""
    told = taste.copy()
    way = np.zeros(len(field))
    for point, course in ((before, heading_before), (after, -heading_after)):
        far = np.arccos((field @ point).clip(-1, 1))
        cosine = ((field @ course) / np.sin(far).clip(1e-6)).clip(-1, 1)
        angle_deg = np.degrees(np.arccos(cosine))
        told += np.log(np.exp(-0.5 * (angle_deg / 10) ** 2) + 0.02)
        told -= np.log(far * 3440.065 + 5)
        way += far
    return told, way


@given(st.integers(0, 2**32 - 1), st.integers(1, 600), st.floats(0.01, 6.5))
def test_the_likeliest_fields_within_reach_are_kept(
    seed: int, n_fields: int, reach: float
) -> None:
    random = np.random.default_rng(seed)
    n = 6
    before, after = (_unit(random.normal(size=(n, 3))) for _ in range(2))
    # All over the world, and crowded where a bound a little too low would lose some.
    field = _unit(random.normal(size=(n_fields, 3)))
    near = 10.0 ** random.uniform(-6, -0.5, (n_fields, 1))
    by = np.concatenate((before, after))[random.integers(0, 2 * n, n_fields)]
    crowded = random.random(n_fields) < 0.8
    field[crowded] = _unit(by + near * random.normal(size=by.shape))[crowded]
    taste = random.choice([0.0, 0.5, 2.0], n_fields)
    courses = _headings(before, random), _headings(after, random)
    kept = _likely(
        before,
        courses[0],
        after,
        courses[1],
        field,
        taste,
        np.full(n, reach),
        N_KEPT,
    )
    for i in range(n):
        guess, way = _guesses(
            before[i], courses[0][i], after[i], courses[1][i], field, taste
        )
        best = np.sort(guess[way <= reach])[::-1][:N_KEPT]
        found = np.sort(guess[kept[i][kept[i] >= 0]])[::-1]
        np.testing.assert_allclose(found, best, rtol=1e-9, atol=1e-9)


@given(st.floats(-9, 0.49), st.floats(0, 180))
def test_no_field_is_likelier_than_its_bound(log_far: float, aside_deg: float) -> None:
    far = 10**log_far
    along = np.cos(np.radians(aside_deg)) * np.sin(far)
    cosine = np.cos(far)
    likely = np.exp(searching._pointing(along, np.arccos(cosine)))
    straight = np.exp(searching._pointing(np.sin(far), np.arccos(cosine)))
    away = np.sqrt(searching._away(*[searching._chord(cosine)] * 2))
    bound = searching._at_best(along, cosine) / away
    assert likely <= bound * searching._ROUNDED_UP
    # And for a field nearby and straight ahead it is no higher than need be.
    if -4 < log_far < -2:
        best = searching._at_best(np.sin(far), cosine) / away
        assert best == pytest.approx(straight, rel=1e-4)
