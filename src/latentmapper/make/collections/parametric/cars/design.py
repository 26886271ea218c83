"""One car's design: every number its shape is built from, drawn from the priors."""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from latentmapper.make.collections.parametric.cars.priors import BODIES, COMMON, LEANINGS, OVERRIDES, SPECIFIC


@dataclass(frozen=True)
class Design:
    """A car to be built; metres and degrees, origin on the ground at mid-length, front +Z."""

    body: str
    """Body type, a key of `BODIES`."""
    values: MappingProxyType[str, float]
    """Drawn values by the names in the priors."""
    options: MappingProxyType[str, str]
    """Choices such as {"cab": "crew", "roof": "open", "rails": "yes"}."""

    def __getattr__(self, name: str) -> float:
        """A drawn value by its name."""
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def nose(self) -> float:
        """z of the foremost point."""
        return self.length / 2

    @property
    def tail(self) -> float:
        """z of the rearmost point."""
        return -self.length / 2

    @property
    def wheelbase(self) -> float:
        """Distance between the axles."""
        return self.length * self.wheelbase_share

    @property
    def axles(self) -> tuple[float, float]:
        """z of the front and of the rear axle."""
        front = self.nose - (self.length - self.wheelbase) * self.overhang_share
        return front, front - self.wheelbase

    @property
    def cowl_height(self) -> float:
        """y of the body's edge at the foot of the windscreen."""
        return self.height * self.cowl_share

    @property
    def belt_height(self) -> float:
        """y of the body's edge at the rear end of the side windows."""
        return self.cowl_height + self.belt_rise

    @property
    def deck_height(self) -> float:
        """y of the body's edge at the tail."""
        return self.belt_height + self.deck_rise

    @property
    def cowl(self) -> float:
        """z of the foot of the windscreen, at the centre."""
        return self.axles[0] - self.cowl_offset

    @property
    def back(self) -> float:
        """z of the foot of the rear window, at the centre."""
        return self.tail + self.deck_length


def draw(rng: np.random.Generator) -> Design:
    """A random car whose values hang together through its size, modernity, sportiness and boxiness."""
    body = str(rng.choice(list(BODIES), p=list(BODIES.values())))
    style = rng.uniform(-1, 1, 4)
    # Boxy cars are the rarer ones.
    style[3] = min(style[3], rng.uniform(-1, 1))
    ranges = COMMON | SPECIFIC[body] | OVERRIDES.get(body, {})
    values = {name: _value(rng, low, high, LEANINGS.get(name), style) for name, (low, high) in ranges.items()}
    design = Design(body, MappingProxyType(values), MappingProxyType(_options(rng, body)))
    if body != "pickup":
        return design
    return replace(design, options=MappingProxyType({**design.options, "cab": _cab(design)}))


def _cab(design: Design) -> str:
    """What a pickup's cab of this length is called."""
    length = design.cowl - design.back
    return "regular" if length < 1.75 else "extended" if length < 2.25 else "crew"


def _value(
    rng: np.random.Generator,
    low: float,
    high: float,
    leaning: tuple[float, ...] | None,
    style: np.ndarray,
) -> float:
    """Uniform in the range, drawn towards where the style leans."""
    chance = rng.uniform(-1, 1)
    if leaning is None:
        return low + (high - low) * (chance + 1) / 2
    lean = np.asarray(leaning)
    own = max(0.35, 1 - float(np.abs(lean).sum()))
    mixed = (own * chance + float(lean @ style)) / np.sqrt(own**2 + float(lean @ lean))
    share = (float(np.clip(mixed, -1, 1)) + 1) / 2
    return (1 - share) * low + share * high


def _options(rng: np.random.Generator, body: str) -> dict[str, str]:
    """Choices that a body type leaves open."""
    options = {
        "rims": str(rng.choice(["spokes", "turbine", "disc"], p=[0.55, 0.30, 0.15])),
        "spokes": str(rng.integers(5, 11)),
        "pillars": str(rng.choice(["paint", "dark"])),
        "bumpers": str(rng.choice(["paint", "dark", "metal"], p=[0.75, 0.17, 0.08])),
        "sunroof": "yes" if rng.random() < 0.15 else "no",
    }
    tall = body in ("suv", "wagon", "minivan")
    options["rails"] = "yes" if tall and rng.random() < 0.45 else "no"
    options["cladding"] = "yes" if rng.random() < (0.5 if body in ("suv", "pickup") else 0.15) else "no"
    if body == "convertible":
        options["roof"] = str(rng.choice(["open", "soft top"], p=[0.65, 0.35]))
        if options["roof"] == "open":
            options["sunroof"] = "no"
    if body in ("hatchback", "suv", "minivan", "wagon"):
        options["spoiler"] = "roof" if rng.random() < 0.5 else "none"
    elif body in ("coupe", "sedan"):
        options["spoiler"] = str(rng.choice(["none", "lip", "wing"], p=[0.65, 0.27, 0.08]))
    if body == "van":
        options["windows"] = str(rng.choice(["panel", "glazed"]))
        if options["windows"] == "panel":
            options["pillars"] = "paint"
    return options
