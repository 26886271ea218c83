"""What never reaches the routes."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from latentmapper.server import guard
from latentmapper.server.access import Access
from latentmapper.server.app import create_app

from .conftest import JOBS, PNG, Running
from .fakes import fake_service

TOKEN = "correct horse battery"


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Running]:
    server = Running(tmp_path / "secured", Access(token=TOKEN), upload=1)
    with server.client:
        yield server


def test_without_the_token_nothing_but_health_is_told(secured: Running) -> None:
    for path in ("/openapi.json", "/metrics", f"{JOBS}/0", f"{JOBS}/0/result", "/nothing"):
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = secured.client.get(path, headers=headers)
            assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.json() == {"detail": "the token is missing or wrong"}
    assert secured.post().status_code == 401
    assert secured.client.get("/healthz").status_code == 200
    assert secured.service.desk.waiting == secured.service.desk.running == 0
    secured.client.headers["Authorization"] = f"Bearer {TOKEN}"
    assert secured.done()["status"] == "made"
    assert secured.client.get("/openapi.json").status_code == 200


def test_names_that_were_made_to_point_here_are_refused(running: Running) -> None:
    for path in ("/healthz", "/openapi.json", JOBS):
        answer = running.client.get(path, headers={"Host": "evil.example:8000"})
        assert answer.status_code == 421
        assert answer.json() == {"detail": "the Host header does not name this server; see --name"}


def test_pages_of_other_sites_can_neither_post_nor_read(running: Running) -> None:
    running.client.headers["Origin"] = "http://evil.example"
    answer = running.post()
    assert (answer.status_code, answer.json()) == (
        403,
        {"detail": "pages of other sites may not use this server"},
    )
    assert "Access-Control-Allow-Origin" not in answer.headers
    preflight = running.client.options(JOBS, headers={"Access-Control-Request-Method": "DELETE"})
    assert preflight.status_code == 403
    running.client.headers["Origin"] = "http://127.0.0.1:8000"
    answer = running.post()
    assert answer.status_code == 202 and "Access-Control-Allow-Origin" not in answer.headers


def test_every_answer_keeps_browsers_from_guessing(running: Running) -> None:
    for path in ("/healthz", "/nothing", "/openapi.json"):
        headers = running.client.get(path).headers
        assert {name: headers[name] for name in guard.HEADERS} == guard.HEADERS


SENTENCE = "the request is larger than 1 MB, the most that is read"


def test_large_requests_are_refused_by_their_declared_length(secured: Running) -> None:
    secured.client.headers["Authorization"] = f"Bearer {TOKEN}"
    answer = secured.post(PNG + bytes(1 << 20))
    assert (answer.status_code, answer.json()) == (413, {"detail": SENTENCE})


def test_large_requests_are_refused_while_they_arrive(secured: Running) -> None:
    secured.client.headers["Authorization"] = f"Bearer {TOKEN}"
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'
        for _ in range(100):
            sent += 1
            yield bytes(1 << 18)

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = secured.client.post(JOBS, content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()) == (413, {"detail": SENTENCE})


def test_requests_without_a_photo_are_small(running: Running) -> None:
    """32 MB of empty lists would be 830 MB of memory before anything of them is checked."""
    answer = running.client.post("/v1/shapes", content=b"[" + b"[]," * (1 << 19))
    assert (answer.status_code, answer.json()) == (413, {"detail": SENTENCE})


def test_json_nested_beyond_reading_is_refused(running: Running) -> None:
    kind = {"Content-Type": "application/json"}
    answer = running.client.post("/v1/shapes", content=b"[" * 200_000, headers=kind)
    assert answer.status_code == 400 and "parsing" in answer.json()["detail"]


Message = dict[str, Any]


async def _ask(app: Any, messages: Sequence[Message | float], **headers: str) -> list[Message]:
    """Send parts of a body, with pauses (seconds) between them, and collect what is answered."""
    parts, answers = iter(messages), []

    async def receive() -> Message:
        part = next(parts)
        while not isinstance(part, dict):
            await asyncio.sleep(part)
            part = next(parts)
        return part

    async def send(message: Message) -> None:
        answers.append(message)

    lines = {"host": "localhost", "content-type": "multipart/form-data; boundary=b", **headers}
    raw = [(name.encode(), value.encode()) for name, value in lines.items()]
    scope = {
        "type": "http", "method": "POST", "path": JOBS, "raw_path": JOBS.encode(), "query_string": b"",
        "headers": raw, "scheme": "http", "http_version": "1.1", "server": ("localhost", 80), "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return answers


def _part(body: bytes) -> Message:
    return {"type": "http.request", "body": body, "more_body": True}


def test_slow_requests_are_given_up(tmp_path: Path) -> None:
    service, _ = fake_service(tmp_path, timeout=0.2)
    began = time.monotonic()
    answers = asyncio.run(_ask(create_app(service), [_part(b"--b\r\n"), 30.0]))
    assert time.monotonic() - began < 10
    assert answers[0]["status"] == 408 and (b"connection", b"close") in answers[0]["headers"]
    assert json.loads(answers[1]["body"]) == {"detail": "the request took longer than 0.2 s to arrive"}


def test_a_refused_body_is_read_only_so_far(tmp_path: Path) -> None:
    service, _ = fake_service(tmp_path, upload=1)
    parts = [_part(bytes(1 << 20))] * 9
    answers = asyncio.run(_ask(create_app(service), parts, host="evil.example"))
    assert answers[0]["status"] == 421


def test_who_asks_first_is_told_before_the_body_is_sent(tmp_path: Path) -> None:
    service, _ = fake_service(tmp_path, upload=1)
    head = {"expect": "100-continue", "content-length": str(2 << 20)}
    assert asyncio.run(_ask(create_app(service), [], **head))[0]["status"] == 413


def test_only_so_many_photos_arrive_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "UPLOADS", 1)
    service, _ = fake_service(tmp_path, timeout=0.3)
    app = create_app(service)

    async def two() -> tuple[list[Message], list[Message]]:
        slow = _ask(app, [_part(b"--b\r\n"), 30.0])
        late = _ask(app, [], expect="100-continue")
        return await asyncio.gather(slow, late)

    first, second = asyncio.run(two())
    assert first[0]["status"] == 408 and second[0]["status"] == 429
    assert json.loads(second[1]["body"]) == {"detail": "too many photos arrive at once"}
    assert asyncio.run(_ask(app, [_part(b"--b\r\n"), 30.0]))[0]["status"] == 408
