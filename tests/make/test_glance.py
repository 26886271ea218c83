"""A finished pack learns to judge by smaller pictures; what is exact, it answers as before."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper import files  # noqa: E402
from latentmapper.errors import PackError, RecipeError  # noqa: E402
from latentmapper.features.vit import Tokens  # noqa: E402
from latentmapper.make.dataset.views import Views  # noqa: E402
from latentmapper.make.glance import GlanceRecipe, add_glance  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.pack_folder import FORMAT, GLANCE, damaged_files, read_metadata  # noqa: E402
from tests.make.fake_vit import head_for  # noqa: E402
from tests.make.test_closer_packs import closer_pack  # noqa: E402, F401
from tests.make.training.test_location import write_views  # noqa: E402
from tests.make.training.test_mapper import CHANNELS  # noqa: E402
from tests.tiny_pack import write_tiny_pack  # noqa: E402

HEAD = head_for((0.25, 0.25, 0.75, 0.75), CHANNELS)
RECIPE = GlanceRecipe(side=112, pictures=4)
EXACT, EXPLICIT = "evaluate p s", "evaluate p s --precision float32"


class Eyes:
    """All tokens of a picture are its mean redness."""

    def __init__(self, sha256: str) -> None:
        self.sha256, self.sides = sha256, set()

    def describe(self, images: np.ndarray) -> Tokens:
        return self.glance(images)

    def hidden(self, images: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def glance(self, images: np.ndarray) -> Tokens:
        self.sides.add(images.shape[1])
        rows = images.shape[1] // 14
        red = np.full((1, rows, rows, CHANNELS), images[..., 0].mean(), np.float32)
        return Tokens(red[:, 0, 0], red, side=images.shape[1])


@pytest.fixture
def pack(closer_pack: tuple[Pack, Path], tmp_path: Path) -> Pack:  # noqa: F811
    """A copy of the pack that looks closer, with results of both precisions."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for path in closer_pack[0].folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    metadata = read_metadata(folder)
    measured = (EXACT, "evaluate p s --precision int8", "evaluate p s --precision=auto")
    metadata["results"] = [{"command": command} for command in (*measured, EXPLICIT)]
    files.write_json(folder / "pack.json", metadata)
    return Pack.open(folder)


def views(folder: Path, dark: bool, split: str = "train") -> Views:
    """Red boxes on noise or, blackened, nothing."""
    found = write_views(folder, [split] * 2)
    if dark:
        found.picture = lambda record, index: np.zeros((224, 224, 3), np.uint8)  # type: ignore[method-assign]
    return found


def test_a_pack_decides_at_a_glance(pack: Pack, tmp_path: Path) -> None:
    eyes = Eyes(pack.vit_sha256)
    before, whole = pack.hash, eyes.describe(np.full((1, 224, 224, 3), 0.5, np.float32))
    shown, others = views(tmp_path / "red", False), views(tmp_path / "dark", True)
    odds, box = pack.odds(whole), pack.box(whole)
    metadata = add_glance(pack.folder, HEAD, [shown], [others], eyes, RECIPE)
    made = Pack.open(pack.folder)
    assert metadata["format"] == FORMAT and made.glance == 112 and 112 in eyes.sides
    assert made.hash != before and damaged_files(made.folder, metadata) == []
    assert [each["command"] for each in metadata["results"]] == [EXACT, EXPLICIT]
    assert (made.odds(whole), made.box(whole)) == (odds, box), "whole pictures are judged as before"
    red = shown.picture(shown.records[0], 0).astype(np.float32) / np.float32(255)
    assert made.odds(eyes.glance(red[None, ::2, ::2])) > made.odds(eyes.glance(np.zeros((1, 112, 112, 3))))


def test_a_pack_whose_glance_was_half_written_gets_another(pack: Pack, tmp_path: Path) -> None:
    shown, others = views(tmp_path / "red", False), views(tmp_path / "dark", True)
    made = add_glance(pack.folder, HEAD, [shown], [others], Eyes(pack.vit_sha256), RECIPE)
    (pack.folder / GLANCE).write_bytes(b"of a run that was killed before it wrote pack.json")
    with pytest.raises(PackError, match=r"glance\.safetensors differs from its recorded SHA-256"):
        Pack.open(pack.folder)
    assert add_glance(pack.folder, HEAD, [shown], [others], Eyes(pack.vit_sha256), RECIPE) == made
    assert Pack.open(pack.folder).glance == 112


def test_packs_that_cannot_glance_are_refused(pack: Pack, tmp_path: Path) -> None:
    red, held_out = views(tmp_path / "red", False), views(tmp_path / "held-out", False, "test")
    eyes = Eyes(pack.vit_sha256)
    with pytest.raises(PackError, match="was made for another ViT; name it with --vit"):
        add_glance(pack.folder, HEAD, [red], [red], Eyes("1" * 64), RECIPE)
    with pytest.raises(RecipeError, match="holds no views of training shapes"):
        add_glance(pack.folder, HEAD, [red], [held_out], eyes, RECIPE)
    before = pack.hash
    with pytest.raises(RecipeError, match="the head reads tokens of 99 numbers, the ViT gives"):
        add_glance(pack.folder, head_for((0, 0, 1, 1), 99), [red], [red], eyes, RECIPE)
    assert Pack.open(pack.folder).hash == before
    whole = write_tiny_pack(tmp_path / "whole")
    with pytest.raises(RecipeError, match="tiny-car reads whole pictures; a glance is for packs that look"):
        add_glance(whole, HEAD, [red], [red], eyes, RECIPE)
