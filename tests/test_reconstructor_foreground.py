"""What cuts the object out of a photo, and what is told of it, with an analytic pack and the real ViT."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import MissingError, UsageError
from latentmapper.pack import Pack
from latentmapper.photo.foreground import CUT_OFF
from latentmapper.photo.located import Located
from latentmapper.photo.mask_file import FileMasks
from latentmapper.reconstructor import Reconstructor

from .photo.pictures import quarters
from .photo.test_location import told_of
from .photo.test_votes import reaching
from .tiny_pack import write_tiny_pack


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("packs")
    return {
        "car": write_tiny_pack(root / "car"),
        "airplane": write_tiny_pack(root / "airplane", "airplane", presence=-3.5),
    }


def test_a_mask_decides_what_is_looked_at_and_is_told(packs: dict[str, Path], tmp_path: Path) -> None:
    mask = Image.new("L", (300, 200))
    mask.paste(255, (20, 20, 120, 90))
    mask.save(tmp_path / "mask.png")
    photo = quarters(300, 200)
    masked = Reconstructor([packs["car"]], threads=1, foreground=FileMasks({"a": tmp_path / "mask.png"}))
    made = masked.reconstruct(photo, resolution=64, name="a")
    # What the mask leaves is all red: it is what a red picture cut out at the same place gives.
    rgba = photo.convert("RGBA")
    rgba.putalpha(mask)
    plain = Reconstructor([packs["car"]], threads=1)
    same = plain.reconstruct(rgba, resolution=64)
    np.testing.assert_array_equal(made.code, same.code)
    assert np.abs(made.code - plain.reconstruct(photo, resolution=64).code).max() > 1e-4
    assert made.record()["foreground"] == {"provider": "file", "share": round(100 * 70 / 300 / 200, 4)}
    assert made.provenance["foreground"] == made.foreground and "foreground" in made.timings
    for untold in (same, plain.reconstruct(photo, resolution=64)):
        assert untold.foreground is None and "foreground" not in untold.provenance | untold.record()
        assert "foreground" not in untold.timings


def test_the_packs_head_finds_the_object(packs: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    told = told_of((4, 1, 11, 8), (5, 9, 10, 15))
    monkeypatch.setattr(Pack, "locate", lambda self, tokens: told)
    finding = Reconstructor([packs["car"], packs["airplane"]], threads=1, foreground=Located())
    made = finding.reconstruct(quarters(300, 300), "car", resolution=64, instance=2)
    assert made.foreground is not None and made.foreground["instance"] == 2
    assert [each["label"] for each in made.foreground["candidates"]] == ["car", "car"]
    assert json.loads(json.dumps(made.record()))["foreground"] == made.foreground


def test_what_the_edge_cuts_is_told_by_votes_unless_a_mask_frames_it(
    packs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pack, "locate", lambda self, tokens: reaching(2))
    monkeypatch.setattr(Pack, "finds", True)
    plain, finding = (Reconstructor([packs["car"]], threads=1, foreground=each) for each in (None, Located()))
    photo, cut_out = quarters(300, 150), quarters(300, 150).convert("RGBA")
    cut_out.paste((0, 0, 0, 0), (0, 0, 300, 20))
    for each in (plain, finding):
        assert each.reconstruct(photo, resolution=64).warnings.count(CUT_OFF) == 1
    assert CUT_OFF not in plain.reconstruct(cut_out, resolution=64).warnings


def test_a_pack_without_a_head_cannot_find_the_object(packs: dict[str, Path]) -> None:
    with pytest.raises(MissingError, match="pack tiny-car cannot find the object in a photo; choose another"):
        Reconstructor([packs["car"]], threads=1, foreground=Located()).reconstruct(quarters())


def test_one_object_has_no_second_instance(packs: dict[str, Path]) -> None:
    reconstructor = Reconstructor([packs["car"]], threads=1)
    with pytest.raises(UsageError, match="--instance 0: choose at least 1, the largest"):
        reconstructor.reconstruct("missing.jpg", instance=0)
    with pytest.raises(UsageError, match="--instance 2: --foreground alpha knows one object; bundled and"):
        reconstructor.reconstruct("missing.jpg", instance=2)
