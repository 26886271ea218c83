"""What a set of rendered views is made of."""

from dataclasses import dataclass
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
        limits = {"elevations": (-89, 89), "focal": (10, 1000), "fill": (0.2, 1), "occlusion": (0, 0.9)}
        for name, (low, high) in limits.items():
            first, last = getattr(self, name)
            if not low <= first <= last <= high:
                raise RecipeError(
                    f"{name.rstrip('s')} must be two rising numbers from {low} to {high}, not {first} {last}"
                )

    @property
    def elevations(self) -> tuple[float, float]:
        """The range of elevations, degrees."""
        if self.elevation is not None:
            return self.elevation
        return (-30.0, 50.0) if self.category == "airplane" else (-10.0, 50.0)
