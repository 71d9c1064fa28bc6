"""Walk a tar, whole or in parts, without extracting it or joining the parts on disk.

The standard library's `tarfile` stops at the first damaged header; a day of 65,000
traces is worth going on after one.
"""

from __future__ import annotations

import io
import re
import string
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from anomaly.ingest.base import DamagedError, LeftOut
from anomaly.ingest.compression import MAX_INFLATED, empty, head, unpacking, unreadable
from anomaly.ingest.tar_header import BLOCK, MAGIC, MAGIC_AT, Header, text

# As `split` names them, with letters or with digits; never "gz" or "xz".
_PART = re.compile(
    r"(?P<whole>.+\.tar(\.gz|\.zst)?)\.(?P<part>a[a-z]|a[a-z]{2}|[0-9]{2,3})$"
)
_LETTERS = string.ascii_lowercase
_REGULAR = (b"0", b"\0", b"7")
_DIRECTORY = b"5"
# Both carry what did not fit into the next member's header.
_GNU_NAME, _GNU_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"
_LONGEST_NAME = 2**20
_CHUNK = 2**20


@dataclass(frozen=True)
class Member:
    """A wanted file of an archive."""

    name: str
    data: bytes
    share: float
    """How much of the archive has been read with it, 0 to 1."""


def is_tar(path: Path) -> bool:
    """Tell whether a file is a tar or part of a split one, by name and first bytes."""
    return bool(_PART.match(path.name)) or head(path, BLOCK)[MAGIC_AT:].startswith(
        MAGIC
    )


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
    found = []
    for beside in path.parent.glob("*.tar.*"):
        other = _PART.match(beside.name)
        if other and other["whole"] == part["whole"] and _is_alike(other, part):
            found.append(beside)
    return sorted(found)


def _is_alike(part: re.Match[str], other: re.Match[str]) -> bool:
    """Tell whether two parts are counted in the same way."""
    told, of_other = part["part"], other["part"]
    return len(told) == len(of_other) and told.isdigit() == of_other.isdigit()


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
    for missing in missing_parts(parts):
        left_out.add("missing_part", "files", example=missing)
    try:
        raw = _Parts(parts)
    except OSError as error:
        raise unreadable(path, error) from error
    if not raw.size:
        raise empty(path.name)
    packed = io.BufferedReader(raw, 2**20)
    with closing(raw), unpacking(packed, raw.size, path.name) as stream:
        try:
            yield from _walk(_Stream(stream), raw, wanted, left_out)
        except (EOFError, OSError, zlib.error) as error:
            left_out.add("cut_archive", "files", example=f"{path.name}: {error}")
        except DamagedError as error:
            left_out.add(error.reason, "files", example=str(error))


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


def missing_parts(parts: Sequence[Path]) -> list[str]:
    """Return the names of parts that must have been there, given the last one."""
    told = [_PART.match(path.name) for path in parts]
    if not told[0]:
        return []
    there = {part["part"] for part in told if part}
    # Some count from 1; the first of those that count from 0 may be what is missing.
    first = min(1, _number(min(there))) if min(there).isdigit() else 0
    expected = [_numbered(n, min(there)) for n in range(first, _number(max(there)))]
    whole = whole_name(parts[0])
    return [f"{whole}.{part}" for part in expected if part not in there]


def _number(part: str) -> int:
    """Return which part a name is of, counted from 0.

    >>> _number("ab"), _number("002")
    (1, 2)
    """
    if part.isdigit():
        return int(part)
    number = 0
    for letter in part:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return number


def _numbered(number: int, like: str) -> str:
    """Return the name of a part, of the kind that `like` is."""
    if like.isdigit():
        return f"{number:0{len(like)}}"
    letters = ""
    for _ in like:
        number, letter = divmod(number, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return letters


class _Stream:
    """A stream to which bytes can be given back."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._pending = b""

    def read(self, size: int) -> bytes:
        if not self._pending:
            return self._stream.read(size)
        taken, self._pending = self._pending[:size], self._pending[size:]
        return taken + self._stream.read(size - len(taken))

    def give_back(self, data: bytes) -> None:
        self._pending = data + self._pending


def _walk(
    stream: _Stream,
    raw: _Parts,
    wanted: Callable[[str], bool],
    left_out: LeftOut,
) -> Iterator[Member]:
    long_name = ""
    before = "the start"
    while block := stream.read(BLOCK):
        if not any(block):
            # Blocks of zeros end a tar; so does a hole that a broken copy left in it.
            if not _past_zeros(stream):
                return
            continue
        header = Header.parse(block)
        if header is None:
            left_out.add("damaged_archive", "files", example=f"after {before}")
            stream.give_back(block[1:])
            if not _find_header(stream):
                return
            continue
        name, long_name = long_name or header.name, ""
        if header.kind in (_GNU_NAME, _PAX) and header.size <= _LONGEST_NAME:
            long_name = _name_from(header.kind, _body(stream, header.size))
            continue
        reason = refusal(header, name, wanted)
        if reason is None:
            yield Member(name, _body(stream, header.size), raw.share)
            before = name
            continue
        if reason:
            left_out.add(reason, "files", example=name)
        _skip(stream, header.size)
    # Only a tar that was cut ends without its block of zeros.
    raise EOFError("no end mark")


def _past_zeros(stream: _Stream) -> bool:
    """Go on to the next block that is not all zeros; tell whether there is one."""
    while chunk := stream.read(_CHUNK):
        n_zeros = len(chunk) - len(chunk.lstrip(b"\0"))
        rest = chunk[n_zeros // BLOCK * BLOCK :]
        if n_zeros < len(chunk) and (len(rest) >= BLOCK or len(chunk) == _CHUNK):
            stream.give_back(rest)
            return True
    return False


def _find_header(stream: _Stream) -> bool:
    """Go on to the next whole header, wherever it is; tell whether there is one.

    Not in steps of a block: a part that was cut short shifts all that follow it.
    """
    window = b""
    while chunk := stream.read(_CHUNK):
        window += chunk
        at = window.find(MAGIC, MAGIC_AT)
        while at >= 0:
            start = at - MAGIC_AT
            if start + BLOCK > len(window):
                break  # the rest of it comes with the next chunk
            if Header.parse(window[start : start + BLOCK]):
                stream.give_back(window[start:])
                return True
            at = window.find(MAGIC, at + 1)
        window = window[-BLOCK:]
    return False


def refusal(header: Header, name: str, wanted: Callable[[str], bool]) -> str | None:
    """Return why a member is left out, nothing to say as "", or None if it is not."""
    if header.kind in (_DIRECTORY, _PAX_GLOBAL, _GNU_LINK, _PAX, _GNU_NAME):
        return ""
    could_escape = name.startswith("/") or ".." in name.split("/")
    if header.kind not in _REGULAR or could_escape:
        return "unsafe_member"
    if not wanted(name):
        return "not_a_trace"
    return "too_large" if header.size > MAX_INFLATED else None


def _name_from(kind: bytes, body: bytes) -> str:
    if kind == _GNU_NAME:
        return text(body)
    path = re.search(rb"(?:^|\n)\d+ path=([^\n]*)\n", body)
    return text(path[1]) if path else ""


def _body(stream: _Stream, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise EOFError("cut within a member")
    _skip(stream, size, read=size)
    return body


def _skip(stream: _Stream, size: int, read: int = 0) -> None:
    """Pass over the rest of a member of `size` bytes and its padding."""
    rest = -(-size // BLOCK) * BLOCK - read
    while rest > 0:
        n = len(stream.read(min(rest, 2**20)))
        if not n:
            raise EOFError("cut within a member")
        rest -= n
