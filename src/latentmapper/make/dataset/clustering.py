"""Clustering a ViT's dense features, once for all pictures that a mapper is to read (paper, section 3.2)."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from latentmapper import files
from latentmapper.cache import local
from latentmapper.errors import RecipeError, StoreError
from latentmapper.features.bag import Bag, DenseDescriber, Kind
from latentmapper.features.clusters import Clusters
from latentmapper.features.dense import Dense, Facet
from latentmapper.make.dataset.looks import Look
from latentmapper.make.dataset.views import Views
from latentmapper.pace import Pace
from latentmapper.photo.framing import letterbox
from latentmapper.places import Place

CLUSTERS = "clusters.safetensors"


@runtime_checkable
class BlockedDescriber(DenseDescriber, Protocol):
    """A `ViT`, which also knows its blocks and patches."""

    @property
    def blocks(self) -> int:
        """How many blocks."""
        ...

    @property
    def patch(self) -> int:
        """Side of a patch, pixels."""
        ...


@dataclass(frozen=True)
class BagRecipe:
    """How patches are described and clustered."""

    facet: Facet = "keys"
    """keys: of the blocks' attention. tokens: what the blocks give."""
    blocks: Literal["all", "shallow", "deep"] = "all"
    """Blocks whose features are concatenated: all, the first third or the last third."""
    clusters: int = 20
    """K of the k-means."""
    size: tuple[int, int] = (224, 224)
    """Height and width, in pixels, that pictures are fitted into before they are cut into patches."""
    stride: int = 0
    """From one patch to the next, pixels; 0 for the side of a patch."""
    pictures: int = 500
    """Random training pictures whose patches are clustered."""
    share: float = 0.2
    """Share of their patches that are."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range, but for those that the ViT decides."""
        for name, least in {"pictures": 1, "seed": 0}.items():
            if getattr(self, name) < least:
                raise RecipeError(f"--bag.{name} must be at least {least}, not {getattr(self, name)}")
        if not 0 < self.share <= 1:
            raise RecipeError(f"--bag.share must be above 0 and at most 1, not {self.share}")


def dense_of(vit: BlockedDescriber, recipe: BagRecipe) -> Dense:
    """The features that a recipe asks of a ViT.

    Raises
    ------
    RecipeError : the stride is larger than a patch or below 0, or the picture smaller than one.
    """
    stride, third = recipe.stride or vit.patch, max(1, vit.blocks // 3)
    if not 0 < stride <= vit.patch:
        raise RecipeError(f"--bag.stride {recipe.stride}: choose 1 to {vit.patch}, the side of a patch")
    if min(recipe.size) < vit.patch:
        raise RecipeError(f"--bag.size: a picture must be at least one patch, {vit.patch} pixels, a side")
    chosen = {"all": slice(None), "shallow": slice(third), "deep": slice(-third, None)}[recipe.blocks]
    blocks = tuple(range(vit.blocks)[chosen])
    return Dense(recipe.facet, blocks, recipe.size, vit.patch, stride)


def make_bag(
    views: Views,
    folder: Place,
    vit: BlockedDescriber,
    kind: Kind,
    grid: int,
    recipe: BagRecipe,
    look: Look,
    taken: Place | None = None,
) -> Bag:
    """The descriptor whose clusters a folder of features holds; they are made where it holds none.

    Parameters
    ----------
    taken : another folder of features, whose clusters are taken over; None finds them in `views`.
    look : how views are shown.

    Raises
    ------
    StoreError : clusters are missing, damaged, of features of another length, or others than those to be
        taken over.
    RecipeError : the recipe does not fit the ViT or the views.
    """
    dense = dense_of(vit, recipe)
    wanted = read_clusters(taken) if taken else None
    kept = read_clusters(folder) if (folder / CLUSTERS).is_file() else None
    if wanted and kept and wanted.sha256 != kept.sha256:
        raise StoreError(f"{folder} holds other clusters than {taken}; choose another folder")
    clusters = kept or wanted or find_clusters(views, vit, dense, recipe, look)
    try:
        bag = Bag(kind, dense, clusters, grid if kind == "histogram" else 0)
    except ValueError as error:
        raise RecipeError(f"--grid: {error}") from None
    if kept is None:
        files.write_arrays(folder / CLUSTERS, clusters.to_arrays())
    return bag


def read_clusters(folder: Place) -> Clusters:
    """The clusters in a folder of features. Raises `StoreError` where there are none, or damaged ones."""
    try:
        return Clusters.from_arrays(load_file(local(folder / CLUSTERS)))
    except (StoreError, OSError, SafetensorError, KeyError, ValueError) as error:
        raise StoreError(f"{folder} holds no clusters ({error})") from None


def find_clusters(views: Views, vit: DenseDescriber, dense: Dense, recipe: BagRecipe, look: Look) -> Clusters:
    """Mini-batch k-means of a share of the patches of random training pictures.

    Raises
    ------
    RecipeError : fewer patches than clusters, or more clusters than a byte can name.
    """
    from sklearn.cluster import MiniBatchKMeans

    rng = np.random.default_rng(recipe.seed)
    per_picture = max(1, round(recipe.share * dense.patches))
    chosen = _choose(views, recipe.pictures, rng)
    rows = per_picture * sum(len(places) for _, places in chosen)
    if not 2 <= recipe.clusters <= min(rows, 256):
        raise RecipeError(f"--bag.clusters {recipe.clusters}: choose 2 to {min(rows, 256)}")
    # Far more numbers than memory may hold: the features of all blocks are thousands a patch.
    with tempfile.TemporaryDirectory() as folder:
        sample = _sample(views, vit, dense, look, chosen, per_picture, rng, Path(folder) / "sample", rows)
        means = MiniBatchKMeans(recipe.clusters, batch_size=1024, random_state=recipe.seed)
        means.fit(sample)
        centroids = np.asarray(means.cluster_centers_, np.float32)
        distances = np.sort(Clusters(centroids, np.ones(1, np.float32)).squared_distances(sample), 1)
        gap = (distances[:, 1] - distances[:, 0]).mean(keepdims=True)
        del sample
    return Clusters(centroids, np.maximum(gap, 1e-6).astype(np.float32))


def _choose(views: Views, count: int, rng: np.random.Generator) -> list[tuple[int, NDArray[np.int64]]]:
    """Random training pictures: (index of the record, which of its views)."""
    places = [
        (i, j)
        for i, record in enumerate(views.records)
        if record.split == "train"
        for j in range(record.views)
    ]
    if not places:
        raise RecipeError(f"{views.path} holds no training pictures to find clusters in")
    kept = np.sort(rng.choice(len(places), min(count, len(places)), replace=False))
    pairs = np.array(places)[kept]
    return [(int(i), pairs[pairs[:, 0] == i, 1]) for i in np.unique(pairs[:, 0])]


def _sample(
    views: Views,
    vit: DenseDescriber,
    dense: Dense,
    look: Look,
    chosen: list[tuple[int, NDArray[np.int64]]],
    per_picture: int,
    rng: np.random.Generator,
    path: Path,
    rows: int,
) -> NDArray[np.float32]:
    """(rows, D) features of random patches of the chosen pictures, in a file."""
    sample, done = None, 0
    pace = Pace(rows // per_picture, "pictures for the clusters")
    for index, places in chosen:
        shown = views.load(views.records[index])
        for image in look([shown[place] for place in places], rng):
            features = vit.dense(letterbox(image, dense.size)[None], dense)[0].reshape(dense.patches, -1)
            if sample is None:
                sample = np.memmap(path, np.float32, "w+", shape=(rows, features.shape[1]))
            picked = rng.choice(dense.patches, per_picture, replace=False)
            sample[done : done + per_picture] = features[picked]
            done += per_picture
            pace.step()
    assert sample is not None
    return sample
