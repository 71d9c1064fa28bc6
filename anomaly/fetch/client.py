"""Ask a server politely: within time limits, again after a while, and as it asks."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import requests
import urllib3

from anomaly.fetch.errors import FetchError, MissingError

# A body that breaks off is told by urllib3, all else by requests.
BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError)

_MISSING = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_LATER = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.FORBIDDEN,  # as GitHub says that too much was asked
)
_LISTING_BYTES = 8 * 2**20
_LATER_HINT = "What came is kept; run the same command again to go on from there."


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server, and how often to ask again."""

    connect_s: float = 15.0
    silence_s: float = 60.0
    """Nothing coming for so long is a failure."""
    attempts: int = 6
    """Failures in a row, without a byte gained, after which we give up."""
    first_delay_s: float = 1.0
    longest_delay_s: float = 60.0
    longest_wait_s: float = 900.0
    """A server that asks us to wait longer is left alone instead."""


class Client:
    """A session with the servers of a publisher."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.patience = patience or Patience()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "flight-anomaly"
        # A packed transfer could neither be resumed nor measured.
        self._session.headers["Accept-Encoding"] = "identity"

    @contextmanager
    def get(
        self, address: str, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> Iterator[requests.Response]:
        """Yield the answer to a request, its body not read yet.

        Raises
        ------
        MissingError
            If there is nothing at the address.
        FetchError
            If the server refuses, or fails as often as our patience lasts.
        """
        answer = self._asked(address, headers or {}, method)
        with answer:
            _check_way(address, answer)
            yield answer

    def listing(self, address: str) -> bytes:
        """Return a short text whole."""
        failures = 0
        while True:
            with self.get(address) as answer:
                try:
                    text: bytes = answer.raw.read(_LISTING_BYTES + 1)
                except BROKEN as error:
                    failures += 1
                    self.wait(failures, address, reason(error))
                    continue
            if len(text) > _LISTING_BYTES:
                raise FetchError(f"{host(address)} sent a listing without end")
            return text

    def wait(self, failures: int, address: str, why: str) -> None:
        """Wait before asking again, longer with every failure.

        Raises
        ------
        FetchError
            If that were once too often.
        """
        if failures >= self.patience.attempts:
            raise FetchError(
                f"{host(address)} failed {failures} times: {why}", hint=_LATER_HINT
            )
        doubled = self.patience.first_delay_s * 2 ** (failures - 1)
        # Not all at the same moment, if many were cut off at the same moment.
        time.sleep(min(doubled, self.patience.longest_delay_s) * random.uniform(0.7, 1))

    def _asked(
        self, address: str, headers: dict[str, str], method: str
    ) -> requests.Response:
        times = (self.patience.connect_s, self.patience.silence_s)
        failures = 0
        while True:
            try:
                answer = self._session.request(
                    method,
                    address,
                    headers=headers,
                    stream=True,
                    timeout=times,
                    allow_redirects=True,
                )
            except requests.exceptions.InvalidURL as error:
                raise FetchError(f"{address} is no address: {error}") from error
            except BROKEN as error:
                why, asked_s = reason(error), None
            else:
                if answer.ok or answer.status_code == _OUT_OF_RANGE:
                    return answer
                answer.close()
                why, asked_s = _refusal(address, answer)
            failures += 1
            if asked_s is None:
                self.wait(failures, address, why)
            else:
                self._wait_as_asked(failures, address, why, asked_s)

    def _wait_as_asked(
        self, failures: int, address: str, why: str, asked_s: float
    ) -> None:
        longest_s = self.patience.longest_wait_s
        if asked_s > longest_s or failures >= self.patience.attempts:
            again = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=asked_s)
            raise FetchError(
                f"{host(address)} asks to be left alone: {why}",
                hint=f"Run the same command again after {again:%H:%M} UTC.",
            )
        time.sleep(asked_s)


_OUT_OF_RANGE = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


def host(address: str) -> str:
    """Return the part of an address that people know it by.

    >>> host("https://example.org/a/b?secret=1")
    'example.org'
    """
    return urlsplit(address).netloc.rpartition("@")[2] or address


def server_date(answer: requests.Response) -> dt.date | None:
    """Return the day it is where the server stands, in UTC, if it tells."""
    told = _http_time(answer.headers.get("Date"))
    return told.date() if told else None


def validator(answer: requests.Response) -> str | None:
    """Return what tells this state of the file from another, byte for byte."""
    tag: str | None = answer.headers.get("ETag")
    if tag and not tag.startswith("W/"):
        return tag
    return answer.headers.get("Last-Modified")


def _refusal(address: str, answer: requests.Response) -> tuple[str, float | None]:
    """Return why there is no content, and how long the server asks us to wait."""
    status = answer.status_code
    why = f"{status} {answer.reason or ''}".strip()
    if status in _MISSING:
        raise MissingError(f"there is nothing at {address}", hint="Check the address.")
    asked_s = _asked_to_wait_s(answer)
    if status == HTTPStatus.FORBIDDEN and asked_s is None:
        raise FetchError(
            f"{host(address)} refuses: {why}",
            hint="It may ask for another address, or not serve everybody.",
        )
    if status not in _LATER and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FetchError(f"{host(address)} refuses: {why}", hint="Check the address.")
    return why, asked_s


def _asked_to_wait_s(answer: requests.Response) -> float | None:
    """Return how long a server wants to be left alone; None if it does not say."""
    told = answer.headers.get("Retry-After", "").strip()
    # The server's clock is not ours; what counts is the time between its two.
    now = _http_time(answer.headers.get("Date")) or dt.datetime.now(dt.UTC)
    if told.isdecimal():
        return float(told)
    if moment := _http_time(told):
        return max(0.0, (moment - now).total_seconds())
    reset = answer.headers.get("X-RateLimit-Reset", "")
    if answer.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
        return max(0.0, int(reset) - now.timestamp()) + 1.0
    return None


def _check_way(address: str, answer: requests.Response) -> None:
    """Refuse to be led from a safe way to an open one."""
    if address.startswith("https://") and not answer.url.startswith("https://"):
        raise FetchError(
            f"{host(address)} leads from https to {host(answer.url)} without",
            hint="Nothing was taken from there.",
        )


def _http_time(told: str | None) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(told or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def reason(error: Exception) -> str:
    """Return what went wrong in a few words."""
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "it fell silent"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate cannot be trusted"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return "the connection broke off"
