"""Bytes of files that may be plain, gzip or zstd, whatever their names, and bounded."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from isal import igzip_lib

from anomaly.ingest.base import DamagedError

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"

# The largest real trace inflates to about 2 MB and a whole-sky snapshot to 10; a
# file that exceeds this is a mistake or a bomb.
MAX_INFLATED = 256 * 2**20

# A day of snapshots, alike from one to the next, may pack to a hundredth.
_MOST_PACKED = 200
_SURELY_FINE = 16 * 2**20
_PIECE = 2**16

_CUT = "truncated_gzip"
_MAY_BEGIN_WELL = (_CUT, "damaged_gzip", "damaged_zstd")
_LEAST_TO_UNPACK = 4096  # fewer packed bytes may unpack to nothing yet

_DOWNLOAD_AGAIN = "Fetch or copy the file again."
_TOO_LARGE = f"Split it; {MAX_INFLATED // 2**20} MB at a time is the most we inflate."


def inflate(data: bytes, where: str, limit: int = MAX_INFLATED) -> bytes:
    """Return `data` unpacked, or as it is when it is neither gzip nor zstd.

    Raises
    ------
    DamagedError
        If nothing is there, the stream is cut or damaged, or its content exceeds
        `limit` bytes or all proportion.
    """
    if not data:
        raise empty(where)
    # Many small bombs would take as long as a large one.
    limit = min(limit, max(_SURELY_FINE, _MOST_PACKED * len(data)))
    if data.startswith(GZIP):
        return _inflate_gzip(data, where, limit)
    if data.startswith(ZSTD):
        return _inflate_zstd(data, where, limit)
    return data


def inflate_up_to_cut(data: bytes, where: str) -> tuple[bytes, DamagedError | None]:
    """Return `data` unpacked up to where its gzip stream is cut, and that it is.

    Raises
    ------
    DamagedError
        As `inflate`, but for a cut.
    """
    try:
        return inflate(data, where), None
    except DamagedError as error:
        if error.reason != _CUT:
            raise
        begins, _ = _unpacked(data, where, MAX_INFLATED)
        return begins, error


def read_inflated(path: Path, limit: int = MAX_INFLATED) -> bytes:
    """Return the unpacked content of a whole file.

    Raises
    ------
    DamagedError
        As `inflate`, or if the file cannot be read.
    """
    try:
        if path.stat().st_size > limit:
            raise DamagedError(
                "too_large", f"{path.name} is too large", hint=_TOO_LARGE
            )
        return inflate(path.read_bytes(), path.name, limit)
    except OSError as error:
        raise unreadable(path, error) from error


def unpacking(stream: io.BufferedReader[Any], size: int, where: str) -> IO[bytes]:
    """Return a stream of the unpacked content of `stream`, a piece at a time.

    `size` is how many bytes it has as it is; content out of proportion to them is
    refused by the stream's `read`, with a `DamagedError`.
    """
    magic = stream.peek(4)
    packed: IO[bytes] | gzip.GzipFile
    if magic.startswith(GZIP):
        packed = gzip.GzipFile(fileobj=stream)
    elif magic.startswith(ZSTD):
        packed = pa.CompressedInputStream(pa.PythonFile(stream), "zstd")
    else:
        return stream
    limit = max(MAX_INFLATED, _MOST_PACKED * size)
    return _Bounded(packed, limit, where)  # type: ignore[return-value]


class _Bounded(io.RawIOBase):
    """Unpacked content up to a limit, and up to where it is damaged.

    A stream of the standard library loses, with an error, what it had unpacked before.
    """

    def __init__(
        self, packed: IO[bytes] | gzip.GzipFile, limit: int, where: str
    ) -> None:
        self._packed = packed
        # A gzip file's `read` goes on until it has all, or loses all.
        self._some = packed.read1 if isinstance(packed, gzip.GzipFile) else packed.read
        self._left = limit
        self._where = where
        self._error: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        whole = bytearray()
        while size < 0 or len(whole) < size:
            piece = self._piece(min(_PIECE, size - len(whole)) if size > 0 else _PIECE)
            if not piece:
                break
            whole += piece
        if self._error and not whole:
            raise self._error
        return bytes(whole)

    def close(self) -> None:
        self._packed.close()
        super().close()

    def _piece(self, size: int) -> bytes:
        """Return some content, nothing at its end or where it is damaged."""
        if self._error:
            return b""
        try:
            piece = self._some(size)
        except (EOFError, OSError, zlib.error) as error:
            self._error = error
            return b""
        self._left -= len(piece)
        if self._left < 0:
            self._error = DamagedError(
                "too_large",
                f"{self._where} is small and unpacks without end",
                hint="It looks made to fill a machine; do not trust its source.",
            )
            return b""
        return piece


def read_what_is_there(path: Path) -> tuple[bytes, DamagedError | None]:
    """Return the unpacked content of a file up to where it is damaged, and how it is.

    Raises
    ------
    DamagedError
        If there is nothing, or too much, or the file cannot be read.
    """
    try:
        return read_inflated(path), None
    except DamagedError as error:
        if error.reason not in _MAY_BEGIN_WELL:
            raise
        size = path.stat().st_size
        with path.open("rb") as file, unpacking(file, size, path.name) as stream:
            try:
                begins = stream.read(MAX_INFLATED)
            except (EOFError, OSError, zlib.error, DamagedError):
                raise error from None
        return begins, error


def lines(path: Path, limit: int = MAX_INFLATED) -> Iterator[bytes]:
    """Yield the unpacked lines of a file, none of them longer than `limit` bytes.

    Raises
    ------
    DamagedError
        As `inflate`, or if the file cannot be read, perhaps after some lines.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file, unpacking(file, size, path.name) as stream:
            if not file.peek(1):
                raise empty(path.name)
            unpacked = io.BufferedReader(stream)  # type: ignore[type-var]
            while line := unpacked.readline(limit + 1):
                if len(line) > limit:
                    raise DamagedError(
                        "too_large", f"{path.name} has a line too long", hint=_TOO_LARGE
                    )
                yield line
    except EOFError as error:
        raise _truncated(path.name) from error
    except zlib.error as error:
        raise _damaged(path.name) from error
    except OSError as error:
        raise unreadable(path, error) from error


def head(path: Path, size: int = 4096) -> bytes:
    """Return up to `size` unpacked first bytes of a file; none if unreadable."""
    try:
        with path.open("rb") as file:
            start = file.read(max(size, _LEAST_TO_UNPACK))
            if start.startswith(ZSTD):
                # Its blocks may be larger than what was read.
                file.seek(0)
                with pa.CompressedInputStream(pa.PythonFile(file), "zstd") as stream:
                    return bytes(stream.read(size))
    except OSError:
        return b""
    if start.startswith(GZIP):
        try:
            return zlib.decompressobj(wbits=31).decompress(start, size)
        except zlib.error:
            return b""
    return start


def empty(where: str) -> DamagedError:
    """Return the error for a file without content."""
    return DamagedError("empty_file", f"{where} is empty", hint=_DOWNLOAD_AGAIN)


def unreadable(path: Path, error: OSError) -> DamagedError:
    """Return the error for a file that the system does not let us read."""
    return DamagedError(
        "unreadable",
        f"cannot read {path.name}: {error.strerror or error}",
        hint="Check the path and its permissions.",
    )


def _truncated(where: str) -> DamagedError:
    return DamagedError(
        _CUT,
        f"{where} ends in the middle of its gzip stream",
        hint=_DOWNLOAD_AGAIN,
    )


def _damaged(where: str) -> DamagedError:
    return DamagedError(
        "damaged_gzip", f"{where} is damaged gzip", hint=_DOWNLOAD_AGAIN
    )


def _inflate_gzip(data: bytes, where: str, limit: int) -> bytes:
    """Return gzip unpacked: by isal, and by zlib where that is not sure of it."""
    fast = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    # How much room it needs is told at its end, as a rule: no need to look for more.
    told = int.from_bytes(data[-4:], "little")
    try:
        whole: bytes = fast.decompress(data, min(told, limit) + 1)
    except igzip_lib.error:  # type: ignore[misc]
        return _inflate_gzip_with_care(data, where, limit)
    if fast.eof and not fast.unused_data and len(whole) <= limit:
        return whole
    return _inflate_gzip_with_care(data, where, limit)


def _inflate_gzip_with_care(data: bytes, where: str, limit: int) -> bytes:
    content, is_whole = _unpacked(data, where, limit)
    if not is_whole:
        raise _truncated(where)
    return content


def _unpacked(data: bytes, where: str, limit: int) -> tuple[bytes, bool]:
    """Return gzip unpacked as far as it goes, and whether that is to its end."""
    whole = io.BytesIO()
    while data.startswith(GZIP):  # a gzip file may be several, one after another
        stream = zlib.decompressobj(wbits=31)
        try:
            # One byte more than allowed tells "just fits" from "too large".
            whole.write(stream.decompress(data, limit + 1 - whole.tell()))
        except zlib.error as error:
            raise _damaged(where) from error
        if whole.tell() > limit:
            raise DamagedError("too_large", f"{where} is too large", hint=_TOO_LARGE)
        if not stream.eof:
            return whole.getvalue(), False
        data = stream.unused_data
    return whole.getvalue(), True


def _inflate_zstd(data: bytes, where: str, limit: int) -> bytes:
    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        try:
            content: bytes = stream.read(limit + 1)
        except OSError as error:
            raise DamagedError(
                "damaged_zstd", f"{where} is damaged zstd", hint=_DOWNLOAD_AGAIN
            ) from error
    if len(content) > limit:
        raise DamagedError("too_large", f"{where} is too large", hint=_TOO_LARGE)
    return content
