"""What a publisher has of a day: files, their sizes and their digests."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

import msgspec
import requests

from anomaly.fetch.archives import Archive, Place
from anomaly.fetch.client import Client, host, server_date, validator
from anomaly.fetch.errors import FetchError, MissingError, NotPublishedError

# A day as published, or a part of it as `split` names them; never a path.
_DAY_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.tar(\.[a-z]{2})?")
_ANY_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
_PARTS = [f".a{letter}" for letter in string.ascii_lowercase]
# Where two copies of a day differ by more, the smaller one lacks something.
_CLEARLY_LARGER = 1.25


@dataclass(frozen=True)
class RemoteFile:
    """A file of a day, as its publisher tells of it."""

    name: str
    address: str
    size: int | None = None
    sha256: str | None = None
    validator: str | None = None
    """What tells this state of the file from another: an ETag or a time."""


@dataclass(frozen=True)
class Release:
    """All files of a day at one place."""

    address: str
    files: tuple[RemoteFile, ...]
    doubts: tuple[str, ...] = ()
    """What seems to be missing of it, in sentences."""

    @property
    def size(self) -> int:
        """Bytes in all, as far as told."""
        return sum(file.size or 0 for file in self.files)


class _Asset(msgspec.Struct):
    name: str
    browser_download_url: str
    size: int | None = None
    digest: str | None = None
    state: str = "uploaded"


class _GithubRelease(msgspec.Struct):
    assets: list[_Asset]
    draft: bool = False


def find(archive: Archive, date: dt.date, client: Client) -> Release:
    """Return the fullest copy of a day that is published, the preferred if alike.

    Raises
    ------
    NotPublishedError
        If there is none, or it is still being uploaded.
    FetchError
        If a publisher cannot be asked.
    """
    found: Release | None = None
    for place in archive.of(date):
        look = _on_github if place.kind == "github-release" else _as_files
        try:
            release = look(place, date, client)
        except MissingError:
            continue
        if found is None or release.size > _CLEARLY_LARGER * found.size:
            found = release
    if found is None:
        raise NotPublishedError(
            f"{archive.name} has not published {date} yet",
            hint="Days come a day or more late. Run the same command again later.",
        )
    return found


def _on_github(place: Place, date: dt.date, client: Client) -> Release:
    try:
        told = msgspec.json.decode(client.listing(place.address), type=_GithubRelease)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FetchError(
            f"{host(place.address)} answered something else than a release",
            hint="Something on the way may want you to sign in first.",
        ) from error
    assets = [a for a in told.assets if _DAY_FILE.fullmatch(a.name)]
    if told.draft or any(asset.state != "uploaded" for asset in assets):
        raise NotPublishedError(
            f"{date} is being uploaded to {host(place.address)} just now",
            hint="Run the same command again later.",
        )
    if not assets:
        raise MissingError(f"the release at {place.address} is empty")
    files = [
        RemoteFile(a.name, a.browser_download_url, a.size, _sha256(a.digest))
        for a in sorted(assets, key=lambda asset: asset.name)
    ]
    return Release(place.address, tuple(files), tuple(_doubts(files)))


def _as_files(place: Place, date: dt.date, client: Client) -> Release:
    """Return the file at an address, or its parts beside it."""
    try:
        files = [_file_at(place.address, date, client)]
    except MissingError:
        files = []
        for part in _PARTS:
            try:
                files.append(_file_at(place.address + part, date, client))
            except MissingError:
                break
        if not files:
            raise
    return Release(place.address, tuple(files), tuple(_doubts(files)))


def _file_at(address: str, date: dt.date, client: Client) -> RemoteFile:
    method = "HEAD"
    try:
        with client.get(address, method="HEAD") as answer:
            return _told(address, date, answer)
    except MissingError:
        raise
    except FetchError:
        method = "GET"  # not every server knows the other
    with client.get(address, method=method) as answer:
        return _told(address, date, answer)


def _told(address: str, date: dt.date, answer: requests.Response) -> RemoteFile:
    today = server_date(answer)
    if today is not None and date >= today:
        raise NotPublishedError(
            f"{date} is not over yet where {host(address)} is",
            hint="Run the same command again tomorrow.",
        )
    name = unquote(urlsplit(address).path).rpartition("/")[2]
    if not _ANY_FILE.fullmatch(name):
        raise FetchError(f"{address} names no file", hint="Give the file's address.")
    length = answer.headers.get("Content-Length", "")
    known = answer.status_code == HTTPStatus.OK and length.isdigit()
    size = int(length) if known else None
    return RemoteFile(name, address, size, validator=validator(answer))


def _doubts(files: Sequence[RemoteFile]) -> list[str]:
    """Return what the names and sizes of parts tell of missing ones.

    All parts but the last are of one size, for they are pieces of one file.
    """
    suffixes = [file.name[-3:] for file in files]
    if not suffixes[0].startswith(".a"):
        return []
    last = _PARTS.index(suffixes[-1]) if suffixes[-1] in _PARTS else 0
    lacking = [part for part in _PARTS[:last] if part not in suffixes]
    doubts = [f"the part {part} is not published" for part in lacking]
    if len(files) == 1 or (files[-1].size or 0) >= (files[0].size or 1):
        doubts.append(f"there seems to be a part after {files[-1].name}")
    return doubts


def _sha256(digest: str | None) -> str | None:
    told = _SHA256.fullmatch(digest or "")
    return told[1] if told else None
