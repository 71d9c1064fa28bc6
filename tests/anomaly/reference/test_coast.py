from __future__ import annotations

import numpy as np

from anomaly.reference.coast import border_lines, land_rings


def _is_land(latitude_deg: float, longitude_deg: float) -> bool:
    """Count the outlines on the way to the North Pole, which is at sea."""
    crossings = 0
    for ring in land_rings():
        after = np.roll(ring, -1, axis=0)
        for turn in (-360, 0, 360):
            x, x_after = ring[:, 0] + turn, after[:, 0] + turn
            across = (x > longitude_deg) != (x_after > longitude_deg)
            x, x_after = x[across], x_after[across]
            y, y_after = ring[across, 1], after[across, 1]
            at = y + (longitude_deg - x) * (y_after - y) / (x_after - x)
            crossings += int((at > latitude_deg).sum())
    return crossings % 2 == 1


def test_known_places_are_on_land_or_not() -> None:
    for place in (
        (55.9, 38.0),
        (35.4, 36.2),
        (-25.0, 134.0),
        (68.0, 179.0),
        (-85.0, 20.0),
    ):
        assert _is_land(*place), place
    for place in ((0.0, -30.0), (35.0, 34.0 - 5), (0.0, 180.0), (42.0, 51.0)):
        assert not _is_land(*place), place


def test_longitudes_do_not_jump_along_a_ring() -> None:
    for ring in land_rings():
        steps = np.abs(np.diff(ring[:, 0]))
        away_from_pole = np.abs(ring[1:, 1]) < 89
        assert steps[away_from_pole].max(initial=0) < 180


def test_every_ring_lies_about_the_map() -> None:
    for ring in land_rings():
        assert len(ring) >= 3
        assert -180 <= (ring[:, 0].min() + ring[:, 0].max()) / 2 <= 180
        assert np.abs(ring[:, 1]).max() <= 90


def test_borders_run_where_states_meet() -> None:
    # Where Germany, France and Luxembourg meet, near Schengen.
    near = [np.hypot(*(line - (6.36, 49.46)).T).min() for line in border_lines()]
    assert sum(distance < 0.1 for distance in near) >= 2
