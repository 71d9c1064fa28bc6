"""Who may speak to the review server: a browser on this machine, on our own pages.

Loopback alone does not keep other web sites out: a page anywhere can make the
analyst's browser send requests here.  So every request must name this host (against
DNS rebinding), and whatever changes something must come from our pages (Origin) and
carry their token.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from anomaly.report.environment import policy
from anomaly.store import Store

# A note of the greatest length, encoded, and the rest of its form.
LARGEST_BODY_BYTES = 64_000
_HEADERS = {
    "content-security-policy": policy("reader", "desk", with_forms=True)
    + "; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With "no-referrer" a browser would hide the origin of our own forms, too.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def hosts(port: int) -> frozenset[str]:
    """Return the names under which this machine may be asked."""
    return frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})


class Guard:
    """Refuse what is not from our own pages; put headers on every answer."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = hosts(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            # Nothing here speaks anything but HTTP.
            return await self.app(scope, receive, send)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    *((k.encode(), v.encode()) for k, v in _HEADERS.items()),
                ]
            await send(message)

        refused = self._refusal(Request(scope))
        handler: ASGIApp = self.app if refused is None else refused
        return await handler(scope, receive, send_guarded)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if host not in self.hosts:
            return PlainTextResponse("unknown host", 421)
        if request.method in ("GET", "HEAD"):
            return None
        if request.method != "POST":
            return PlainTextResponse("method not allowed", 405)
        if request.headers.get("origin") != f"http://{host}":
            return PlainTextResponse("not from this page", 403)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY_BYTES:
            return PlainTextResponse("too large", 413)
        return None


def token(store: Store) -> str:
    """Return what proves that a form is ours.

    It outlives a restart, so that a page left open does not lose what is written in
    it; only this user can read it.
    """
    key = _key(store.root / ".review-key")
    return hmac.new(key, b"review form", "sha256").hexdigest()


def is_ours(given: str, token: str) -> bool:
    """Tell whether a form carries the token."""
    return hmac.compare_digest(given.encode(), token.encode())


def _key(path: Path) -> bytes:
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) >= 32:
            return key
        # Left half-written by a kill: make it anew.
        path.unlink(missing_ok=True)
        return _key(path)
    with os.fdopen(file, "wb") as out:
        key = secrets.token_bytes(32)
        out.write(key)
    return key
