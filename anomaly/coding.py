"""Coded columns, all of a day: words numbered anew, told or looked up; decimals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import NO_ARRAYS_MADE

Codes = NDArray[np.int32]


def renumbered(codes: Codes, n_words: int) -> tuple[Codes, Codes]:
    """Return each row's word by its new number, and which word each number was.

    The code `n_words` is that of no word: it counts for none, and what becomes of it
    means nothing.

    >>> new, words = renumbered(np.array([7, 2, 7, 9, 2], np.int32), 9)
    >>> [int(code) for i, code in enumerate(new) if i != 3], words.tolist()
    ([0, 1, 0, 1], [7, 2])
    """
    new = np.empty(len(codes), np.int32)
    words = np.empty(n_words, np.int32)
    place = np.full(n_words + 1, -1, np.int32)
    place[n_words] = 0
    n = _renumber(codes, place, words, new)
    return new, words[:n]


@njit(**NO_ARRAYS_MADE)
def _renumber(codes: Codes, place: Codes, words: Codes, new: Codes) -> int:
    """Fill `new` and `words`; return how many words there are."""
    n = 0
    for i in range(len(codes)):
        code = codes[i]
        if place[code] < 0:
            place[code] = n
            words[n] = code
            n += 1
        new[i] = place[code]
    return n


def different(words: pa.ChunkedArray) -> pa.Array:
    """Return the different words of a column, coded or not; null is none.

    >>> different(pa.chunked_array([["b", "a", None], ["b"]])).to_pylist()
    ['a', 'b']
    """
    if not pa.types.is_dictionary(words.type):
        return words.unique().drop_null().sort()
    found = []
    for chunk in words.chunks:
        used = np.zeros(len(chunk.dictionary) + 1, np.bool_)
        codes = chunk.indices.cast(pa.int32()).fill_null(len(chunk.dictionary))
        _mark(codes.to_numpy(), used)
        found.append(chunk.dictionary.filter(pa.array(used[:-1])))
    return pa.chunked_array(found, pa.string()).unique().drop_null().sort()


@njit(**NO_ARRAYS_MADE)
def _mark(codes: Codes, used: NDArray[np.bool_]) -> None:
    """Mark the words that rows have."""
    for i in range(len(codes)):
        used[codes[i]] = True


@njit(**NO_ARRAYS_MADE)
def look_up(codes: Codes, told: NDArray[Any], found: NDArray[Any]) -> None:
    """Fill `found` with what is told of each row's word."""
    for i in range(len(codes)):
        found[i] = told[codes[i]]


@njit(**NO_ARRAYS_MADE)
def divide(
    whole: Codes, by: float, unknown: int, quotients: NDArray[np.floating[Any]]
) -> None:
    """Fill `quotients` with numbers divided as doubles; NaN where one is `unknown`."""
    for i in range(len(whole)):
        quotients[i] = np.nan if whole[i] == unknown else whole[i] / by
