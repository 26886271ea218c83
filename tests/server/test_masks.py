"""Masks that are sent along with photos, and those that jobs tell."""

import dataclasses
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ..photo.pictures import png_of
from .conftest import JOBS, PNG, Running
from .test_app import LIMIT, READABLE


def test_a_mask_goes_with_its_photo_and_is_gone_after(running: Running) -> None:
    seen: list[tuple[str, set[str]]] = []

    def look(_: object) -> None:
        [folder] = (running.service.spool.folder / "jobs").iterdir()
        provider = running.worker.reconstructor.foreground
        seen.append((type(provider).__name__, {path.name for path in folder.iterdir()}))

    running.worker.reconstructor.before = look
    files = {"photo": ("taxi.png", PNG), "mask": ("mask.png", PNG)}
    accepted = running.client.post(JOBS, files=files)
    where = accepted.headers["Location"]
    assert running.client.get(f"{where}?wait=20").json()["status"] == "made"
    [(provider, kept)] = seen
    assert provider == "SentMask" and {"photo", "mask"} <= kept
    [folder] = (running.service.spool.folder / "jobs").iterdir()
    assert not {"photo", "mask"} & {path.name for path in folder.iterdir()}
    running.client.delete(where)
    running.done()
    assert seen[1][0] == "Alpha", "the next photo has no mask"


def test_what_was_found_is_told(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    job = running.done()
    whole = running.client.get(f"{JOBS}/{job['id']}/mask")
    assert whole.status_code == 409 and "masked" not in job["result"]
    assert whole.json()["detail"].startswith("no mask: ")
    reconstruct = running.worker.reconstructor.reconstruct
    found = np.zeros((48, 64), np.float32)
    found[10:20, 30:40] = 1

    def masked(*arguments: Any, **options: Any) -> Any:
        return dataclasses.replace(reconstruct(*arguments, **options), mask=found)

    monkeypatch.setattr(running.worker.reconstructor, "reconstruct", masked)
    job = running.done(foreground="bundled")
    assert type(running.worker.reconstructor.foreground).__name__ == "Located"
    answer = running.client.get(f"{JOBS}/{job['id']}/mask")
    assert answer.headers["Content-Type"] == "image/png"
    picture = np.asarray(Image.open(io.BytesIO(answer.content)))
    np.testing.assert_array_equal(picture, 255 * found)
    assert job["result"]["masked"] == pytest.approx(found.mean(), abs=1e-4)
    assert running.client.get(f"{JOBS}/0/mask").status_code == 404


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (b"no picture", f"the mask of taxi.png: not an image that can be read ({READABLE})"),
        (png_of(20_000, 20_000), f"the mask of taxi.png: too large; {LIMIT}"),
    ],
)
def test_a_mask_is_checked_as_a_photo_is(running: Running, mask: bytes, sentence: str) -> None:
    answer = running.client.post(JOBS, files={"photo": ("taxi.png", PNG), "mask": ("mask.png", mask)})
    assert (answer.status_code, answer.json()) == (422, {"detail": sentence})
