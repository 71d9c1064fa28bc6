"""Tables of positions or flights out of CSV, Parquet and JSON, a piece at a time."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from anomaly.domain import Provenance
from anomaly.errors import BadInputError
from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.columns import loose_array, texts
from anomaly.ingest.compression import (
    empty,
    head,
    lines,
    read_inflated,
    unpacking,
    unreadable,
)
from anomaly.ingest.jsonrows import decode_json, decode_rows

_PARQUET = b"PAR1"
# The names of columns in a damaged file need not even be text.
_PARQUET_ERRORS = (OSError, pa.ArrowException, UnicodeDecodeError)
_BATCH_ROWS = 200_000
_CSV_BLOCK = 16 * 2**20
_PIECE = 2**16
_NULLS = ["", "nan", "NaN", "NA", "None", "null", "NULL", "NaT", r"\N"]


@dataclass(frozen=True)
class Piece:
    """Some rows of a table: the columns asked for, null where the file lacks one."""

    columns: dict[str, pa.Array]
    n_rows: int
    share: float

    def __getitem__(self, name: str) -> pa.Array:
        return self.columns[name]

    @property
    def provenance(self) -> pa.Array:
        """Where the rows are from; made tables say so in a column of that name."""
        return texts(self["provenance"]).fill_null(str(Provenance.OBSERVED))


def header(path: Path) -> list[str]:
    """Return the names of the columns of a CSV, Parquet or JSON table, as far as seen.

    Of JSON only the first record is looked at; what is no table has no names.
    """
    start = head(path, 2**16)
    if start.startswith(_PARQUET):
        try:
            return list(pq.read_schema(path).names)
        except _PARQUET_ERRORS:
            return []
    text = start.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] in ("[", "{"):
        return _json_names(text)
    first = text.splitlines()[:1]
    try:
        return next(csv.reader(first), [])
    except csv.Error:
        return []


def pieces(path: Path, names: Sequence[str], left_out: LeftOut) -> Iterator[Piece]:
    """Yield the columns `names` of a table, some hundred thousand rows at a time.

    Rows that do not fit the table are counted; after damage what came before is kept.

    Raises
    ------
    DamagedError
        If nothing of the file can be read.
    """
    start = head(path, 64)
    try:
        if not path.stat().st_size:
            raise empty(path.name)
    except OSError as error:
        raise unreadable(path, error) from error
    if start.startswith(_PARQUET):
        found = _from_parquet(path, names)
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        found = _from_json(path, names, left_out)
    else:
        found = _from_csv(path, names, left_out)
    any_rows = False
    try:
        for piece in found:
            yield piece
            any_rows = True
    except DamagedError as error:
        if not any_rows:
            raise
        left_out.add(error.reason, "files", example=str(error))


def require(piece: Piece, path: Path, names: Sequence[str]) -> None:
    """Refuse a table without a column that its format cannot do without.

    Raises
    ------
    BadInputError
        If one is missing, or has no value.
    """
    if missing := [n for n in names if piece[n].null_count == piece.n_rows > 0]:
        there = ", ".join(header(path)[:20])
        raise BadInputError(
            f"{path.name} has no {' and no '.join(missing)}",
            hint=f"Its columns are: {there or 'not to be read'}.",
        )


def _from_parquet(path: Path, names: Sequence[str]) -> Iterator[Piece]:
    try:
        with pq.ParquetFile(path) as file:
            there = [name for name in names if name in file.schema_arrow.names]
            n_read, n_all = 0, max(1, file.metadata.num_rows)
            for batch in file.iter_batches(_BATCH_ROWS, columns=there):
                n_read += batch.num_rows
                yield _piece(pa.table(batch), names, n_read / n_all)
    except _PARQUET_ERRORS as error:
        raise DamagedError(
            "damaged_parquet",
            f"{path.name} is damaged Parquet: {_first_line(error)}",
            hint="Fetch or copy the file again.",
        ) from error


def _from_csv(path: Path, names: Sequence[str], left_out: LeftOut) -> Iterator[Piece]:
    def skip(row: pa_csv.InvalidRow) -> str:
        left_out.add("bad_row", "rows", example=row.text or "")
        return "skip"

    size = path.stat().st_size or 1
    try:
        with path.open("rb") as file, unpacking(file, size, path.name) as stream:
            readable = _Utf8(stream)
            reader = pa_csv.open_csv(
                pa.PythonFile(readable, mode="r"),
                read_options=pa_csv.ReadOptions(
                    block_size=_CSV_BLOCK, use_threads=False
                ),
                parse_options=pa_csv.ParseOptions(invalid_row_handler=skip),
                convert_options=_as_texts(names),
            )
            for batch in reader:
                yield _piece(pa.table(batch), names, min(1.0, file.tell() / size))
    except pa.ArrowInvalid as error:
        raise DamagedError(
            "damaged_csv",
            f"{path.name} cannot be read on as CSV: {_first_line(error)}",
            hint="Look at the line after the last one that was read.",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if readable.refusal:
        raise readable.refusal
    if readable.damage:
        raise DamagedError(
            "truncated_gzip",
            f"{path.name} ends in the middle of its gzip stream",
            hint="Fetch or copy the file again.",
        )


def _as_texts(names: Sequence[str]) -> pa_csv.ConvertOptions:
    """Take columns as they are written: an all-digit address is no number."""
    return pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        include_columns=list(names),
        include_missing_columns=True,
        null_values=_NULLS,
        strings_can_be_null=True,
    )


class _Utf8(io.RawIOBase):
    """A stream with what is not UTF-8 replaced, that ends where damage begins.

    Arrow's reader gives up a whole block for one bad byte, and what it has read
    ahead for one error of the stream.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._ended = False
        self.damage = False
        self.refusal: DamagedError | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        # A replaced byte becomes three.
        wanted = _CSV_BLOCK if size < 0 else max(1, size // 3)
        pieces = []
        while wanted > 0 and not self._ended:
            piece = self._next(min(wanted, _PIECE))
            pieces.append(self._decoder.decode(piece, final=self._ended))
            wanted -= len(piece)
        return "".join(pieces).encode()

    def _next(self, size: int) -> bytes:
        # Small, since what a read had unpacked before it met damage is lost.
        try:
            piece = self._stream.read(size)
        except (EOFError, OSError, zlib.error):
            self.damage = True
            piece = b""
        except DamagedError as error:
            self.refusal = error
            piece = b""
        self._ended = not piece
        return piece


def _from_json(path: Path, names: Sequence[str], left_out: LeftOut) -> Iterator[Piece]:
    if ".jsonl" in path.suffixes:
        found = lines(path)
        while chunk := list(itertools.islice(found, _BATCH_ROWS)):
            data = b"[" + b",".join(line for line in chunk if line.strip()) + b"]"
            yield from _records(data, path, names, left_out)
        return
    data = read_inflated(path)
    if data.lstrip()[:1] == b"[":
        yield from _records(data, path, names, left_out)
        return
    columns = decode_json(data, dict[str, dict[str, object] | list[object]], path.name)
    yield _from_columns(columns, names, path)


def _records(
    data: bytes, path: Path, names: Sequence[str], left_out: LeftOut
) -> Iterator[Piece]:
    """Yield a JSON array of objects in columns."""
    records = decode_rows(msgspec.Raw(data), dict[str, object], path.name, left_out)
    columns = {name: loose_array([r.get(name) for r in records]) for name in names}
    yield Piece(columns, len(records), 1.0)


def _from_columns(
    columns: dict[str, dict[str, object] | list[object]],
    names: Sequence[str],
    path: Path,
) -> Piece:
    """Return columns of values, by row or by the name of the row, as pandas writes."""
    rows: dict[str, None] = {}
    by_name = {}
    for name, column in columns.items():
        if isinstance(column, list):
            column = {str(i): value for i, value in enumerate(column)}
        by_name[name] = column
        rows.update(dict.fromkeys(column))
    if not rows:
        raise empty(path.name)
    arrays = {
        name: loose_array([by_name.get(name, {}).get(row) for row in rows])
        for name in names
    }
    return Piece(arrays, len(rows), 1.0)


def _piece(table: pa.Table, names: Sequence[str], share: float) -> Piece:
    there = set(table.column_names)
    columns = {
        name: table[name] if name in there else pa.nulls(table.num_rows)
        for name in names
    }
    return Piece(columns, table.num_rows, share)


def _json_names(text: str) -> list[str]:
    """Return the keys of the first record, or the first key of a table by columns."""
    start = text.find("{")
    try:
        record, _ = json.JSONDecoder().raw_decode(text, max(0, start))
    except (ValueError, RecursionError):
        first = re.match(r'\s*\{\s*"([^"]+)"\s*:\s*[\[{]', text)
        return [first[1]] if first else []
    return list(record) if isinstance(record, dict) else []


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
