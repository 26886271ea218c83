"""Patches are named by the nearest centre, softly by how near, or counted in the cells of a grid."""

import numpy as np
import pytest

from latentmapper.features.bag import Bag, histogram
from latentmapper.features.clusters import Clusters
from latentmapper.features.dense import Dense

DENSE = Dense("keys", (0,), (28, 42), 14, 14)


def clusters(softness: float = 1.0, count: int = 5, width: int = 3) -> Clusters:
    centroids = np.random.default_rng(0).normal(size=(count, width)).astype(np.float32)
    return Clusters(centroids, np.array([softness], np.float32))


class Patches:
    """A ViT whose features are the mean colours of patches."""

    def dense(self, images: np.ndarray, dense: Dense) -> np.ndarray:
        cells = images.reshape(len(images), dense.rows, 14, dense.columns, 14, 3)
        return cells.mean((2, 4))


def test_labels_are_the_nearest_centres() -> None:
    found, features = clusters(), np.random.default_rng(1).normal(size=(4, 7, 3)).astype(np.float32)
    apart = np.linalg.norm(features[:, :, None] - found.centroids, axis=-1)
    np.testing.assert_array_equal(found.labels(features), apart.argmin(-1))
    assert found.labels(features).dtype == np.uint8


def test_shares_fall_with_the_squared_distance() -> None:
    found, features = clusters(softness=0.5), np.random.default_rng(1).normal(size=(9, 3)).astype(np.float32)
    squared = ((features[:, None] - found.centroids) ** 2).sum(-1)
    plain = np.exp(-squared / 0.5)
    np.testing.assert_allclose(
        found.shares(features), plain / plain.sum(1, keepdims=True), rtol=1e-3, atol=1e-6
    )


def test_a_histogram_holds_the_shares_of_each_cell() -> None:
    labels = np.array([[0, 0, 1, 2], [0, 1, 1, 2], [2, 2, 2, 2]], np.uint8)
    shares = histogram(labels, 2, 3)  # rows 0 and 1 above, columns 0 and 1 on the left
    np.testing.assert_allclose(shares[0, 0], [0.75, 0.25, 0])
    np.testing.assert_allclose(shares[0, 1], [0, 0.5, 0.5])
    np.testing.assert_allclose(shares[1], [[0, 0, 1], [0, 0, 1]])


@pytest.mark.parametrize(("kind", "layout"), [("labels", (6, 1)), ("soft", (6, 5)), ("histogram", (4, 5))])
def test_descriptors_are_as_long_as_they_say(kind, layout: tuple[int, int]) -> None:
    bag = Bag(kind, DENSE, clusters(), grid=2)
    descriptors = bag(Patches(), np.random.default_rng(2).random((2, 28, 42, 3), np.float32))
    assert bag.layout == layout
    assert descriptors.shape == (2, bag.length)


def test_soft_labels_and_labels_agree() -> None:
    images = np.random.default_rng(2).random((2, 28, 42, 3), np.float32)
    hard, soft = (Bag(kind, DENSE, clusters())(Patches(), images) for kind in ("labels", "soft"))
    np.testing.assert_array_equal(soft.reshape(2, 6, 5).argmax(-1), hard)


def test_a_square_is_fitted_into_a_wider_picture() -> None:
    shown = []

    class Remembers(Patches):
        def dense(self, images: np.ndarray, dense: Dense) -> np.ndarray:
            shown.append(images[0])
            return super().dense(images, dense)

    Bag("labels", DENSE, clusters())(Remembers(), np.ones((1, 28, 28, 3), np.float32))
    np.testing.assert_allclose(shown[0][:, 7:-7], 1)
    np.testing.assert_allclose(shown[0][:, :7], 0.5)


def test_it_comes_back_from_what_a_pack_says_of_it() -> None:
    bag = Bag("histogram", DENSE, clusters(), grid=2)
    again = Bag.from_entry(bag.to_entry(), clusters().to_arrays())
    assert (again.kind, again.dense, again.grid) == (bag.kind, bag.dense, bag.grid)
    assert again.clusters.sha256 == bag.clusters.sha256


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"length": 7}, "descriptors of length 7, but pictures of 28 x 42 give 6"),
        ({"size": [28, 28]}, "descriptors of length 6, but pictures of 28 x 28 give 4"),
        ({"kind": "words"}, "unknown kind 'words'"),
        ({"kind": "histogram", "grid": 3}, "a grid of 3 cells a side, but 2 patches"),
    ],
)
def test_an_entry_that_does_not_fit_is_refused(change: dict, message: str) -> None:
    entry = Bag("labels", DENSE, clusters()).to_entry() | change
    with pytest.raises(ValueError, match=message):
        Bag.from_entry(entry, clusters().to_arrays())


def test_clusters_must_be_vectors_with_a_softness() -> None:
    arrays = clusters().to_arrays()
    with pytest.raises(ValueError, match="centroids are not 2 to 256 vectors"):
        Clusters.from_arrays(arrays | {"centroids": np.zeros((1, 3), np.float32)})
    with pytest.raises(ValueError, match="softness is not one positive number"):
        Clusters.from_arrays(arrays | {"softness": np.zeros(1, np.float32)})


@pytest.mark.parametrize("most", [1, 2, 1000])
def test_pictures_come_in_batches_that_fit_into_memory(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    one = DENSE.patches * 3 * 4  # bytes of features
    monkeypatch.setattr("latentmapper.features.bag.AT_ONCE", most * one)
    batches: list[int] = []

    class Counts(Patches):
        def dense(self, images: np.ndarray, dense: Dense) -> np.ndarray:
            batches.append(len(images))
            return super().dense(images, dense)

    images = np.random.default_rng(3).random((5, 28, 42, 3), np.float32)
    bag = Bag("labels", DENSE, clusters())
    alone = np.concatenate([bag(Patches(), images[i : i + 1]) for i in range(5)])
    np.testing.assert_array_equal(bag(Counts(), images), alone)
    assert batches == {1: [1] * 5, 2: [2, 2, 1], 1000: [5]}[most]
