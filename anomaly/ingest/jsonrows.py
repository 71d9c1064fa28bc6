"""Rows out of JSON: all at once when they are well-formed, one by one when not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import astuple

from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.columns import clean_text

# What msgspec raises for bytes that are not what was asked for; RecursionError for
# arrays nested some thousand deep.
MALFORMED = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)

T = TypeVar("T")


def decode_json(data: bytes | msgspec.Raw, kind: type[T], where: str) -> T:
    """Return JSON decoded as `kind`.

    Raises
    ------
    DamagedError
        If it is cut, malformed or of another shape.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise DamagedError(
            "unexpected_json",
            f"{where} is JSON of another shape than expected: {error}",
            hint="Check that the file is what its name says, or pass --format.",
        ) from error
    except MALFORMED as error:
        raise DamagedError(
            "bad_json",
            f"{where} is not JSON as it stands: {error}",
            hint="Fetch or copy the file again.",
        ) from error


def decode_rows(
    data: msgspec.Raw, kind: type[T], where: str, left_out: LeftOut
) -> list[T]:
    """Return the elements of a JSON array that are a `kind`; count the others.

    Raises
    ------
    DamagedError
        If it is no array at all.
    """
    try:
        return msgspec.json.decode(data, type=list[kind])  # type: ignore[valid-type]
    except MALFORMED:
        rows = decode_json(data, list[msgspec.Raw], where)
    kept: list[T] = []
    for row in rows:
        try:
            kept.append(msgspec.json.decode(row, type=kind))
        except MALFORMED as error:
            shown = clean_text(bytes(row)[:40].decode("utf-8", "replace"))
            left_out.add("bad_row", "rows", example=f"{where}: {shown} ({error})")
    return kept


def struct_columns(rows: Sequence[Any], kind: type[Any]) -> dict[str, tuple[Any, ...]]:
    """Return the fields of many structs of one kind as columns."""
    names = kind.__struct_fields__
    columns = list(zip(*map(astuple, rows), strict=True)) or [()] * len(names)
    return dict(zip(names, columns, strict=True))
