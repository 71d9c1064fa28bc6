"""JSON as readsb writes it: values read as whole numbers, or passed over.

Every function takes a place in `text` and returns the place after what it has read, or
a code.  `text` ends in a line feed, which only `space` could go past, and does not; nor
does any of them look for a byte at a code: that is all the bounds checking there is to
do.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import INLINE
from anomaly.ingest.trace_columns import MALFORMED, NULL, TOO_PRECISE, UNUSUAL_TEXT

Bytes = NDArray[np.uint8]

LONGEST = 16
"""Of a word that is looked at; of a longer one nothing is known but that."""
QUOTE, COMMA, MINUS, POINT, COLON = 34, 44, 45, 46, 58
ZERO, SEVEN, NINE, BACKSLASH = 48, 55, 57, 92
NULL_STARTS = 110  # "n"
OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT = 91, 93, 123, 125
_IS_SPACE = np.isin(np.arange(256), list(b" \n\r\t"))
# Bytes that a string may hold as they are: printable ASCII.
_IS_PLAIN = np.array(
    [32 <= byte <= 126 and byte not in (QUOTE, BACKSLASH) for byte in range(256)]
)
_NULL_LETTERS, _TRUE_LETTERS, _FALSE_LETTERS = (
    np.frombuffer(word, dtype=np.uint8) for word in (b"null", b"true", b"false")
)
_MOST_DIGITS = 10  # of a whole number with its decimals: more do not fit 32 bits


@njit(**INLINE)
def byte_at(text: Bytes, at: int) -> int:
    """Return the byte at a place, which is no code.

    A place with a sign numba would first look at whether to count it from the end.
    """
    return text[np.uint64(at)]


@njit(**INLINE)
def _eight(text: Bytes, at: int) -> np.uint64:
    """Return eight bytes as a number; the compiler makes one read of it."""
    value = np.uint64(0)
    for i in range(8):
        value |= np.uint64(byte_at(text, at + i)) << np.uint64(8 * i)
    return value


@njit(**INLINE)
def is_same(text: Bytes, at: int, other: int, n: int) -> bool:
    """Tell whether `n` bytes, eight or more, are at one place as at another."""
    for i in range(0, n - 8, 8):
        if _eight(text, at + i) != _eight(text, other + i):
            return False
    return _eight(text, at + n - 8) == _eight(text, other + n - 8)


@njit(**INLINE)
def space(text: Bytes, at: int) -> int:
    """Pass over white space up to the line feed that ends the text."""
    while _IS_SPACE[byte_at(text, at)] and at < len(text) - 1:
        at += 1
    return at


@njit(**INLINE)
def number(text: Bytes, at: int, decimals: int) -> tuple[int, int]:
    """Read a number of at most `decimals` decimals as that many times ten, whole."""
    negative = byte_at(text, at) == MINUS
    if negative:
        at += 1
    first = at
    value = 0
    while ZERO <= byte_at(text, at) <= NINE:
        value = value * 10 + (byte_at(text, at) - ZERO)
        at += 1
    n_whole = at - first
    if n_whole == 0 or (n_whole > 1 and byte_at(text, first) == ZERO):
        return MALFORMED, 0
    missing = decimals
    if byte_at(text, at) == POINT:
        at += 1
        first_decimal = at
        while ZERO <= byte_at(text, at) <= NINE:
            value = value * 10 + (byte_at(text, at) - ZERO)
            at += 1
        if at == first_decimal:
            return MALFORMED, 0
        missing -= at - first_decimal
    if missing < 0 or n_whole + decimals > _MOST_DIGITS:
        return TOO_PRECISE, 0
    for _ in range(missing):
        value *= 10
    # Minus zero is a number of its own to the reference; 32 bits hold no more.
    if value > 2**31 - 1 or (negative and value == 0):
        return TOO_PRECISE, 0
    return at, -value if negative else value


@njit(**INLINE)
def _literal(text: Bytes, at: int, letters: Bytes) -> int:
    """Pass over a word that must stand here."""
    for i in range(len(letters)):
        if byte_at(text, at + i) != letters[i]:
            return MALFORMED
    return at + len(letters)


@njit(**INLINE)
def null(text: Bytes, at: int) -> int:
    """Pass over the word null, which must stand here."""
    return _literal(text, at, _NULL_LETTERS)


@njit(**INLINE)
def number_or_null(text: Bytes, at: int, decimals: int) -> tuple[int, int]:
    """Read a number, as `number` does, or the word null, which is NULL."""
    if byte_at(text, at) == NULL_STARTS:
        return null(text, at), NULL
    return number(text, at, decimals)


@njit(**INLINE)
def string(text: Bytes, at: int) -> int:
    """Pass over a string of printable ASCII without escapes."""
    if byte_at(text, at) != QUOTE:
        return MALFORMED
    at += 1
    while _IS_PLAIN[byte_at(text, at)]:
        at += 1
    return at + 1 if byte_at(text, at) == QUOTE else UNUSUAL_TEXT


def packed(words: list[str]) -> NDArray[np.uint64]:
    """Return words of up to 16 bytes as pairs of numbers, as `word_at` packs them."""
    padded = [word.encode().ljust(LONGEST, b"\0") for word in words]
    return np.frombuffer(b"".join(padded), dtype="<u8").reshape(-1, 2)


@njit(**INLINE)
def word_at(text: Bytes, first: int, end: int) -> tuple[np.uint64, np.uint64]:
    """Pack the bytes between two places into two numbers; too many give (0, 0)."""
    low, high = np.uint64(0), np.uint64(0)
    if end - first > LONGEST:
        return low, high
    for i in range(end - first):
        byte = np.uint64(byte_at(text, first + i))
        if i < 8:
            low |= byte << np.uint64(8 * i)
        else:
            high |= byte << np.uint64(8 * (i - 8))
    return low, high


@njit(**INLINE)
def _plain_value(text: Bytes, at: int) -> int:
    """Pass over a number, a string, null, true or false."""
    c = byte_at(text, at)
    if c == QUOTE:
        return string(text, at)
    if c == NULL_STARTS:
        return null(text, at)
    if c == _TRUE_LETTERS[0]:
        return _literal(text, at, _TRUE_LETTERS)
    if c == _FALSE_LETTERS[0]:
        return _literal(text, at, _FALSE_LETTERS)
    if c == MINUS:
        at += 1
    first = at
    while ZERO <= byte_at(text, at) <= NINE:
        at += 1
    if at == first or (at - first > 1 and byte_at(text, first) == ZERO):
        return MALFORMED
    if byte_at(text, at) == POINT:
        first = at + 1
        at = first
        while ZERO <= byte_at(text, at) <= NINE:
            at += 1
        if at == first:
            return MALFORMED
    return at


@njit(**INLINE)
def any_value(text: Bytes, at: int) -> int:
    """Pass over a plain value, or a list of them (``nav_modes``)."""
    if byte_at(text, at) != OPEN:
        return _plain_value(text, at)
    at = space(text, at + 1)
    if byte_at(text, at) == CLOSE:
        return at + 1
    while True:
        at = _plain_value(text, at)
        if at < 0:
            return at
        at = space(text, at)
        if byte_at(text, at) == CLOSE:
            return at + 1
        if byte_at(text, at) != COMMA:
            return MALFORMED
        at = space(text, at + 1)
