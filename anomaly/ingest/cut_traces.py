"""The rows of a trace that is cut: its gzip stream or its JSON ends in the middle.

What stands before the cut is well-formed, so it is kept; the file is counted as
`cut_trace`, which makes its day incomplete.  Nothing marks the last row as the place of
the cut: whoever reads a flight that ends there sees an aircraft that was heard no more,
and is told only that the day's data are incomplete.  Damage that is no cut may
have changed any row, and such a file is refused whole.
"""

from __future__ import annotations

import re

import msgspec

from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.jsonrows import MALFORMED
from anomaly.ingest.trace_decoder import Trace, decode_trace

OPENING = re.compile(rb'"trace"[ \t\r\n]*:[ \t\r\n]*\[')
# A text, perhaps without its end, or a bracket that is in none.
_PIECES = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
# A number may be cut where it is none yet.
_OF_NUMBERS = b"0123456789+-.eE"
_CUT = "Input data was truncated"


def decode_up_to_cut(
    data: bytes, damage: DamagedError | None, where: str, left_out: LeftOut
) -> Trace:
    """Return the trace in `data`, as the reference decoder does, or what is left of it.

    `damage` is why `data` is not all that the file unpacks to.

    Raises
    ------
    DamagedError
        If the file is no trace, is damaged otherwise, or is cut before its first row.
    """
    try:
        trace = decode_trace(data, where, left_out)
        if damage is None:
            return trace
    except DamagedError as error:
        whole_rows = _up_to_cut(data) if error.reason == "bad_json" else None
        if whole_rows is None:
            raise damage or error from None
        trace = decode_trace(whole_rows, where, left_out)
    n_rows = len(trace.time_us)
    left_out.add("cut_trace", "files", example=where, detail=f"{n_rows:,} rows kept")
    return trace


def _up_to_cut(data: bytes) -> bytes | None:
    """Return a cut trace closed behind its last whole row, None if there is no such."""
    opening = OPENING.search(data)
    if opening is None or not _is_cut(data):
        return None
    depth, end = 1, None
    for piece in _PIECES.finditer(data, opening.end()):
        if piece[0] in b"[{":
            depth += 1
        elif piece[0] in b"]}":
            depth -= 1
            if depth == 0:  # cut behind the rows
                break
            if depth == 1:
                end = piece.end()
    return None if end is None else data[:end] + b"]}"


def _is_cut(data: bytes) -> bool:
    """Tell whether nothing is wrong with JSON but that it ends too early."""
    try:
        msgspec.json.decode(data.rstrip(_OF_NUMBERS), type=msgspec.Raw)
    except MALFORMED as error:
        return str(error) == _CUT
    return False
