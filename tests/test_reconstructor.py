"""From a photo to a mesh, with an analytic pack and the real ViT."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import latentmapper
from latentmapper import cli, observer, quantising
from latentmapper.cli.results import STAGES
from latentmapper.errors import MissingError, PackError, RefusedPhoto, UsageError
from latentmapper.features.vit import BUNDLED_SHA256
from latentmapper.pack import Pack
from latentmapper.photo.foreground import Nothing
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.provenance import read_provenance
from latentmapper.writing import OutputError

from .photo.pictures import encoded, quarters
from .shapes.solids import Solid, ball, union
from .tiny_pack import HALF_AXES, write_tiny_pack
from .warped_pack import write_warped_pack


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("packs")
    return {
        "car": write_tiny_pack(root / "car"),
        "airplane": write_tiny_pack(root / "airplane", "airplane", presence=-3.5),
        "doubtful": write_tiny_pack(root / "doubtful", presence=-4.0),
    }


@pytest.fixture(scope="module")
def reconstructor(packs: dict[str, Path]) -> Reconstructor:
    return Reconstructor([packs["car"], packs["airplane"]], threads=1)


def test_a_photo_becomes_the_shape_its_code_stands_for(reconstructor: Reconstructor) -> None:
    made = reconstructor.reconstruct(quarters(300, 200), resolution=64)
    np.testing.assert_allclose(made.mesh.extent / 2, HALF_AXES, atol=0.02)
    assert made.checks.watertight and made.checks.components == 1 and made.checks.volume > 0
    assert made.category == "car" and made.confidence == pytest.approx(0.982, abs=1e-3)
    assert made.code.shape == (4,) and made.warnings == ()
    assert made.vit_sha256 == BUNDLED_SHA256 and made.pack_id == "tiny-car"
    assert {name for name, _ in made.nearest} == {"ball", "cigar", "egg"}
    weights = [weight for _, weight in made.nearest]
    assert sum(weights) == pytest.approx(1, abs=1e-5) and weights == sorted(weights, reverse=True)
    assert list(made.timings) == ["load", "read", "describe", "look", "map", "planes", "surface", "clean"]


def test_known_shapes_are_told_with_their_names_where_the_pack_has_them(tmp_path: Path) -> None:
    folder = write_tiny_pack(tmp_path / "pack")
    bare = Reconstructor([folder], threads=1).reconstruct(quarters(), resolution=64)
    assert bare.nearest_names == () and "name" not in bare.record()["nearest"][0]
    assert cli.run(["packs", "annotate", str(folder), "--names"]) == 0
    named = Reconstructor([folder], threads=1).reconstruct(quarters(), resolution=64)
    assert [each["name"].lower() for each in named.record()["nearest"]] == [name for name, _ in named.nearest]
    assert named.encode("glb") == bare.encode("glb"), "files are the same"


def test_different_photos_give_different_codes(reconstructor: Reconstructor) -> None:
    first, second = (
        reconstructor.reconstruct(image, resolution=64) for image in (quarters(), Image.linear_gradient("L"))
    )
    assert np.abs(first.code - second.code).max() > 1e-4


def test_the_same_photo_gives_the_same_bytes(reconstructor: Reconstructor, packs: dict[str, Path]) -> None:
    again = Reconstructor([packs["car"]], threads=1)
    for kind in ("glb", "stl"):
        first, second = (
            each.reconstruct(encoded(quarters()), resolution=64).encode(kind)
            for each in (reconstructor, again)
        )
        assert first == second


def test_a_face_budget_is_met(reconstructor: Reconstructor) -> None:
    made = reconstructor.reconstruct(quarters(), resolution=64, faces=1000)
    assert abs(len(made.mesh.faces) - 1000) <= 20


def test_a_photo_that_shows_nothing_known_is_refused_unless_forced(packs: dict[str, Path]) -> None:
    doubting = Reconstructor([packs["doubtful"], packs["airplane"]], threads=1)
    with pytest.raises(RefusedPhoto, match=r"wheel\.jpg shows neither an airplane nor a car"):
        doubting.reconstruct(quarters(), resolution=64, name="wheel.jpg")
    made = doubting.reconstruct(quarters(), resolution=64, force=True)
    assert made.category == "airplane"
    assert made.warnings == (
        "it looks like a drawing: shapes are learned from photos; take one if you can",
        "only 3 % sure that this is an airplane",
    )
    made = doubting.reconstruct(quarters(), "car", resolution=64, force=True)
    assert made.category == "car" and made.pack_id == "tiny-car"


@pytest.mark.parametrize("category", ["auto", "car"])
def test_a_picture_of_nothing_is_refused_unless_forced(reconstructor: Reconstructor, category: str) -> None:
    rng = np.random.default_rng(0)
    night = Image.fromarray(rng.integers(0, 8, (48, 64, 3), np.uint8))  # as compression leaves black
    with pytest.raises(RefusedPhoto, match=r"^lid\.jpg shows one plain colour and nothing else; --force"):
        reconstructor.reconstruct(night, category, resolution=64, name="lid.jpg")
    night.putpixel((9, 9), (0, 0, 40))
    assert reconstructor.reconstruct(night, category, resolution=64).category == "car"
    plain = Image.new("RGB", (64, 48), (70, 130, 180))
    assert reconstructor.reconstruct(plain, category, resolution=64, force=True).category == "car"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"category": "boat"}, "--category boat: unknown; choose auto, airplane, car"),
        ({"resolution": 32}, "--resolution 32: choose 64 to 256"),
        ({"resolution": 300}, "--resolution 300: choose 64 to 256"),
        ({"faces": 7}, "--faces 7: choose at least 100"),
    ],
)
def test_options_out_of_range_are_refused_before_the_photo_is_read(reconstructor, options, message) -> None:
    with pytest.raises(UsageError, match=message):
        reconstructor.reconstruct("missing.jpg", **options)


def test_packs_that_do_not_fit(tmp_path: Path, packs: dict[str, Path]) -> None:
    with pytest.raises(MissingError, match="pip install --force-reinstall latentmapper"):
        Reconstructor([])
    with pytest.raises(UsageError, match="--pack: tiny-car and tiny-car are both for car"):
        Reconstructor([packs["car"], packs["doubtful"]])
    other = write_tiny_pack(tmp_path / "other", vit="0" * 64)
    with pytest.raises(PackError, match=r"made for another ViT \(SHA-256 0{12}\.\.\., not 198644e"):
        Reconstructor([other], threads=1).reconstruct(quarters())
    (packs["doubtful"] / "planes.onnx").write_bytes(b"flipped")
    with pytest.raises(PackError, match=r"planes\.onnx differs from its recorded SHA-256"):
        Reconstructor([packs["doubtful"]])


def test_it_takes_what_it_has_to_other_processes(
    packs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantising, "multiplies_int8", lambda: True)
    here = Reconstructor([packs["car"]], threads=1)
    monkeypatch.setattr(quantising, "multiplies_int8", lambda: False)
    here.foreground = Nothing()  # as the server changes it from job to job
    made_by, arguments = here.__reduce__()
    there = made_by(*arguments)
    assert there.precision == here.precision == "int8" and there.foreground is here.foreground


def test_saving(reconstructor: Reconstructor, tmp_path: Path) -> None:
    made = reconstructor.reconstruct(quarters(), resolution=64)
    path = made.save(tmp_path / "new" / "car.glb", length=4.5)
    origin = read_provenance(path)
    assert origin is not None and origin["pack"] == {"id": "tiny-car", "sha256": made.pack_hash}
    assert origin["photo_sha256"] == made.photo_sha256 and len(origin["code"]) == 4
    assert made.save(tmp_path / "odd.name", format="ply").read_bytes().startswith(b"ply")
    with pytest.raises(UsageError, match=r"car\.fbx: the file name must end with \.glb"):
        made.save(tmp_path / "car.fbx")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"cannot write .*car\.glb: "):
        made.save(tmp_path / "file" / "car.glb")


def test_a_preview_shows_the_photo_beside_four_views(reconstructor: Reconstructor) -> None:
    made = reconstructor.reconstruct(quarters(), resolution=64)
    views, with_photo = made.preview(), made.preview(quarters(64, 64))
    assert with_photo.width - views.width == views.height == with_photo.height
    tile = np.asarray(with_photo.crop((0, 0, views.height, views.height)), np.float32) / 255
    assert np.abs(tile[:40, :40] - [1, 0, 0]).max() < 0.05


def test_the_record_is_plain_json(reconstructor: Reconstructor) -> None:
    record = reconstructor.reconstruct(quarters(), resolution=64).record()
    record = json.loads(json.dumps(record, allow_nan=False))
    assert record["checks"]["watertight"] is True and "code" not in record


def test_what_was_dropped_is_told_however_little_and_kept_in_files(
    packs: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    crumb = Solid(union(ball(0.4, (0, 0, -0.3)), ball(0.08, (0, 0, 0.6))))
    monkeypatch.setattr(Pack, "field", lambda *_: crumb)
    made = Reconstructor([packs["car"]], threads=1).reconstruct(quarters(300, 200), resolution=64)
    told = made.record()["dropped"]
    assert made.warnings == () and (told["floaters"], told["cavities"]) == (1, 0)
    assert told["volume_share"] == pytest.approx(0.008, abs=0.002) and 0 < told["area_share"] < 0.1
    origin = read_provenance(made.save(tmp_path / "car.glb"))
    assert origin is not None and origin["dropped"] == told


def test_one_call_keeps_its_reconstructor(monkeypatch, packs: dict[str, Path]) -> None:
    latentmapper._default.cache_clear()
    monkeypatch.setattr(observer, "bundled_packs", lambda: [packs["car"]])
    made = latentmapper.reconstruct(np.asarray(quarters()), resolution=64)
    assert isinstance(made, latentmapper.Reconstruction)
    assert latentmapper._default() is latentmapper._default()
    assert isinstance(latentmapper._default(), latentmapper.Reconstructor)
    latentmapper._default.cache_clear()


def test_vertices_know_their_place_on_the_template(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    made = Reconstructor([write_warped_pack(tmp_path / "pack")], threads=1).reconstruct(
        quarters(), resolution=64
    )
    places = made.template_coordinates
    assert places is not None and places.shape == made.mesh.vertices.shape
    # The pack's template is a ball of radius a half, and its warp doubles y.
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 0.5 * 1.03, atol=0.06)
    np.testing.assert_allclose(places, made.mesh.vertices * [1, 2, 1], atol=0.01)
    np.testing.assert_allclose(made.mesh.extent / 2, np.array([0.5, 0.25, 0.5]) * 1.03, atol=0.05)
    assert made.checks.watertight and "correspond" in made.timings
    assert list(made.timings) == [stage for stage in ("load", *STAGES) if stage in made.timings]


def test_a_pack_without_correspondence_says_so(reconstructor: Reconstructor) -> None:
    assert reconstructor.reconstruct(quarters(), resolution=64).template_coordinates is None
