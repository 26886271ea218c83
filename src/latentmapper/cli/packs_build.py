"""`latentmapper packs build`: a trained shape model and mapper become a pack."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.errors import UsageError
from latentmapper.extras import require
from latentmapper.places import Place

if TYPE_CHECKING:
    from latentmapper.make.dataset.features import Features


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.make.dataset.features import Features
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.pack_recipe import PackRecipe
    from latentmapper.make.packaging import build_pack
    from latentmapper.make.sources import unlike
    from latentmapper.make.training.mapper_run import load_mapper_run
    from latentmapper.make.training.presence import fit_presence, presence_of
    from latentmapper.pack import Pack
    from latentmapper.photo.location import Location

    @dataclass(frozen=True)
    class Config:
        """Export the graphs, check them against PyTorch, write the pack."""

        run: Annotated[Path, tyro.conf.Positional]
        """The run of `latentmapper train shape`."""
        mapper: Annotated[Path, tyro.conf.Positional]
        """The run of `latentmapper train mapper`."""
        stores: tuple[PlaceOption, ...]
        """The stores it was trained on."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the pack."""
        recipe: Annotated[PackRecipe, tyro.conf.arg(name="")]
        """Name and licence."""
        positives: tuple[PlaceOption, ...] = ()
        """Features (--kind pooled) of pictures that show the category."""
        negatives: tuple[PlaceOption, ...] = ()
        """Features of pictures that do not; without them every picture is taken to show the category."""
        presence: Path | None = None
        """Take the check for the category from this pack instead, made for the same ViT."""
        location: Path | None = None
        """What `latentmapper train location` made: it finds the object for a closer look."""

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    _require_one_check(config.presence, config.positives, config.negatives)
    positives = [Features(path) for path in config.positives]
    negatives = [Features(path) for path in config.negatives]
    store = open_stores(config.stores)
    presence = presence_of(config.presence) if config.presence else None
    _require_alike([*positives, *negatives])
    if positives:
        presence = fit_presence(_rows(positives), _rows(negatives), positives[0].channels)
    judged_by = Pack.open(config.presence).vit_sha256 if config.presence else None
    judged_by = positives[0].vit_sha256 if positives else judged_by
    if judged_by and judged_by != load_mapper_run(config.mapper)[1]["vit_sha256"]:
        raise UsageError(f"the check for the category and the mapper in {config.mapper} read different ViTs")
    location = Location.read(config.location) if config.location else None
    metadata = build_pack(config.output, config.recipe, config.run, config.mapper, store, presence, location)
    size = sum(path.stat().st_size for path in config.output.iterdir()) / 1e6
    print(f"{config.output}: pack {metadata['id']}, {len(metadata['shapes'])} known shapes, {size:.1f} MB")
    if doubtful := unlike(config.recipe.license, metadata["sources"]):
        named = f"shapes it learned from are {', '.join(doubtful)}"
        told = f"{named}: make sure that they allow --license {config.recipe.license}"
        print(f"warning: {told}", file=sys.stderr)
    return 0


def _require_one_check(
    presence: Path | None, positives: tuple[Place, ...], negatives: tuple[Place, ...]
) -> None:
    if presence and (positives or negatives):
        raise UsageError("--presence takes the check from another pack; --positives and --negatives make one")
    if bool(positives) != bool(negatives):
        raise UsageError("--positives and --negatives go together")


def _require_alike(features: list["Features"]) -> None:
    """Raise `UsageError` where the check would not read what a pack shows it: final tokens of one ViT.

    `StoreError` where they are of closer looks.
    """
    for folder in features:
        if folder.kind != "pooled":
            wanted = "--positives and --negatives take features of --kind pooled"
            raise UsageError(f"{wanted}; those in {folder.folder} are of --kind {folder.kind}")
        folder.require_whole()
        if folder.vit_sha256 != features[0].vit_sha256:
            raise UsageError(f"{folder.folder} and {features[0].folder} hold features of different ViTs")


def _rows(features: list["Features"], at_most: int = 6000) -> list[np.ndarray]:
    """Descriptors of the training pictures of each folder, evenly thinned."""
    thinned = []
    for folder in features:
        records = [record for record in folder.records if record.split == "train"]
        if not records:
            raise UsageError(f"{folder.folder} holds no pictures of training shapes")
        counts = [folder.pictures(record) for record in records]
        step = max(1, sum(counts) // at_most)
        firsts = -np.cumsum([0, *counts[:-1]]) % step
        chosen = zip(records, firsts, strict=True)
        parts = [folder.load(record)[first::step].astype(np.float32) for record, first in chosen]
        thinned.append(np.concatenate(parts))
    return thinned
