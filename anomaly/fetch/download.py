"""Bring one file here: resumed where it broke off, checked, and renamed at the end."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import msgspec
import requests

from anomaly.errors import AnomalyError
from anomaly.fetch.client import BROKEN, Client, host, reason, validator
from anomaly.fetch.errors import FetchError
from anomaly.fetch.release import RemoteFile

Gained = Callable[[int], None]
"""Called with the bytes that are here, now and then."""

_CHUNK = 2**20
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
# A file that is not what was promised may be fetched anew so often.
_ANEW = 2


class _Origin(msgspec.Struct):
    """What a piece of a file is a piece of."""

    address: str
    validator: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class _Partial:
    """The beginning of a file, and a note of which file it is."""

    data: Path
    note: Path

    @classmethod
    def of(cls, path: Path) -> _Partial:
        beside = path.with_name(f".{path.name}.part")
        return cls(beside, beside.with_name(f"{beside.name}.json"))

    @property
    def size(self) -> int:
        return self.data.stat().st_size if self.data.exists() else 0

    def origin(self) -> _Origin | None:
        try:
            return msgspec.json.decode(self.note.read_bytes(), type=_Origin)
        except (OSError, msgspec.DecodeError):
            return None

    def begin(self, origin: _Origin) -> None:
        """Forget what is here, and note what comes instead."""
        self.data.write_bytes(b"")
        self.note.write_bytes(msgspec.json.encode(origin))

    def discard(self) -> None:
        self.data.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def download(
    file: RemoteFile, path: Path, client: Client, gained: Gained = lambda _n: None
) -> str:
    """Fetch a file to `path` and return its SHA-256.

    What a run that was cut short has left beside `path` is gone on from, if the server
    still has the same file.

    Raises
    ------
    FetchError
        If it does not come, or is not what was promised.
    """
    partial = _Partial.of(path)
    try:
        for _ in range(_ANEW):
            _complete(file, partial, client, gained)
            digest = _sha256(partial.data)
            if file.sha256 in (None, digest):
                partial.data.replace(path)
                partial.discard()
                return digest
            partial.discard()
    except OSError as error:
        raise _no_room(path, error) from error
    raise FetchError(
        f"{file.name} is not what its publisher says it is: the digests differ",
        hint="Nothing of it was kept. It may be uploaded anew; try again later.",
    )


def _complete(
    file: RemoteFile, partial: _Partial, client: Client, gained: Gained
) -> None:
    """Fetch what is missing of a file, as often as it takes and leads on."""
    origin = partial.origin()
    if (
        origin is None
        or origin.address != file.address
        or file.size not in (None, origin.size)
    ):
        partial.begin(_Origin(file.address, size=file.size))
    failures = 0
    while True:
        before = partial.size
        try:
            if _fetch_rest(file, partial, client, gained):
                return
            why = "the connection broke off"
        except BROKEN as error:
            why = reason(error)
        failures = 0 if partial.size > before else failures + 1
        client.wait(max(failures, 1), file.address, why)


def _fetch_rest(
    file: RemoteFile, partial: _Partial, client: Client, gained: Gained
) -> bool:
    """Fetch until the server stops sending; tell whether all is here."""
    origin = partial.origin() or _Origin(file.address)
    have = partial.size
    if have and origin.size == have:
        return True
    headers = {}
    if have and origin.validator:
        headers = {"Range": f"bytes={have}-", "If-Range": origin.validator}
    with client.get(file.address, headers) as answer:
        size = _whole_size(answer)
        if not _goes_on(answer, have, origin):
            _check_size(file, size)
            partial.begin(_Origin(file.address, validator(answer), file.size or size))
            if answer.status_code != HTTPStatus.OK:
                return False  # from the start again
            have = 0
        size = file.size or size
        with partial.data.open("ab") as out:
            for chunk in answer.raw.stream(_CHUNK, decode_content=False):
                have += len(chunk)
                if size is not None and have > size:
                    raise FetchError(f"{host(file.address)} sends more than promised")
                out.write(chunk)
                gained(have)
            out.flush()
            os.fsync(out.fileno())
    return size is None or have == size


def _goes_on(answer: requests.Response, have: int, origin: _Origin) -> bool:
    """Tell whether an answer begins where what is here ends, in the same file."""
    told = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if answer.status_code != HTTPStatus.PARTIAL_CONTENT or told is None or not have:
        return False
    same = told[2] in ("*", str(origin.size)) and int(told[1]) == have
    return same and validator(answer) in (None, origin.validator)


def _whole_size(answer: requests.Response) -> int | None:
    told = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if told:
        return None if told[2] == "*" else int(told[2])
    length = answer.headers.get("Content-Length", "")
    whole = answer.status_code == HTTPStatus.OK and length.isdigit()
    return int(length) if whole else None


def _check_size(file: RemoteFile, size: int | None) -> None:
    if file.size is not None and size is not None and size != file.size:
        raise FetchError(
            f"{file.name} has {size:,} bytes, and {file.size:,} by its list",
            hint="It may just be uploaded anew. Try again later.",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _no_room(path: Path, error: OSError) -> AnomalyError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = "the disk is full" if full else (error.strerror or str(error))
    return FetchError(
        f"cannot write {path.name} to {path.parent}: {why}",
        hint="What came is kept. Make room there, or pass another --data-dir.",
    )
