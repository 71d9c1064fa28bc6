from __future__ import annotations

import numpy as np

from anomaly.reference.world import border_lines, land_rings


def test_outlines_are_closed_and_never_jump() -> None:
    for ring in land_rings():
        assert (ring[0] == ring[-1]).all()
        steps = np.abs(np.diff(ring, axis=0))
        # Antarctica alone runs along the map's lower edge.
        assert steps[:, 0].max() < 180 or ring[:, 1].min() == -90


def test_borders_never_jump() -> None:
    assert all(np.abs(np.diff(line[:, 0])).max() < 60 for line in border_lines())


def test_the_land_holds_a_third_of_the_map() -> None:
    def area(ring: np.ndarray) -> float:
        x, y = ring.T
        return float(abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2)

    share = sum(map(area, land_rings())) / (360 * 180)
    assert 0.3 < share < 0.4
