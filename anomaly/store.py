"""The data directory: the only module that knows paths below it.

Every write goes to a neighbouring file and is renamed into place, so a killed
command leaves the old table or the new one, never half of one.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import anomaly
from anomaly.errors import AnomalyError, NoDataError
from anomaly.schemas import TABLES, conform

_NOTE = "store.json"
_WHAT_TO_RUN = {
    "scores": "anomaly score",
    "labels": "anomaly train",
    "truth": "anomaly simulate",
}


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary neighbour of `path` that takes its place on success."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def bundled(*parts: str) -> Path:
    """Return the path of a file that comes with the program (``data/…``)."""
    package = Path(anomaly.__file__).parent
    # In a wheel the files lie inside the package; in a checkout, beside it.
    inside = package / "data"
    root = inside if inside.is_dir() else package.parent / "data"
    return root.joinpath(*parts)


def _file_name(text: str) -> str:
    """Return `text` as one path component, whatever it holds."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip(".-") or "unnamed"


@dataclass(frozen=True)
class Store:
    """Tables of one data directory, most of them with one file per UTC date."""

    root: Path

    def path(self, table: str, date: dt.date | None = None, part: str = "") -> Path:
        """Return where a table, or a part of its day, is kept."""
        if table not in TABLES:
            raise ValueError(f"no such table: {table}")
        if date is None:
            return self.root / f"{table}{part and '-' + part}.parquet"
        return self.root / table / f"date={date:%Y-%m-%d}" / f"{part or 'all'}.parquet"

    def write(
        self, table: str, rows: pa.Table, date: dt.date | None = None, part: str = ""
    ) -> None:
        """Replace a table, or a part of its day, in one step."""
        checked = conform(rows, TABLES[table])
        with replacing(self.path(table, date, part)) as path:
            pq.write_table(checked, path, compression="zstd", compression_level=1)

    def has(self, table: str, date: dt.date | None = None) -> bool:
        """Tell whether anything of the table, or of its day, is stored."""
        return bool(self._files(table, date))

    def dates(self, table: str) -> list[dt.date]:
        """Return the days of which `table` holds anything, in order."""
        folders = (self.root / table).glob("date=*")
        return sorted(
            dt.date.fromisoformat(folder.name.removeprefix("date="))
            for folder in folders
            if any(folder.glob("[!.]*.parquet"))
        )

    def parts(self, table: str, date: dt.date) -> list[str]:
        """Return the names of the parts in which a day is stored."""
        return [path.stem for path in self._files(table, date)]

    def read(
        self,
        table: str,
        date: dt.date | None = None,
        part: str = "",
        *,
        columns: list[str] | None = None,
        icao24: Iterable[str] | None = None,
    ) -> pa.Table:
        """Return a table, or its rows of one day; `icao24` keeps those aircraft.

        Raises
        ------
        NoDataError
            If nothing of it is stored.
        """
        files = [self.path(table, date, part)] if part else self._files(table, date)
        files = [path for path in files if path.exists()]
        if not files:
            day = f" for {date}" if date else ""
            raise NoDataError(
                f"no {table.replace('_', ' ')}{day} in {self.root}",
                hint=self._hint(table),
            )
        keep = None if icao24 is None else [("icao24", "in", sorted(icao24))]
        schema = TABLES[table]
        if columns is not None:
            schema = pa.schema([schema.field(name) for name in columns])
        return pa.concat_tables(
            conform(pq.ParquetFile(path).read(columns=columns), schema)
            if keep is None
            else conform(
                pq.read_table(path, columns=columns, filters=keep, partitioning=None),
                schema,
            )
            for path in files
        )

    def claim(self, *, made: bool) -> None:
        """Reserve the directory for made or for real tracks, never both.

        Raises
        ------
        AnomalyError
            If it already holds the other kind.
        """
        kind = "made" if made else "observed"
        note = self.root / _NOTE
        if held := self.tracks:
            if held != kind:
                raise AnomalyError(
                    f"{self.root} holds {held} tracks and these are {kind}",
                    hint="Pass another --data-dir: real and made flights never mix.",
                )
            return
        with replacing(note) as path:
            path.write_text(json.dumps({"tracks": kind}) + "\n", encoding="utf-8")

    @property
    def tracks(self) -> str | None:
        """The kind of tracks it holds, ``made`` or ``observed``; None while empty."""
        note = self.root / _NOTE
        if not note.exists():
            return None
        tracks: str = json.loads(note.read_text(encoding="utf-8"))["tracks"]
        return tracks

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Yield an empty folder for intermediate files, to one process at a time.

        What a killed process left there is removed first; nothing stays behind.

        Raises
        ------
        AnomalyError
            If another process is at work in the same data directory.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise AnomalyError(
                    f"another command is writing to {self.root}",
                    hint="Wait for it to end, or pass another --data-dir.",
                ) from error
            folder = self.root / ".workspace"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def reports(self) -> Path:
        """Where pages go unless told otherwise."""
        return self.root / "reports"

    @property
    def verdicts(self) -> Path:
        """The append-only database of analysts' verdicts."""
        return self.root / "labels.sqlite"

    @property
    def mlflow(self) -> Path:
        """The folder of MLflow's database and artifacts."""
        return self.root / "mlflow"

    def model_card(self, model: str) -> Path:
        """Where the card of a model is kept, under the name that scores give it."""
        return self.model(model) / "model_card.json"

    def model(self, model: str) -> Path:
        """Return the folder of a registered model's own copy, which scoring reads."""
        return self.models / _file_name(model)

    @property
    def models(self) -> Path:
        """The folder of all registered models and of the names that point to them."""
        return self.root / "models"

    def _files(self, table: str, date: dt.date | None) -> list[Path]:
        if date is None:
            whole = self.path(table)
            return [whole] if whole.exists() else []
        return sorted(self.path(table, date).parent.glob("[!.]*.parquet"))

    def _hint(self, table: str) -> str:
        command = _WHAT_TO_RUN.get(table, "anomaly ingest")
        dates = self.dates("flights")
        known = f" Days stored: {dates[0]} to {dates[-1]}." if dates else ""
        return f"Run `{command}` first.{known}"
