"""`latentmapper data features VIEWS -o FEATURES`: pictures become ViT descriptors."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.cli.training import Device
from latentmapper.errors import UsageError
from latentmapper.places import Place

CLOSER = "--kind tokens or efficientnet, or --closer with pooled, labels, soft or histogram"
"""What looks closer, in words."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    from latentmapper.cli.logs import show_logs
    from latentmapper.cli.recipes import named
    from latentmapper.features.bag import KINDS
    from latentmapper.features.clip.image import KIND
    from latentmapper.make.clip import keep_image_encoder, load_clip
    from latentmapper.make.dataset.describer import open_vit
    from latentmapper.make.dataset.describing import describe_views
    from latentmapper.make.dataset.embedding import embed_features
    from latentmapper.make.dataset.feature_header import HEADER as FEATURES
    from latentmapper.make.dataset.feature_recipe import RECIPES, FeatureRecipe
    from latentmapper.make.dataset.features import Features
    from latentmapper.make.dataset.photo_features import describe_photos
    from latentmapper.make.dataset.views import HEADER, Views
    from latentmapper.photo.location import Location

    name, default = named(argv, RECIPES)

    @dataclass(frozen=True)
    class Config:
        """Describe every picture with the ViT; run again to resume."""

        views: Annotated[PlaceOption, tyro.conf.Positional]
        """The pictures that `latentmapper data render` made, or a folder of photos; for --kind clip also
        features of --kind pooled, which hold all that a pair of `latentmapper train clip` looks at."""
        output: Annotated[PlaceOption, tyro.conf.arg(aliases=["-o"])]
        """Folder for the descriptors."""
        vit: Path | None = None
        """Another ViT's ONNX file; by default the bundled one."""
        location: Path | None = None
        """What `latentmapper train location` made: closer looks are then at the window that it finds, as in
        use; without it, at the window that the true mask gives."""
        clusters: PlaceOption | None = None
        """Features whose clusters are taken over, so that a mapper can read both; by default new ones are
        found in these views (labels, soft, histogram)."""
        clip: str = "bundled"
        """Which contrastive pair (--kind clip): bundled[:FOLDER], transformers[:HUB ID or FOLDER] or
        rn101[:FILE]."""
        recipe_name: Annotated[str, tyro.conf.arg(name="recipe")] = name
        """Options to start from: default, or descriptor-paper for the labels of the paper."""
        recipe: Annotated[FeatureRecipe, tyro.conf.arg(name="")] = field(default_factory=lambda: default)
        """How pictures are described."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    show_logs()
    rendered = (config.views / HEADER).is_file()
    kind = config.recipe.kind
    if config.location and not config.recipe.looks_closer:
        raise UsageError(f"--location is for {CLOSER}")
    if config.recipe.neighbours and not config.recipe.looks_closer:
        raise UsageError(f"--neighbours is for {CLOSER}")
    if config.clusters and kind not in KINDS:
        raise UsageError(f"--clusters is for --kind {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    if kind == KIND and (config.views / FEATURES).is_file():
        pooled = Features(config.views)
        pair = keep_image_encoder(load_clip(config.clip), _here(config.output), pooled.vit_sha256)
        embed_features(pooled, config.output, pair)
        return 0
    if kind != "pooled" and not rendered:
        raise UsageError(f"--kind {kind}: {config.views} holds no rendered views, and photos train no mapper")
    if config.recipe.looks_closer and not rendered:
        raise UsageError(f"--closer: {config.views} holds no rendered views, and photos are described whole")
    vit = open_vit(config.vit, config.recipe.precision, config.device)
    if rendered:
        views = Views.open(config.views)
        location = Location.read(config.location) if config.location else None
        pair = None
        if kind == KIND:
            pair = keep_image_encoder(load_clip(config.clip), _here(config.output), vit.sha256)
        describe_views(views, config.output, vit, config.recipe, location, config.clusters, pair)
    else:
        describe_photos(_here(config.views), _here(config.output), vit, config.recipe)
    return 0


def _here(place: Place) -> Path:
    """A folder of this machine. Raises `UsageError` for a URL."""
    if isinstance(place, Path):
        return place
    raise UsageError(f"{place}: photos, and features of --kind clip, lie in a folder of this machine")
