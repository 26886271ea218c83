"""How a translator is trained."""

import math
from dataclasses import dataclass, field

from latentmapper.errors import RecipeError
from latentmapper.make.models.cyclegan import POOL, CycleGanShape


@dataclass(frozen=True)
class TranslatorRecipe:
    """How a translator is trained; the weights and rates are those of CycleGAN's authors."""

    shape: CycleGanShape = field(default_factory=CycleGanShape)
    """Sizes."""
    epochs: int = 500
    """Passes over the photos."""
    steps: int = 0
    """Optimisation steps, in place of the passes; 0 goes by passes."""
    batch: int = 8
    """Photos, and as many renders, in a step."""
    rate: float = 2e-4
    """Adam's rate, of generators and discriminators alike."""
    beta1: float = 0.5
    """Adam's first decay."""
    falling: float = 0.5
    """Share of the run, at its end, over which the rate falls linearly to nothing."""
    cycle_weight: float = 10.0
    """Weight of the L1 between a picture and what comes back of it."""
    identity_weight: float = 0.5
    """Weight, in cycle weights, of the L1 between a picture and what its own side's generator makes of it."""
    pool: int = POOL
    """Earlier fakes that each discriminator may be shown again."""
    bfloat16: bool = False
    """Run the products in bfloat16 while training: faster where the processor knows it."""
    save_every: int = 500
    """Steps between checkpoints."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on counts and shares out of range."""
        if self.batch < 1 or self.save_every < 1:
            raise RecipeError("--batch and --save-every must be at least 1")
        if max(self.epochs, self.steps) < 1 or min(self.epochs, self.steps, self.pool) < 0:
            raise RecipeError(
                "--epochs, or --steps in their place, must be at least 1, and --pool at least 0"
            )
        if not 0 <= self.falling <= 1:
            raise RecipeError(f"--falling must be a share from 0 to 1, not {self.falling}")

    def steps_per_epoch(self, photos: int, processes: int = 1) -> int:
        """Steps in a pass of some processes over so many photos."""
        return math.ceil(photos / (self.batch * processes))


RECIPES = {
    "cyclegan-small": TranslatorRecipe(
        CycleGanShape(side=128, width=24, blocks=6, critic_width=32), epochs=0, steps=6000, batch=1
    ),
    "cyclegan-paper": TranslatorRecipe(),
}
"""For two cores, bounded in steps; and as in the paper (section 4.3), which wants a GPU."""
