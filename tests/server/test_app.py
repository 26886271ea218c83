"""The routes, from a photo to its mesh, with a worker that takes no time."""

import io
import time
from hashlib import sha256
from typing import Any

import pytest
import trimesh

from latentmapper.errors import RefusedPhoto
from latentmapper.server.desk import Desk

from ..photo.pictures import png_of
from .conftest import JOBS, PNG, Running

READABLE = "JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF and HEIC are read"
LIMIT = "at most 100 megapixels are read"


def test_a_photo_becomes_a_mesh(running: Running) -> None:
    accepted = running.post(resolution=64, length=4.5)
    assert accepted.status_code == 202
    job = accepted.json()
    assert accepted.headers["Location"] == f"{JOBS}/{job['id']}"
    assert job["name"] == "taxi.png" and job["status"] in ("queued", "running")
    assert job["options"] == {
        "category": "auto", "format": "glb", "resolution": 64, "faces": None, "length": 4.5, "force": False,
        "foreground": "alpha", "refine": 0,
    }  # fmt: skip
    ended = running.client.get(f"{JOBS}/{job['id']}?wait=20").json()
    assert ended["status"] == "made" and ended["message"] is None and ended["ahead"] == 0
    assert ended["result"]["category"] == "car" and ended["result"]["checks"]["watertight"]
    assert ended["result"]["photo_sha256"] == sha256(PNG).hexdigest()
    answer = running.client.get(f"{JOBS}/{job['id']}/result")
    assert answer.headers["Content-Type"] == ended["mesh"]["media_type"] == "model/gltf-binary"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''taxi.glb"
    assert sha256(answer.content).hexdigest() == ended["mesh"]["sha256"]
    assert len(answer.content) == ended["mesh"]["size"]
    mesh = trimesh.load_mesh(io.BytesIO(answer.content), "glb")
    assert mesh.is_watertight and mesh.extents[2] == pytest.approx(4.5)


@pytest.mark.parametrize("kind", ["obj", "ply", "stl"])
def test_every_format_can_be_read(running: Running, kind: str) -> None:
    job = running.done(format=kind)
    answer = running.client.get(f"{JOBS}/{job['id']}/result")
    assert trimesh.load_mesh(io.BytesIO(answer.content), kind).is_watertight
    assert answer.headers["Content-Disposition"].endswith(f"taxi.{kind}")


def test_the_photo_is_gone_once_the_job_is_done(running: Running) -> None:
    job = running.done()
    kept = {path.name for path in (running.service.spool.folder / "jobs" / job["id"]).iterdir()}
    assert "mesh" in kept and "photo" not in kept


def test_waiting_ends_in_time_and_tells_the_place_in_the_queue(running: Running) -> None:
    running.worker.gate.clear()
    first, second = (running.post().json()["id"] for _ in range(2))
    began = time.monotonic()
    assert running.client.get(f"{JOBS}/{first}?wait=0.2").json()["status"] in ("queued", "running")
    assert 0.2 <= time.monotonic() - began < 5
    while running.client.get(f"{JOBS}/{first}").json()["status"] == "queued":
        time.sleep(0.01)
    waiting = running.client.get(f"{JOBS}/{second}").json()
    assert (waiting["status"], waiting["ahead"]) == ("queued", 1)
    early = running.client.get(f"{JOBS}/{second}/result")
    assert early.status_code == 409 and early.json() == {"detail": "the job is queued"}
    assert early.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        (b"", "taxi.png: the file is empty"),
        (b"no picture", f"taxi.png: not an image that can be read ({READABLE})"),
        (PNG[:40], "taxi.png: damaged or cut short"),
        (png_of(31, 40), "taxi.png: 31 x 40 pixels is too small; at least 32 x 32 are needed"),
        (png_of(20_000, 20_000), f"taxi.png: too large; {LIMIT}"),
        (png_of(12_000, 9_000), f"taxi.png: 12000 x 9000 pixels is too large; {LIMIT}"),
    ],
)  # fmt: skip
def test_what_the_header_tells_is_refused_at_once(running: Running, photo: bytes, sentence: str) -> None:
    answer = running.post(photo)
    assert (answer.status_code, answer.json()) == (422, {"detail": sentence})
    assert running.worker.reconstructor.seen == []


def test_an_unfinished_job_keeps_its_photo_and_a_refused_one_does_not(running: Running) -> None:
    running.worker.gate.clear()
    running.post()
    jobs = running.service.spool.folder / "jobs"
    assert [path.name for path in jobs.glob("*/photo")] == ["photo"]
    running.worker.gate.set()
    job = running.done(photo=PNG[:-30])
    assert job["status"] == "failed" and list(jobs.glob("*/photo")) == []


def test_damage_further_on_fails_the_job_with_the_sentence_of_the_command_line(running: Running) -> None:
    job = running.done(photo=PNG[:-30], name="cut.png")
    assert job["status"] == "failed" and job["message"].startswith("cut.png: damaged or cut short (")
    assert job["mesh"] is None and job["result"] is None
    answer = running.client.get(f"{JOBS}/{job['id']}/result")
    assert (answer.status_code, answer.json()) == (409, {"detail": job["message"]})


def test_steps_of_refinement_reach_the_reconstruction(running: Running, monkeypatch) -> None:
    reconstruct, steps = running.worker.reconstructor.reconstruct, []

    def told(*arguments: Any, **options: Any) -> Any:
        steps.append(options["refine"])
        return reconstruct(*arguments, **options)

    monkeypatch.setattr(running.worker.reconstructor, "reconstruct", told)
    assert running.done(foreground="bundled", refine=3)["status"] == "made"
    assert running.done()["options"]["refine"] == 0
    assert steps == [3, 0]


def test_other_things_are_refused(running: Running) -> None:
    def refuse(photo: object) -> None:
        raise RefusedPhoto("taxi.png does not show a car")

    running.worker.reconstructor.before = refuse
    job = running.done()
    assert (job["status"], job["message"]) == ("refused", "taxi.png does not show a car")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"category": "boat"}, "category boat: unknown; choose auto, airplane, car"),
        ({"resolution": "63"}, "resolution: Input should be greater than or equal to 64"),
        ({"faces": "three"}, "faces: Input should be a valid integer, unable to parse string as an integer"),
        ({"length": "nan"}, "length: Input should be a finite number"),
        ({"format": "fbx"}, "format: Input should be 'glb', 'obj', 'ply' or 'stl'"),
        ({"refine": "21"}, "refine: Input should be less than or equal to 20"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
    ],
)
def test_options_out_of_range_are_named(running: Running, options: dict[str, Any], sentence: str) -> None:
    answer = running.post(**options)
    assert (answer.status_code, answer.json()) == (422, {"detail": sentence})


def test_a_photo_is_needed(running: Running) -> None:
    answer = running.client.post(JOBS, data={"resolution": 64})
    assert (answer.status_code, answer.json()) == (422, {"detail": "photo: Field required"})
    answer = running.client.post(JOBS, data={"photo": "https://example.org/car.jpg"})
    assert answer.status_code == 422, "nothing is fetched"


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("../../etc/passwd", "passwd"),
        ("ta\x1b[31mxi.png", "ta[31mxi.png"),
        ("C:\\photos\\taxi.png", "taxi.png"),
        ("x" * 300, "x" * 100),
        ("..", "picture"),
    ],
)
def test_names_are_only_names(running: Running, sent: str, known: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="photo"; filename="{sent}"\r\n\r\n'
    body = head.encode() + PNG + b"\r\n--b--\r\n"
    answer = running.client.post(
        JOBS, content=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert answer.json()["name"] == known


def test_deleted_jobs_are_gone(running: Running) -> None:
    job = running.done()
    where = f"{JOBS}/{job['id']}"
    assert running.client.delete(where).status_code == 204
    for answer in (
        running.client.get(where),
        running.client.get(f"{where}/result"),
        running.client.delete(where),
    ):
        assert answer.status_code == 404
        assert answer.json() == {"detail": "no such job: it was never accepted, was deleted, or has expired"}
    assert list((running.service.spool.folder / "jobs").iterdir()) == []


@pytest.mark.parametrize("path", ["", "/..", "/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/0/result", "/x%00"])
def test_paths_lead_nowhere_else(running: Running, path: str) -> None:
    assert running.client.get(JOBS + path).status_code in (404, 405)


def test_a_full_queue_says_when_to_come_back(running: Running) -> None:
    running.worker.gate.clear()
    while running.service.desk.waiting < 3:
        running.post()
    answer = running.post()
    assert answer.status_code == 429
    assert answer.json() == {"detail": "too many jobs wait; try again in 1 s"}
    assert answer.headers["Retry-After"] == "1"
    running.worker.gate.set()
    while running.service.desk.waiting == 3:
        time.sleep(0.01)
    assert running.post().status_code == 202


def test_health_and_metrics(running: Running) -> None:
    assert running.client.get("/healthz").json()["status"] == "ok"
    running.done()
    running.done(photo=PNG[:-30])
    running.post(b"no picture")
    figures = running.client.get("/metrics")
    assert figures.headers["Content-Type"].startswith("text/plain; version=")
    for line in (
        "latentmapper_jobs_accepted_total 2.0",
        'latentmapper_jobs_finished_total{status="made"} 1.0',
        'latentmapper_jobs_finished_total{status="failed"} 1.0',
        "latentmapper_job_work_seconds_count 2.0",
        "latentmapper_jobs_waiting 0.0",
        'latentmapper_requests_total{method="POST",route="/v1/reconstructions",status="202"} 2.0',
        'latentmapper_requests_total{method="POST",route="/v1/reconstructions",status="422"} 1.0',
    ):
        assert line in figures.text.splitlines()


def test_a_closing_server_takes_nothing_in_and_says_so(running: Running) -> None:
    running.service.desk.closing = True
    answer = running.post()
    assert (answer.status_code, answer.json()) == (503, {"detail": "the server is about to end"})
    health = running.client.get("/healthz")
    assert (health.status_code, health.json()["status"]) == (503, "closing")


def test_a_fault_of_ours_is_an_error_and_no_page(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Desk, "find", fail)
    running.client.__dict__["_transport"].raise_server_exceptions = False
    answer = running.client.get(f"{JOBS}/0")
    assert (answer.status_code, answer.json()) == (500, {"detail": "internal error (RuntimeError)"})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
