"""`latentmapper packs glance`: a pack learns to judge photos by smaller pictures of them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.packs import find_pack
from latentmapper.cli.places import PlaceOption
from latentmapper.errors import UsageError
from latentmapper.make.glance import GlanceRecipe


@dataclass(frozen=True)
class Config:
    """Let a pack that looks closer see at a glance what and where the object is; its hash changes."""

    pack: Annotated[str, tyro.conf.Positional]
    """Folder of a pack, or the id or category of one that ships with this installation."""
    location: Path
    """What `latentmapper train location --side` made, for pictures as small."""
    positives: tuple[PlaceOption, ...]
    """Views that show the category."""
    negatives: tuple[PlaceOption, ...]
    """Views that do not."""
    vit: Path | None = None
    """Another ViT's ONNX file; by default the bundled one."""
    recipe: Annotated[GlanceRecipe, tyro.conf.arg(name="")] = field(default_factory=GlanceRecipe)
    """How it learns."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    if not (config.positives and config.negatives):
        raise UsageError("--positives and --negatives need at least one folder of views each")
    from latentmapper.cli.logs import show_logs
    from latentmapper.features.vit import ViT
    from latentmapper.make.dataset.views import Views
    from latentmapper.make.glance import add_glance
    from latentmapper.photo.location import Location

    show_logs()
    folder, location = find_pack(config.pack), Location.read(config.location, config.recipe.side)
    shown, others = ([Views.open(path) for path in paths] for paths in (config.positives, config.negatives))
    # As most processors use it; heads that have learned from rounded tokens read exact ones as well.
    vit = ViT(config.vit, int8=True) if config.vit else ViT.bundled(int8=True)
    glance = add_glance(folder, location, shown, others, vit, config.recipe)["glance"]
    sure = {name: f"{share:.1%}" for name, share in glance["sure"].items()}
    print(
        f"{folder}: glances at {glance['side']} pixels; decides {sure['shown']} of what shows the category"
        f" ({sure['shown_wrong']} wrongly), {sure['others']} of the rest ({sure['others_wrong']})"
    )
    return 0
