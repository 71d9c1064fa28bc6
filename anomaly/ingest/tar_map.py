"""Where the members of a tar lie: its headers, and nothing between.

A whole, plain tar can so be read in pieces, by several processes at once.  Whatever
is not that - damaged, cut, packed, with names too long for a header - is for
`archive`, which reads it from its start to its end.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from anomaly.ingest import archive
from anomaly.ingest.base import LeftOut
from anomaly.ingest.tar_header import BLOCK, Header

_STEP = 2**20
_LEFT_TO_ARCHIVE = (b"L", b"K", b"x", b"g")


@dataclass
class Piece:
    """Members of a tar that are read together."""

    paths: tuple[Path, ...]
    """The tar, or its parts in order."""
    names: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def members(self) -> Iterator[archive.Member]:
        """Yield the members of this piece, in order of their own names.

        So the addresses come in order, and merging finds nothing to do.
        """
        order = sorted(range(len(self.names)), key=self._own_name)
        with _Joined(self.paths) as tar:
            for n, i in enumerate(order, 1):
                data = tar.read(self.starts[i], self.sizes[i])
                yield archive.Member(self.names[i], data, n / len(order))

    def _own_name(self, i: int) -> tuple[str, str]:
        folder, _, name = self.names[i].rpartition("/")
        return name, folder


def pieces(
    path: Path,
    wanted: Callable[[str], bool],
    piece_of: Callable[[str], str],
    left_out: LeftOut,
) -> list[Piece] | None:
    """Return the wanted members of a tar, in pieces by what `piece_of` makes of a name.

    Counts what is not wanted in `left_out`, as `archive.members` does; or returns None
    and counts nothing, if the tar is for that one.
    """
    paths = tuple(archive.parts_of(path))
    if archive.missing_parts(paths):
        return None
    counted = LeftOut()
    found: dict[str, Piece] = defaultdict(lambda: Piece(paths))
    try:
        with _Joined(paths) as tar:
            tar.begin()
            for name, start, header in _headers(tar):
                reason = archive.refusal(header, name, wanted)
                if reason:
                    counted.add(reason, "files", example=name)
                elif reason is None:
                    piece = found[piece_of(name)]
                    piece.names.append(name)
                    piece.starts.append(start)
                    piece.sizes.append(header.size)
    except (_NotPlainError, EOFError, OSError, ValueError):
        return None
    if found:
        left_out.join(counted)
    return [found[key] for key in sorted(found)] or None


class _NotPlainError(Exception):
    """There is something in the tar that reading in order handles better."""


def _headers(tar: _Joined) -> Iterator[tuple[str, int, Header]]:
    """Yield name, start of the content and header of every member."""
    at = 0
    while any(block := tar.read(at, BLOCK)):
        header = Header.parse(block)
        if header is None or header.kind in _LEFT_TO_ARCHIVE:
            raise _NotPlainError
        yield header.name, at + BLOCK, header
        at += BLOCK + -(-header.size // BLOCK) * BLOCK
    if tar.has_more(at):
        raise _NotPlainError


class _Joined:
    """Several files as one, read anywhere.

    A memory map would do, but all that was looked at counts as memory of the process.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._files: list[int] = []
        self._starts: list[int] = []
        self._size = 0
        with ExitStack() as opening:
            for path in paths:
                file = opening.enter_context(path.open("rb")).fileno()
                self._files.append(file)
                self._starts.append(self._size)
                self._size += os.fstat(file).st_size
            self._open = opening.pop_all()

    def begin(self) -> None:
        """Have the system read the files, one after another, before they are asked for.

        Headers lie too far apart for it to see that nearly all is wanted.
        """
        if hasattr(os, "posix_fadvise"):  # not on every system
            for file in self._files:
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_WILLNEED)

    def read(self, start: int, size: int) -> bytes:
        """Return some bytes, wherever they are cut into files."""
        if start + size > self._size:
            raise EOFError("cut")
        which = bisect_right(self._starts, start) - 1
        data = os.pread(self._files[which], size, start - self._starts[which])
        while len(data) < size:
            which += 1
            if which == len(self._files):  # one became shorter meanwhile
                raise EOFError("cut")
            data += os.pread(self._files[which], size - len(data), 0)
        return data

    def has_more(self, start: int) -> bool:
        """Tell whether anything but zeros follows."""
        steps = range(start, self._size, _STEP)
        return any(
            self.read(at, min(_STEP, self._size - at)).strip(b"\0") for at in steps
        )

    def __enter__(self) -> _Joined:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
