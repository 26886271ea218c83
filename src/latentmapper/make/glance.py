"""A glance for a finished pack: heads that read the tokens of smaller pictures."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from latentmapper import files
from latentmapper.errors import PackError, RecipeError
from latentmapper.features.vit import SIZE
from latentmapper.make.dataset.describer import Describer, describer_of
from latentmapper.make.dataset.views import Views
from latentmapper.make.location_heads import check_head
from latentmapper.make.training.presence import refit_presence
from latentmapper.make.training.recipe import require_least
from latentmapper.pace import Pace
from latentmapper.pack import Pack
from latentmapper.pack_folder import FORMAT, GLANCE, damaged_files, read_metadata
from latentmapper.photo.first_look import SURE
from latentmapper.photo.location import Location

Describe = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""A picture (224, 224, 3) float32 RGB 0..1 -> its descriptor (D,), by the tokens of a smaller one."""
GLANCING = re.compile(r" --precision[ =](?!float32\b)")
"""What commands hold in which pictures were glanced at: another precision than float32."""


@dataclass(frozen=True)
class GlanceRecipe:
    """How a pack learns to judge by smaller pictures."""

    side: int = 126
    """Pixels of their sides, a multiple of the ViT's patch, less than 224."""
    pictures: int = 1200
    """Training pictures from each folder, evenly drawn."""
    strength: float = 0.03
    """Inverse regularisation of how the check for the category changes."""
    seed: int = 0
    """Seed of the drawing."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sides, counts and strengths out of range."""
        require_least(self, side=1, pictures=1)
        if self.side >= SIZE:
            raise RecipeError(f"--side must be less than {SIZE}, the whole picture's, not {self.side}")
        if not self.strength > 0:
            raise RecipeError(f"--strength must be above 0, not {self.strength}")


def add_glance(
    folder: Path,
    location: Location,
    positives: Sequence[Views],
    negatives: Sequence[Views],
    vit: Describer,
    recipe: GlanceRecipe,
) -> dict[str, Any]:
    """Write a glance into a pack, in place of one that it had; return its metadata, with a new hash.

    Results measured in float32 stay: there the pack looks at wholes as before. Others are dropped. Where a
    run is killed between the two files that change, the same call mends the pack.

    Parameters
    ----------
    location : finds the object by tokens of pictures of that side.
    positives, negatives : views that show the category, and that do not.

    Raises
    ------
    MissingError : no pack there.
    PackError : it is damaged, or made for another ViT, or that side is not a whole number of its patches.
    RecipeError : it does not look closer by hidden tokens, the head reads tokens of another length, or there
        are no views for training.
    UsageError : this describer sees whole pictures alone.
    """
    _forget(folder)
    pack = Pack.open(folder)
    _require(pack, vit)
    check_head(location, pack.metadata["descriptor"])
    tokens_of = describer_of(vit, recipe.side)

    def describe(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        return pack.overview(tokens_of(picture[None]))[0]

    shown, others = (
        [_described(each, describe, recipe) for each in views] for views in (positives, negatives)
    )
    arrays = pack.arrays
    start = arrays["presence_weight"], float(arrays["presence_bias"][0])
    weight, bias = refit_presence(*start, shown, others, recipe.strength)
    heads = location.to_arrays() | {"presence_weight": weight}
    halves = {name: np.ascontiguousarray(array, np.float16) for name, array in heads.items()}
    data = save(halves | {"presence_bias": bias})
    metadata = read_metadata(folder)
    metadata["format"] = FORMAT
    metadata["glance"] = asdict(recipe) | {"sure": _sure(weight, float(bias[0]), shown, others)}
    results = metadata.get("results", [])
    metadata["results"] = [each for each in results if not GLANCING.search(each["command"])]
    metadata["files"][GLANCE] = files.sha256_of_bytes(data)
    files.write_bytes(folder / GLANCE, data)
    files.write_json(folder / "pack.json", metadata)
    return metadata


def _forget(folder: Path) -> None:
    """Take a damaged glance out of a pack; opening it refuses any other damage."""
    metadata = read_metadata(folder)
    digest = metadata["files"].get(GLANCE)
    if digest is not None and damaged_files(folder, {"files": {GLANCE: digest}}):
        metadata.pop("glance", None)
        del metadata["files"][GLANCE]
        files.write_json(folder / "pack.json", metadata)


def _require(pack: Pack, vit: Describer) -> None:
    looks_closer = (pack.metadata.get("closer") or {}).get("kind") == "tokens" and pack.finds
    if not looks_closer or pack.reads_two:
        raise RecipeError(
            f"pack {pack.id} reads whole pictures; a glance is for packs that look closer alone"
        )
    if pack.vit_sha256 != vit.sha256:
        raise PackError(f"pack {pack.id} was made for another ViT; name it with --vit")
    pack.require_vit(vit.sha256)


def _described(views: Views, describe: Describe, recipe: GlanceRecipe) -> NDArray[np.float32]:
    """Descriptors (n, D) of training pictures of one folder."""
    views.require_squares()
    places = [(r, i) for r in views.records if r.split == "train" for i in range(r.views)]
    if not places:
        raise RecipeError(f"{views.path} holds no views of training shapes")
    chosen = np.random.default_rng(recipe.seed).permutation(len(places))[: recipe.pictures]
    pace, made = Pace(len(chosen), "pictures described"), []
    for number in sorted(chosen):
        picture = views.picture(*places[number]).astype(np.float32) / np.float32(255)
        made.append(describe(picture))
        pace.step()
    return np.stack(made)


def _sure(
    weight: NDArray[np.float32],
    bias: float,
    shown: Sequence[NDArray[np.float32]],
    others: Sequence[NDArray[np.float32]],
) -> dict[str, float]:
    """Shares of the pictures of either kind that are decided at a glance, and those decided wrongly."""
    told = {}
    for name, sign, parts in (("shown", 1, shown), ("others", -1, others)):
        odds = sign * (np.concatenate(parts) @ weight + bias)
        told[name] = round(float((np.abs(odds) >= SURE).mean()), 4)
        told[f"{name}_wrong"] = round(float((odds <= -SURE).mean()), 4)
    return told
