"""The route from a code to a shape, and what it refuses."""

import io
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trimesh

from latentmapper.server.packed import MEDIA_TYPE
from latentmapper.server.turns import CrowdedError, OutdatedError

from .conftest import Running

CAR = {"category": "car", "code": [0.5]}
PATH = {"category": "car", "codes": [[0.0], [1.0]]}


def _ask(running: Running, **options: Any) -> Any:
    return running.client.post("/v1/shapes", json=CAR | options)


def test_a_code_becomes_a_mesh(running: Running) -> None:
    packed = _ask(running)
    assert packed.status_code == 200 and packed.content[:4] == b"LMM1"
    assert packed.headers["Content-Type"] == MEDIA_TYPE
    assert re.fullmatch(r"shape;dur=\d+\.\d", packed.headers["Server-Timing"])
    file = _ask(running, format="stl", length=2.0)
    assert file.headers["Content-Type"] == "model/stl"
    assert trimesh.load_mesh(io.BytesIO(file.content), "stl").extents[2] == pytest.approx(2000)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"code": [1e9]}, "code"), ({"code": ["x"]}, "code"), ({"code": [0.0] * 5000}, "code"),
        ({"code": None}, "code"), ({"resolution": 10_000}, "resolution"), ({"faces": 1}, "faces"),
        ({"length": -1}, "length"), ({"length": 1e12}, "length"), ({"format": "exe"}, "format"),
        ({"sliders": {"height": 1e6}}, "sliders"), ({"sliders": {"height": "1"}}, "sliders"),
        ({"sliders": {str(i): 0.0 for i in range(65)}}, "sliders"), ({"sliders": [1]}, "sliders"),
        ({"photo_sha256": "../../x"}, "photo_sha256"), ({"session": "x" * 101}, "session"),
        ({"url": "http://example.org"}, "url"), ({"category": "c" * 101}, "category"),
    ],
)  # fmt: skip
def test_what_is_out_of_range_is_named(running: Running, options: dict[str, Any], field: str) -> None:
    answer = _ask(running, **options)
    assert answer.status_code == 422 and answer.json()["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_are_finite(running: Running, number: str) -> None:
    body = f'{{"category": "car", "code": [{number}]}}'
    answer = running.client.post("/v1/shapes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422 and answer.json()["detail"].startswith("code: ")


def test_json_that_is_not_called_so_is_told(running: Running) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        refused = running.client.post("/v1/shapes", content=b"{}", headers={"Content-Type": kind})
        told = "body: not sent as JSON; add the header Content-Type: application/json"
        assert (refused.status_code, refused.json()) == (422, {"detail": told})


def test_every_format_is_named(running: Running) -> None:
    refused = running.client.post("/v1/shapes", json={"category": "box", "code": [0.0], "format": "exe"})
    for kind in ("draft", "mesh", "glb", "obj", "ply", "stl"):
        assert kind in refused.json()["detail"]


def test_what_the_studio_refuses_is_a_sentence(running: Running) -> None:
    for answer in (
        _ask(running, category="boat"),
        running.client.post("/v1/paths", json=PATH | {"category": "boat"}),
    ):
        assert (answer.status_code, answer.json()) == (
            422,
            {"detail": "category boat: unknown; choose airplane, car"},
        )


def test_a_way_is_told_by_its_codes(running: Running) -> None:
    answer = running.client.post("/v1/paths", json=PATH)
    assert answer.json() == {"codes": [[0.0], [1.0]]}
    for wrong in ({"codes": [[0.0]]}, {"codes": [[0.0]] * 9}, {"count": 1}, {"count": 10**9}):
        answer = running.client.post("/v1/paths", json=PATH | wrong)
        assert answer.status_code == 422 and answer.json()["detail"].startswith(f"{next(iter(wrong))}: ")


def test_packs_tell_their_sliders(running: Running) -> None:
    [pack] = running.client.get("/v1/packs").json()
    assert pack["category"] == "car" and [slider["name"] for slider in pack["sliders"]] == ["height"]


def test_a_full_queue_of_photos_keeps_no_shape_out(running: Running) -> None:
    running.worker.gate.clear()
    while running.service.desk.waiting < 3:
        running.post()
    assert running.post().status_code == 429
    assert _ask(running).status_code == 200


def test_what_takes_too_long_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running, gate = Running(tmp_path / "spool", timeout=0.3), threading.Event()
    make, path = running.service.studio.make, running.service.studio.path
    monkeypatch.setattr(running.service.studio, "make", lambda asked: gate.wait(30) and make(asked))
    monkeypatch.setattr(running.service.studio, "path", lambda asked: gate.wait(30) and path(asked))
    with running.client:
        late, crowded = _ask(running), running.client.post("/v1/paths", json=PATH)
        assert (late.status_code, late.json()) == (503, {"detail": "took longer than 0.3 s"})
        told = {"detail": "others shape at this moment; no turn came within 0.3 s"}
        assert (crowded.status_code, crowded.json()) == (503, told), "the late one is still at work"
        gate.set()
        assert _ask(running).status_code == 200
        gate.clear()
        late = running.client.post("/v1/paths", json=PATH)
        assert (late.status_code, late.json()) == (503, {"detail": "took longer than 0.3 s"})
        gate.set()


@pytest.mark.parametrize(
    ("problem", "status", "sentence"),
    [
        (OutdatedError, 409, "a newer request of the same session has come"),
        (CrowdedError, 429, "others shape at this moment; try again"),
    ],
)
def test_who_gets_no_turn_hears_why(
    running: Running, monkeypatch: pytest.MonkeyPatch, problem: type[Exception], status: int, sentence: str
) -> None:
    @asynccontextmanager
    async def take(*_: object) -> AsyncIterator[None]:
        raise problem
        yield

    monkeypatch.setattr(running.service.turns, "take", take)
    answer = _ask(running)
    assert (answer.status_code, answer.json()) == (status, {"detail": sentence})
