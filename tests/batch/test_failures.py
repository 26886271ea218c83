"""What goes wrong, and what survives it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from latentmapper.batch import Journal, Options, shelf
from latentmapper.errors import MissingError, UsageError
from latentmapper.photo import Photo
from latentmapper.writing import OutputError

from .fakes import FakeReconstructor, run, statuses


def test_a_bad_photo_does_not_stop_the_others(photos: Path, tmp_path: Path) -> None:
    (photos / "broken.jpg").write_text("no image")
    outcomes = run([photos, tmp_path / "missing.jpg"], tmp_path / "out")
    assert statuses(outcomes) == ["failed", "made", "made", "made", "failed"]
    assert outcomes[-1].message == f"{tmp_path / 'missing.jpg'}: no such file"


def test_a_fault_of_ours_is_reported_and_does_not_stop_the_others(
    photos: Path, tmp_path: Path, caplog
) -> None:
    fake = FakeReconstructor()

    def fail(photo: Photo) -> None:
        if photo.name.endswith("car.png"):
            raise ZeroDivisionError("oh\nno")

    fake.before = fail
    outcomes = run([photos], tmp_path / "out", fake)
    assert statuses(outcomes) == ["made", "failed", "made"]
    assert outcomes[1].message == f"{photos / 'car.png'}: internal error (ZeroDivisionError: oh no)"
    assert "Traceback" in caplog.text


def test_what_is_no_file_in_the_place_of_a_result_is_left_alone(photos: Path, tmp_path: Path, caplog) -> None:
    out = tmp_path / "out"
    (out / "car.glb").mkdir(parents=True)
    outcomes = run([photos], out)
    assert statuses(outcomes) == ["failed", "made", "made"] and not caplog.text
    problem = f"{out / 'car.glb'} is in the way and cannot be read (Is a directory); move it away"
    assert outcomes[0].message == f"{photos / 'car.jpg'}: {problem}"


def test_a_result_that_may_not_be_read_any_more(photos: Path, tmp_path: Path, monkeypatch, caplog) -> None:
    run([photos / "car.jpg"], tmp_path / "out")

    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(shelf, "sha256_of_file", refuse)
    (outcome,) = run([photos / "car.jpg"], tmp_path / "out")
    assert "car.glb is in the way and cannot be read (Permission denied)" in str(outcome.message)
    assert not caplog.text


def test_what_would_stop_every_photo_stops_the_run(photos: Path, tmp_path: Path) -> None:
    fake = FakeReconstructor()

    def missing(photo: Photo) -> None:
        raise MissingError("no ViT")

    fake.before = missing
    with pytest.raises(MissingError):
        run([photos], tmp_path / "out", fake)
    assert len(fake.seen) == 1


def test_a_full_disk_leaves_nothing_half_written(photos: Path, tmp_path: Path, monkeypatch) -> None:
    out, real = tmp_path / "out", os.replace

    def full(source, target):
        if str(target).endswith(".glb"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError) as caught:
        run([photos], out, preview=True)
    assert str(caught.value) == f"cannot write {out / 'car.glb'}: No space left on device"
    assert caught.value.exit_code == 1
    assert sorted(path.name for path in out.iterdir()) == [".latentmapper.jsonl", "car.preview.png"]
    monkeypatch.undo()
    assert statuses(run([photos], out, preview=True)) == ["made"] * 3


def test_a_folder_that_cannot_be_written(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match=rf"cannot write {tmp_path}/out/results: Not a directory"):
        run([photos], tmp_path / "out" / "results")


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


@pytest.mark.parametrize("moment", range(8))
def test_a_run_killed_at_any_moment_goes_on_where_it_was(
    photos: Path, tmp_path: Path, monkeypatch, moment: int
) -> None:
    out, fake = tmp_path / "out", FakeReconstructor()
    steps = iter(range(100))

    def step(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any) -> Any:
            if next(steps) == moment:
                raise Killed
            return function(*arguments)

        return wrapped

    monkeypatch.setattr(os, "replace", step(os.replace))
    monkeypatch.setattr(Journal, "append", step(Journal.append))
    with pytest.raises(Killed):
        run([photos], out, fake, preview=True)
    monkeypatch.undo()
    whole = moment // 3  # a journal line, a preview and a mesh each
    outcomes = run([photos], out, fake, preview=True)
    assert statuses(outcomes) == ["finished"] * whole + ["made"] * (3 - whole)
    assert all(path.is_file() for outcome in outcomes for path in outcome.files)
    assert not list(out.rglob("*.partial"))


def test_a_journal_line_cut_short_costs_only_itself(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run([photos], out)
    journal = out / ".latentmapper.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(
        lines[0] + b"[]\n" + b'{"schema": "latentmapper.journal/9"}\n' + lines[1] + lines[2][:40]
    )
    (out / "deep" / "Car.glb").unlink()
    assert statuses(run([photos], out)) == ["finished", "finished", "made"]
    assert statuses(run([photos], out)) == ["finished"] * 3
    assert json.loads(journal.read_bytes().splitlines()[-1])["stem"] == "deep/Car"


def test_journal_lines_of_another_shape_are_passed_over(photos: Path, tmp_path: Path) -> None:
    run([photos / "car.jpg"], tmp_path / "out")
    path = tmp_path / "out" / shelf.NAME
    good = json.loads(path.read_text())
    others = [good | {"stem": 5}, good | {"input": {}}, good | {"files": {"car.glb": []}}, [good], None]
    path.write_text("".join(json.dumps(each) + "\n" for each in [*others, good]))
    assert Journal(tmp_path / "out").claims() == {"car": "../photos/car.jpg"}
    assert statuses(run([photos / "car.jpg"], tmp_path / "out")) == ["finished"]


def test_options_that_no_file_could_hold() -> None:
    with pytest.raises(UsageError, match="--length"):
        Options(length=-1.0).require_exportable()
    with pytest.raises(UsageError, match="--up z does not fit --format glb"):
        Options(up="z").require_exportable()
    Options(up="z", format="stl", length=4.5).require_exportable()
