from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly.errors import NoDataError
from models.groups import components, folds, splits

COLUMNS = ("airframe_group", "mission_group", "case_group")
few_names = st.one_of(st.none(), st.sampled_from("abcdefgh"))
rows_with_groups = st.lists(
    st.tuples(st.sampled_from("uvwxyz"), few_names, few_names), min_size=1, max_size=40
)


def frame(rows: list[tuple[str, str | None, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")


@given(rows_with_groups)
def test_rows_that_share_a_group_are_joined(
    rows: list[tuple[str, str | None, str | None]],
) -> None:
    joined = components(frame(rows), COLUMNS)
    for one, row in enumerate(rows):
        for other, twin in enumerate(rows):
            shared = any(
                a is not None and a == b for a, b in zip(row, twin, strict=True)
            )
            if shared:
                assert joined[one] == joined[other]


@given(rows_with_groups)
def test_there_are_as_many_components_as_a_walk_from_row_to_row_finds(
    rows: list[tuple[str, str | None, str | None]],
) -> None:
    parent = list(range(len(rows)))

    def root(row: int) -> int:
        return row if parent[row] == row else root(parent[row])

    seen: dict[tuple[int, str], int] = {}
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if value is not None:
                parent[root(row)] = root(seen.setdefault((column, value), row))
    roots = {root(row) for row in range(len(rows))}
    assert len(set(components(frame(rows), COLUMNS))) == len(roots)


def test_a_mission_joins_the_airframes_that_flew_it_and_their_other_cases() -> None:
    joined = components(
        frame([("a", "m", None), ("b", "m", None), ("b", None, "g"), ("c", None, "g")]),
        COLUMNS,
    )
    assert len(set(joined)) == 1


def test_a_page_joins_cases_that_share_nothing_else() -> None:
    rows = frame([("a", None, "g"), ("b", None, "h"), ("c", None, "i")])
    pages = pd.Series(["https://x.example", "https://x.example", None], dtype="object")
    joined = components(rows.assign(page_group=pages))
    assert joined[0] == joined[1] != joined[2]


def test_an_unknown_mission_joins_nothing() -> None:
    assert (
        len(set(components(frame([("a", None, None), ("b", None, None)]), COLUMNS)))
        == 2
    )


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=60),
    st.integers(2, 5),
)
def test_folds_never_part_a_group_and_always_leave_both_classes_to_learn_from(
    rows: list[tuple[int, bool]], n_folds: int
) -> None:
    joined = np.array([group for group, _ in rows])
    y = np.array([label for _, label in rows])
    groups_of = {value: set(joined[y == value]) for value in (True, False)}
    if min(len(groups) for groups in groups_of.values()) < 2:
        with pytest.raises(NoDataError, match="too few independent"):
            folds(y, joined, n_folds, seed=0)
        return
    fold = folds(y, joined, n_folds, seed=0)
    assert all(len(set(fold[joined == group])) == 1 for group in set(joined))
    # A group that holds both classes may be all there is of one outside a fold.
    if not groups_of[True] & groups_of[False]:
        assert all(len(set(y[train])) == 2 for train, _ in splits(fold))


def test_splits_cover_every_row_once() -> None:
    tested = np.concatenate([test for _, test in splits(np.array([0, 1, 2, 1, 0]))])
    assert sorted(tested) == [0, 1, 2, 3, 4]
