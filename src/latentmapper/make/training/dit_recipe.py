"""Recipes of Deep Implicit Templates: as published, and small enough for two cores."""

from dataclasses import dataclass, field
from typing import Literal

from latentmapper.make.models.dit import DITShape
from latentmapper.make.training.recipe import require_least, require_positive


@dataclass(frozen=True)
class DITRecipe:
    """How Deep Implicit Templates are trained (Zheng et al., CVPR 2021).

    The schedules, published for runs of 2000 epochs, are shares of the run, so that short runs complete them.
    """

    model: Literal["dit-small", "dit-paper"] = "dit-small"
    """Name of the recipe that this one began as."""
    licenses: tuple[str, ...] = ()
    """Only shapes under these licenses, as the store spells them; all of them if none is given."""
    shape: DITShape = field(default_factory=DITShape)
    """Sizes of the model."""
    steps: int = 12000
    """Optimisation steps."""
    shapes_per_step: int = 24
    """Shapes in a batch."""
    points_per_shape: int = 768
    """Points drawn of each."""
    warper_rate: float = 5e-4
    """Adam's rate for the warper."""
    template_rate: float = 5e-4
    """Adam's rate for the template."""
    code_rate: float = 1e-3
    """Adam's rate for the codes; only the batch's codes move in a step."""
    halvings: int = 3
    """The rates are halved this often, after equal parts of the run: every 500 of 2000 epochs."""
    code_start: Literal["principal", "random"] = "random"
    """Codes start at principal components of the shapes' distances, or at random (DeepSDF)."""
    sharp_start: bool = False
    """Whether the network begins with large weights for points and codes, which short runs learn faster from;
    as published, they are small."""
    code_bound: float | None = 1.0
    """Longest code; longer ones are shortened."""
    clamp: float = 0.1
    """Distances beyond this count as this, network units."""
    code_penalty: float = 1e-4
    """Weight of the mean code norm, at the end of its warm-up."""
    warmup: float = 0.05
    """Share of the run in which that weight and `pair_weight` rise from nothing and `point_weight` falls:
    100 of 2000 epochs."""
    point_weight: float = 0.005
    """Weight of how far points move (point-wise regularisation)."""
    early_points: float = 10.0
    """How many times that weight is at first."""
    huber: float = 0.25
    """Way beyond which moving farther costs in proportion, network units."""
    pair_weight: float = 1e-4
    """Weight of how unlike two points move (point pair regularisation), for each pair of a point."""
    pairs_per_point: float = 547.0
    """Pairs that a point takes part in, on average: the published code sums over those of an eighth of 5,000
    points with all others, and divides by 5,000."""
    pair_margin: float = 0.5
    """Difference of two points' ways, as a share of how far they lie apart, that is free."""
    bfloat16: bool = False
    """Run products of hidden values in bfloat16 while training; coordinates and distances stay float32."""
    seed: int = 0
    """Seed of everything random."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range."""
        require_least(self, steps=1, shapes_per_step=1, points_per_shape=1, seed=0)
        require_positive(self, "warper_rate", "template_rate", "code_rate", "clamp")

    @property
    def kind(self) -> str:
        """Kind of network."""
        return "dit"


# Few points of a shape, many steps and twice the published rates: l1 after so many steps was the same with a
# third of the points, and runs are short.
DIT_SMALL = DITRecipe(
    code_start="principal",
    sharp_start=True,
    steps=40_000,
    points_per_shape=256,
    warper_rate=1e-3,
    template_rate=1e-3,
    code_rate=2e-3,
)
DIT_PAPER = DITRecipe(
    model="dit-paper",
    # 512 is the change of 3D-LatentMapper (section 4.1); it was 256.
    shape=DITShape(
        code_size=512,
        hidden=512,
        steps=8,
        template_width=256,
        template_layers=5,
        dropout=0.05,
        symmetric=False,
    ),
    # 2000 epochs of ShapeNet's 3236 training airplanes.
    steps=270_000,
    shapes_per_step=24,
    points_per_shape=5000,
)
