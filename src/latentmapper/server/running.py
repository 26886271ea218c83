"""The HTTP server itself: a socket, uvicorn, and an orderly end."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from latentmapper.errors import UsageError
from latentmapper.server.app import create_app
from latentmapper.server.service import Service

BACKLOG = 128
CONNECTIONS = 256
"""Requests at once, those that wait for a job included; more are answered with 503."""


class Server(uvicorn.Server):
    """A uvicorn that tells the desk as soon as it is told to end, so that nobody waits for jobs any more."""

    def __init__(self, service: Service) -> None:
        self._service = service
        config = uvicorn.Config(
            create_app(service),
            lifespan="on",
            log_level="warning",
            access_log=False,  # paths hold the ids of jobs
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=max(1, round(service.limits.grace)),
        )
        super().__init__(config)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What a signal leads to: the first ends in good order, the second at once."""
        self._service.desk.closing = True
        super().handle_exit(sig, frame)


def serve(service: Service, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or Ctrl-C.

    Parameters
    ----------
    ready : called when the socket takes connections.
    """
    # uvicorn hands signals on once it is done; the end that SIGTERM asks for has then been made.
    signal.signal(signal.SIGTERM, lambda *_: None)
    ready()
    Server(service).run([listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 takes any that is free.

    Raises
    ------
    UsageError : it cannot be bound.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return socket.create_server(found[0][4][:2], family=found[0][0], backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        problem = getattr(error, "strerror", None) or error
        raise UsageError(f"--host {host} --port {port}: {problem}") from None


def address(listener: socket.socket) -> str:
    """The URL under which a socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
