"""How a mapper is trained."""

from dataclasses import dataclass, field

from latentmapper.errors import RecipeError
from latentmapper.make.models.mapper import MapperShape
from latentmapper.make.training.recipe import require_least, require_positive
from latentmapper.make.training.stages import require_shares


@dataclass(frozen=True)
class MapperRecipe:
    """How a mapper is trained."""

    shape: MapperShape = field(default_factory=MapperShape)
    """Sizes and head."""
    steps: int = 6000
    """Optimisation steps at most."""
    epochs: int = 0
    """Passes over the pictures at most, with a look at the held-out groups after each; 0 goes by steps."""
    batch: int = 48
    """Pictures in a step."""
    rate: float = 1e-3
    """AdamW's rate."""
    block_rate: float = 2e-4
    """The same of a ViT's blocks, which know much already."""
    warmup: int = 200
    """Steps over which the rates rise from nothing."""
    clip: float = 1.0
    """Longest gradient; 0 for any."""
    final_rate: float = 0.01
    """It falls along a cosine to this share."""
    weight_decay: float = 0.05
    """AdamW's weight decay."""
    entropy_weight: float = 0.3
    """Weight of the cross-entropy between bank weights and soft targets; for the direct head it may be 0."""
    temperature: float = 0.012
    """Surface displacement (network units) at which a known shape counts as another one."""
    code_weight: float = 0.0
    """Weight of the L1 on codes, in standard deviations."""
    displacement_weight: float = 100.0
    """Weight of the surface displacement by the code metric."""
    bank_weight: float = 100.0
    """Weight of the surface displacement of the bank's mixture, beside a head that answers otherwise."""
    view_weight: float = 4.0
    """Weight of what else a picture tells: from where it was taken, and the shape's proportions. At a
    twentieth of this nothing is learned of the view, and less of the shape."""
    distance_weight: float = 0.0
    """Weight of the L1 on signed distances through the frozen shape model."""
    distance_shapes: int = 6
    """Pictures of a batch whose distances are compared."""
    distance_points: int = 2048
    """Points of each."""
    metric_points: int = 48
    """Surface points of each shape that the code metric is measured at."""
    parametric_share: float = 0.5
    """Share of pictures that show parametric shapes, where there are others too."""
    balance: float = 0.5
    """0 draws every picture alike, 1 every group; between, groups of n pictures as n to the power 1 - this.
    Collections hold some kinds many times over, and a mapper learns to answer with those."""
    bfloat16: bool = False
    """Run the body's products in bfloat16 while training: faster where the processor has a matrix unit."""
    check_every: int = 500
    """Steps between looks at the held-out groups."""
    patience: int = 8
    """Looks without improvement before the run ends."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range."""
        by_steps = 0 if self.epochs else 1
        require_least(self, steps=by_steps, epochs=0, batch=1, patience=1, check_every=by_steps, seed=0)
        require_least(self, warmup=0, clip=0, distance_shapes=1, distance_points=1, metric_points=1)
        require_shares(self.parametric_share, self.rate, self.block_rate)
        require_positive(self, "temperature")
        if not 0 <= self.balance <= 1:
            raise RecipeError(f"--balance must lie in 0..1, not {self.balance:g}")


POOLED = MapperRecipe(
    shape=MapperShape(head="residual", body="whitened", layers=2),
    batch=64,
    warmup=0,
    clip=0.0,
    weight_decay=0.02,
    temperature=0.006,
    code_weight=0.5,
    displacement_weight=20.0,
    bank_weight=0.0,
    view_weight=0.0,
    distance_weight=20.0,
    parametric_share=0.4,
    balance=0.0,
    check_every=250,
)
"""Dense layers on pooled tokens: they train in minutes, and know less of proportions."""
MAPPER_PAPER = MapperRecipe(
    shape=MapperShape(head="direct", body="dense", layers=3, dropout=0.0),
    epochs=1000,
    batch=64,
    warmup=0,
    clip=0.0,
    patience=5,
    final_rate=1.0,
    weight_decay=0.0,
    entropy_weight=0.0,
    code_weight=1.0,
    displacement_weight=0.0,
    bank_weight=0.0,
    view_weight=0.0,
    parametric_share=0.4,
    balance=0.0,
    check_every=250,
)
"""As in the paper (sections 3.2 and 4.3): three dense layers with tanh, L1 on the code, Adam (AdamW without
decay), at most 1,000 epochs, ended by 5 without improvement."""
RECIPES = {"default": MapperRecipe(), "pooled": POOLED, "mapper-paper": MAPPER_PAPER}
