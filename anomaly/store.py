"""The data directory: the only module that knows paths below it."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import anomaly
from anomaly import layout, parquet
from anomaly.errors import AnomalyError, NoDataError
from anomaly.files import HALF, held, locked, replacing
from anomaly.schemas import TABLES, conform

_NOTE = "store.json"
# Of a store with many holes the latest days are told.
_SPANS_TOLD = 5
# What a store's tables mean.  Raise it when a column changes its meaning, and say in
# `check_version` how the version before is migrated.
VERSION = 3
OLDEST_VERSION = 1
_OPTIONS: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
_WHAT_TO_RUN = {
    "scores": "anomaly score",
    "labels": "anomaly train",
    "truth": "anomaly simulate",
}


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
class _Note:
    """What a data directory holds, and how it is written down."""

    tracks: str
    version: int = VERSION


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
        self,
        table: str,
        rows: pa.Table,
        date: dt.date | None = None,
        part: str = "",
        *,
        block_rows: int | None = None,
    ) -> None:
        """Replace a table, or a part of its day, in one step.

        It can be read in blocks of `block_rows`, where these are given.
        """
        checked = conform(rows, TABLES[table])
        with self._replacing(self.path(table, date, part)) as path:
            if table == "positions":
                layout.write(path, checked)
            else:
                pq.write_table(checked, path, row_group_size=block_rows, **_OPTIONS)

    def adopt_positions(self, file: Path, date: dt.date, part: str) -> None:
        """Replace a part of a day's positions by what `layout` wrote into `file`.

        The file stays where it is: whoever does this again finds it there.
        """
        with self._replacing(self.path("positions", date, part)) as path:
            try:
                path.hardlink_to(file)
            except OSError:  # not every file system has links
                shutil.copyfile(file, path)

    @contextmanager
    def _replacing(self, path: Path) -> Iterator[Path]:
        try:
            with replacing(path) as beside:
                yield beside
        except OSError as error:
            raise AnomalyError(
                f"cannot write to {self.root}: {error.strerror or error}",
                hint="Make room there, or pass another --data-dir.",
            ) from error

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
        coded: Collection[str] = (),
        packed: bool = False,
    ) -> pa.Table:
        """Return a table, or its rows of one day; `icao24` keeps those aircraft.

        Columns of words in `coded` come dictionary-encoded, as they lie in the file;
        if `packed`, so do numbers that `layout` has packed.

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
                hint=self.first_run(_WHAT_TO_RUN.get(table, "anomaly ingest")),
            )
        self._note()  # refuses what another version wrote
        wanted = None if icao24 is None else sorted(icao24)
        schema = TABLES[table]
        if columns is not None:
            schema = pa.schema([schema.field(name) for name in columns])
        schema = pa.schema([parquet.coded(f) if f.name in coded else f for f in schema])
        if wanted == []:  # a filter of no values is none that Parquet knows
            return schema.empty_table()
        keep = None if wanted is None else [("icao24", "in", wanted)]
        tables = [parquet.read(path, schema, keep) for path in files]
        if packed:
            return layout.joined(tables, schema)
        return pa.concat_tables(
            conform(layout.unpacked(table, schema), schema) for table in tables
        )

    def n_blocks(self, table: str, date: dt.date) -> int:
        """Return of how many blocks a day is made; see `write`."""
        return int(pq.ParquetFile(self.path(table, date)).metadata.num_row_groups)

    def read_block(
        self, table: str, date: dt.date, block: int, *, columns: list[str]
    ) -> pa.Table:
        """Return the rows of one block of a day, counted from 0."""
        schema = pa.schema([TABLES[table].field(name) for name in columns])
        return parquet.read(self.path(table, date), schema, block=block)

    def remove(self, table: str, date: dt.date, part: str) -> None:
        """Remove a part of a day in which nothing is left."""
        self.path(table, date, part).unlink(missing_ok=True)

    def drop_positions(self, date: dt.date) -> int:
        """Remove the positions of a day; return how many bytes that frees.

        The mark it leaves keeps a later ingest of a piece of that day from putting the
        flights of that piece in the place of all its flights.
        """
        files = self._files("positions", date)
        with replacing(self._pruned_mark(date)) as path:
            path.write_text(f"{len(files)} files\n", encoding="utf-8")
        n_bytes = sum(path.stat().st_size for path in files)
        for path in files:
            path.unlink(missing_ok=True)
        return n_bytes

    def is_pruned(self, date: dt.date) -> bool:
        """Tell whether the positions of a day were dropped, and its flights kept."""
        return self._pruned_mark(date).exists()

    def claim(self, *, made: bool) -> None:
        """Reserve the directory for made or for real tracks, never both.

        Raises
        ------
        AnomalyError
            If it already holds the other kind.
        """
        kind = "made" if made else "observed"
        if held := self.tracks:
            if held != kind:
                raise AnomalyError(
                    f"{self.root} holds {held} tracks and these are {kind}",
                    hint="Pass another --data-dir: real and made flights never mix.",
                )
            return
        self._write_note(_Note(kind))

    @property
    def tracks(self) -> str | None:
        """The kind of tracks it holds, ``made`` or ``observed``; None while empty."""
        note = self._note()
        return note.tracks if note else None

    def check_version(self) -> None:
        """Bring an older store up to this version, or refuse what cannot be.

        Raises
        ------
        AnomalyError
            If it was written by a newer version, or by one too old.
        """
        note = self._note()
        if note and note.version != VERSION:
            # Tables of version 1 only lack columns that may be unknown, which reading
            # fills; those of version 2 have their decimals as such, which each file
            # says of itself.  So all there is to migrate is the note.
            self._write_note(_Note(note.tracks))

    def _note(self) -> _Note | None:
        path = self.root / _NOTE
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            note = _Note(str(told["tracks"]), int(told.get("version", 1)))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AnomalyError(
                f"cannot read {path}, which says what the data directory holds",
                hint="Pass another --data-dir, or write "
                '{"tracks": "observed"} (or "made") into that file.',
            ) from error
        if note.version > VERSION:
            raise AnomalyError(
                f"{self.root} was written by a newer version of flight-anomaly",
                hint="Update flight-anomaly, or pass another --data-dir.",
            )
        if note.version < OLDEST_VERSION:
            raise AnomalyError(
                f"{self.root} was written by a version of flight-anomaly too old",
                hint="Pass another --data-dir and run `anomaly ingest` again.",
            )
        return note

    def _write_note(self, note: _Note) -> None:
        told = {"tracks": note.tracks, "version": note.version}
        with replacing(self.root / _NOTE) as path:
            path.write_text(json.dumps(told) + "\n", encoding="utf-8")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing; a process may nest it.

        Raises
        ------
        AnomalyError
            If another process is at work in the same data directory.
        """
        with locked(self.root / ".lock", self._taken):
            self.check_version()
            yield

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Yield an empty folder for intermediate files, to one process at a time.

        What a killed process left there is removed first; nothing stays behind.

        Raises
        ------
        AnomalyError
            If another process is at work in the same data directory.
        """
        with self.locked():
            folder = self.root / ".workspace"
            with held(folder, self._taken):
                shutil.rmtree(folder, ignore_errors=True)
                self._remove_halves()
                folder.mkdir()
                try:
                    yield folder
                finally:
                    shutil.rmtree(folder, ignore_errors=True)

    def _remove_halves(self) -> None:
        """Remove what killed processes were about to put in the place of tables."""
        for pattern in (f".*{HALF}", f"*/date=*/.*{HALF}"):
            for path in self.root.glob(pattern):
                path.unlink(missing_ok=True)

    @property
    def _taken(self) -> str:
        return f"another command is writing to {self.root}"

    @property
    def raw(self) -> Path:
        """Where fetched archives lie, by their source and day."""
        return self.root / "raw"

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

    def days_told(self) -> str:
        """Return which days' flights are stored, as a sentence; "" if none are."""
        if not (dates := self.dates("flights")):
            return ""
        day, known = dt.timedelta(days=1), set(dates)
        begins = [date for date in dates if date - day not in known]
        ends = [date for date in dates if date + day not in known]
        spans = [
            f"{first}" if first == last else f"{first} to {last}"
            for first, last in zip(begins, ends, strict=True)
        ]
        left_out = len(spans) - _SPANS_TOLD
        if left_out > 0:
            spans = [f"{left_out} spans before", *spans[-_SPANS_TOLD:]]
        return f"Days stored: {', '.join(spans)}."

    def first_run(self, command: str) -> str:
        """Return the advice to run a command before this one, and what is stored."""
        if not self.root.exists():
            return (
                f"There is no data directory {self.root}: name yours with --data-dir, "
                f"or run `{command}` first."
            )
        return f"Run `{command}` first. {self.days_told()}".strip()

    def _pruned_mark(self, date: dt.date) -> Path:
        return self.path("positions", date).with_name(".pruned")

    def _files(self, table: str, date: dt.date | None) -> list[Path]:
        if date is None:
            whole = self.path(table)
            return [whole] if whole.exists() else []
        return sorted(self.path(table, date).parent.glob("[!.]*.parquet"))
