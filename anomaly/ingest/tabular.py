"""Tables of positions or flights out of CSV, Parquet and JSON, a piece at a time.

Names of columns are asked for in lower case, and found however a file writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anomaly.domain import Provenance
from anomaly.errors import BadInputError
from anomaly.ingest import csv_tables, json_tables
from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.columns import texts
from anomaly.ingest.compression import empty, head, unreadable

PARQUET = b"PAR1"
# The names of columns in a damaged file need not even be text.
PARQUET_ERRORS = (OSError, pa.ArrowException, UnicodeDecodeError)
_BATCH_ROWS = 200_000


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
    """Return the names of the columns of a CSV, Parquet or JSON table, in lower case.

    What is no table has no names.
    """
    return [json_tables.plain(name) for name in _written_names(path)]


def _written_names(path: Path) -> list[str]:
    start = head(path, csv_tables.HEAD)
    if start.startswith(PARQUET):
        try:
            return list(pq.read_schema(path).names)
        except PARQUET_ERRORS:
            return []
    text = start.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] in ("[", "{"):
        return json_tables.names(path, text)
    return list(csv_tables.layout(text).names)


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
    if start.startswith(PARQUET):
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
            there = _there(file.schema_arrow.names, names)
            n_read, n_all = 0, max(1, file.metadata.num_rows)
            for batch in file.iter_batches(_BATCH_ROWS, columns=[*there.values()]):
                n_read += batch.num_rows
                yield _piece(pa.table(batch), names, there, n_read / n_all)
    except PARQUET_ERRORS as error:
        raise DamagedError(
            "damaged_parquet",
            f"{path.name} is damaged Parquet: {csv_tables.first_line(error)}",
            hint="Fetch or copy the file again.",
        ) from error


def _from_csv(path: Path, names: Sequence[str], left_out: LeftOut) -> Iterator[Piece]:
    written = _written_names(path)
    there = _there(written, names)
    # Asked for no column, Arrow reads them all, and guesses what they are.
    asked = [*there.values()] or written[:1]
    for table, share in csv_tables.read(path, asked, left_out):
        yield _piece(table, names, there, share)


def _from_json(path: Path, names: Sequence[str], left_out: LeftOut) -> Iterator[Piece]:
    for columns, n_rows in json_tables.read(path, names, left_out):
        yield Piece(columns, n_rows, 1.0)


def _there(written: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """Return, of the names asked for, how each one that is there is written."""
    by_plain: dict[str, str] = {}
    for name in written:
        # As asked for is better than nearly so; of several alike the first is meant.
        by_plain.setdefault(name if name in names else json_tables.plain(name), name)
    return {name: by_plain[name] for name in names if name in by_plain}


def _piece(
    table: pa.Table, names: Sequence[str], there: Mapping[str, str], share: float
) -> Piece:
    written = table.column_names
    columns = {
        # By number: a table may have two columns of one name.
        name: table.column(written.index(there[name]))
        if name in there
        else pa.nulls(table.num_rows)
        for name in names
    }
    return Piece(columns, table.num_rows, share)
