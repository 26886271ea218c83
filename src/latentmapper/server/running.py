"""The HTTP server itself: a socket, uvicorn, and an orderly end."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn

from latentmapper.errors import UsageError
from latentmapper.server.access import LOCAL_NAME
from latentmapper.server.app import create_app
from latentmapper.server.connection import Connection
from latentmapper.server.service import Service

BACKLOG = 128
LAST_PORT = 65535
CLOSED = ("SIGHUP", "SIGBREAK")
"""Signals of a terminal that is closed, by system."""
CONNECTIONS = 256
"""Requests at once, those that wait for a job included; more are answered with 503."""


class Server(uvicorn.Server):
    """A uvicorn that tells the desk as soon as it is told to end, so that nobody waits for jobs any more."""

    def __init__(self, service: Service, ready: Callable[[], None]) -> None:
        self._service, self._ready = service, ready
        config = uvicorn.Config(
            create_app(service),
            http=cast(Any, partial(Connection, seconds=service.limits.timeout)),
            lifespan="on",
            log_level="warning",
            access_log=False,  # paths hold the ids of jobs
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=max(1, round(service.limits.grace)),
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal leads to: the first ends in good order, the second at once."""
        self._service.desk.closing = True
        super().handle_exit(sig, frame)


def serve(service: Service, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until Ctrl-C, or SIGTERM or the end of the terminal, which end the process with code 0.

    Parameters
    ----------
    ready : called once requests are answered.
    """
    # uvicorn hands a signal on to whoever had it before, once everything has ended in good order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for closed in _terminal_signals():
        signal.signal(closed, lambda *_: signal.raise_signal(signal.SIGTERM))
    Server(service, ready).run([listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes any that is free.

    That of all IPv6 addresses takes IPv4 too, where the system can. One of a name has one family: of
    `localhost` IPv4, which clients try that know no other.

    Raises
    ------
    UsageError : it cannot be bound.
    """
    if not 0 <= port <= LAST_PORT:
        raise UsageError(f"--port {port}: choose 0 to {LAST_PORT}")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        if host == LOCAL_NAME:
            found.sort(key=lambda each: each[0] != socket.AF_INET)
        family, *_, place = found[0]
        both = place[0] == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(place[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except socket.gaierror as error:
        raise UsageError(f"--host {host}: {error.strerror}") from None
    except OSError as error:  # its own text differs between systems
        problem = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(f"--host {host} --port {port}: {problem}") from None


def address(listener: socket.socket) -> str:
    """The URL under which a socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _terminal_signals() -> list[signal.Signals]:
    """What the system sends when the terminal is closed, unless somebody (nohup) has it ignored."""
    known = [getattr(signal, name) for name in CLOSED if hasattr(signal, name)]
    return [each for each in known if signal.getsignal(each) == signal.SIG_DFL]
