"""Read a table that comes with the program, overlaid by the user's own rows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv

from anomaly.errors import BadInputError
from anomaly.store import bundled

Stamp = tuple[Path, int, int]
"""A file and what tells that it changed: its time and size."""
Types = tuple[tuple[str, pa.DataType], ...]
"""The columns of a table, in order, and their types."""


def files(name: str, data_dir: Path | None = None) -> tuple[Stamp, ...]:
    """Return the whole table of that name and, if there are any, rows laid over it.

    A user's packed file (``airports.csv.gz``) stands for the whole table, a plain one
    (``airports.csv``) for the rows in it.
    """
    shipped = bundled("reference", name)
    if data_dir is None:
        return (stamp(shipped),)
    own = data_dir / "reference" / name
    plain = own.with_name(name.removesuffix(".gz"))
    whole = own if own != plain and own.is_file() else shipped
    if plain.is_file() and not plain.samefile(shipped):
        return stamp(whole), stamp(plain)
    return (stamp(whole),)


@lru_cache(maxsize=32)
def load(found: tuple[Stamp, ...], key: str, types: Types) -> pd.DataFrame:
    """Return a table of which `files` told the files, indexed by `key`.

    Rows of ``<data_dir>/reference/<name>`` replace shipped rows of the same key; a
    column which that file lacks keeps the shipped value.  The same frame is returned
    until a file changes, so callers must not write to it.
    """
    rows = read(found[0][0], key, types)
    for path, *_ in found[1:]:
        rows = _overlaid(rows, read(path, key, types))
    return rows


def read(path: Path, key: str, types: Types) -> pd.DataFrame:
    """Read one CSV, plain or gzip, in which an empty cell is an unknown value.

    Raises
    ------
    BadInputError
        If it is not such a table, lacks the key, or has a key twice.
    """
    names = [name for name, _ in types]
    hint = f"Mend or remove {path}; its columns are: {', '.join(names)}."
    options = pa_csv.ConvertOptions(
        column_types=dict(types),
        null_values=[""],
        strings_can_be_null=True,
        # A state may well be called NA, and a field "null island".
        quoted_strings_can_be_null=True,
        true_values=["yes", "true", "1"],
        false_values=["no", "false", "0"],
    )
    try:
        table = pa_csv.read_csv(path, convert_options=options)
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"cannot read {path}: {error}", hint=hint) from error
    if key not in table.column_names:
        raise BadInputError(f"{path} has no column {key}", hint=hint)
    known = [name for name in names if name in table.column_names]
    frame: pd.DataFrame = table.select(known).to_pandas().set_index(key)
    if frame.index.has_duplicates or frame.index.hasnans:
        raise BadInputError(f"{path} has a {key} twice, or an empty one", hint=hint)
    return frame


def stamp(path: Path) -> Stamp:
    """Return a file and what tells that it changed."""
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size


def _overlaid(shipped: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    for column in shipped.columns.difference(rows.columns):
        rows[column] = shipped[column].reindex(rows.index)
    kept = shipped.loc[~shipped.index.isin(rows.index)]
    return pd.concat([kept, rows[shipped.columns]]).sort_index()
