"""Where results go."""

from pathlib import Path

import pytest

from latentmapper.batch import Target
from latentmapper.errors import UsageError

from ..photo.pictures import encoded, quarters
from .fakes import run, statuses


@pytest.mark.parametrize(
    ("output", "kind", "several", "expected"),
    [
        (None, None, False, (".", None, "glb")),
        (None, "stl", True, ("meshes", None, "stl")),
        ("out", "obj", True, ("out", None, "obj")),
        ("out", None, False, ("out", None, "glb")),
        ("some/taxi.PLY", None, False, ("some", "taxi.PLY", "ply")),
        ("v1.2", None, True, ("v1.2", None, "glb")),
        ("v1.2/", None, False, ("v1.2", None, "glb")),
        ("car.glb/", "ply", False, ("car.glb", None, "ply")),
        ("car.GLB/", None, True, ("car.GLB", None, "glb")),
    ],
)
def test_targets(output, kind, several, expected) -> None:
    target = Target.of(output, kind, several)
    assert (str(target.folder), target.name, target.format) == expected


@pytest.mark.parametrize(
    ("output", "kind", "several", "message"),
    [
        (
            "car.fbx",
            None,
            False,
            "-o car.fbx: unknown format .fbx; choose glb, obj, ply, stl, or end a folder with /",
        ),
        ("car.glb", None, True, "-o car.glb: one file cannot hold several results; name a folder"),
        ("car.glb", "obj", False, "-o car.glb and --format obj contradict each other"),
        (None, "fbx", False, "--format fbx: unknown; choose glb, obj, ply, stl"),
    ],
)
def test_targets_that_make_no_sense(output, kind, several, message) -> None:
    with pytest.raises(UsageError) as caught:
        Target.of(None if output is None else Path(output), kind, several)
    assert str(caught.value) == message and caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["v1.2", "car.glb", "car.GLB"])
@pytest.mark.parametrize("several", [False, True])
def test_what_is_a_folder_needs_no_slash(tmp_path: Path, name: str, several: bool) -> None:
    (tmp_path / name).mkdir()
    assert Target.of(tmp_path / name, None, several) == Target(tmp_path / name, None, "glb")


def test_inputs_of_one_stem_never_share_a_result(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcomes = run([photos, photos / "deep" / "Car.png"], out)
    assert [outcome.files[0] for outcome in outcomes] == [
        out / "car.glb", out / "car-2.glb", out / "deep" / "Car.glb",
    ]  # fmt: skip
    flat = run([photos / "deep" / "Car.png", photos / "car.png"], out)
    assert [outcome.files[0].name for outcome in flat] == ["Car-3.glb", "car-2.glb"]
    assert statuses(flat) == ["made", "finished"]


def test_a_result_is_called_as_the_user_spelt_it(photos: Path, tmp_path: Path) -> None:
    for name in ("taxi.GLB", "cab.v2.glb"):
        for status in ("made", "finished"):
            (outcome,) = run([photos / "car.png"], tmp_path / name)
            assert (outcome.files[0].name, outcome.status) == (name, status)
    assert [path.name for path in sorted(tmp_path.glob("*.[gG]*"))] == ["cab.v2.glb", "taxi.GLB"]


def test_names_stay_when_inputs_come_and_go(photos: Path, tmp_path: Path) -> None:
    run([photos / "car.png"], tmp_path / "out")
    first, second = run([photos / "car.jpg", photos / "car.png"], tmp_path / "out")
    assert (first.files[0].name, second.files[0].name) == ("car-2.glb", "car.glb")
    assert second.status == "finished"


@pytest.mark.parametrize("letter", ["n", "\u00e9", "\U0001f697"])
def test_names_as_long_as_systems_take_get_results(tmp_path: Path, letter: str) -> None:
    longest = letter * (240 // len(letter.encode()))
    photos = [tmp_path / "photos" / f"{longest}{end}.png" for end in "ab"]
    photos[0].parent.mkdir()
    for number, photo in enumerate(photos):
        photo.write_bytes(encoded(quarters(64 + number, 48)))
    outcomes = run([photos[0].parent], tmp_path / "out", preview=True)
    assert statuses(outcomes) == ["made", "made"]
    first, second = (Path(outcome.files[0].name).stem for outcome in outcomes)
    assert longest.startswith(first) and second == f"{first}-2"
    assert statuses(run([photos[1]], tmp_path / "out", preview=True)) == ["finished"]
