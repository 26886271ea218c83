"""Clients that occupy the server and ask for nothing."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from latentmapper.server.running import Server, listen

from .fakes import fake_service

ASKED = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Of a server that waits half a second."""
    service, _ = fake_service(tmp_path, timeout=0.5)
    ready = threading.Event()
    server = Server(service, ready.set)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        assert ready.wait(60)
        yield listener.getsockname()
        server.should_exit = True
        thread.join(60)


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
