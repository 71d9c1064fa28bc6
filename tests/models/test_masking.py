from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.masking import drop_at_random, equalise, hide, known_together

IDENTITY = ("type_a", "type_b", "operator")
BLOCKS = (("type_a", "type_b"), ("operator",))


def table(
    n: int, missing: tuple[float, float], *, seed: int = 0
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return features whose identity is missing at one rate in each class."""
    random = np.random.default_rng(seed)
    y = random.random(n) < 0.3
    y[:2] = (True, False)
    X = pd.DataFrame(random.random((n, 4)), columns=["route", *IDENTITY])
    rate = np.where(y, missing[0], missing[1])
    X.loc[random.random(n) < rate, ["type_a", "type_b"]] = np.nan
    X.loc[random.random(n) < rate, "operator"] = np.nan
    return X, y


def patterns(X: pd.DataFrame, rows: NDArray[np.bool_]) -> dict[bytes, float]:
    """Return how common each pattern of unknown identity is among some rows."""
    unknown = X.loc[rows, list(IDENTITY)].isna().to_numpy()
    kinds, counts = np.unique(unknown, axis=0, return_counts=True)
    return {k.tobytes(): n / rows.sum() for k, n in zip(kinds, counts, strict=True)}


@given(
    st.integers(20, 200),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 1_000),
)
def test_what_is_unknown_together_becomes_equally_so_in_both_classes(
    n: int, in_positives: float, in_negatives: float, seed: int
) -> None:
    X, y = table(n, (in_positives, in_negatives), seed=seed)
    evened = equalise(X, y, IDENTITY, seed=seed)
    told = [patterns(evened, rows) for rows in (y, ~y)]
    for pattern in set(told[0]) | set(told[1]):
        # Of four patterns each is dealt to three others, a row apart at the most.
        near = pytest.approx(
            told[1].get(pattern, 0.0), abs=4 / min(y.sum(), (~y).sum())
        )
        assert told[0].get(pattern, 0.0) == near


def test_no_pattern_arises_that_neither_class_had() -> None:
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.random((400, 4)), columns=["route", *IDENTITY])
    y = np.arange(400) < 100
    # All or nothing is known of each flight, more often of logistics.
    X.loc[random.random(400) < np.where(y, 0.1, 0.6), list(IDENTITY)] = np.nan
    unknown = equalise(X, y, IDENTITY, seed=0)[list(IDENTITY)].isna()
    assert (unknown.all(axis="columns") | ~unknown.any(axis="columns")).all()
    assert unknown[y].mean().mean() == pytest.approx(
        unknown[~y].mean().mean(), abs=0.01
    )


def test_where_both_know_as_much_nothing_is_lost() -> None:
    X, y = table(100, (0.0, 0.0))
    X.loc[::2, "operator"] = np.nan
    X = pd.concat([X[y], X[~y], X[y], X[~y]], ignore_index=True)
    twice = np.concatenate([y[y], y[~y], ~y[y], ~y[~y]])
    evened = equalise(X, twice, IDENTITY, seed=0)
    assert evened.notna().sum().sum() >= X.notna().sum().sum() - 2


def test_equalising_only_ever_removes_and_only_identity() -> None:
    X, y = table(100, (0.8, 0.1))
    evened = equalise(X, y, IDENTITY, seed=0)
    pd.testing.assert_series_equal(evened["route"], X["route"])
    kept = evened.notna()
    pd.testing.assert_frame_equal(evened[kept], X[kept])
    assert evened[y].equals(X[y])


def test_features_known_in_the_same_rows_are_masked_in_the_same_rows() -> None:
    X, y = table(300, (0.5, 0.1))
    assert known_together(X, IDENTITY) == [["type_a", "type_b"], ["operator"]]
    evened = equalise(X, y, IDENTITY, seed=0)
    assert (evened["type_a"].isna() == evened["type_b"].isna()).all()


def test_identity_is_dropped_as_often_in_either_class() -> None:
    X, y = table(20_000, (0.0, 0.0))
    dropped = drop_at_random(X, BLOCKS, seed=0, whole_share=0.3, partial_share=0.2)
    unknown = dropped["operator"].isna()
    assert unknown[y].mean() == pytest.approx(0.4, abs=0.03)
    assert unknown[~y].mean() == pytest.approx(0.4, abs=0.03)


def test_partly_dropped_rows_keep_one_block_without_the_other() -> None:
    X, _ = table(20_000, (0.01, 0.01))
    dropped = drop_at_random(X, BLOCKS, seed=0, whole_share=0.3, partial_share=0.2)
    lost = {name: dropped[name].isna() for name in ("type_a", "operator")}
    # Parts lost by two coins are now and then all of it.
    whole = (lost["type_a"] & lost["operator"]).mean()
    assert whole == pytest.approx(0.3 + 0.2 / 4, abs=0.02)
    assert (lost["type_a"] & ~lost["operator"]).mean() == pytest.approx(0.05, abs=0.02)


def test_nothing_but_identity_is_hidden() -> None:
    X, _ = table(10, (0.2, 0.2))
    hidden = hide(X, (*IDENTITY, "of_another_family"))
    assert hidden[list(IDENTITY)].isna().all(axis=None)
    pd.testing.assert_series_equal(hidden["route"], X["route"])


def test_the_same_seed_masks_the_same_rows() -> None:
    X, y = table(50, (0.5, 0.1))
    pd.testing.assert_frame_equal(
        equalise(X, y, IDENTITY, seed=3), equalise(X, y, IDENTITY, seed=3)
    )
    pd.testing.assert_frame_equal(
        drop_at_random(X, BLOCKS, seed=3), drop_at_random(X, BLOCKS, seed=3)
    )
