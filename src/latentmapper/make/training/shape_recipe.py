"""The recipe of the triplane auto-decoder."""

from dataclasses import dataclass, field
from typing import Literal

from latentmapper.make.models.triplane import TriplaneShape
from latentmapper.make.training.recipe import require_least, require_positive


@dataclass(frozen=True)
class ShapeRecipe:
    """How a triplane is trained."""

    model: str = "triplane"
    """What is trained: triplane, dit-small or dit-paper; the other options and their defaults are its own."""
    licenses: tuple[str, ...] = ()
    """Only shapes under these licenses, as the store spells them; all of them if none is given."""
    shape: TriplaneShape = field(default_factory=TriplaneShape)
    """Sizes of the model."""
    steps: int = 6000
    """Optimisation steps."""
    shapes_per_step: int = 12
    """Shapes in a batch."""
    points_per_shape: int = 4096
    """Points drawn of each."""
    network_rate: float = 2e-3
    """Adam's rate for the network."""
    code_rate: float = 5e-3
    """Adam's rate for the codes; only the batch's codes move in a step."""
    code_start: Literal["principal", "random"] = "principal"
    """Codes start at principal components of the shapes' distances, or at random (DeepSDF)."""
    final_rate: float = 0.005
    """Both rates fall along a cosine to this share of themselves."""
    clamp: float = 0.1
    """Distances beyond this count as this, network units."""
    code_penalty: float = 1e-4
    """Weight of the mean squared code norm."""
    bfloat16: bool = False
    """Run the products that make planes in bfloat16 while training: twice as fast where the processor has a
    matrix unit. Points, distances and weights stay float32, so surfaces get no terraces."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range."""
        require_least(self, steps=1, shapes_per_step=1, points_per_shape=1, seed=0)
        require_positive(self, "network_rate", "code_rate", "clamp")

    @property
    def code_bound(self) -> float | None:
        """Nothing but the penalty keeps codes short."""
        return None

    @property
    def kind(self) -> str:
        """Kind of network."""
        return self.model
