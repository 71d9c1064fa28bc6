"""Fetch a whole day of an archive into the data directory."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec

from anomaly.fetch.archives import Archive, archive
from anomaly.fetch.client import Client
from anomaly.fetch.download import download
from anomaly.fetch.errors import FetchError, NotPublishedError
from anomaly.fetch.release import Release, RemoteFile, find
from anomaly.files import locked, replacing
from anomaly.progress import Progress, silent

_NOTE = "fetched.json"
# What ingesting a day needs beside it, as a share of the archive.
_ROOM_TO_WORK = 0.2


class _Kept(msgspec.Struct):
    """A file as it came."""

    name: str
    size: int
    sha256: str
    address: str
    validator: str | None = None


class _Note(msgspec.Struct):
    """What was fetched of a day, written when all of it was here."""

    date: dt.date
    source: str
    address: str
    files: list[_Kept]
    doubts: list[str] = []


@dataclass(frozen=True)
class Fetched:
    """A day of an archive, in the data directory."""

    date: dt.date
    source: str
    address: str
    files: tuple[Path, ...]
    n_bytes: int
    digest: str
    """What tells these bytes from any other."""
    is_new: bool
    """Whether this run brought any of it."""
    doubts: tuple[str, ...] = ()
    """What its publisher seems to lack of it, in sentences."""

    @property
    def first(self) -> Path:
        """The file to name to `anomaly ingest`; it finds the other parts."""
        return self.files[0]


def fetch_day(
    date: dt.date,
    raw: Path,
    *,
    source: str = "adsblol",
    data_dir: Path | None = None,
    client: Client | None = None,
    today: dt.date | None = None,
    progress: Progress = silent,
) -> Fetched:
    """Return a day's files, fetched into a folder of their own below `raw`.

    Whole files that are here already, and are still what the publisher has, are kept;
    what was cut short is gone on from.

    Raises
    ------
    NotPublishedError
        If the day is not over (in UTC), or not published yet.
    FetchError
        If it cannot be fetched whole.
    """
    wanted = archive(source, data_dir)
    if date >= (today or dt.datetime.now(dt.UTC).date()):
        raise NotPublishedError(
            f"{date} is not over yet (UTC), so there is no whole day of it",
            hint="Ask for yesterday, or run the same command again tomorrow.",
        )
    folder = raw / wanted.name / date.isoformat()
    with locked(folder / ".lock", f"another command is fetching {date}"):
        return _fetched(wanted, date, folder, client or Client(), progress)


def _fetched(
    wanted: Archive, date: dt.date, folder: Path, client: Client, progress: Progress
) -> Fetched:
    note = _read_note(folder)
    kept = {f.name: f for f in note.files if _is_whole(folder / f.name, f.size)}
    try:
        release = find(wanted, date, client)
    except NotPublishedError:
        raise
    except FetchError:
        if len(kept) < len(note.files) or not kept:
            raise
        # Whole and checked; whether it was replaced since cannot be asked just now.
        return _outcome(note, folder, is_new=False)
    missing = [f for f in release.files if not _same(f, kept.get(f.name))]
    if missing:
        _check_room(missing, folder)
        # What is about to change is no whole day until it has changed.
        (folder / _NOTE).unlink(missing_ok=True)
        kept |= _bring(release, missing, folder, client, progress)
    names = {file.name for file in release.files}
    for name in kept.keys() - names:
        (folder / name).unlink(missing_ok=True)
    note = _Note(
        date=date,
        source=wanted.name,
        address=release.address,
        files=[kept[file.name] for file in release.files],
        doubts=list(release.doubts),
    )
    with replacing(folder / _NOTE) as path:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(note)) + b"\n")
    return _outcome(note, folder, is_new=bool(missing))


def _bring(
    release: Release,
    missing: list[RemoteFile],
    folder: Path,
    client: Client,
    progress: Progress,
) -> dict[str, _Kept]:
    """Download files one after another, and return what came."""
    brought = {}
    whole = sum(file.size or 0 for file in missing)
    before = 0
    for file in missing:
        what = f"fetching {file.name}"

        def gained(here: int, before: int = before, what: str = what) -> None:
            progress(what, min(0.999, (before + here) / whole) if whole else 0.0)

        path = folder / file.name
        digest = download(file, path, client, gained)
        size = path.stat().st_size
        before += size
        brought[file.name] = _Kept(
            file.name, size, digest, file.address, file.validator
        )
    progress(f"fetching {release.files[-1].name}", 1.0)
    return brought


def _same(file: RemoteFile, kept: _Kept | None) -> bool:
    """Tell whether what is here is what the publisher has now."""
    if kept is None or kept.address != file.address:
        return False
    told = (
        (file.size, kept.size),
        (file.sha256, kept.sha256),
        (file.validator, kept.validator),
    )
    return all(now in (None, then) for now, then in told)


def _read_note(folder: Path) -> _Note:
    """Return what was fetched before; nothing if that is not known."""
    try:
        return msgspec.json.decode((folder / _NOTE).read_bytes(), type=_Note)
    except (OSError, msgspec.DecodeError):
        return _Note(dt.date.min, "", "", [])


def _is_whole(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _check_room(missing: list[RemoteFile], folder: Path) -> None:
    """Refuse to begin what cannot be ended."""
    wanted = sum(file.size or 0 for file in missing)
    here = sum(
        path.stat().st_size
        for file in missing
        if (path := folder / f".{file.name}.part").exists()
    )
    needed = int((wanted - here) * (1 + _ROOM_TO_WORK))
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise FetchError(
            f"there is no room for the day in {folder}: it takes "
            f"{needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free",
            hint="Make room there (`anomaly prune`), or pass another --data-dir.",
        )


def _outcome(note: _Note, folder: Path, *, is_new: bool) -> Fetched:
    return Fetched(
        date=note.date,
        source=note.source,
        address=note.address,
        files=tuple(folder / file.name for file in note.files),
        n_bytes=sum(file.size for file in note.files),
        digest="-".join(file.sha256[:16] for file in note.files),
        is_new=is_new,
        doubts=tuple(note.doubts),
    )
