"""Fields on the way: the quick search leaves out none that a slow one finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

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


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.floats(0.01, 6.5))
def test_the_likeliest_fields_within_reach_are_kept(
    seed: int, n_fields: int, reach: float
) -> None:
    random = np.random.default_rng(seed)
    n = 6
    before, after = (_unit(random.normal(size=(n, 3))) for _ in range(2))
    # Some near one side: what lies close to a point has angles hard to tell.
    field = _unit(random.normal(size=(n_fields, 3)))
    field[::3] = _unit(before[0] + 0.01 * random.normal(size=field[::3].shape))
    field[::7] = before[0]
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
