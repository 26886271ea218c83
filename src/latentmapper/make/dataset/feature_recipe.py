"""How pictures are described, and the recipes that have a name."""

from dataclasses import dataclass, field
from typing import Literal

from latentmapper.errors import RecipeError
from latentmapper.features import efficientnet
from latentmapper.features.bag import KINDS
from latentmapper.make.dataset.clustering import BagRecipe
from latentmapper.make.dataset.describer import Precision


@dataclass(frozen=True)
class FeatureRecipe:
    """How pictures are described."""

    kind: Literal["pooled", "tokens", "labels", "soft", "histogram", "clip", "efficientnet"] = "pooled"
    """pooled: the final tokens, averaged over a grid. tokens: all hidden tokens of a closer look at the
    object, for mappers whose body is the ViT's last blocks; 200 kB a picture. labels: the cluster that each
    patch belongs to, as in the paper; soft: how much it belongs to every one; histogram: their shares in
    each cell of a grid. clip: the embedding of a contrastive pair, for `train mapper --beside`. efficientnet:
    what a classifier of photographs sees in a closer look at the object, for `train second`."""
    grid: int = 8
    """Cells a side that the patch tokens are averaged over (pooled), or that labels are counted in
    (histogram)."""
    bag: BagRecipe = field(default_factory=BagRecipe)
    """What is clustered (labels, soft, histogram)."""
    closer: bool = False
    """Look closer at the object (labels, soft, histogram; pooled, for `train clip`), as hidden tokens always
    do."""
    batch: int = 8
    """Pictures in one pass of the ViT."""
    neighbours: float = 0.0
    """Share of pictures in which the shape is seen a second time, from another side, beside and behind the
    one to describe, where these are looked at closer."""
    precision: Precision = "float32"
    """Of the ViT's products. The short ones are good enough to train on and take less than half the time:
    bfloat16 is the closer one, int8 the faster one where the processor has no bfloat16. efficientnet has
    float32 alone; there it says how windows are found."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on values out of range."""
        if not 0 <= self.neighbours <= 1:
            raise RecipeError(f"--neighbours must lie between 0 and 1, not {self.neighbours}")
        for name in ("batch", "grid"):
            if getattr(self, name) < 1:
                raise RecipeError(f"--{name} must be at least 1, not {getattr(self, name)}")

    @property
    def looks_closer(self) -> bool:
        """Whether a window around the object is described."""
        return self.kind in ("tokens", efficientnet.KIND) or (self.kind in ("pooled", *KINDS) and self.closer)


DESCRIPTOR_PAPER = FeatureRecipe(kind="labels", bag=BagRecipe(size=(224, 312), stride=4))
"""As in the paper (section 3.2): keys of all blocks, 20 clusters, one label a patch; 4,235 where patches have
8 pixels."""
RECIPES = {"default": FeatureRecipe(), "descriptor-paper": DESCRIPTOR_PAPER}
