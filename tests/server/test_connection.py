"""Clients that occupy the server: they ask for nothing, or do not read what they are answered."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
import uvicorn
from uvicorn.server import ServerState

from latentmapper.server.connection import Connection
from latentmapper.server.running import Server, listen

from .fakes import fake_service

ASKED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = b"GET /vendor/three.core.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
AHEAD = 40
"""Requests at once whose answers fill any buffer of the system."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One that waits half a second."""
    service, _ = fake_service(tmp_path, timeout=0.5)
    ready = threading.Event()
    server = Server(service, ready.set)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        assert ready.wait(60)
        yield server
        server.should_exit = True
        thread.join(60)


@pytest.fixture
def address(server: Server) -> tuple[str, int]:
    return server.servers[0].sockets[0].getsockname()


def healthy(client: socket.socket) -> bool:
    """Ask on an open connection, and read the whole answer."""
    client.sendall(ASKED)
    answer = b""
    while not answer.endswith(b"}"):
        answer += client.recv(10_000)
    return b"200 OK" in answer


@pytest.mark.parametrize("said", [b"", b"G", ASKED[:-2]])
def test_who_does_not_ask_in_time_is_cut_off(address: tuple[str, int], said: bytes) -> None:
    with socket.create_connection(address, 60) as client:
        client.sendall(said)
        assert client.recv(1) == b""


def test_who_has_asked_before_is_cut_off_too(address: tuple[str, int]) -> None:
    with socket.create_connection(address, 60) as client:
        assert healthy(client)
        client.sendall(ASKED[:3])
        assert client.recv(1) == b""


def test_who_asks_again_in_time_is_answered(address: tuple[str, int]) -> None:
    with socket.create_connection(address, 60) as client:
        assert all(healthy(client) for _ in range(3))


def test_who_does_not_read_the_answers_is_cut_off(server: Server, address: tuple[str, int]) -> None:
    held = server.server_state.connections
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(address)
        client.sendall(LARGE * AHEAD)
        _until(lambda: held)
        _until(lambda: not held)


def _until(look: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not look():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def test_who_reads_slowly_is_waited_for() -> None:
    """As long as bytes leave, however many are left."""
    loop, transport = Mock(), Mock()
    transport.get_extra_info.return_value = None
    about = {"config": uvicorn.Config(Mock()), "server_state": ServerState(), "app_state": {}, "_loop": loop}
    connection = Connection(**about, seconds=1.0)
    connection.connection_made(transport)
    for waiting in (3000, 2000, 1000, 1000):
        assert not transport.abort.called
        transport.get_write_buffer_size.return_value = waiting
        if waiting == 3000:
            connection.pause_writing()
        else:
            _, late, *given = loop.call_later.call_args.args
            late(*given)
    assert transport.abort.called
