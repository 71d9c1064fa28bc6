"""Bytes of files that may be plain, gzip or zstd, whatever their names, and bounded."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa
from isal import isal_zlib

from anomaly.ingest.base import DamagedError

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"

# The largest real trace inflates to about 2 MB and a whole-sky snapshot to 10; a
# file that exceeds this is a mistake or a bomb.
MAX_INFLATED = 256 * 2**20

_LEAST_TO_UNPACK = 4096  # fewer packed bytes may unpack to nothing yet

_DOWNLOAD_AGAIN = "Fetch or copy the file again."
_TOO_LARGE = f"Split it; {MAX_INFLATED // 2**20} MB at a time is the most we inflate."


def inflate(data: bytes, where: str, limit: int = MAX_INFLATED) -> bytes:
    """Return `data` unpacked, or as it is when it is neither gzip nor zstd.

    Raises
    ------
    DamagedError
        If nothing is there, the stream is cut or damaged, or its content exceeds
        `limit` bytes.
    """
    if not data:
        raise empty(where)
    if data.startswith(GZIP):
        return _inflate_gzip(data, where, limit)
    if data.startswith(ZSTD):
        return _inflate_zstd(data, where, limit)
    return data


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


def unpacking(stream: io.BufferedReader) -> IO[bytes]:
    """Return a stream of the unpacked content of `stream`, a piece at a time."""
    magic = stream.peek(4)
    if magic.startswith(GZIP):
        return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]
    if magic.startswith(ZSTD):
        unpacked: IO[bytes] = pa.CompressedInputStream(pa.PythonFile(stream), "zstd")
        return unpacked
    return stream


def lines(path: Path, limit: int = MAX_INFLATED) -> Iterator[bytes]:
    """Yield the unpacked lines of a file, none of them longer than `limit` bytes.

    Raises
    ------
    DamagedError
        As `inflate`, or if the file cannot be read, perhaps after some lines.
    """
    try:
        with path.open("rb") as file, unpacking(file) as stream:
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
    except OSError:
        return b""
    if start.startswith(GZIP):
        try:
            return zlib.decompressobj(wbits=31).decompress(start, size)
        except zlib.error:
            return b""
    if start.startswith(ZSTD):
        with pa.CompressedInputStream(pa.BufferReader(start), "zstd") as stream:
            try:
                return bytes(stream.read(size))
            except OSError:
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
        "truncated_gzip",
        f"{where} ends in the middle of its gzip stream",
        hint=_DOWNLOAD_AGAIN,
    )


def _damaged(where: str) -> DamagedError:
    return DamagedError(
        "damaged_gzip", f"{where} is damaged gzip", hint=_DOWNLOAD_AGAIN
    )


def _inflate_gzip(data: bytes, where: str, limit: int) -> bytes:
    """Return gzip unpacked: by isal, and by zlib where that is not sure of it."""
    fast = isal_zlib.decompressobj(wbits=31)
    try:
        whole: bytes = fast.decompress(data, limit + 1)
    except isal_zlib.error:  # type: ignore[misc]
        return _inflate_gzip_with_care(data, where, limit)
    if fast.eof and not fast.unused_data and len(whole) <= limit:
        return whole
    return _inflate_gzip_with_care(data, where, limit)


def _inflate_gzip_with_care(data: bytes, where: str, limit: int) -> bytes:
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
            raise _truncated(where)
        data = stream.unused_data
    return whole.getvalue()


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
