from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from anomaly.domain import Provenance
from anomaly.report.svg import el, path_data, picture, simplify

numbers = st.floats(-500, 500)
tracks = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=40).map(np.array)


def _distance(point: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    along = b - a
    length2 = float(along @ along)
    share = 0.0 if length2 == 0 else float(np.clip((point - a) @ along / length2, 0, 1))
    return float(np.hypot(*(point - a - share * along)))


@given(tracks)
def test_a_simpler_line_stays_within_the_tolerance_of_every_point(
    track: np.ndarray,
) -> None:
    kept = simplify(track, 5.0)
    assert (kept[0] == track[0]).all()
    assert (kept[-1] == track[-1]).all()
    for point in track:
        pairs = pairwise(kept)
        near = min((_distance(point, a, b) for a, b in pairs), default=0.0)
        assert near <= 5.0 + 1e-6


def test_a_straight_line_keeps_its_ends_only() -> None:
    straight = np.column_stack([np.arange(100.0), np.arange(100.0)])
    assert len(simplify(straight)) == 2


@given(st.text())
def test_what_an_element_holds_stays_text(hostile: str) -> None:
    written = el("text", hostile, title=hostile)
    inside = written[len("<text") : -len("</text>")]
    assert "<" not in inside
    assert inside.count('"') == 2


def test_markup_within_an_element_is_kept() -> None:
    assert el("g", el("b", "1 < 2")) == Markup("<g><b>1 &lt; 2</b></g>")


def test_a_line_of_one_point_is_not_drawn() -> None:
    assert path_data([np.array([[1.0, 2.0]])]) == ""


def test_a_picture_of_made_tracks_says_so_inside_and_in_its_title() -> None:
    made = _picture(Provenance.RE_ENACTED)
    assert "<title" in made
    assert "RE-ENACTED: A map</title>" in made
    assert ">RE-ENACTED: not a recording</text>" in made


def test_a_picture_of_recorded_tracks_has_no_such_mark() -> None:
    assert "OBSERVED" not in _picture(Provenance.OBSERVED)


def _picture(kind: Provenance) -> str:
    return picture(
        kinds=[kind],
        ident="p",
        title="A map",
        desc="What it shows.",
        width=100,
        height=50,
        class_="map",
    )
