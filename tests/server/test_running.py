"""Where the server listens."""

import socket
from typing import Any

import pytest

from latentmapper.server.running import address, listen


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="the system keeps IPv4 and IPv6 apart")
def test_all_addresses_are_those_of_ipv4_too() -> None:
    with listen("::", 0) as listener:
        socket.create_connection(("127.0.0.1", listener.getsockname()[1]), 60).close()


def test_localhost_is_ipv4_first(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def ipv6_first(host: str, port: int, **how: Any) -> list[Any]:
        v6 = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))
        return [v6, *real("127.0.0.1", port, **how)]

    monkeypatch.setattr(socket, "getaddrinfo", ipv6_first)
    with listen("localhost", 0) as listener:
        assert address(listener).startswith("http://127.0.0.1:")
