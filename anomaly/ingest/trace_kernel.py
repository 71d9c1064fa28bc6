"""One pass over the bytes of a readsb trace into columns of whole numbers.

It knows the JSON that readsb writes and nothing else.  Whatever differs - an escape, an
exponent, a digit more than usual, a row out of order, a byte too few - makes it give
up with a code below zero, and the reference decoder reads that file.  So it may be
narrow, but whatever it accepts it must read as the reference does.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from anomaly.compiled import INLINE, NO_ARRAYS_MADE
from anomaly.ingest.trace_columns import (
    ALTITUDE_FT,
    CATEGORY,
    EMERGENCY,
    FULL,
    GROUND,
    LATITUDE_E6,
    LONGITUDE_E6,
    MALFORMED,
    NEW_LEG,
    NO_PLACE,
    NULL,
    RATE_FT_MIN,
    SOURCE,
    SPEED_E1,
    SQUAWK,
    TIME_MS,
    TRACK_E1,
    UNSORTED,
)
from anomaly.ingest.trace_details import (
    LAST,
    OF_ROW,
    Callsigns,
    Table,
    details,
    hold,
    known_word,
    n_again,
)
from anomaly.ingest.trace_json import (
    CLOSE,
    CLOSE_OBJECT,
    COMMA,
    NULL_STARTS,
    OPEN,
    OPEN_OBJECT,
    QUOTE,
    Bytes,
    any_value,
    byte_at,
    null,
    number,
    number_or_null,
    packed,
    space,
    string,
    word_at,
)

_GROUND = int(packed(["ground"])[0, 0])
_ALL_FLAGS, _NEW_LEG_FLAG = 15, 2


@njit(**INLINE)
def _altitude(text: Bytes, at: int) -> tuple[int, int, int]:
    """Read the altitude and whether the aircraft is on the ground."""
    if byte_at(text, at) == QUOTE:
        end = string(text, at)
        if end < 0:
            return end, 0, 0
        if word_at(text, at + 1, end - 1)[0] != _GROUND or end - at != 8:
            return MALFORMED, 0, 0
        return end, NULL, 1
    at, value = number_or_null(text, at, 0)
    return at, value, NULL if value == NULL else 0


@njit(**INLINE)
def _place(text: Bytes, at: int, out: Table, row: int) -> int:
    """Read time, latitude and longitude, which every row must have."""
    for column, decimals in ((TIME_MS, 3), (LATITUDE_E6, 6), (LONGITUDE_E6, 6)):
        if byte_at(text, at) == NULL_STARTS:
            return NO_PLACE
        at, value = number(text, at, decimals)
        if at < 0:
            return at
        out[column, row] = value
        at = space(text, at)
        if byte_at(text, at) != COMMA:
            return MALFORMED
        at = space(text, at + 1)
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
            at, out[SPEED_E1, row] = number_or_null(text, at, 1)
        elif column == 5:
            at, out[TRACK_E1, row] = number_or_null(text, at, 1)
        elif column == 6:
            at, flags = number_or_null(text, at, 0)
            if flags != NULL:
                flags = min(max(flags, 0), _ALL_FLAGS)
                out[NEW_LEG, row] = 1 if flags & _NEW_LEG_FLAG else 0
        elif column == 7:
            at, out[RATE_FT_MIN, row] = number_or_null(text, at, 0)
        elif column == 8:
            if byte_at(text, at) == OPEN_OBJECT:
                at = details(text, at, held, held_callsign)
            else:
                at = null(text, at)
        elif column == 9:
            n = n_again(text, at, OF_ROW, held)
            if n > 0:
                at, source = at + n, held[LAST + OF_ROW]
            else:
                first = at
                at, source = known_word(text, at, held[SOURCE])
                hold(held, OF_ROW, source, first, at)
        elif column == 10:
            at, geometric_ft = number_or_null(text, at, 0)
        else:
            at = any_value(text, at)
        if at < 0:
            return at
        at = space(text, at)
        if byte_at(text, at) == CLOSE:
            break
        if byte_at(text, at) != COMMA:
            return MALFORMED
        at = space(text, at + 1)
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
    at = space(text, at)
    while byte_at(text, at) == OPEN:
        if row >= out.shape[1]:
            return FULL
        at = space(text, at + 1)
        at = _row(text, at, out, callsigns, row, held, held_callsign)
        if at < 0:
            return at
        if out[TIME_MS, row] < before_ms:
            return UNSORTED
        before_ms = out[TIME_MS, row]
        row += 1
        at = space(text, at)
        if byte_at(text, at) != COMMA:
            break
        at = space(text, at + 1)
        if byte_at(text, at) != OPEN:
            return MALFORMED
    if byte_at(text, at) != CLOSE:
        return MALFORMED
    at = space(text, at + 1)
    if byte_at(text, at) != CLOSE_OBJECT:
        return MALFORMED
    at = space(text, at + 1)
    return row if at == len(text) - 1 else MALFORMED
