"""Which fields lie near a place."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from anomaly.fields import Fields
from anomaly.reference import Reference
from anomaly.tracks import unit_vectors

N = 40


def test_fields_near_a_place_are_the_same_whatever_else_is_asked(
    tmp_path: Path,
) -> None:
    fields = Fields.of(Reference.load(tmp_path).airports)
    rng = np.random.default_rng(1)
    points = unit_vectors(rng.uniform(-80, 80, N), rng.uniform(-180, 180, N))
    points[3] = np.nan
    category = rng.choice(np.array(["jet", "light", "rotor"], dtype=object), N)
    together = fields.near(points, category, 3)
    for i in range(N):
        alone = fields.near(points[i : i + 1], category[i : i + 1], 3)
        assert (together[i] == alone[0]).all()
    assert (together[3] == -1).all()
