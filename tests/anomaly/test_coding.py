"""What is told of coded columns, in one pass over the codes."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from anomaly.coding import different

words = st.lists(st.sampled_from(["a", "b", "c", None]))


@given(words, words, st.integers(0, 3))
def test_coded_or_not_the_different_words_are_those_that_rows_have(
    first: list[str | None], second: list[str | None], start: int
) -> None:
    column = pa.chunked_array([first, second], pa.string())
    # Each chunk with words of its own, as files have them.
    coded = pa.chunked_array(
        [chunk.dictionary_encode() for chunk in column.chunks],
        pa.dictionary(pa.int32(), pa.string()),
    )
    there = sorted(set(column[start:].to_pylist()) - {None})
    assert different(column[start:]).to_pylist() == there
    assert different(coded[start:]).to_pylist() == there


def test_words_that_no_row_has_are_not_told() -> None:
    coded = pa.DictionaryArray.from_arrays(pa.array([1], pa.int32()), ["a", "b"])
    assert different(pa.chunked_array([coded])).to_pylist() == ["b"]


def test_a_null_among_the_words_is_none() -> None:
    words = pa.array(["a", None])
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), words)
    assert different(pa.chunked_array([coded])).to_pylist() == ["a"]
