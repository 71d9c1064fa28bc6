from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from anomaly.report.projection import around, clip_ring, world

latitudes = st.floats(-80, 80)
longitudes = st.floats(-180, 180)
places = st.lists(st.tuples(latitudes, longitudes), min_size=1, max_size=12).map(
    np.array
)


@given(places)
def test_a_view_shows_every_place_it_was_made_for(place: np.ndarray) -> None:
    view = around(place[:, 0], place[:, 1], width=800, lowest=320, highest=620)
    assert 320 <= view.height <= 620
    if view.px_per_deg * view.squeeze * 360 <= view.width * 1.001:
        return  # once round the world: all longitudes show, the poles need not
    assert (view.x(place[:, 1]) >= 0).all()
    assert (view.x(place[:, 1]) <= view.width).all()
    assert (view.y(place[:, 0]) >= 0).all()
    assert (view.y(place[:, 0]) <= view.height).all()


def test_a_view_across_the_antimeridian_does_not_show_the_whole_world() -> None:
    view = around(
        np.array([21.0, 35.0]),
        np.array([-158.0, 140.0]),
        width=800,
        lowest=320,
        highest=620,
    )
    _, _, west, east = view.bounds_deg()
    assert east - west < 90


@given(st.lists(longitudes, min_size=2, max_size=30))
def test_no_line_runs_across_the_whole_picture(longitude: list[float]) -> None:
    view = world(360)
    for line in view.lines(np.zeros(len(longitude)), np.array(longitude)):
        assert (np.abs(np.diff(line[:, 0])) <= 180).all()


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=3, max_size=20
    ).map(np.array)
)
def test_a_cut_ring_lies_within_the_rectangle(ring: np.ndarray) -> None:
    cut = clip_ring(ring, -10.0, -20.0, 15.0, 20.0)
    assume(len(cut))
    assert cut[:, 0].min() >= -10 - 1e-9
    assert cut[:, 0].max() <= 15 + 1e-9
    assert cut[:, 1].min() >= -20 - 1e-9
    assert cut[:, 1].max() <= 20 + 1e-9


def test_a_ring_around_the_rectangle_becomes_the_rectangle() -> None:
    square = np.array([[-50.0, -50.0], [50.0, -50.0], [50.0, 50.0], [-50.0, 50.0]])
    cut = clip_ring(square, 0.0, 0.0, 1.0, 2.0)
    assert {tuple(corner) for corner in cut.tolist()} == {
        (0, 0),
        (1, 0),
        (1, 2),
        (0, 2),
    }


def test_a_ring_elsewhere_leaves_nothing() -> None:
    square = np.array([[5.0, 5.0], [6.0, 5.0], [6.0, 6.0]])
    assert len(clip_ring(square, 0.0, 0.0, 1.0, 2.0)) == 0
