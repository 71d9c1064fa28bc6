"""The object in a row of a trace: who it is, and what its position is worth.

Most of its text is word for word that of the object before.  What is skipped as such,
`n_again` has looked at: that it is the same, and within the text.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import INLINE
from anomaly.ingest.trace_columns import (
    MALFORMED,
    N_COLUMNS,
    NULL,
    SQUAWK,
    UNKNOWN_WORD,
    WORDS,
)
from anomaly.ingest.trace_json import (
    CLOSE_OBJECT,
    COLON,
    COMMA,
    NINE,
    NULL_STARTS,
    QUOTE,
    SEVEN,
    ZERO,
    Bytes,
    any_value,
    byte_at,
    is_same,
    null,
    packed,
    space,
    string,
    word_at,
)

Table = NDArray[np.int32]
Callsigns = NDArray[np.uint64]

_PACKED_WORDS = packed(WORDS)
# From "nic" on, readsb tells what the position is worth: much text that seldom changes.
# All but the first two are of the columns from SQUAWK on, in order.
_OUR_KEYS = ["flight", "nic", "squawk", "type", "category", "emergency"]
_KEYS = packed(_OUR_KEYS)
_N_KEYS = len(_OUR_KEYS)
_FLIGHT, _NIC, _SQUAWK_KEY = range(3)
_TO_COLUMN = SQUAWK - _SQUAWK_KEY
OF_ROW = _N_KEYS  # not a key: the source that a row tells outside of its details
# Held beside the columns, for each key: what it told last, and from where to where.
LAST, _START, _END, N_HELD = (N_COLUMNS + i * (_N_KEYS + 1) for i in range(4))
# No two of our keys begin alike; of other first letters there is none.
_KEY_OF_LETTER = np.full(256, -1)
_KEY_OF_LETTER[[ord(key[0]) for key in _OUR_KEYS]] = range(len(_OUR_KEYS))
_KEY_LENGTHS = np.array([len(key) for key in _OUR_KEYS])


@njit(**INLINE)
def _place_of(
    words: NDArray[np.uint64], text: Bytes, first: int, end: int, likely: int
) -> int:
    """Return the place of a word among `words`, or -1; `likely` is looked at first."""
    low, high = word_at(text, first, end)
    if likely >= 0 and words[likely, 0] == low and words[likely, 1] == high:
        return likely
    for i in range(len(words)):
        if words[i, 0] == low and words[i, 1] == high:
            return i
    return -1


@njit(**INLINE)
def known_word(text: Bytes, at: int, likely: int) -> tuple[int, int]:
    """Read a string that is one of `WORDS`; NULL if it is the word null."""
    if byte_at(text, at) == NULL_STARTS:
        return null(text, at), NULL
    end = string(text, at)
    if end < 0:
        return end, 0
    place = _place_of(_PACKED_WORDS, text, at + 1, end - 1, likely)
    return (end, place) if place >= 0 else (UNKNOWN_WORD, 0)


@njit(**INLINE)
def _callsign(text: Bytes, at: int) -> tuple[int, np.uint64]:
    """Read a callsign, trimmed and packed; 0 if it is null or was never set."""
    if byte_at(text, at) == NULL_STARTS:
        return null(text, at), np.uint64(0)
    end = string(text, at)
    if end < 0:
        return end, np.uint64(0)
    first, last = at + 1, end - 2
    while first <= last and byte_at(text, first) == 32:
        first += 1
    while last >= first and byte_at(text, last) == 32:
        last -= 1
    if last - first >= 8:
        return UNKNOWN_WORD, np.uint64(0)
    is_set = False
    for i in range(first, last + 1):
        c = byte_at(text, i)  # what is neither space, "0", "@", "?", "_" nor "-"
        is_set |= not (c == 32 or c == 48 or c == 64 or c == 63 or c == 95 or c == 45)
    if not is_set:
        return end, np.uint64(0)
    return end, word_at(text, first, last + 1)[0]


@njit(**INLINE)
def _squawk(text: Bytes, at: int) -> tuple[int, int]:
    """Read a squawk of four digits; NULL if one of them is not octal."""
    if byte_at(text, at) == NULL_STARTS:
        return null(text, at), NULL
    end = string(text, at)
    if end < 0:
        return end, 0
    if end - at != 6:
        return UNKNOWN_WORD, 0
    value = 0
    is_octal = True
    for i in range(at + 1, at + 5):
        if not ZERO <= byte_at(text, i) <= NINE:
            return UNKNOWN_WORD, 0
        is_octal &= byte_at(text, i) <= SEVEN
        value = value * 10 + (byte_at(text, i) - ZERO)
    return end, value if is_octal else NULL


@njit(**INLINE)
def _our_key(text: Bytes, first: int, end: int) -> int:
    """Return which of `_KEYS` a key is, or -1: most are none of ours."""
    key = _KEY_OF_LETTER[byte_at(text, first)]
    if key < 0 or _KEY_LENGTHS[key] != end - first:
        return -1
    low, high = word_at(text, first, end)
    return key if _KEYS[key, 0] == low and _KEYS[key, 1] == high else -1


@njit(**INLINE)
def n_again(text: Bytes, first: int, key: int, held: Table) -> int:
    """Return how many bytes from a key on tell again what it told last, 0 if not.

    Most are word for word as they were, and looking is cheaper than reading them.
    """
    if key < 0 or held[_START + key] == NULL:
        return 0
    start = held[_START + key]
    n = held[_END + key] - start
    if n < 8 or first + n >= len(text) or not is_same(text, first, start, n):
        return 0
    return n


@njit(**INLINE)
def hold(held: Table, key: int, value: int, first: int, end: int) -> None:
    """Hold what a key tells and where."""
    held[LAST + key] = value
    held[_START + key] = first if value != NULL else NULL
    held[_END + key] = end


@njit(**INLINE)
def _field(
    text: Bytes, at: int, held: Table, held_callsign: Callsigns
) -> tuple[int, int]:
    """Read a key and its value; hold what one of ours tells, and where; return it."""
    first = at + 1
    at = string(text, at)
    if at < 0:
        return at, -1
    key = _our_key(text, first, at - 1)
    at = space(text, at)
    if byte_at(text, at) != COLON:
        return MALFORMED, -1
    at = space(text, at + 1)
    if key < 0 or key == _NIC:
        return any_value(text, at), key
    value = NULL
    if key == _FLIGHT:
        at, held_callsign[1] = _callsign(text, at)
        value = 1 if held_callsign[1] != 0 else NULL
    elif key == _SQUAWK_KEY:
        at, value = _squawk(text, at)
    else:
        at, value = known_word(text, at, held[_TO_COLUMN + key])
    hold(held, key, value, first, at)
    return at, key


@njit(**INLINE)
def details(text: Bytes, at: int, held: Table, held_callsign: Callsigns) -> int:
    """Read the object in a row; what it tells replaces what was `held`.

    `held` has SQUAWK, SOURCE, CATEGORY and EMERGENCY in the places of their columns.
    A value that a key tells twice is the last one, null too, as in all JSON.  What
    is told by a key that an object does not have is as held already.
    """
    at = space(text, at + 1)
    if byte_at(text, at) == CLOSE_OBJECT:
        return at + 1
    worth = NULL  # where the end begins that tells what the position is worth
    while True:
        if byte_at(text, at) != QUOTE:
            return MALFORMED
        first = at + 1
        key = _KEY_OF_LETTER[byte_at(text, first)]
        n = n_again(text, first, key, held)
        if n > 0:
            at = first + n
        else:
            at, key = _field(text, at, held, held_callsign)
            if at < 0:
                return at
        if key == _NIC:
            worth = first
            if n > 0:
                break
        elif key >= 0:
            worth = NULL  # it has something of ours in it
        at = space(text, at)
        if byte_at(text, at) == CLOSE_OBJECT:
            at += 1
            break
        if byte_at(text, at) != COMMA:
            return MALFORMED
        at = space(text, at + 1)
    held[_START + _NIC], held[_END + _NIC] = worth, at
    if held[LAST + _FLIGHT] != NULL:
        held_callsign[0] = held_callsign[1]
    for key in range(_SQUAWK_KEY, _N_KEYS):
        if held[LAST + key] != NULL:
            held[_TO_COLUMN + key] = held[LAST + key]
    return at
