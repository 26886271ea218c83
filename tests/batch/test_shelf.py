"""Results in an object storage: the same promises as in a folder, though objects cannot grow."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from latentmapper.batch import Journal, Target, shelf
from latentmapper.errors import MissingError
from latentmapper.places import Place, Remote, place
from latentmapper.writing import OutputError
from tests.make.object_storage import object_storage

from .fakes import FakeReconstructor, run, statuses


@pytest.fixture
def url() -> str:
    """A folder that nobody has written to."""
    return f"memory://{token_hex(8)}/out"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with object_storage(monkeypatch) as empty:
        yield empty


def names(url: str) -> list[str]:
    """The results below a folder, without the lines that tell of them."""
    return sorted(name for name in Remote(url).sizes() if not name.startswith(shelf.LINES))


def test_results_are_those_of_a_folder(photos: Path, tmp_path: Path, url: str) -> None:
    here, there = run([photos], tmp_path / "out", preview=True), run([photos], url, preview=True)
    assert statuses(there) == ["made"] * 3
    assert [str(path) for each in there for path in each.files][:2] == [
        f"{url}/car.glb",
        f"{url}/car.preview.png",
    ]
    for mine, other in zip(here, there, strict=True):
        assert [path.read_bytes() for path in mine.files] == [path.read_bytes() for path in other.files]
    assert names(url) == sorted(
        f"{stem}{end}" for stem in ("car", "car-2", "deep/Car") for end in (".glb", ".preview.png")
    )


def test_what_is_finished_is_skipped_and_what_is_missing_made(photos: Path, bucket: str) -> None:
    url, fake = f"{bucket}/out", FakeReconstructor()
    run([photos], url, fake)
    assert statuses(run([photos], f"{url}/", fake)) == ["finished"] * 3 and len(fake.seen) == 3
    Remote(f"{url}/deep/Car.glb").unlink()
    assert statuses(run([photos], url, fake)) == ["finished", "finished", "made"]
    assert statuses(run([photos / "car.jpg"], url, fake, resolution=64)) == ["made"]


def test_a_run_that_was_killed_between_line_and_mesh_is_not_finished(
    photos: Path, url: str, monkeypatch
) -> None:
    run([photos / "car.jpg"], url)
    with monkeypatch.context() as patch:
        patch.setattr(shelf.Objects, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run([photos / "car.jpg"], url, resolution=64)
    assert statuses(run([photos / "car.jpg"], url, resolution=64)) == ["made"]
    assert statuses(run([photos / "car.jpg"], url, resolution=64)) == ["finished"]


def test_an_object_of_somebody_else_is_not_replaced(photos: Path, url: str) -> None:
    Remote(f"{url}/car.glb").write_bytes(b"precious")
    (outcome,) = run([photos / "car.png"], url)
    assert outcome.status == "failed"
    assert f"{url}/car.glb exists and was not made from it" in str(outcome.message)
    assert Remote(f"{url}/car.glb").read_bytes() == b"precious"
    assert statuses(run([photos / "car.png"], url, overwrite=True)) == ["made"]


def test_two_processes_share_a_folder(photos: Path, url: str) -> None:
    mine, other = FakeReconstructor(), FakeReconstructor()
    mine.before = lambda _: other.seen or run([photos], url, other)
    assert statuses(run([photos], url, mine)) == ["made", "finished", "finished"]
    assert len(mine.seen) == 1 and len(other.seen) == 3


def test_lines_are_put_in_objects_of_bounded_size(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_LINES", 3)
    kept = shelf.shelf(Remote(url))
    for number in range(7):
        kept.add(f"line {number}")
    assert list(kept.lines()) == [f"line {number}".encode() for number in range(7)]
    assert list(kept.lines(now=True)) == []
    assert len(Remote(f"{url}/{shelf.LINES}").sizes()) == 3
    late = shelf.shelf(Remote(url))
    assert sorted(late.lines()) == [f"line {number}".encode() for number in range(7)]
    kept.add("one more")
    assert list(late.lines()) == [] and list(late.lines(now=True)) == [b"one more"]


def test_a_photo_keeps_its_name(photos: Path, url: str) -> None:
    run([photos / "car.png"], url)
    first, second = run([photos / "car.jpg", photos / "car.png"], url)
    assert (first.files[0].name, second.files[0].name) == ("car-2.glb", "car.glb")
    assert Journal(Remote(url)).knows((photos / "car.png").resolve().as_posix())


@pytest.mark.parametrize(
    ("output", "several", "folder", "name"),
    [
        ("s3://bucket/meshes", True, "s3://bucket/meshes", None),
        ("s3://bucket/v1.2/", False, "s3://bucket/v1.2", None),
        ("s3://bucket/meshes/taxi.glb", False, "s3://bucket/meshes", "taxi.glb"),
        ("file:///tmp/meshes", True, "/tmp/meshes", None),
    ],
)
def test_urls_name_folders_as_paths_do(output: str, several: bool, folder: str, name: str | None) -> None:
    target = Target.of(output, None, several)
    assert (target.folder, target.name) == (place(folder), name)


def test_what_a_storage_refuses_stops_the_run(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Place, data: bytes) -> None:
        raise shelf.StoreError(f"{self}: no space left")

    monkeypatch.setattr(Remote, "write_bytes", refuse)
    with pytest.raises(
        OutputError, match=r"^cannot write memory://x/out/.latentmapper/\w+.jsonl: no space left$"
    ):
        run([photos], "memory://x/out")
    with pytest.raises(OutputError, match=r"^cannot read nowhere://a/b/.latentmapper: Protocol not known"):
        run([photos], "nowhere://a/b")


def test_without_fsspec_the_extra_is_named(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(MissingError, match="scale"):
        run([photos], "s3://bucket/out")
