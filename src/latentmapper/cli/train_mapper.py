"""`latentmapper train mapper`: descriptors of pictures to latent codes."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.cli.training import Device, training
from latentmapper.errors import UsageError
from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    require("torch", extra="train")
    from latentmapper.cli.recipes import named
    from latentmapper.make.dataset.features import Features
    from latentmapper.make.dataset.joined import open_stores
    from latentmapper.make.models.vit import checkpoint_weights
    from latentmapper.make.training.codes import load_codes
    from latentmapper.make.training.mapper import train_mapper
    from latentmapper.make.training.mapper_recipe import RECIPES, MapperRecipe
    from latentmapper.make.training.shape_run import load_shape_run

    name, default = named(argv, RECIPES)

    @dataclass(frozen=True)
    class Config:
        """Train the network from a picture's descriptor to a code; run again to resume."""

        run: Annotated[Path, tyro.conf.Positional]
        """The run of `latentmapper train shape`."""
        stores: tuple[PlaceOption, ...]
        """The stores it was trained on."""
        features: tuple[PlaceOption, ...]
        """Folders of `latentmapper data features`."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run."""
        codes: tuple[PlaceOption, ...] = ()
        """More codes, as `latentmapper fit` writes them: held-out shapes, codes between codes."""
        vit: Path | None = None
        """The ViT's ONNX file that a body of its blocks starts from; by default the bundled one."""
        start: Path | None = None
        """Another mapper's run, of the same sizes, to start from its weights with another recipe or data; its
        shape model may have had fewer shapes, where this one started from it."""
        autoencoder: Path | None = None
        """The run of `latentmapper train autoencoder` through which a body of dense layers reads."""
        beside: tuple[PlaceOption, ...] = ()
        """Features of a second kind, one folder for each of --features, of the same pictures: a body of dense
        layers reads both."""
        recipe_name: Annotated[str, tyro.conf.arg(name="recipe")] = name
        """Options to start from: default, pooled (dense layers on pooled tokens), or mapper-paper."""
        recipe: Annotated[MapperRecipe, tyro.conf.arg(name="")] = field(default_factory=lambda: default)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if not config.features:
        raise UsageError("--features: name at least one folder, made with: latentmapper data features")
    more = {key: code for path in config.codes for key, code in load_codes(path).items()}
    features = [Features(path) for path in config.features]
    blocks = config.recipe.shape.body == "blocks"
    with training(config.device, config.recipe.bfloat16) as process:
        train_mapper(
            load_shape_run(config.run),
            open_stores(config.stores),
            features,
            more,
            config.output,
            config.recipe,
            checkpoint_weights(config.vit, features[0].vit_sha256) if blocks else None,
            config.start,
            config.autoencoder,
            [Features(path) for path in config.beside],
            process,
        )
    return 0
