"""CSV as people have it: its delimiter, its names, remarks above, bytes of any kind."""

from __future__ import annotations

import codecs
import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv as pa_csv

from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.compression import head, unpacking, unreadable

HEAD = 2**16
_CSV_BLOCK = 16 * 2**20
_PIECE = 2**16
_DELIMITERS = ",;\t|"
_NULLS = ["", "nan", "NaN", "NA", "None", "null", "NULL", "NaT", r"\N"]


@dataclass(frozen=True)
class Layout:
    """What stands before the rows of a CSV, and what between their cells."""

    names: tuple[str, ...]
    """As they are written."""
    delimiter: str
    n_before: int
    """Remarks and empty lines before the names."""


def layout(text: str) -> Layout:
    r"""Return how a CSV that begins with `text` is laid out.

    >>> layout("# of today\ntime; icao24\n1; 3c6444\n").names
    ('time', ' icao24')
    """
    lines = text.splitlines()
    remarks = (not line.strip() or line.startswith("#") for line in lines)
    n_before = next((i for i, is_remark in enumerate(remarks) if not is_remark), 0)
    first = lines[n_before : n_before + 1]
    found = [(_cells(first, delimiter), delimiter) for delimiter in _DELIMITERS]
    names, delimiter = max(found, key=lambda told: len(told[0]))
    return Layout(tuple(names), delimiter, n_before)


def _cells(line: list[str], delimiter: str) -> list[str]:
    try:
        return next(csv.reader(line, delimiter=delimiter), [])
    except csv.Error:
        return []


def read(
    path: Path, names: Sequence[str], left_out: LeftOut
) -> Iterator[tuple[pa.Table, float]]:
    """Yield the columns `names`, as they are written, and the share that is read.

    Raises
    ------
    DamagedError
        If it cannot be read on.
    """

    def skip(row: pa_csv.InvalidRow) -> str:
        left_out.add("bad_row", "rows", example=row.text or "")
        return "skip"

    told = layout(head(path, HEAD).decode("utf-8-sig", "replace"))
    size = path.stat().st_size or 1
    try:
        with path.open("rb") as file, unpacking(file, size, path.name) as stream:
            readable = _Utf8(stream)
            reader = pa_csv.open_csv(
                pa.PythonFile(readable, mode="r"),
                read_options=pa_csv.ReadOptions(
                    block_size=_CSV_BLOCK, use_threads=False, skip_rows=told.n_before
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=told.delimiter, invalid_row_handler=skip
                ),
                convert_options=_as_texts(names),
            )
            for batch in reader:
                yield pa.table(batch), min(1.0, file.tell() / size)
    except pa.ArrowInvalid as error:
        raise DamagedError(
            "damaged_csv",
            f"{path.name} cannot be read on as CSV: {first_line(error)}",
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


def first_line(error: Exception) -> str:
    """Return what an error says in its first line."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


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
