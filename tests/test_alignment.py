"""Photos aligned with renders: moments are those of the target, no photo takes part in its own move."""

import importlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from latentmapper.errors import UsageError
from latentmapper.features.vit import Tokens
from latentmapper.reconstructor import Reconstructor
from tests.tiny_pack import write_tiny_pack

SCRIPTS = Path(__file__).parents[1] / "scripts"
WIDTH = 6


@pytest.fixture
def alignment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("alignment")


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("adapter")


@pytest.fixture
def aligned_photos(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("aligned_photos")


def clouds() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    photos = rng.normal(size=(4000, WIDTH)) @ rng.normal(size=(WIDTH, WIDTH)) + 3
    return photos, rng.normal(size=(4000, WIDTH)) @ rng.normal(size=(WIDTH, WIDTH)) - 1


def test_moments_add_up_to_those_of_all(alignment) -> None:
    photos, _ = clouds()
    of = alignment.Moments.of
    whole = of(photos[:1000].reshape(10, 100, WIDTH)) + of(photos[1000:])
    np.testing.assert_allclose(whole.mean, photos.mean(0))
    np.testing.assert_allclose(whole.covariance(0), np.cov(photos.T, bias=True), atol=1e-8)
    np.testing.assert_allclose(whole.covariance(1), np.diag(photos.var(0)), atol=1e-8)


def test_whitened_and_coloured_tokens_have_the_moments_of_the_target(alignment) -> None:
    photos, renders = clouds()
    of, between = alignment.Moments.of, alignment.Alignment.between
    moved = between(of(photos), of(renders), 0.0)(photos)
    np.testing.assert_allclose(moved.mean(0), renders.mean(0), atol=1e-3)
    np.testing.assert_allclose(np.cov(moved.T), np.cov(renders.T), rtol=1e-3, atol=1e-3)


def test_full_shrinkage_matches_each_channel_by_itself(alignment) -> None:
    photos, renders = clouds()
    of, between = alignment.Moments.of, alignment.Alignment.between
    moved = between(of(photos), of(renders), 1.0)(photos)
    wanted = (photos - photos.mean(0)) / photos.std(0) * renders.std(0) + renders.mean(0)
    np.testing.assert_allclose(moved, wanted, rtol=1e-3, atol=1e-3)


def test_a_constant_channel_does_not_explode(alignment) -> None:
    photos, renders = clouds()
    photos[:, 0] = 2
    of, between = alignment.Moments.of, alignment.Alignment.between
    moved = between(of(photos), of(renders), 0.0)(photos + 0.1)
    assert np.abs(moved).max() < 100 * np.abs(renders).max()


def test_class_tokens_and_patches_are_moved_each_by_themselves(alignment) -> None:
    photos, renders = (cloud.reshape(40, 100, WIDTH) for cloud in clouds())
    photos[:, 0] += 20
    moved = np.stack([alignment.ByMoments(1.0)(photos, renders)(each) for each in photos])
    for part in (0, slice(1, None)):
        of, wanted = (each[:, part].reshape(-1, WIDTH) for each in (moved, renders))
        np.testing.assert_allclose(of.mean(0), wanted.mean(0), atol=1e-3)
        np.testing.assert_allclose(of.std(0), wanted.std(0), rtol=1e-3)


def test_an_adapter_brings_photos_to_where_renders_lie(adapter) -> None:
    """Photos have every second channel at another place; what a picture shows, in the others, stays."""
    rng = np.random.default_rng(0)
    photos, renders = rng.normal(size=(2, 60, 10, WIDTH)).astype(np.float32)
    photos[..., ::2] += 2
    move = adapter.Adversarial(steps=400, rate=1e-2, kept=0.02)(list(photos), list(renders))
    moved = np.stack([move(each) for each in photos])
    assert np.abs(moved.mean((0, 1))[::2]).max() < 1
    assert min(np.corrcoef(a, b)[0, 1] for a, b in zip(photos[..., 1], moved[..., 1], strict=True)) > 0.5


def test_an_adapter_that_has_not_learned_moves_nothing(adapter) -> None:
    photos = np.random.default_rng(0).normal(size=(4, 5, WIDTH)).astype(np.float32)
    move = adapter.Adversarial(steps=0)(list(photos), list(photos))
    np.testing.assert_allclose(move(photos[0]), photos[0], atol=1e-5)


def test_a_photo_is_moved_by_what_others_say(alignment, aligned_photos, tmp_path: Path, monkeypatch) -> None:
    """Tokens are a photo's brightness, 0 for renders: a photo goes where it lies beside the others.

    What a second mapper reads, 7 for all, goes nowhere.
    """
    for name, grey in (("a", 100), ("b", 110), ("c", 120)):
        Image.fromarray(np.full((64, 64, 3), grey, np.uint8)).save(tmp_path / f"{name}.png")
    seen: list[np.ndarray] = []

    def look(vit, square, tokens):
        noise = np.random.default_rng(int(255 * square.mean())).normal(0, 1e-3, (3, WIDTH))
        return np.append(255 * square[0, 0, 0] + noise, 7)[None]

    def mapped(descriptors):
        assert descriptors[-1] == 7
        seen.append(descriptors[:-1].reshape(3, WIDTH))
        return SimpleNamespace(code=None)

    entry = {"closer": {"kind": "tokens", "length": 3 * WIDTH}, "beside": {"length": 1}, "second": {}}
    pack = SimpleNamespace(id="fake", metadata=entry, look=look, map=mapped, field=lambda code: None)
    pack.reads_two = False
    vit = SimpleNamespace(
        describe=lambda squares: Tokens(
            np.zeros((1, WIDTH), np.float32), np.zeros((1, 1, 1, WIDTH), np.float32)
        )
    )
    made = SimpleNamespace(packs={"car": pack}, eyes=SimpleNamespace(exact=vit, near=vit))
    record = SimpleNamespace(views=1)
    views = SimpleNamespace(records=[record], picture=lambda *_: np.zeros((64, 64, 3), np.uint8))
    monkeypatch.setattr(aligned_photos, "extract", lambda *_: None)
    monkeypatch.setattr(aligned_photos, "clean", lambda *_: ("mesh", None))
    folds = [[tmp_path / "a.png"], [tmp_path / "b.png"], [tmp_path / "c.png"]]
    aligned = aligned_photos.AlignedPhotos(made, views, folds, 2)
    fit = alignment.ByMoments(1.0)
    assert aligned.mesh(fit, 64, folds[2][0]) == "mesh"
    assert aligned.mesh(fit, 64, folds[0][0]) == "mesh"
    # The others lie at 105 and differ by 5 of it; renders at 0 and hardly differ.
    assert np.abs(seen[0]).max() < 0.1
    assert aligned._moves[fit, 2].patches.source == pytest.approx(np.full(WIDTH, 105), abs=0.1)
    assert aligned._moves[fit, 0].patches.source == pytest.approx(np.full(WIDTH, 115), abs=0.1)


def test_a_pack_that_reads_no_tokens_is_refused(aligned_photos, tmp_path: Path) -> None:
    made = Reconstructor([write_tiny_pack(tmp_path / "pack")])
    with pytest.raises(UsageError, match="--renders: pack tiny-car does not read tokens"):
        aligned_photos.AlignedPhotos(made, None, [], 1)
