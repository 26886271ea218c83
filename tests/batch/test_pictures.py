"""A folder of photos to pictures: each once, past whatever is wrong with any of them."""

from pathlib import Path

import pytest
from PIL import Image, ImageOps

from latentmapper.batch import Journal, Outcome, assign, expand
from latentmapper.batch.pictures import PictureRun
from latentmapper.executors import LocalExecutor
from latentmapper.photo import Photo
from latentmapper.photo.framing import image_of

from .fakes import statuses


def negatives(photos: Path, out: Path, identity: str = "negative", bad: str = "") -> list[Outcome]:
    """Run over a folder; the picture of that name is one that our own code fails on."""

    def draw(photo: Photo) -> Image.Image:
        if bad and photo.name.endswith(bad):
            raise ZeroDivisionError("ours")
        return ImageOps.invert(image_of(photo.rgb))

    journal = Journal(out)
    return list(PictureRun(draw, identity, journal).run(assign(expand([str(photos)]), journal)))


def test_every_photo_becomes_one_picture(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert statuses(negatives(photos, out)) == ["made"] * 3
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png")) == [
        *("car-2.png", "car.png", "deep/Car.png"),
    ]
    with Image.open(out / "deep" / "Car.png") as made:
        assert made.size == (66, 48) and made.getpixel((5, 5)) == (0, 255, 255)


def invert(photo: Photo) -> Image.Image:
    if photo.name.endswith("car.png"):
        raise ZeroDivisionError("ours")
    return ImageOps.invert(image_of(photo.rgb))


def test_processes_make_what_this_one_makes(
    photos: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = Journal(tmp_path / "two")
    jobs = assign(expand([str(photos)]), journal)
    outcomes = list(PictureRun(invert, "negative", journal).run(jobs, LocalExecutor(2)))
    assert {outcome.job.stem: outcome.status for outcome in outcomes} == {
        "car": "made", "car-2": "failed", "deep/Car": "made",
    }  # fmt: skip
    assert caplog.text.count("in invert") == 1  # where our code failed is told
    negatives(photos, tmp_path / "one")
    for name in ("car.png", "deep/Car.png"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_what_is_finished_is_skipped_until_something_changes(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    negatives(photos, out)
    assert statuses(negatives(photos, out)) == ["finished"] * 3
    (out / "car.png").unlink()
    assert statuses(negatives(photos, out)) == ["made", "finished", "finished"]
    assert statuses(negatives(photos, out, identity="other")) == ["made"] * 3


def test_a_fault_of_ours_costs_one_photo(
    photos: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes = negatives(photos, tmp_path / "out", bad="car.png")
    assert statuses(outcomes) == ["made", "failed", "made"]
    assert outcomes[1].message is not None
    assert outcomes[1].message.endswith("car.png: internal error (ZeroDivisionError: ours)")
    assert not (tmp_path / "out" / "car-2.png").exists() and "Traceback" in caplog.text
