from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anomaly.simulate import draws

KEYS = np.arange(20_000, dtype=np.uint64)


def test_uniform_numbers_are_uniform_and_do_not_follow_their_keys() -> None:
    drawn = draws.uniform(KEYS, 1)
    assert 0 <= drawn.min() < 0.01
    assert 0.99 < drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 0.03
    assert abs(np.corrcoef(drawn, draws.uniform(KEYS, 2))[0, 1]) < 0.03


def test_normal_numbers_have_mean_0_and_deviation_1() -> None:
    drawn = draws.normal(KEYS, 1)
    assert abs(drawn.mean()) < 0.03
    assert abs(drawn.std() - 1) < 0.03
    assert np.abs(drawn).max() <= 3


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20), st.integers(0, 99))
def test_a_key_draws_the_same_in_any_company(keys: list[int], salt: int) -> None:
    together = draws.uniform(np.array(keys, dtype=np.uint64), salt)
    alone = [draws.uniform(np.array([k], dtype=np.uint64), salt)[0] for k in keys]
    assert list(together) == alone


def test_choices_follow_their_weights() -> None:
    rng = draws.generator("a test")
    drawn = draws.choice(rng, np.array(["a", "b", "c"]), [1.0, 0.0, 3.0], 4000)
    assert set(drawn) == {"a", "c"}
    assert abs((drawn == "c").mean() - 0.75) < 0.03
