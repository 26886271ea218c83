"""What a set of rendered views is made of."""

from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from latentmapper.errors import RecipeError


@dataclass(frozen=True)
class ViewRecipe:
    """How shapes are photographed: camera, framing, surroundings, hiding, and the photo's own faults.

    Shares are between 0 and 1; pairs are ranges. Raises `RecipeError` on values out of range.
    """

    category: str | None = None
    """Whose paint, surroundings and stance to use: car, airplane or other; by default the shapes' own."""
    views: int = 24
    """Pictures of each shape."""
    elevation: tuple[float, float] | None = None
    """Degrees above the ground, -10 50 by default and -30 50 for airplanes; most views lie near eye level,
    the rest spread evenly over the range."""
    focal: tuple[float, float] = (26.0, 140.0)
    """Millimetres on 36 mm wide film: 26 sees 69 degrees, 140 sees 15."""
    roll: float = 3.0
    """Standard deviation of the camera's roll, degrees; airplanes in flight are turned further."""
    fill: tuple[float, float] = (0.55, 1.0)
    """How much of the frame's tighter side the object takes."""
    cut: float = 0.12
    """Share of views in which the frame cuts a bit of the object off."""
    letterbox: float = 0.6
    """Share of photos that are not square and stand padded with neutral grey in the square."""
    plain: float = 0.2
    """Share of views before a plain background; the others are outdoors or cluttered."""
    street: float = 0.5
    """Share of the other outdoor views of what is no airplane with houses, hedges and trees close behind."""
    backgrounds: Path | None = None
    """A folder of photos to take background patches from."""
    patches: float = 0.5
    """Share of the cluttered views that take their background from that folder, where there is one."""
    occluded: float = 0.3
    """Share of views in which something stands in front of the object or a part is cut out."""
    occlusion: tuple[float, float] = (0.05, 0.5)
    """How much of the object is hidden in those."""
    grey: float = 0.08
    """Share of grey-scale photos."""
    yaws: tuple[float, ...] = ()
    """Degrees by which the shape is turned about +Y before a camera that stands still, one picture each;
    none for a camera that goes anywhere around, as all options on framing take it."""
    zoom: tuple[float, float] = (1.0, 1.0)
    """With yaws, the range of a random factor on the shape's size in the picture."""
    rotation: float = 0.0
    """With yaws, the most that a picture is turned at random to either side, degrees."""
    size: tuple[int, int] = (224, 224)
    """Height and width of a picture, pixels; others than 224 224 with yaws only."""
    seed: int = 0
    """Another number, other pictures."""

    def __post_init__(self) -> None:
        if self.category not in (None, "car", "airplane", "other"):
            raise RecipeError(f"category must be car, airplane or other, not {self.category!r}")
        if self.views < 1:
            raise RecipeError(f"views must be at least 1, not {self.views}")
        for name in ("cut", "letterbox", "plain", "street", "patches", "occluded", "grey"):
            if not 0 <= getattr(self, name) <= 1:
                raise RecipeError(f"{name} must lie between 0 and 1, not {getattr(self, name)}")
        for name in ("roll", "rotation", "seed"):
            if not getattr(self, name) >= 0:
                raise RecipeError(f"{name} must be at least 0, not {getattr(self, name)}")
        for name in ("roll", "rotation"):
            if getattr(self, name) > 180:
                raise RecipeError(f"{name} must be at most 180, not {getattr(self, name)}")
        self._require_yaws()
        limits = {
            "elevations": (-89, 89),
            "focal": (10, 1000),
            "fill": (0.2, 1),
            "occlusion": (0, 0.9),
            "zoom": (0.2, 5),
        }
        for name, (low, high) in limits.items():
            first, last = getattr(self, name)
            if not low <= first <= last <= high:
                raise RecipeError(
                    f"{name.rstrip('s')} must be two rising numbers from {low} to {high}, not {first} {last}"
                )

    def _require_yaws(self) -> None:
        """What belongs to a camera that stands still goes with yaws alone, and each yaw is one picture."""
        if not all(map(isfinite, self.yaws)):
            raise RecipeError(f"yaws must be finite, not {' '.join(map(str, self.yaws))}")
        if self.yaws and self.views != len(self.yaws):
            raise RecipeError(f"views must be {len(self.yaws)}, one for each of the yaws, not {self.views}")
        if min(self.size) < 32:
            raise RecipeError(f"size must be at least 32 a side, not {self.size[0]} {self.size[1]}")
        given = {"zoom": (1.0, 1.0), "rotation": 0.0, "size": (224, 224)}
        for name, default in given.items():
            if not self.yaws and getattr(self, name) != default:
                raise RecipeError(f"{name} needs yaws, for a camera that stands still")

    @property
    def elevations(self) -> tuple[float, float]:
        """The range of elevations, degrees."""
        if self.elevation is not None:
            return self.elevation
        return (-30.0, 50.0) if self.category == "airplane" else (-10.0, 50.0)


PAPER = ViewRecipe(
    views=9,
    elevation=(15.0, 15.0),
    focal=(50.0, 50.0),
    plain=1.0,
    occluded=0.0,
    grey=0.0,
    yaws=tuple(30.0 * i for i in range(9)),
    zoom=(0.8, 1.25),
    rotation=10.0,
    size=(224, 312),
)
"""The paper's nine views (section 3.1) with its random zoom and rotation (4.1), before plain backgrounds.

224 x 312 is the picture that patches of 8 at a stride of 4 make 55 x 77 = 4,235 descriptors of (3.2).
The paper tells neither elevation, lens nor the ranges of zoom and rotation; they are chosen here.
"""
RECIPES = {
    "photos": ViewRecipe(),
    "views-paper": PAPER,
    "views-paper-circle": replace(PAPER, views=12, yaws=tuple(30.0 * i for i in range(12))),
}
"""Recipes by name; the circle adds the yaws 270, 300 and 330, which the paper's views never show."""
