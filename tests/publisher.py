"""A publisher of days on this machine, who can be as bad as the real ones at times."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Trouble = Callable[["Handler", bytes], None]


@dataclass
class Publisher:
    """Files by path, and what is to go wrong with the next requests for them."""

    files: dict[str, bytes] = field(default_factory=dict)
    troubles: dict[str, list[Trouble]] = field(
        default_factory=lambda: defaultdict(list)
    )
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and range of each request."""
    address: str = ""
    clock_s: float | None = None
    knows_head: bool = True
    has_etag: bool = True
    over: threading.Event = field(default_factory=threading.Event)

    def release(self, path: str, files: dict[str, bytes], **more: Any) -> None:
        """Publish a release as GitHub tells of it."""
        assets = []
        for name, data in files.items():
            self.files[f"/dl/{name}"] = data
            assets.append(
                {
                    "name": name,
                    "size": len(data),
                    "state": "uploaded",
                    "digest": f"sha256:{hashlib.sha256(data).hexdigest()}",
                    "browser_download_url": f"{self.address}/dl/{name}",
                }
                | more
            )
        self.files[path] = json.dumps({"assets": assets}).encode()

    def gets(self, path: str) -> list[str]:
        """Return the ranges in which a file was asked for."""
        return [told for method, p, told in self.asked if (method, p) == ("GET", path)]


class Handler(BaseHTTPRequestHandler):
    """Serves what the publisher has, by ranges too."""

    publisher: Publisher

    def log_message(self, *_: Any) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(timestamp or self.publisher.clock_s, usegmt=True)

    def do_HEAD(self) -> None:
        self._note()
        if not self.publisher.knows_head:
            self.fail(405)
        elif (data := self.publisher.files.get(self.path)) is None:
            self.fail(404)
        else:
            self.head(200, len(data), data)

    def do_GET(self) -> None:
        self._note()
        data = self.publisher.files.get(self.path, b"")
        if waiting := self.publisher.troubles[self.path]:
            waiting.pop(0)(self, data)
        elif self.path not in self.publisher.files:
            self.fail(404)
        else:
            self.serve(data)

    def serve(self, data: bytes, *, upto: int | None = None) -> None:
        """Send a file, or the rest that was asked for, perhaps not all of it."""
        start = self.start(data)
        if start is None:
            self.head(200, len(data), data)
            start = 0
        elif start >= len(data):
            self.fail(416)
            return
        else:
            told = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self.head(206, len(data) - start, data, {"Content-Range": told})
        self.wfile.write(data[start:upto])

    def start(self, data: bytes) -> int | None:
        """Return where the wanted rest begins, if a rest of this very file is."""
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") in (None, tag(data))
        return int(wanted[1]) if wanted and same else None

    def head(
        self, status: int, length: int, data: bytes, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        if self.publisher.has_etag:
            self.send_header("ETag", tag(data))
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def fail(self, status: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _note(self) -> None:
        told = self.headers.get("Range", "")
        self.publisher.asked.append((self.command, self.path, told))


def tag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def status(code: int, **headers: str) -> Trouble:
    """Answer with a status instead."""
    return lambda handler, _data: handler.fail(code, **headers)


def cut(after: int) -> Trouble:
    """Break off after so many bytes of the file."""

    def trouble(handler: Handler, data: bytes) -> None:
        handler.serve(data, upto=after)
        handler.close_connection = True

    return trouble


def stall(after: int) -> Trouble:
    """Fall silent after so many bytes of the file."""

    def trouble(handler: Handler, data: bytes) -> None:
        handler.serve(data, upto=after)
        handler.wfile.flush()
        handler.publisher.over.wait(10)
        handler.close_connection = True

    return trouble


def lie(length: int) -> Trouble:
    """Promise so many bytes, and send the file."""

    def trouble(handler: Handler, data: bytes) -> None:
        handler.head(200, length, data)
        handler.wfile.write(data[:length])
        handler.close_connection = True

    return trouble


@contextmanager
def publishing() -> Iterator[Publisher]:
    """Run a publisher on this machine."""
    publisher = Publisher()
    handler = type("OwnHandler", (Handler,), {"publisher": publisher})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    publisher.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield publisher
    finally:
        publisher.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
