"""Places on the unit sphere, reckoned from tables of sines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly.arcs import _sine_cosine, points_of
from anomaly.tracks import unit_vectors

latitudes = st.floats(-90, 90)
longitudes = st.floats(-720, 720)


@given(latitudes, longitudes)
def test_points_are_where_the_functions_put_them(latitude: float, east: float) -> None:
    places = np.array([latitude]), np.array([east])
    assert points_of(*places)[0] == pytest.approx(unit_vectors(*places)[0], abs=1e-12)


@pytest.mark.parametrize("nowhere", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_nowhere(nowhere: float) -> None:
    for place in ((nowhere, 0.0), (0.0, nowhere)):
        assert np.isnan(points_of(*(np.array([angle]) for angle in place))).any()


def test_what_is_no_number_is_looked_up_in_the_tables() -> None:
    # Compiled, a look beyond their ends would go unnoticed.
    assert np.isnan(_sine_cosine.py_func(np.nan)).all()
