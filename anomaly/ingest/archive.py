"""Walk a tar, whole or in parts, without extracting it or joining the parts on disk.

Headers are read as POSIX ustar and GNU tar write them.  The standard library's
`tarfile` stops at the first damaged header; a day of 65,000 traces is worth going on
after one.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from anomaly.ingest.base import LeftOut
from anomaly.ingest.compression import MAX_INFLATED, empty, head, unpacking, unreadable

_BLOCK = 512
# As `split` names them; never "gz" or "xz".
_PART = re.compile(r"(?P<whole>.+\.tar)\.a[a-z]$")
_REGULAR = (b"0", b"\0", b"7")
_DIRECTORY = b"5"
# Both carry what did not fit into the next member's header.
_GNU_NAME, _GNU_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"
_LONGEST_NAME = 2**20


@dataclass(frozen=True)
class Member:
    """A wanted file of an archive."""

    name: str
    data: bytes
    share: float
    """How much of the archive has been read with it, 0 to 1."""


def is_tar(path: Path) -> bool:
    """Tell whether a file is a tar or part of a split one, by name and first bytes."""
    return bool(_PART.match(path.name)) or head(path, _BLOCK)[257:262] == b"ustar"


def whole_name(path: Path) -> str:
    """Return the name of the tar that `path` is, or is a part of.

    >>> whole_name(Path("day.tar.ab"))
    'day.tar'
    """
    part = _PART.match(path.name)
    return part["whole"] if part else path.name


def parts_of(path: Path) -> list[Path]:
    """Return the parts beside `path`, itself included, in order."""
    part = _PART.match(path.name)
    if not part:
        return [path]
    beside = path.parent.glob("*.tar.*")
    return sorted(p for p in beside if _PART.match(p.name) and whole_name(p) == part[1])


def members(
    path: Path, wanted: Callable[[str], bool], left_out: LeftOut
) -> Iterator[Member]:
    """Yield the wanted files of a tar, or of a tar's parts, in order.

    Counts in `left_out` the files that are not wanted, those that are too large or
    could escape a folder, the parts that are missing, and what is damaged or cut;
    after damage it goes on with the next header that is whole.

    Raises
    ------
    DamagedError
        If a part cannot be opened, or there is nothing in them.
    """
    parts = parts_of(path)
    for missing in _missing_parts(parts):
        left_out.add("missing_part", "files", example=missing)
    try:
        raw = _Parts(parts)
    except OSError as error:
        raise unreadable(path, error) from error
    if not raw.size:
        raise empty(path.name)
    with closing(raw), unpacking(io.BufferedReader(raw, 2**20)) as stream:
        try:
            yield from _walk(stream, raw, wanted, left_out)
        except (EOFError, OSError, zlib.error) as error:
            left_out.add("cut_archive", "files", example=f"{path.name}: {error}")


class _Parts(io.RawIOBase):
    """Several files read as one, one after another."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._files = [path.open("rb") for path in paths]
        self.size = sum(path.stat().st_size for path in paths)
        self._at = 0
        self._read = 0

    @property
    def share(self) -> float:
        return self._read / self.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while self._at < len(self._files):
            if n := self._files[self._at].readinto(buffer):
                self._read += n
                return n
            self._at += 1
        return 0

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()


def _missing_parts(parts: Sequence[Path]) -> list[str]:
    """Return the names of parts that must have been there, given the last one."""
    if not _PART.match(parts[0].name):
        return []
    there = {path.name for path in parts}
    letters = "abcdefghijklmnopqrstuvwxyz"
    expected = [f"{whole_name(parts[0])}.a{letter}" for letter in letters]
    last = expected.index(parts[-1].name)
    return [name for name in expected[:last] if name not in there]


def _walk(
    stream: IO[bytes],
    raw: _Parts,
    wanted: Callable[[str], bool],
    left_out: LeftOut,
) -> Iterator[Member]:
    long_name = ""
    lost = False
    before = "the start"
    while header := stream.read(_BLOCK):
        if not any(header):
            if lost:
                continue
            return  # a block of zeros ends a tar
        parsed = _Header.parse(header)
        if parsed is None:
            if not lost:
                left_out.add("damaged_archive", "files", example=f"after {before}")
            lost = True
            continue
        lost = False
        name, long_name = long_name or parsed.name, ""
        if parsed.kind in (_GNU_NAME, _PAX) and parsed.size <= _LONGEST_NAME:
            long_name = _name_from(parsed.kind, _body(stream, parsed.size))
            continue
        reason = _refusal(parsed, name, wanted)
        if reason is None:
            yield Member(name, _body(stream, parsed.size), raw.share)
            before = name
            continue
        if reason:
            left_out.add(reason, "files", example=name)
        _skip(stream, parsed.size)
    # Only a tar that was cut ends without its block of zeros.
    raise EOFError("no end mark")


def _refusal(header: _Header, name: str, wanted: Callable[[str], bool]) -> str | None:
    """Return why a member is left out, nothing to say as "", or None if it is not."""
    if header.kind in (_DIRECTORY, _PAX_GLOBAL, _GNU_LINK, _PAX, _GNU_NAME):
        return ""
    path = PurePosixPath(name)
    if header.kind not in _REGULAR or path.is_absolute() or ".." in path.parts:
        return "unsafe_member"
    if not wanted(name):
        return "not_a_trace"
    return "too_large" if header.size > MAX_INFLATED else None


@dataclass(frozen=True)
class _Header:
    name: str
    size: int
    kind: bytes

    @classmethod
    def parse(cls, block: bytes) -> _Header | None:
        """Return what a header says, or None if it is not a whole header."""
        if len(block) < _BLOCK:
            raise EOFError("cut within a header")
        checksum = _number(block[148:156])
        if checksum != sum(block[:148]) + 8 * ord(" ") + sum(block[156:]):
            return None
        size = _number(block[124:136])
        if size is None:
            return None
        name = _text(block[:100])
        if block[257:263] == b"ustar\0" and (prefix := _text(block[345:500])):
            name = f"{prefix}/{name}"
        return cls(name, size, block[156:157])


def _number(field: bytes) -> int | None:
    if field[0] == 0x80:  # GNU tar: base 256 where octal digits do not suffice
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits, 8) if re.fullmatch(rb"[0-7]+", digits) else None


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", errors="replace")


def _name_from(kind: bytes, body: bytes) -> str:
    if kind == _GNU_NAME:
        return _text(body)
    path = re.search(rb"(?:^|\n)\d+ path=([^\n]*)\n", body)
    return _text(path[1]) if path else ""


def _body(stream: IO[bytes], size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise EOFError("cut within a member")
    _skip(stream, size, read=size)
    return body


def _skip(stream: IO[bytes], size: int, read: int = 0) -> None:
    """Pass over the rest of a member of `size` bytes and its padding."""
    rest = -(-size // _BLOCK) * _BLOCK - read
    while rest > 0:
        n = len(stream.read(min(rest, 2**20)))
        if not n:
            raise EOFError("cut within a member")
        rest -= n
