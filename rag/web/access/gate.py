"""The gate that every request passes: who asks, from where, how much, and whether we are closing.

It wraps the whole application (ASGI), so that no route of Gradio's, of a mounted program or of our
own can be reached around it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from rag.web.access.buckets import Buckets
from rag.web.access.headers import ALWAYS
from rag.web.access.people import CURRENT, Access, Person, client_address
from rag.web.access.traffic import Traffic
from rag.web.negotiation import spoken

OPEN = frozenset({"/healthz", "/readyz", "/login"})
"""Paths that anyone may reach."""

BODY_LIMIT = 4 << 20
"""Bytes of the largest request, uploads of reports aside."""

# Gradio's routes that the chat does not need: files in, other servers, code, its own history.
_UNUSED = (
    "/monitoring",
    *(
        f"/gradio_api/{name}"
        for name in (
            "upload", "proxy=", "file=http", "stream", "process_recording", "vibe", "undo-vibe",
            "run-history", "runs", "dev/", "deep_link", "component_server", "profiling",
        )
    ),
)  # fmt: skip
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What a question already asked still needs while the server is closing.
_CONTINUED = ("/gradio_api/queue/data", "/gradio_api/call/", "/healthz", "/readyz")
_ENDLESS = "/gradio_api/heartbeat/"


class Gate:
    """An ASGI application around ``app``.

    ``too_many`` words the refusal of who must wait so many seconds; ``large`` are the beginnings of
    paths whose requests may be larger than ``BODY_LIMIT``, because they are limited where they
    are read. ``requests`` counts what a person sends (not what they look at).
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        traffic: Traffic,
        *,
        requests: Buckets,
        too_many: Callable[[Person, float], str],
        large: tuple[str, ...] = (),
    ) -> None:
        self._app = app
        self._access = access
        self._traffic = traffic
        self._requests = requests
        self._too_many = too_many
        self._large = large
        self._behind_proxy = ProxyHeadersMiddleware(self._enter, list(access.proxies))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            scope.setdefault("state", {})["peer"] = client_address(scope)
            await self._behind_proxy(scope, receive, _with_headers(send))  # type: ignore[arg-type]
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        refusal = self._refused(scope, headers) or await self._admit(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if not scope["path"].startswith(self._large):
            receive = _limited(receive)
        token = CURRENT.set(scope["state"]["person"])
        try:
            if scope["path"].startswith(_ENDLESS):
                await self._app(scope, _until(self._traffic.closed, receive), send)
            else:
                with self._traffic.request():
                    await self._app(scope, receive, send)
        except _TooLarge:
            await _too_large()(scope, receive, send)
        finally:
            CURRENT.reset(token)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that nobody may make now; None where it may go on."""
        path, method = scope["path"], scope["method"]
        host = _name_of(headers.get("host", ""))
        length = headers.get("content-length", "0")
        refusal: Response | None = None
        if self._access.hosts and host not in self._access.hosts:
            refusal = _told(
                403,
                f"This server is not known by the name {host!r}. Add it to the setting `hosts`.",
            )
        elif _from_elsewhere(method, headers):
            refusal = _told(403, "This request comes from a page of another site.")
        elif self._traffic.stopping and not (method in _SAFE and path.startswith(_CONTINUED)):
            self._traffic.turned_away("stopping")
            refusal = _told(503, "This server is being stopped. Ask again in a moment.", retry=5)
        elif path.startswith(_UNUSED):
            refusal = _told(404, "Not Found")
        elif not path.startswith(self._large) and length.isdigit() and int(length) > BODY_LIMIT:
            refusal = _too_large()
        return refusal

    async def _admit(self, scope: Scope, headers: Headers) -> Response | None:
        """Note who asks, or give the answer to who is not known or sends too much."""
        state = scope["state"]
        person = await self._person(scope, state["peer"])
        person = None if person is None else replace(person, language=spoken(headers))
        state["person"] = person or Person("", client_address(scope), spoken(headers))
        if scope["path"] in OPEN:
            return None
        if person is None:
            return self._unknown(scope, headers)
        wait = 0.0
        if scope["method"] not in _SAFE:
            wait = self._requests.wait(person.key, take=True)
        if wait:
            self._traffic.turned_away("limit")
            return _told(429, self._too_many(person, wait), retry=int(wait) + 1)
        return None

    async def _person(self, scope: Scope, peer: str) -> Person | None:
        if "authorization" in Headers(scope=scope):
            # A password may have to be hashed, which takes too long for the loop.
            return await run_in_threadpool(self._access.identify, scope, peer)
        return self._access.identify(scope, peer)

    def _unknown(self, scope: Scope, headers: Headers) -> Response:
        looks = scope["method"] in _SAFE and "text/html" in headers.get("accept", "")
        if self._access.header:
            return _told(401, "The proxy did not say who asks. Reach this server through it.")
        if looks:
            return RedirectResponse(f"/login?next={quote(_local(scope))}", status_code=303)
        refusal = _told(401, "Sign in first.")
        if "sec-fetch-mode" not in headers:
            # Programs learn how; a browser would open a window of its own.
            refusal.headers["www-authenticate"] = 'Basic realm="reports", charset="UTF-8"'
        return refusal


def _from_elsewhere(method: str, headers: Headers) -> bool:
    """Whether a page of another site makes a browser send this.

    Links from elsewhere may lead here; what changes something must come from here. Programs that
    are no browsers send neither header.
    """
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc != headers.get("host")
    return method not in _SAFE and headers.get("sec-fetch-site", "none") not in _OWN_SITES


_OWN_SITES = frozenset({"none", "same-origin"})


class _TooLarge(HTTPException):
    """The body of a request went on beyond what is read; FastAPI tells it where it reads bodies."""

    def __init__(self) -> None:
        super().__init__(413, _TOO_LARGE)


_TOO_LARGE = f"A request has at most {BODY_LIMIT >> 20} MiB."


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_LIMIT:
            raise _TooLarge
        return message

    return limited


def _until(closed: asyncio.Event, receive: Receive) -> Receive:
    """``receive``, which says that the browser left as soon as ``closed`` is set."""

    async def receiving() -> Message:
        waits = {asyncio.ensure_future(receive()), asyncio.ensure_future(closed.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for one in waits:
                if one.done() and isinstance(message := one.result(), dict):
                    return message
            return {"type": "http.disconnect"}
        finally:
            for one in waits:
                one.cancel()

    return receiving


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in ALWAYS:
                headers.setdefault(name, value)
        await send(message)

    return sending


def _told(status: int, sentence: str, *, retry: int | None = None) -> Response:
    """A refusal in the form in which Gradio and FastAPI tell theirs."""
    headers = {"cache-control": "no-store"}
    if retry is not None:
        headers["retry-after"] = str(retry)
    return JSONResponse({"detail": sentence}, status, headers)


def _too_large() -> Response:
    return _told(413, _TOO_LARGE)


def _name_of(host: str) -> str:
    """A Host header without its port, in lower case."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _local(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['path']}?{query}" if query else str(scope["path"])
