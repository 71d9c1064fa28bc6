from __future__ import annotations

from pathlib import Path

import pytest
from feature_builders import shipped_reference
from model_builders import dull_day

from models.drift import drift


def test_what_moved_farthest_comes_first(tmp_path: Path) -> None:
    store = dull_day(tmp_path)
    told = drift(store, store.dates("flights")[0], shipped_reference())
    distances = [one.distance for one in told.features]
    assert distances == sorted(distances, reverse=True)
    assert all(0 <= distance <= 1 for distance in distances)
    by_name = {one.name: one for one in told.features}
    # The training table draws lengths between 0 and 1; the day's flights have miles.
    assert by_name["route_direct_nm"].distance == pytest.approx(1)
    assert (by_name["route_direct_nm"].median_now or 0) > 100
    assert told.score.name == "score"
