"""`latentmapper train clip`: a small contrastive pair of pictures and sentences."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.cli.training import Device, training
from latentmapper.extras import require


def main(verb: str, argv: list[str]) -> int:
    """Run the verb; prints the zero-shot accuracy on held-out shapes."""
    require("torch", extra="train")
    from latentmapper.features.clip.bundled import BundledClip
    from latentmapper.files import write_json
    from latentmapper.make.dataset.captions import read_captions
    from latentmapper.make.dataset.features import Features
    from latentmapper.make.evaluation.zero_shot import SHAPES, zero_shot
    from latentmapper.make.training.contrast import ContrastRecipe, train_contrast

    @dataclass(frozen=True)
    class Config:
        """Train a contrastive pair on the bundled ViT's tokens and on descriptions; run again to resume."""

        features: Annotated[tuple[PlaceOption, ...], tyro.conf.Positional]
        """Folders of `latentmapper data features --kind pooled`, of wholes, closer looks, or both."""
        stores: tuple[PlaceOption, ...]
        """Stores with descriptions, made by `latentmapper data describe`."""
        output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
        """Folder of the run and of the pair."""
        recipe: Annotated[ContrastRecipe, tyro.conf.arg(name="")] = field(default_factory=ContrastRecipe)
        """How it is trained."""
        device: Device = "auto"

    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    features = [Features(path) for path in config.features]
    captions = read_captions(features, config.stores)
    with training(config.device) as process:
        train_contrast(captions, features[0].vit_sha256, config.output, config.recipe, process)
    if not process.is_main:
        return 0
    answers = zero_shot(BundledClip(config.output), captions)
    write_json(config.output / SHAPES, [asdict(answer) for answer in answers])
    print(f"{config.output}: zero-shot on held-out shapes")
    for one in answers:
        print(
            f"  {one.question:<17} {one.accuracy:6.1%} of {one.pictures} pictures, {one.classes} classes;"
            f" mean of classes {one.balanced:.1%}, always the most frequent {one.majority:.1%}"
        )
    return 0
