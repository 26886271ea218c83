"""Recipes of IM-NET: as published, and small enough for two cores."""

from dataclasses import dataclass, field

from latentmapper.errors import RecipeError
from latentmapper.make.dataset.kept_voxels import CELLS
from latentmapper.make.models.imnet import ImNetShape
from latentmapper.make.models.resnet import ResNetShape
from latentmapper.make.training.stages import AUTO, ENCODER, require_counts, require_shares


@dataclass(frozen=True)
class ImNetRecipe:
    """How an IM-NET is trained (Chen and Zhang, CVPR 2019), in two stages."""

    recipe: str = "imnet-paper"
    """Name of the recipe that this one began as."""
    shape: ImNetShape = field(default_factory=ImNetShape)
    """Sizes of the networks."""
    auto_steps: int = 60_600
    """Steps of the auto-encoder, from voxels to a code to occupancies."""
    encoder_steps: int = 50_600
    """Steps of the picture encoder, from grey pictures to the auto-encoder's codes."""
    resolutions: tuple[int, ...] = (16, 32, 64)
    """Voxels along an axis that occupancies are taken from, over equal parts of the first stage."""
    batch: int = 32
    """Shapes in a step of the first stage."""
    points: int = 4096
    """Occupancies of each."""
    pictures: int = 64
    """Pictures in a step of the second stage."""
    rate: float = 1e-4
    """Adam's rate."""
    momentum: float = 0.5
    """Adam's first beta."""
    parametric_share: float = 0.5
    """Share of draws that are parametric shapes, where there are others."""
    mirror: bool = False
    """Turn half of the training pictures left to right where the category is symmetric."""
    bfloat16: bool = False
    """Run products of hidden values in bfloat16 while training; coordinates stay float32, and so do
    convolutions on processors."""
    check_every: int = 250
    """Steps between checkpoints, each with a look at held-out shapes."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` for values that no run can follow."""
        require_counts(self.batch, self.check_every, self.auto_steps, self.encoder_steps)
        require_shares(self.parametric_share, self.rate)
        if wrong := [each for each in self.resolutions if each < 1 or CELLS % each]:
            raise RecipeError(f"--resolutions must divide {CELLS}, not {wrong[0]}")
        if not self.resolutions:
            raise RecipeError("--resolutions must name at least one")
        if min(self.points, self.pictures) < 2:
            raise RecipeError("--points and --pictures must be at least 2")

    @property
    def drops(self) -> tuple[float, ...]:
        """Its rate stays as it is."""
        return ()

    @property
    def stages(self) -> dict[str, int]:
        """Steps of every stage, in order."""
        return {AUTO: self.auto_steps, ENCODER: self.encoder_steps}


# 200 epochs at each resolution of ShapeNet's 3236 training airplanes by 32 of them, then 1000 epochs by 64.
PAPER = ImNetRecipe()
SMALL = ImNetRecipe(
    recipe="imnet-small",
    shape=ImNetShape(
        hidden=256, channels=16, encoder=ResNetShape(width=32, side=128), gain=1.0, place_gain=2.0
    ),
    auto_steps=10_000,
    encoder_steps=9_000,
    batch=16,
    points=2048,
    pictures=32,
    rate=5e-4,
    mirror=True,
)
RECIPES = {"imnet-small": SMALL, "imnet-paper": PAPER}
