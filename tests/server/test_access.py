"""Who may ask: addresses, names, pages and tokens."""

import pytest

from latentmapper.errors import UsageError
from latentmapper.server.access import Access

TOKEN = "correct horse battery"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_this_machine_needs_no_token(host: str) -> None:
    Access(host).require()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org"])
def test_other_machines_need_one(host: str) -> None:
    with pytest.raises(UsageError) as caught:
        Access(host).require()
    assert str(caught.value) == (
        f"--host {host}: other machines can reach it, so it needs a token;"
        " give --token or set LATENTMAPPER_TOKEN"
    )
    Access(host, TOKEN).require()


def test_short_tokens_are_no_secret() -> None:
    for token in ("", "fifteen letters"):
        with pytest.raises(UsageError) as caught:
            Access(token=token).require()
        assert str(caught.value) == "--token: too short to be a secret; at least 16 characters"


@pytest.mark.parametrize("token", [f"{TOKEN} ", f"{TOKEN}\n", "richtig pferd klammer ä", "“a longer token”"])
def test_tokens_that_no_request_can_show_are_refused(token: str) -> None:
    with pytest.raises(UsageError, match=r"--token: .*header"):
        Access(token=token).require()


@pytest.mark.parametrize("name", ["meshes.example:8443", "https://meshes.example", "meshes.example/page", ""])
def test_names_that_no_request_can_have_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match=f"--name {name}: a host name alone"):
        Access(names=("fine.example", name)).require()
    Access(names=("fine.example",)).require()


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True), ("127.0.0.1:8000", True), ("LOCALHOST:1", True),
        ("[::1]:8000", True), ("[::1]", True),
        (None, False), ("", False), ("evil.example", False), ("evil.example:8000", False),
        ("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("evil@localhost", False),
        ("192.168.0.7:8000", False), ("localhost:port", False), ("localhost/", False), ("[::1", False),
        ("2130706433", False),
    ],
)  # fmt: skip
def test_names_of_a_local_server(host: str | None, allowed: bool) -> None:
    assert Access().allows_host(host) is allowed


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("192.168.0.7:8000", True), ("meshes.example", True), ("localhost", True), ("evil.example", False)],
)
def test_names_of_a_server_for_others(host: str, allowed: bool) -> None:
    assert Access("0.0.0.0", TOKEN, ("Meshes.example",)).allows_host(host) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True), ("http://127.0.0.1:8000", True), ("https://127.0.0.1:8000", True),
        ("null", False), ("http://127.0.0.1:9000", False), ("http://evil.example", False), ("", False),
    ],
)  # fmt: skip
def test_pages_of_other_sites(origin: str | None, allowed: bool) -> None:
    assert Access.allows_origin(origin, "127.0.0.1:8000") is allowed


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        (f"Bearer {TOKEN}", True), (f"bearer {TOKEN}", True), (None, False), ("", False), (TOKEN, False),
        (f"Basic {TOKEN}", False), (f"Bearer {TOKEN}x", False), (f"Bearer {TOKEN[:-1]}", False),
        ("Bearer ü", False),
    ],
)  # fmt: skip
def test_tokens(header: str | None, allowed: bool) -> None:
    assert Access(token=TOKEN).allows_token(header) is allowed
    assert Access().allows_token(header)
