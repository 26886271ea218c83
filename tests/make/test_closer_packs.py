"""Packs that look closer: a window around the object, as often as asked, read by the ViT's last blocks."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.errors import PackError  # noqa: E402
from latentmapper.features.vit import Tokens  # noqa: E402
from latentmapper.make.models.half import round_weights  # noqa: E402
from latentmapper.make.models.mapper import MapperShape  # noqa: E402
from latentmapper.make.pack_recipe import PackRecipe  # noqa: E402
from latentmapper.make.packaging import build_pack  # noqa: E402
from latentmapper.make.training.mapper import train_mapper  # noqa: E402
from latentmapper.make.training.mapper_run import load_mapper_run  # noqa: E402
from latentmapper.make.training.shape_run import load_shape_run  # noqa: E402
from latentmapper.pack import Pack  # noqa: E402
from latentmapper.photo.location import centres  # noqa: E402
from tests.make.fake_vit import head_for  # noqa: E402
from tests.make.test_packaging import make_runs  # noqa: E402
from tests.make.training.test_mapper import CHANNELS, SMALL, block_weights, write_tokens  # noqa: E402


class FakeViT:
    """Remembers what it is shown; hidden tokens are all 0.1 times the mean brightness."""

    def hidden(self, images: np.ndarray) -> np.ndarray:
        self.shown = images
        return np.full((len(images), 257, CHANNELS), 0.1 * images.mean(), np.float32)


@pytest.fixture(scope="module")
def closer_pack(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Path]:
    """A pack that looks closer at what is bright in the first channel, and its mapper run."""
    store, folder = make_runs(tmp_path_factory.mktemp("runs"))
    other = tmp_path_factory.mktemp("closer")
    model = load_shape_run(folder / "shape")
    features = write_tokens(other / "features", dict.fromkeys(model.ids, "train"))
    shape = MapperShape(head="direct", body="blocks", layers=1, queries=1, hidden=16)
    recipe = dataclasses.replace(SMALL, shape=shape, steps=2, distance_weight=0.0)
    train_mapper(model, store, [features], {}, other / "mapper", recipe, block_weights())
    head = head_for((0.5, 0.5, 1, 1), CHANNELS)
    presence = np.arange(10 * CHANNELS, dtype=np.float32), np.ones(1, np.float32)
    build_pack(other / "pack", PackRecipe("egg-2"), folder / "shape", other / "mapper", store, presence, head)
    return Pack.open(other / "pack"), other / "mapper"


def test_a_pack_of_blocks_gives_the_codes_of_the_torch_mapper(closer_pack: tuple[Pack, Path]) -> None:
    pack, run = closer_pack
    mapper, _ = load_mapper_run(run)
    round_weights(mapper)
    descriptor = np.random.default_rng(0).normal(size=257 * CHANNELS).astype(np.float32)
    code, _ = mapper(torch.from_numpy(descriptor)[None])
    np.testing.assert_allclose(pack.map(descriptor).code, code[0].numpy(), atol=1e-4)


def test_its_category_check_reads_the_global_tokens_alone(closer_pack: tuple[Pack, Path]) -> None:
    pack, _ = closer_pack
    tokens = Tokens(np.ones((1, CHANNELS), np.float32), np.ones((1, 16, 16, CHANNELS), np.float32))
    overview = pack.overview(tokens)[0]
    assert len(overview) == 3 * CHANNELS
    assert pack.presence(overview) == np.arange(2 * CHANNELS).sum() + 1


def test_it_looks_closer_at_the_object(closer_pack: tuple[Pack, Path]) -> None:
    pack, _ = closer_pack
    square = np.zeros((224, 224, 3), np.float32)
    square[112:, 112:] = 1
    patches = np.zeros((1, 16, 16, CHANNELS), np.float32)
    patches[..., -2:] = centres(16)[..., :2]
    patches[:, 8:, 8:, 0] = 1
    vit: Any = FakeViT()
    descriptor = pack.look(vit, square, Tokens(np.zeros((1, CHANNELS), np.float32), patches))
    assert descriptor.shape == (1, 257 * CHANNELS)
    assert vit.shown.mean() > 0.7  # a quarter of the whole is bright
    pack.look(vit, square, Tokens(np.zeros((1, CHANNELS), np.float32), 0 * patches))
    np.testing.assert_array_equal(vit.shown[0], square)


def test_it_looks_as_often_as_asked_and_averages(closer_pack: tuple[Pack, Path]) -> None:
    pack, _ = closer_pack
    rng = np.random.default_rng(0)
    square = rng.random((224, 224, 3), np.float32)
    patches = np.zeros((1, 16, 16, CHANNELS), np.float32)
    patches[..., -2:] = centres(16)[..., :2]
    patches[:, 8:, 8:, 0] = 1
    hidden = rng.random((1, 257, CHANNELS), np.float32)
    tokens = Tokens(np.zeros((1, CHANNELS), np.float32), patches, hidden)
    vit: Any = FakeViT()
    np.testing.assert_array_equal(pack.look(vit, square, tokens, looks=0), hidden.reshape(1, -1))
    assert not hasattr(vit, "shown")  # what is known of the whole picture is not asked for again
    descriptors = pack.look(vit, square, tokens, looks=4)
    assert descriptors.shape == (4, 257 * CHANNELS)
    each = [pack.map(descriptor) for descriptor in descriptors]
    np.testing.assert_allclose(pack.map(descriptors).code, np.mean([one.code for one in each], 0), atol=1e-5)


def test_a_damaged_location_is_refused(closer_pack: tuple[Pack, Path], tmp_path: Path) -> None:
    pack, _ = closer_pack
    other = Pack.open(pack.folder)
    other.arrays["location_weight2"] = np.zeros(3, np.float32)
    tokens = Tokens(np.zeros((1, CHANNELS), np.float32), np.zeros((1, 16, 16, CHANNELS), np.float32))
    vit: Any = FakeViT()
    with pytest.raises(PackError, match=r"is damaged: location_weight2 is not \(3, 5\) finite numbers"):
        other.look(vit, np.zeros((224, 224, 3), np.float32), tokens)
