"""What is done, and what is done again."""

import os
from pathlib import Path
from typing import cast

import pytest

from latentmapper.batch import Batch, Journal, Options, assign, expand
from latentmapper.batch.journal import Entry
from latentmapper.reconstructor import Reconstructor

from ..photo.pictures import encoded, quarters
from .fakes import FakeReconstructor, run, statuses


def test_what_is_finished_is_skipped(photos: Path, tmp_path: Path) -> None:
    fake = FakeReconstructor()
    assert statuses(run([photos], tmp_path / "out", fake)) == ["made"] * 3
    again = run([photos], tmp_path / "out", fake)
    assert statuses(again) == ["finished"] * 3 and len(fake.seen) == 3
    assert again[0].result["category"] == "car"
    assert statuses(run([photos], tmp_path / "out", fake, overwrite=True)) == ["made"] * 3


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system names no open files")
def test_the_line_reaches_the_disk_first_and_the_file_before_its_name(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    def synced(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        events.append("file" if name.endswith(".partial") else name)

    def renamed(path: Path, target: Path) -> Path:
        events.append(f"named {target.name}")
        return rename(path, target)

    rename = Path.replace
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    assert statuses(run([photos / "car.jpg"], tmp_path / "out")) == ["made"]
    assert events == [".latentmapper.jsonl", "file", "named car.glb", "out"]


def test_what_is_finished_is_told_before_the_first_photo_is_made(photos: Path, tmp_path: Path) -> None:
    (photos / "car.png").rename(photos / "new.png")
    run([photos], tmp_path / "out")
    (photos / "new.png").rename(photos / "car.png")
    (tmp_path / "out" / "deep" / "Car.glb").unlink()
    journal = Journal(tmp_path / "out")
    jobs = assign(expand([str(photos)]), journal)
    fake = FakeReconstructor()
    batch = Batch(cast(Reconstructor, fake), Options(), journal)
    finished, left = batch.split(jobs)
    assert statuses(finished) == ["finished"] and finished[0].job.input.name.endswith("car.jpg")
    assert [job.input.path for job in left] == [photos / "car.png", photos / "deep" / "Car.png"]
    assert fake.seen == [] and statuses(list(batch.run(left))) == ["made", "made"]
    assert Batch(cast(Reconstructor, fake), Options(), journal, overwrite=True).split(jobs) == ([], jobs)


def test_another_photo_pack_option_or_a_missing_file_is_made_anew(photos: Path, tmp_path: Path) -> None:
    out, photo, fake = tmp_path / "out", photos / "car.png", FakeReconstructor()
    assert statuses(run([photo], out, fake)) == ["made"]
    assert statuses(run([photo], out, fake, resolution=64)) == ["made"]
    assert statuses(run([photo], out, fake, resolution=64)) == ["finished"]
    assert statuses(run([photo], out, fake)) == ["made"]
    assert statuses(run([photo], out, fake, preview=True)) == ["made"]
    (out / "car.preview.png").unlink()
    assert statuses(run([photo], out, fake, preview=True)) == ["made"]
    fake.packs["car"].hash = "f" * 64
    assert statuses(run([photo], out, fake)) == ["made"]
    fake.precision = "int8"
    assert statuses(run([photo], out, fake)) == ["made"]
    photo.write_bytes(encoded(quarters(99, 99)))
    assert statuses(run([photo], out, fake)) == ["made"]
    (out / "car.glb").unlink()
    assert statuses(run([photo], out, fake)) == ["made"]
    assert sorted(path.name for path in out.iterdir()) == [
        ".latentmapper.jsonl",
        "car.glb",
        "car.preview.png",
    ]


def test_a_file_of_somebody_else_is_not_replaced(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "car.glb").write_text("precious")
    (outcome,) = run([photos / "car.png"], out)
    assert outcome.status == "failed" and outcome.message is not None
    assert outcome.message.endswith("car.glb exists and was not made from it; --overwrite replaces it")
    assert (out / "car.glb").read_text() == "precious"
    assert statuses(run([photos / "car.png"], out, overwrite=True)) == ["made"]


def test_a_mesh_that_somebody_edited_is_kept(photos: Path, tmp_path: Path) -> None:
    out, photo = tmp_path / "out", photos / "car.png"
    run([photo], out)
    (out / "car.glb").write_text("edited")
    assert statuses(run([photo], out)) == ["finished"]
    assert statuses(run([photo], out, resolution=64)) == ["failed"]
    assert (out / "car.glb").read_text() == "edited"


def test_an_explicit_file_of_another_photo_is_not_replaced(photos: Path, tmp_path: Path) -> None:
    run([photos / "car.png"], tmp_path / "taxi.glb")
    assert statuses(run([photos / "car.jpg"], tmp_path / "taxi.glb")) == ["failed"]
    assert statuses(run([photos / "car.jpg"], tmp_path / "taxi.glb", overwrite=True)) == ["made"]


def test_no_result_is_looked_for_among_all_of_them(photos: Path, tmp_path: Path, monkeypatch) -> None:
    run([photos], tmp_path / "out")
    journal, looked_at = Journal(tmp_path / "out"), []
    for name in ("key", "input"):
        told = property(lambda entry, name=name: looked_at.append(entry.stem) or vars(entry)[name])
        monkeypatch.setattr(Entry, name, told, raising=False)
    assert journal.finished("0" * 64, ["car.glb"]) is None
    assert journal.replaceable("car.glb", "../photos/car.jpg") and not looked_at


def test_two_processes_share_a_folder(photos: Path, tmp_path: Path) -> None:
    """What the other has finished meanwhile is skipped; only the photo at work is done by both."""
    out, mine, other = tmp_path / "out", FakeReconstructor(), FakeReconstructor()
    mine.before = lambda _: other.seen or run([photos], out, other)
    assert statuses(run([photos], out, mine)) == ["made", "finished", "finished"]
    assert mine.seen == [str(photos / "car.jpg")] and len(other.seen) == 3
    assert statuses(run([photos], out, mine)) == ["finished"] * 3


def test_a_file_that_appears_while_a_photo_is_done_is_not_replaced(photos: Path, tmp_path: Path) -> None:
    out, fake = tmp_path / "out", FakeReconstructor()
    out.mkdir()
    fake.before = lambda _: (out / "car.glb").write_text("precious")
    (outcome,) = run([photos / "car.png"], out, fake)
    assert outcome.status == "failed" and (out / "car.glb").read_text() == "precious"
    assert statuses(run([photos / "car.png"], out, fake, overwrite=True)) == ["made"]
