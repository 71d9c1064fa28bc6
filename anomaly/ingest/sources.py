"""Find, in what the user names, the files and folders that a reader can read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anomaly.errors import AnomalyError, BadInputError, UnknownFormatError, printable
from anomaly.ingest import archive, reader_for, readers
from anomaly.ingest.base import LeftOut, TrackReader
from anomaly.ingest.compression import empty, unreadable


@dataclass(frozen=True)
class Source:
    """A file or folder, the reader for it, and the name it goes by in the store."""

    name: str
    path: Path
    reader: TrackReader


@dataclass
class Found:
    """What there is to read, and, by name, what there is that cannot be."""

    sources: list[Source] = field(default_factory=list)
    failures: dict[str, AnomalyError] = field(default_factory=dict)
    left_out: dict[str, LeftOut] = field(default_factory=dict)


def find(paths: Sequence[Path], reader: str | None = None) -> Found:
    """Return the sources in `paths`; a folder may hold several, of several formats.

    A file that is named must be readable, or is a failure; files in a folder that no
    reader recognises are merely counted.  With `reader` only that one is asked, and
    a file that is named is read by it whatever it looks like.

    Raises
    ------
    UnknownFormatError
        If there is no such reader.
    """
    known = [r for r in readers() if reader in (None, r.name)]
    if not known:
        names = ", ".join(r.name for r in readers())
        raise UnknownFormatError(
            f"no reader is called {reader!r}", hint=f"There are: {names}."
        )
    found = Found()
    seen: set[Path] = set()
    for path in (p.resolve() for p in paths):
        skipped = LeftOut()
        try:
            if path.is_dir():
                inside = list(_in_folder(path, known, skipped))
            else:
                inside = [(path, known[0] if reader else _reader_of(path))]
            if not inside:
                raise UnknownFormatError(
                    f"nothing in {path.name} is of a format we know",
                    hint=f"Formats: {', '.join(r.name for r in readers())}.",
                )
        except AnomalyError as error:
            found.failures[printable(path.name)] = error
            continue
        found.left_out[printable(path.name)] = skipped
        for file, its_reader in inside:
            first = archive.parts_of(file)[0]
            if first not in seen:
                seen.add(first)
                # A file goes by its name however it was named; of the folder of a
                # day, "22", only the way there tells what it is.
                base = path.parent if file.is_dir() else file.parent
                name = _name(file, base, {s.name for s in found.sources})
                found.sources.append(Source(name, file, its_reader))
    return found


def _reader_of(path: Path) -> TrackReader:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from error
    if not path.is_file():  # a pipe might never end, or never begin
        raise BadInputError(
            f"{path.name} is neither a file nor a folder", hint="Save it as a file."
        )
    if not size:
        raise empty(path.name)
    return reader_for(path)


def _in_folder(
    folder: Path, known: Sequence[TrackReader], skipped: LeftOut
) -> Iterator[tuple[Path, TrackReader]]:
    """Yield what can be read in a folder: itself as a whole, or what is in it."""
    for reader in known:
        if reader.sniff(folder):
            yield folder, reader
            return
    try:
        entries = sorted(e for e in folder.iterdir() if not e.name.startswith("."))
    except OSError as error:
        raise unreadable(folder, error) from error
    for entry in entries:
        if entry.is_dir():
            if not entry.is_symlink():  # it might lead back here
                yield from _in_folder(entry, known, skipped)
        elif of_file := _first(known, entry):
            yield entry, of_file
        else:
            skipped.add("unknown_format", "files", example=entry.name)


def _first(known: Sequence[TrackReader], path: Path) -> TrackReader | None:
    if not path.is_file():
        return None
    return next((reader for reader in known if reader.sniff(path)), None)


def _name(path: Path, base: Path, taken: set[str]) -> str:
    """Return a name for a source that tells it from others and not where it lies."""
    name = path.relative_to(base).with_name(archive.whole_name(path)).as_posix()
    while name in taken and base != base.parent:
        base = base.parent
        name = path.relative_to(base).with_name(archive.whole_name(path)).as_posix()
    return printable(name)
