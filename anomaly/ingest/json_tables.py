"""Tables in JSON: a record a row, a record a line, or however pandas writes them."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import pyarrow as pa

from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.columns import loose_array
from anomaly.ingest.compression import empty, head, lines, read_inflated
from anomaly.ingest.jsonrows import decode_json, decode_rows

Columns = dict[str, pa.Array]
Records = list[dict[str, object]]

_HEAD = 2**16
_BATCH_ROWS = 200_000
# Of a table by columns, or by rows, the names are all over the file.
_ALL_OVER = re.compile(
    r'\s*\{\s*"[^"]*"\s*:\s*(\[\s*[^\[{\s]|\{\s*"[^"]*"\s*:\s*[^\[{\s])'
)
_WITH_SCHEMA = re.compile(r'\s*\{\s*"schema"\s*:\s*')
_A_ROW = 10_000  # bytes that a single row surely has not


def plain(name: str) -> str:
    """Return a column's name without the ways in which people write it otherwise.

    >>> plain(" firstSeen")
    'firstseen'
    """
    return name.strip().lower()


def names(path: Path, text: str) -> list[str]:
    """Return the names of the columns of a table that begins with `text`."""
    start = text.find("{")
    try:
        record, _ = json.JSONDecoder().raw_decode(text, max(0, start))
    except (ValueError, RecursionError):
        return _names_of_more(path, text)
    return _names_of(record) if isinstance(record, dict) else []


def is_lines(text: str) -> bool:
    """Tell a table with a record on each line by its beginning."""
    first, end, rest = text.partition("\n")
    first = first.strip()
    whole = first.startswith("{") and first.endswith("}")
    return whole and bool(end) and rest.lstrip()[:1] in ("{", "")


def read(
    path: Path, wanted: Sequence[str], left_out: LeftOut
) -> Iterator[tuple[Columns, int]]:
    """Yield the wanted columns and the number of rows, one piece or several.

    Raises
    ------
    DamagedError
        If it cannot be read, or is no table.
    """
    is_named = {".jsonl", ".ndjson"} & set(path.suffixes)
    if is_named or is_lines(head(path, _HEAD).decode("utf-8", "replace")):
        found = lines(path)
        while chunk := list(itertools.islice(found, _BATCH_ROWS)):
            data = b"[" + b",".join(line for line in chunk if line.strip()) + b"]"
            yield _of_records(_decoded(data, path, left_out), wanted)
        return
    data = read_inflated(path)
    if data.lstrip()[:1] == b"[":
        yield _of_records(_decoded(data, path, left_out), wanted)
        return
    table = decode_json(data, dict[str, msgspec.Raw], path.name)
    if {"schema", "data"} <= table.keys():
        yield _of_records(_decoded(table["data"], path, left_out), wanted)
    elif {"columns", "data"} <= table.keys():
        told = decode_json(table["columns"], list[str], path.name)
        rows = decode_rows(table["data"], list[object], path.name, left_out)
        yield _of_records([dict(zip(told, row, strict=False)) for row in rows], wanted)
    else:
        yield _of_object(data, wanted, path)


def _decoded(data: bytes | msgspec.Raw, path: Path, left_out: LeftOut) -> Records:
    return decode_rows(msgspec.Raw(data), dict[str, object], path.name, left_out)


def _of_records(records: Records, wanted: Sequence[str]) -> tuple[Columns, int]:
    told = [{plain(name): value for name, value in r.items()} for r in records]
    columns = {name: loose_array([r.get(name) for r in told]) for name in wanted}
    return columns, len(records)


def _of_object(data: bytes, wanted: Sequence[str], path: Path) -> tuple[Columns, int]:
    """Return columns of values by row, or rows of values by column."""
    kind = dict[str, dict[str, object] | list[object]]
    by_name = {
        plain(name): (
            {str(i): value for i, value in enumerate(values)}
            if isinstance(values, list)
            else values
        )
        for name, values in decode_json(data, kind, path.name).items()
    }
    if not any(by_name.values()):
        raise empty(path.name)
    if not by_name.keys() & set(wanted):
        return _of_records(list(by_name.values()), wanted)
    labels = dict.fromkeys(itertools.chain.from_iterable(by_name.values()))
    arrays = {
        name: loose_array([by_name.get(name, {}).get(label) for label in labels])
        for name in wanted
    }
    return arrays, len(labels)


def _names_of_more(path: Path, text: str) -> list[str]:
    """Return the names of a table of which `text` is too little to tell them."""
    if schema := _WITH_SCHEMA.match(text):
        try:
            told, _ = json.JSONDecoder().raw_decode(text, schema.end())
        except (ValueError, RecursionError):
            return []
        return _names_of_schema(told)
    if not _ALL_OVER.match(text):
        return []
    about = path.stat()
    return _names_of_whole(path, about.st_size, about.st_mtime_ns)


# Every reader asks for the names of the same file, one after another.
@lru_cache(maxsize=1)
def _names_of_whole(path: Path, _size: int, _changed_ns: int) -> list[str]:
    try:
        data = read_inflated(path)
        table = decode_json(data, dict[str, msgspec.Raw], path.name)
        return _names_of({name: _if_short(raw, path) for name, raw in table.items()})
    except DamagedError:
        return []


def _if_short(raw: msgspec.Raw, path: Path) -> object:
    """Return a value that may tell names; a column of values does not."""
    return decode_json(raw, object, path.name) if len(bytes(raw)) <= _A_ROW else None


def _names_of(table: dict[str, object]) -> list[str]:
    if {"schema", "data"} <= table.keys():
        return _names_of_schema(table["schema"])
    told = table.get("columns")
    if "data" in table and isinstance(told, list):
        return [name for name in told if isinstance(name, str)]
    row = next(iter(table.values()), None)
    return [*table, *(row if isinstance(row, dict) else [])]


def _names_of_schema(schema: object) -> list[str]:
    """Return the names in the schema that pandas writes above its rows."""
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, list):
        return []
    told = [field.get("name") for field in fields if isinstance(field, dict)]
    return [name for name in told if isinstance(name, str)]
