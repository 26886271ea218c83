"""What every request passes before anything of it is read, and every answer on its way out."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from latentmapper.server.access import Access
from latentmapper.server.limits import Limits
from latentmapper.server.metrics import Metrics
from latentmapper.server.pages import PATHS

OPEN = {"/healthz", *PATHS}
"""Paths that need no token: who watches over servers has none, and the page has to be there to ask for it."""
RECONSTRUCTIONS = "/v1/reconstructions"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
UPLOADS = 16
"""Photos that may arrive at once: until they are accepted they are in no queue, but on the disk already."""
SHAPE_BYTES = 1 << 20
"""The most that is read of a request without a photo: JSON takes up to 25 times its size in memory, and
eight codes of 4,096 numbers take 0.8 MB."""
DRAINED = 4
"""Times the limit that is read and dropped of a request that is refused, so that its sender hears why."""


class Guard:
    """An ASGI application around another: checks, limits, headers and counts.

    Parameters
    ----------
    require_room : raises `HTTPException` where no photo can be accepted now.
    """

    def __init__(
        self, app: ASGIApp, access: Access, limits: Limits, metrics: Metrics, require_room: Callable[[], None]
    ) -> None:
        self._app, self._access, self._limits, self._metrics = app, access, limits, metrics
        self._require_room = require_room
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._limits.upload_bytes if _uploads(scope) else SHAPE_BYTES
        body = _Body(receive, self._limits.timeout, most)
        send = self._counted(scope, send)
        try:
            self._check(scope, Headers(scope=scope), most)
        except HTTPException as refused:
            if Headers(scope=scope).get("expect") is None:
                await body.drain()
            answer = JSONResponse({"detail": refused.detail}, refused.status_code, refused.headers)
            await answer(scope, receive, send)
            return
        uploads = int(_uploads(scope))
        self._uploads += uploads
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._uploads -= uploads

    def _check(self, scope: Scope, headers: Headers, most: int) -> None:
        """Raise `HTTPException` for what is refused by its head alone."""
        host = headers.get("host")
        if not self._access.allows_host(host):
            raise HTTPException(421, "the Host header does not name this server; see --name")
        if not self._access.allows_origin(headers.get("origin"), host):
            raise HTTPException(403, "pages of other sites may not use this server")
        if scope["path"] not in OPEN and not self._access.allows_token(headers.get("authorization")):
            raise HTTPException(401, "the token is missing or wrong", {"WWW-Authenticate": "Bearer"})
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise _too_large(most)
        if _uploads(scope):
            self._require_room()
            if self._uploads >= UPLOADS:
                raise HTTPException(429, "too many photos arrive at once", {"Retry-After": "1"})

    def _counted(self, scope: Scope, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                self._metrics.requests.labels(*_labels(scope, message["status"])).inc()
            await send(message)

        return sending


class _Body:
    """The body of one request, with an end to its size and to the time it may take.

    Parameters
    ----------
    seconds : that it may take to arrive.
    most : bytes that it may have.
    """

    def __init__(self, receive: Receive, seconds: float, most: int) -> None:
        self._receive, self._seconds, self._most = receive, seconds, most
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._size = 0
        self._complete = False

    async def receive(self) -> Message:
        """The next part; raises `HTTPException` for one too many, or too late."""
        if self._complete:  # what comes now is the end of the connection, whenever that is
            return await self._receive()
        message = await self._next()
        if self._size > self._most:
            await self.drain()
            raise _too_large(self._most)
        return message

    async def drain(self) -> None:
        """Read and drop what is left, within limits."""
        try:
            while not self._complete and self._size <= DRAINED * self._most:
                await self._next()
        except HTTPException:
            pass

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self._complete = True
            raise HTTPException(
                408, f"the request took longer than {self._seconds:g} s to arrive", _CLOSE
            ) from None
        self._size += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        return message


def _uploads(scope: Scope) -> bool:
    """Whether a request brings a photo: a full queue keeps none of the others out."""
    return scope["method"] == "POST" and scope["path"] == RECONSTRUCTIONS


_CLOSE = {"Connection": "close"}


def _too_large(most: int) -> HTTPException:
    return HTTPException(413, f"the request is larger than {most >> 20} MB, the most that is read", _CLOSE)


def _labels(scope: Scope, status: int) -> tuple[str, str, str]:
    """Method, route and status; few of each, whatever is asked."""
    route: Any = scope.get("route")
    method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "DELETE") else "other"
    return method, getattr(route, "path", "other"), str(status)
