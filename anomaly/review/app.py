"""The review server: which address does what, behind the guard."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from anomaly.errors import AnomalyError
from anomaly.reference import Reference
from anomaly.review import forms, guard
from anomaly.review.days import Days
from anomaly.review.pages import Pages
from anomaly.store import Store

HOST = "127.0.0.1"

Handler = Callable[[Request], Awaitable[Response]]


def make_app(
    store: Store, *, port: int, by: str, show_private: bool = False
) -> Starlette:
    """Return the application that serves a data directory on a port of this machine.

    Parameters
    ----------
    by
        Who reviews, until a browser says another name.
    show_private
        Name aircraft whose owners asked for privacy.
    """
    days = Days(store, Reference.load(store.root), show_private)
    pages = Pages(store, days, by, guard.token(store))
    posts = {
        "/reviewer": pages.sign_in,
        "/lists": pages.change_list,
        "/undo/{verdict_id:int}": pages.undo,
        "/{date}/flags/{name}/verdict": pages.decide,
        "/{date}/flags/{name}/correct": pages.correct,
    }
    gets = {
        "/": pages.days,
        "/lists": pages.lists,
        "/verdicts": pages.verdicts,
        "/verdicts.csv": pages.export,
        "/{date}": pages.to_index,
        "/{date}/": pages.to_index,
        "/{date}/flight/{flight_id}": pages.to_flight,
        "/{date}/{name:path}": pages.file,
    }
    app = Starlette(
        routes=[
            *(
                Route(path, _changing(change, pages.token), methods=["POST"])
                for path, change in posts.items()
            ),
            *(Route(path, _showing(show)) for path, show in gets.items()),
        ],
        middleware=[Middleware(guard.Guard, port=port)],
        exception_handlers={AnomalyError: pages.problem, HTTPException: pages.missing},
    )
    # What is not there is not there, rather than perhaps elsewhere.
    app.router.redirect_slashes = False
    return app


def serve(
    store: Store,
    *,
    port: int,
    by: str,
    show_private: bool = False,
    on_ready: Callable[[str], None],
) -> None:
    """Serve the review pages on this machine until interrupted.

    Parameters
    ----------
    port
        0 takes any that is free.
    on_ready
        Called with the address once it can be opened.

    Raises
    ------
    AnomalyError
        If something else has the port.
    """
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise AnomalyError(
            f"cannot listen on port {port} of this machine: {error.strerror}",
            hint="Another review may be running; pass another --port.",
        ) from error
    with listener:
        port = listener.getsockname()[1]
        app = make_app(store, port=port, by=by, show_private=show_private)
        config = uvicorn.Config(
            app, log_level="warning", server_header=False, ws="none", lifespan="off"
        )
        on_ready(f"http://{HOST}:{port}/")
        uvicorn.Server(config).run(sockets=[listener])


def _showing(show: Callable[[Request], Response]) -> Handler:
    async def handle(request: Request) -> Response:
        return await run_in_threadpool(show, request)

    return handle


def _changing(change: Callable[[Request, forms.Form], Response], token: str) -> Handler:
    async def handle(request: Request) -> Response:
        form = await forms.read(request)
        if not guard.is_ours(form.fields.get("token", ""), token):
            raise HTTPException(403)
        return await run_in_threadpool(change, request, form)

    return handle
