"""One pass over the bytes of a readsb trace into columns of whole numbers.

It knows the JSON that readsb writes and nothing else.  Whatever differs - an escape, an
exponent, a digit more than usual, a row out of order, a byte too few - makes it give
up with a code below zero, and the reference decoder reads that file.  So it may be
narrow, but whatever it accepts it must read as the reference does.

Every function takes a place in `text` and returns the place after what it has read, or
a code.  `text` ends in a line feed, which only `_space` could go past, and does not;
nor does any of them look for a byte at a code: that is all the bounds checking there
is to do, but for what is skipped as read before, of which `_n_again` looks itself that
it is within the text.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anomaly.compiled import INLINE, NO_ARRAYS_MADE

Bytes = NDArray[np.uint8]
Table = NDArray[np.int32]
Callsigns = NDArray[np.uint64]

NULL = -(2**31)

# Rows of the table of whole numbers: 14 values that a row of the trace has or holds.
(
    TIME_MS,
    LATITUDE_E6,
    LONGITUDE_E6,
    ALTITUDE_FT,
    GROUND,  # 0, 1, or NULL
    SPEED_E1,
    TRACK_E1,
    RATE_FT_MIN,
    NEW_LEG,  # 0, 1, or NULL
    SQUAWK,  # its four digits read as a decimal number
    SOURCE,  # these three as places in WORDS
    CATEGORY,
    EMERGENCY,
    N_COLUMNS,
) = range(14)

# Why a file is left to the reference decoder.
MALFORMED = -1  # not JSON, or not as readsb writes it
TOO_PRECISE = -2  # more digits than a column holds
UNKNOWN_WORD = -3  # a source, category, emergency or squawk that is none we know
NO_PLACE = -4  # a row without time or position
UNSORTED = -5
UNUSUAL_TEXT = -6  # an escape, or a byte that is not printable ASCII
FULL = -7  # more rows than there is room for

# readsb's addrtype, the categories of DO-260B, and its names of emergencies.
_SOURCES = [
    *("adsb_icao", "adsb_icao_nt", "adsr_icao", "tisb_icao", "adsc", "mlat", "other"),
    *("mode_s", "adsb_other", "adsr_other", "tisb_other", "tisb_trackfile", "unknown"),
]
_CATEGORIES = [f"{group}{number}" for group in "ABCD" for number in range(8)]
_EMERGENCIES = [
    *("none", "general", "lifeguard", "minfuel", "nordo", "unlawful", "downed"),
    "reserved",
]
WORDS = [*_SOURCES, *_CATEGORIES, *_EMERGENCIES]
_LONGEST = 16


def _packed(words: list[str]) -> NDArray[np.uint64]:
    """Return words of up to 16 bytes as pairs of numbers, as `_word` packs them."""
    padded = [word.encode().ljust(_LONGEST, b"\0") for word in words]
    return np.frombuffer(b"".join(padded), dtype="<u8").reshape(-1, 2)


_PACKED_WORDS = _packed(WORDS)
# From "nic" on, readsb tells what the position is worth: much text that seldom changes.
# All but the first two are of the columns from SQUAWK on, in order.
_OUR_KEYS = ["flight", "nic", "squawk", "type", "category", "emergency"]
_KEYS = _packed(_OUR_KEYS)
_N_KEYS = len(_OUR_KEYS)
_FLIGHT, _NIC, _SQUAWK_KEY = range(3)
_TO_COLUMN = SQUAWK - _SQUAWK_KEY
_OF_ROW = _N_KEYS  # not a key: the source that a row tells outside of its details
# Held beside the columns, for each key: what it told last, and from where to where.
_LAST, _START, _END, N_HELD = (N_COLUMNS + i * (_N_KEYS + 1) for i in range(4))
_GROUND = int(_packed(["ground"])[0, 0])

_QUOTE, _COMMA, _MINUS, _POINT, _COLON = 34, 44, 45, 46, 58
_ZERO, _SEVEN, _NINE, _BACKSLASH = 48, 55, 57, 92
_NULL_STARTS = 110  # "n"
_OPEN, _CLOSE, _OPEN_OBJECT, _CLOSE_OBJECT = 91, 93, 123, 125
_IS_SPACE = np.isin(np.arange(256), list(b" \n\r\t"))
# Bytes that a string may hold as they are: printable ASCII.
_IS_PLAIN = np.array(
    [32 <= byte <= 126 and byte not in (_QUOTE, _BACKSLASH) for byte in range(256)]
)
# No two of our keys begin alike; of other first letters there is none.
_KEY_OF_LETTER = np.full(256, -1)
_KEY_OF_LETTER[[ord(key[0]) for key in _OUR_KEYS]] = range(len(_OUR_KEYS))
_KEY_LENGTHS = np.array([len(key) for key in _OUR_KEYS])
_NULL_LETTERS, _TRUE_LETTERS, _FALSE_LETTERS = (
    np.frombuffer(word, dtype=np.uint8) for word in (b"null", b"true", b"false")
)
_MOST_DIGITS = 10  # of a whole number with its decimals: more do not fit 32 bits
_ALL_FLAGS, _NEW_LEG_FLAG = 15, 2


@njit(**INLINE)
def _byte(text: Bytes, at: int) -> int:
    """Return the byte at a place, which is no code.

    A place with a sign numba would first look at whether to count it from the end.
    """
    return text[np.uint64(at)]


@njit(**INLINE)
def _eight(text: Bytes, at: int) -> np.uint64:
    """Return eight bytes as a number; the compiler makes one read of it."""
    value = np.uint64(0)
    for i in range(8):
        value |= np.uint64(_byte(text, at + i)) << np.uint64(8 * i)
    return value


@njit(**INLINE)
def _is_same(text: Bytes, at: int, other: int, n: int) -> bool:
    """Tell whether `n` bytes, eight or more, are at one place as at another."""
    for i in range(0, n - 8, 8):
        if _eight(text, at + i) != _eight(text, other + i):
            return False
    return _eight(text, at + n - 8) == _eight(text, other + n - 8)


@njit(**INLINE)
def _space(text: Bytes, at: int) -> int:
    """Pass over white space up to the line feed that ends the text."""
    while _IS_SPACE[_byte(text, at)] and at < len(text) - 1:
        at += 1
    return at


@njit(**INLINE)
def _number(text: Bytes, at: int, decimals: int) -> tuple[int, int]:
    """Read a number of at most `decimals` decimals as that many times ten, whole."""
    negative = _byte(text, at) == _MINUS
    if negative:
        at += 1
    first = at
    value = 0
    while _ZERO <= _byte(text, at) <= _NINE:
        value = value * 10 + (_byte(text, at) - _ZERO)
        at += 1
    n_whole = at - first
    if n_whole == 0 or (n_whole > 1 and _byte(text, first) == _ZERO):
        return MALFORMED, 0
    missing = decimals
    if _byte(text, at) == _POINT:
        at += 1
        first_decimal = at
        while _ZERO <= _byte(text, at) <= _NINE:
            value = value * 10 + (_byte(text, at) - _ZERO)
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
        if _byte(text, at + i) != letters[i]:
            return MALFORMED
    return at + len(letters)


@njit(**INLINE)
def _null(text: Bytes, at: int) -> int:
    return _literal(text, at, _NULL_LETTERS)


@njit(**INLINE)
def _number_or_null(text: Bytes, at: int, decimals: int) -> tuple[int, int]:
    if _byte(text, at) == _NULL_STARTS:
        return _null(text, at), NULL
    return _number(text, at, decimals)


@njit(**INLINE)
def _string(text: Bytes, at: int) -> int:
    """Pass over a string of printable ASCII without escapes."""
    if _byte(text, at) != _QUOTE:
        return MALFORMED
    at += 1
    while _IS_PLAIN[_byte(text, at)]:
        at += 1
    return at + 1 if _byte(text, at) == _QUOTE else UNUSUAL_TEXT


@njit(**INLINE)
def _word(text: Bytes, first: int, end: int) -> tuple[np.uint64, np.uint64]:
    """Pack the bytes between two places into two numbers; too many give (0, 0)."""
    low, high = np.uint64(0), np.uint64(0)
    if end - first > _LONGEST:
        return low, high
    for i in range(end - first):
        byte = np.uint64(_byte(text, first + i))
        if i < 8:
            low |= byte << np.uint64(8 * i)
        else:
            high |= byte << np.uint64(8 * (i - 8))
    return low, high


@njit(**INLINE)
def _place_of(
    words: NDArray[np.uint64], text: Bytes, first: int, end: int, likely: int
) -> int:
    """Return the place of a word among `words`, or -1; `likely` is looked at first."""
    low, high = _word(text, first, end)
    if likely >= 0 and words[likely, 0] == low and words[likely, 1] == high:
        return likely
    for i in range(len(words)):
        if words[i, 0] == low and words[i, 1] == high:
            return i
    return -1


@njit(**INLINE)
def _known_word(text: Bytes, at: int, likely: int) -> tuple[int, int]:
    """Read a string that is one of `WORDS`; NULL if it is the word null."""
    if _byte(text, at) == _NULL_STARTS:
        return _null(text, at), NULL
    end = _string(text, at)
    if end < 0:
        return end, 0
    place = _place_of(_PACKED_WORDS, text, at + 1, end - 1, likely)
    return (end, place) if place >= 0 else (UNKNOWN_WORD, 0)


@njit(**INLINE)
def _callsign(text: Bytes, at: int) -> tuple[int, np.uint64]:
    """Read a callsign, trimmed and packed; 0 if it is null or was never set."""
    if _byte(text, at) == _NULL_STARTS:
        return _null(text, at), np.uint64(0)
    end = _string(text, at)
    if end < 0:
        return end, np.uint64(0)
    first, last = at + 1, end - 2
    while first <= last and _byte(text, first) == 32:
        first += 1
    while last >= first and _byte(text, last) == 32:
        last -= 1
    if last - first >= 8:
        return UNKNOWN_WORD, np.uint64(0)
    is_set = False
    for i in range(first, last + 1):
        c = _byte(text, i)  # what is neither space, "0", "@", "?", "_" nor "-"
        is_set |= not (c == 32 or c == 48 or c == 64 or c == 63 or c == 95 or c == 45)
    if not is_set:
        return end, np.uint64(0)
    return end, _word(text, first, last + 1)[0]


@njit(**INLINE)
def _squawk(text: Bytes, at: int) -> tuple[int, int]:
    """Read a squawk of four digits; NULL if one of them is not octal."""
    if _byte(text, at) == _NULL_STARTS:
        return _null(text, at), NULL
    end = _string(text, at)
    if end < 0:
        return end, 0
    if end - at != 6:
        return UNKNOWN_WORD, 0
    value = 0
    is_octal = True
    for i in range(at + 1, at + 5):
        if not _ZERO <= _byte(text, i) <= _NINE:
            return UNKNOWN_WORD, 0
        is_octal &= _byte(text, i) <= _SEVEN
        value = value * 10 + (_byte(text, i) - _ZERO)
    return end, value if is_octal else NULL


@njit(**INLINE)
def _plain_value(text: Bytes, at: int) -> int:
    """Pass over a number, a string, null, true or false."""
    c = _byte(text, at)
    if c == _QUOTE:
        return _string(text, at)
    if c == _NULL_STARTS:
        return _null(text, at)
    if c == _TRUE_LETTERS[0]:
        return _literal(text, at, _TRUE_LETTERS)
    if c == _FALSE_LETTERS[0]:
        return _literal(text, at, _FALSE_LETTERS)
    if c == _MINUS:
        at += 1
    first = at
    while _ZERO <= _byte(text, at) <= _NINE:
        at += 1
    if at == first or (at - first > 1 and _byte(text, first) == _ZERO):
        return MALFORMED
    if _byte(text, at) == _POINT:
        first = at + 1
        at = first
        while _ZERO <= _byte(text, at) <= _NINE:
            at += 1
        if at == first:
            return MALFORMED
    return at


@njit(**INLINE)
def _value(text: Bytes, at: int) -> int:
    """Pass over a plain value, or a list of them (``nav_modes``)."""
    if _byte(text, at) != _OPEN:
        return _plain_value(text, at)
    at = _space(text, at + 1)
    if _byte(text, at) == _CLOSE:
        return at + 1
    while True:
        at = _plain_value(text, at)
        if at < 0:
            return at
        at = _space(text, at)
        if _byte(text, at) == _CLOSE:
            return at + 1
        if _byte(text, at) != _COMMA:
            return MALFORMED
        at = _space(text, at + 1)


@njit(**INLINE)
def _our_key(text: Bytes, first: int, end: int) -> int:
    """Return which of `_KEYS` a key is, or -1: most are none of ours."""
    key = _KEY_OF_LETTER[_byte(text, first)]
    if key < 0 or _KEY_LENGTHS[key] != end - first:
        return -1
    low, high = _word(text, first, end)
    return key if _KEYS[key, 0] == low and _KEYS[key, 1] == high else -1


@njit(**INLINE)
def _n_again(text: Bytes, first: int, key: int, held: Table) -> int:
    """Return how many bytes from a key on tell again what it told last, 0 if not.

    Most are word for word as they were, and looking is cheaper than reading them.
    """
    if key < 0 or held[_START + key] == NULL:
        return 0
    start = held[_START + key]
    n = held[_END + key] - start
    if n < 8 or first + n >= len(text) or not _is_same(text, first, start, n):
        return 0
    return n


@njit(**INLINE)
def _hold(held: Table, key: int, value: int, first: int, end: int) -> None:
    """Hold what a key tells and where."""
    held[_LAST + key] = value
    held[_START + key] = first if value != NULL else NULL
    held[_END + key] = end


@njit(**INLINE)
def _field(
    text: Bytes, at: int, held: Table, held_callsign: Callsigns
) -> tuple[int, int]:
    """Read a key and its value; hold what one of ours tells, and where; return it."""
    first = at + 1
    at = _string(text, at)
    if at < 0:
        return at, -1
    key = _our_key(text, first, at - 1)
    at = _space(text, at)
    if _byte(text, at) != _COLON:
        return MALFORMED, -1
    at = _space(text, at + 1)
    if key < 0 or key == _NIC:
        return _value(text, at), key
    value = NULL
    if key == _FLIGHT:
        at, held_callsign[1] = _callsign(text, at)
        value = 1 if held_callsign[1] != 0 else NULL
    elif key == _SQUAWK_KEY:
        at, value = _squawk(text, at)
    else:
        at, value = _known_word(text, at, held[_TO_COLUMN + key])
    _hold(held, key, value, first, at)
    return at, key


@njit(**INLINE)
def _details(text: Bytes, at: int, held: Table, held_callsign: Callsigns) -> int:
    """Read the object in a row; what it tells replaces what was `held`.

    `held` has SQUAWK, SOURCE, CATEGORY and EMERGENCY in the places of their columns.
    A value that a key tells twice is the last one, null too, as in all JSON.  What
    is told by a key that an object does not have is as held already.
    """
    at = _space(text, at + 1)
    if _byte(text, at) == _CLOSE_OBJECT:
        return at + 1
    worth = NULL  # where the end begins that tells what the position is worth
    while True:
        if _byte(text, at) != _QUOTE:
            return MALFORMED
        first = at + 1
        key = _KEY_OF_LETTER[_byte(text, first)]
        n = _n_again(text, first, key, held)
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
        at = _space(text, at)
        if _byte(text, at) == _CLOSE_OBJECT:
            at += 1
            break
        if _byte(text, at) != _COMMA:
            return MALFORMED
        at = _space(text, at + 1)
    held[_START + _NIC], held[_END + _NIC] = worth, at
    if held[_LAST + _FLIGHT] != NULL:
        held_callsign[0] = held_callsign[1]
    for key in range(_SQUAWK_KEY, _N_KEYS):
        if held[_LAST + key] != NULL:
            held[_TO_COLUMN + key] = held[_LAST + key]
    return at


@njit(**INLINE)
def _altitude(text: Bytes, at: int) -> tuple[int, int, int]:
    """Read the altitude and whether the aircraft is on the ground."""
    if _byte(text, at) == _QUOTE:
        end = _string(text, at)
        if end < 0:
            return end, 0, 0
        if _word(text, at + 1, end - 1)[0] != _GROUND or end - at != 8:
            return MALFORMED, 0, 0
        return end, NULL, 1
    at, value = _number_or_null(text, at, 0)
    return at, value, NULL if value == NULL else 0


@njit(**INLINE)
def _place(text: Bytes, at: int, out: Table, row: int) -> int:
    """Read time, latitude and longitude, which every row must have."""
    for column, decimals in ((TIME_MS, 3), (LATITUDE_E6, 6), (LONGITUDE_E6, 6)):
        if _byte(text, at) == _NULL_STARTS:
            return NO_PLACE
        at, value = _number(text, at, decimals)
        if at < 0:
            return at
        out[column, row] = value
        at = _space(text, at)
        if _byte(text, at) != _COMMA:
            return MALFORMED
        at = _space(text, at + 1)
    return at


@njit(**INLINE)
def _row(
    text: Bytes,
    at: int,
    out: Table,
    callsigns: Callsigns,
    row: int,
    held: Table,
    held_callsign: Callsigns,
) -> int:
    """Read a row of 4 columns or more, from within its bracket to behind it."""
    at = _place(text, at, out, row)
    if at < 0:
        return at
    for column in (SPEED_E1, TRACK_E1, RATE_FT_MIN, NEW_LEG):
        out[column, row] = NULL
    geometric_ft = source = NULL
    column = 3
    while True:
        if column == 3:
            at, out[ALTITUDE_FT, row], out[GROUND, row] = _altitude(text, at)
        elif column == 4:
            at, out[SPEED_E1, row] = _number_or_null(text, at, 1)
        elif column == 5:
            at, out[TRACK_E1, row] = _number_or_null(text, at, 1)
        elif column == 6:
            at, flags = _number_or_null(text, at, 0)
            if flags != NULL:
                flags = min(max(flags, 0), _ALL_FLAGS)
                out[NEW_LEG, row] = 1 if flags & _NEW_LEG_FLAG else 0
        elif column == 7:
            at, out[RATE_FT_MIN, row] = _number_or_null(text, at, 0)
        elif column == 8:
            if _byte(text, at) == _OPEN_OBJECT:
                at = _details(text, at, held, held_callsign)
            else:
                at = _null(text, at)
        elif column == 9:
            n = _n_again(text, at, _OF_ROW, held)
            if n > 0:
                at, source = at + n, held[_LAST + _OF_ROW]
            else:
                first = at
                at, source = _known_word(text, at, held[SOURCE])
                _hold(held, _OF_ROW, source, first, at)
        elif column == 10:
            at, geometric_ft = _number_or_null(text, at, 0)
        else:
            at = _value(text, at)
        if at < 0:
            return at
        at = _space(text, at)
        if _byte(text, at) == _CLOSE:
            break
        if _byte(text, at) != _COMMA:
            return MALFORMED
        at = _space(text, at + 1)
        column += 1
    if out[GROUND, row] == NULL:
        out[ALTITUDE_FT, row] = geometric_ft
    out[SQUAWK, row] = held[SQUAWK]
    out[SOURCE, row] = held[SOURCE] if source == NULL else source
    out[CATEGORY, row] = held[CATEGORY]
    out[EMERGENCY, row] = held[EMERGENCY]
    callsigns[row] = held_callsign[0]
    return at + 1


@njit(**NO_ARRAYS_MADE)
def read_rows(
    text: Bytes,
    at: int,
    out: Table,
    callsigns: Callsigns,
    row: int,
    held: Table,
    held_callsign: Callsigns,
) -> int:
    """Read the rows of a trace into columns; return the row after the last, or a code.

    Parameters
    ----------
    text : array of uint8
        The file, ending in a line feed.
    at : int
        The place after the bracket that opens the list of rows.
    out : array of int32
        `N_COLUMNS` columns, as rows of the table.
    callsigns : array of uint64
        Of each row the callsign, its characters packed from the lowest byte up.
    row : int
        Where in the columns the first row goes.
    held : array of int32
        Room for `N_HELD` numbers.
    held_callsign : array of uint64
        Room for two: that of the row, and the one told last.
    """
    held[:] = NULL
    held_callsign[0] = 0
    before_ms = np.int32(NULL)
    at = _space(text, at)
    while _byte(text, at) == _OPEN:
        if row >= out.shape[1]:
            return FULL
        at = _space(text, at + 1)
        at = _row(text, at, out, callsigns, row, held, held_callsign)
        if at < 0:
            return at
        if out[TIME_MS, row] < before_ms:
            return UNSORTED
        before_ms = out[TIME_MS, row]
        row += 1
        at = _space(text, at)
        if _byte(text, at) != _COMMA:
            break
        at = _space(text, at + 1)
        if _byte(text, at) != _OPEN:
            return MALFORMED
    if _byte(text, at) != _CLOSE:
        return MALFORMED
    at = _space(text, at + 1)
    if _byte(text, at) != _CLOSE_OBJECT:
        return MALFORMED
    at = _space(text, at + 1)
    return row if at == len(text) - 1 else MALFORMED
