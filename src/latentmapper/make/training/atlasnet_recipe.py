"""Recipes of AtlasNet: as published, and small enough for two cores."""

from dataclasses import dataclass, field, replace

from latentmapper.errors import RecipeError
from latentmapper.make.models.atlasnet import AtlasNetShape
from latentmapper.make.models.resnet import ResNetShape
from latentmapper.make.training.stages import AUTO, ENCODER, JOINT, require_counts, require_shares


@dataclass(frozen=True)
class AtlasNetRecipe:
    """How an AtlasNet is trained (Groueix et al., CVPR 2018), in three stages."""

    recipe: str = "atlasnet-25-paper"
    """Name of the recipe that this one began as."""
    shape: AtlasNetShape = field(default_factory=AtlasNetShape)
    """Sizes of the networks."""
    auto_steps: int = 15_000
    """Steps of the auto-encoder, from surface points to a code and back."""
    encoder_steps: int = 15_000
    """Steps of the picture encoder, before the auto-encoder's decoder, which is frozen."""
    joint_steps: int = 5_000
    """Steps in which picture encoder and decoder are trained together."""
    batch: int = 32
    """Shapes or pictures in a step."""
    points: int = 2500
    """Points of every shape and of its patches that are compared."""
    read: int = 2500
    """Points of a shape that the auto-encoder reads."""
    rate: float = 1e-3
    """Adam's rate."""
    joint_rate: float = 1e-4
    """The same of the last stage."""
    drops: tuple[float, ...] = (0.8, 0.933, 0.967)
    """Shares of every stage at which its rate falls to a tenth."""
    parametric_share: float = 0.5
    """Share of draws that are parametric shapes, where there are others."""
    mirror: bool = True
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
        require_shares(self.parametric_share, self.rate, self.joint_rate)
        if self.joint_steps < 0:
            raise RecipeError(f"--joint-steps must be at least 0, not {self.joint_steps}")
        if min(self.points, self.read) < 1:
            raise RecipeError("--points and --read must be at least 1")

    @property
    def stages(self) -> dict[str, int]:
        """Steps of every stage, in order; one without steps is left out."""
        steps = {AUTO: self.auto_steps, ENCODER: self.encoder_steps, JOINT: self.joint_steps}
        return {name: count for name, count in steps.items() if count}


# 150 epochs of ShapeNet's 3236 training airplanes in batches of 32, rates falling after 120, 140 and 145. How
# long, and at which rate, the last stage goes on is not told; both are chosen here.
PAPER = AtlasNetRecipe()
SMALL = AtlasNetRecipe(
    recipe="atlasnet-25-small",
    shape=AtlasNetShape(hidden=128, encoder=ResNetShape(width=32, side=128)),
    auto_steps=6_000,
    encoder_steps=6_000,
    joint_steps=2_500,
    batch=16,
    read=512,
)
RECIPES = {
    "atlasnet-25-small": SMALL,
    "atlasnet-25-paper": PAPER,
    "atlasnet-sphere-small": replace(
        SMALL, recipe="atlasnet-sphere-small", shape=replace(SMALL.shape, template="sphere", patches=1)
    ),
    "atlasnet-sphere-paper": replace(
        PAPER, recipe="atlasnet-sphere-paper", shape=replace(PAPER.shape, template="sphere", patches=1)
    ),
}
