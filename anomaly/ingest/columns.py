"""Turn columns as sources have them into ours, counting values that make no sense.

A column is an Arrow array, chunked or not, of whatever type its source gave it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from anomaly.ingest.base import LeftOut

Floats = NDArray[np.float64]

_ABSURD = 1e100
_LONGEST_TEXT = 80
# A callsign or squawk nobody set: blanks, zeros or the six-bit alphabet's "@".
_UNSET = re.compile(r"[\s0@?_-]*")
_TRUE, _FALSE = {"true", "t", "1", "1.0"}, {"false", "f", "0", "0.0"}


def clean_text(value: object) -> str | None:
    r"""Return a text trimmed, printable and of bounded length; None if nothing is left.

    >>> clean_text("  AFR12\x00 ")
    'AFR12'
    """
    if not isinstance(value, str):
        return None
    text = value[:_LONGEST_TEXT]
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable())
    return text.strip() or None


def clean_callsign(value: object) -> str | None:
    """Return a callsign trimmed; None if it was never set.

    >>> clean_callsign("@@@@@@@@") is None
    True
    """
    text = clean_text(value)
    return None if text is None or _UNSET.fullmatch(text) else text


def clean_squawk(value: object) -> str | None:
    """Return a squawk as four octal digits, whether it came as text or as a number.

    A bare zero is a number nobody set.

    >>> clean_squawk("255.0")
    '0255'
    """
    text = clean_text(value)
    digits = text.removesuffix(".0") if text else "0"
    digits = "" if digits == "0" else digits.zfill(4)
    return digits if re.fullmatch(r"[0-7]{4}", digits) else None


def loose_array(values: Sequence[object]) -> pa.Array:
    """Return Python values as an array; as texts where their types do not agree."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        return pa.array([None if value is None else ascii(value) for value in values])


def numbers(column: pa.Array, left_out: LeftOut | None = None) -> Floats:
    """Return a column as floats, NaN where unknown; what is no number is counted."""
    column = _as_text(_plain(column))
    if pa.types.is_null(column.type) or pa.types.is_nested(column.type):
        return np.full(len(column), np.nan)
    try:
        return bounded(_floats(column.cast(pa.float64(), safe=False)))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        texts = pd.Series(column.to_pylist(), dtype=object)
    parsed = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
    _count(np.isnan(parsed) & texts.notna().to_numpy(), texts, left_out)
    return bounded(parsed)


def bounded(values: Floats) -> Floats:
    """Return numbers with those too large to calculate with unknown."""
    return np.where(np.abs(values) < _ABSURD, values, np.nan)


def times_us(column: pa.Array, left_out: LeftOut | None = None) -> Floats:
    """Return times as microseconds since 1970, NaN where unknown.

    Numbers may be seconds, milli-, micro- or nanoseconds: their sizes do not overlap
    for any time since 1973.  Texts are ISO 8601; without an offset they are UTC.
    """
    column = _plain(column)
    if pa.types.is_timestamp(column.type):
        stamps = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
        return _floats(stamps.cast(pa.int64()).cast(pa.float64(), safe=False))
    if not pa.types.is_string(_as_text(column).type):
        return _scaled_to_us(numbers(column, left_out))
    no_number = LeftOut()
    values = _scaled_to_us(numbers(column, no_number))
    if not no_number.counts:
        return values
    texts = pd.Series(_as_text(column).to_pylist(), dtype=object)
    stamps = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    iso = stamps.dt.as_unit("us").astype("int64").to_numpy(np.float64, copy=True)
    iso[stamps.isna().to_numpy()] = np.nan
    values = np.where(np.isnan(values), iso, values)
    _count(np.isnan(values) & texts.notna().to_numpy(), texts, left_out)
    return values


def flags(column: pa.Array) -> pa.Array:
    """Return a column as booleans, null where it does not say."""
    column = _plain(column)
    if pa.types.is_boolean(column.type):
        return column
    if pa.types.is_null(column.type):
        return column.cast(pa.bool_())
    return _mapped(column, _as_bool, pa.bool_())


def texts(column: pa.Array) -> pa.Array:
    """Return a column as clean texts."""
    return _mapped(column, clean_text, pa.string())


def callsigns(column: pa.Array) -> pa.Array:
    """Return a column as callsigns, null where unset."""
    return _mapped(column, clean_callsign, pa.string())


def squawks(column: pa.Array) -> pa.Array:
    """Return a column as squawks, null where unset."""
    return _mapped(column, clean_squawk, pa.string())


def _as_bool(value: object) -> bool | None:
    text = str(value).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _scaled_to_us(values: Floats) -> Floats:
    size = np.abs(values)
    factor = np.select([size < 1e11, size < 1e14, size < 1e17], [1e6, 1e3, 1.0], 1e-3)
    time_us: Floats = np.round(values * factor)
    return time_us


def _mapped(
    column: pa.Array, clean: Callable[[object], object], kind: pa.DataType
) -> pa.Array:
    """Return a column with every different value cleaned once."""
    column = _plain(column)
    if pa.types.is_nested(column.type):
        return pa.nulls(len(column), kind)
    coded = _as_text(column).dictionary_encode()
    different = coded.dictionary.to_pylist()
    values = [None if value is None else clean(str(value)) for value in different]
    return pa.array(values, kind).take(coded.indices)


def _plain(column: pa.Array) -> pa.Array:
    """Return a column as one array without a dictionary."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column


def _as_text(column: pa.Array) -> pa.Array:
    """Return texts of any width as `string`, whatever their bytes; others unchanged."""
    kind = column.type
    if pa.types.is_large_string(kind) or pa.types.is_large_binary(kind):
        column = column.cast(pa.large_binary()).cast(pa.binary())
    elif pa.types.is_string_view(kind):
        column = column.cast(pa.string())
    elif not (pa.types.is_string(kind) or pa.types.is_binary(kind)):
        return column
    try:
        # Arrow trusts the strings in a file; a cast from bytes looks at them.
        return column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        raw = column.cast(pa.binary()).to_pylist()
        texts = [v and v.decode("utf-8", "replace") for v in raw]
        return pa.array(texts, pa.string())


def _floats(column: pa.Array) -> Floats:
    floats: Floats = column.to_numpy(zero_copy_only=False)
    return floats


def _count(bad: NDArray[np.bool_], texts: pd.Series, left_out: LeftOut | None) -> None:
    if left_out is not None and bad.any():
        left_out.add("bad_value", "rows", int(bad.sum()), str(texts[bad].iloc[0]))
