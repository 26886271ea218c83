"""What an airplane is, in numbers: lengths in fuselage lengths, angles in degrees, ratios as named.

The defaults are those of no particular airplane; `kinds` gives the ranges of real ones.
`s` is a distance behind the nose, 0 the nose and 1 the end of the fuselage.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Body:
    """The fuselage."""

    width: float = 0.11
    """Largest width."""
    height: float = 1.0
    """Largest height over largest width."""
    roundness: float = 2.2
    """Superellipse exponent of the sections: 2 round, 4 boxy, 1.5 a lens."""
    nose: float = 0.16
    """Length of the nose's taper."""
    bluntness: float = 0.6
    """Exponent of the nose: 0.4 blunt, 0.5 an ellipse, 1 pointed."""
    droop: float = -0.15
    """Height of the nose's tip over the middle, in body heights."""
    nose_width: float = 0.02
    """Width of the nose's tip over the largest width: a cowling or an intake is wide."""
    tail: float = 0.4
    """Length of the tail's taper."""
    slimming: float = 1.0
    """Exponent of the tail's taper: 1 rounded, 2 a thin boom early, 0.6 full until late."""
    tail_width: float = 0.12
    """Width of the tail's end over the largest width."""
    tail_height: float = 0.15
    """Height of the tail's end over the largest height."""
    upsweep: float = 0.3
    """Height of the tail's end over the middle, in body heights."""
    hump: float = 0.0
    """Height of an upper deck or spine over the body, in body heights."""
    hump_start: float = 0.04
    """s where the hump begins."""
    hump_end: float = 0.35
    """s where the hump ends."""
    belly: float = 0.0
    """Depth of a wing-root fairing or gear sponson below the body, in body heights."""


@dataclass(frozen=True)
class Canopy:
    """What the crew looks out of."""

    style: str = "cockpit"
    """cockpit (panes in the nose), bubble (glass on top), cabin (roof over glass), open (no roof), none."""
    start: float = 0.2
    """s of the foot of the windscreen."""
    end: float = 0.5
    """s where the rear slope meets the body."""
    height: float = 0.35
    """Height over the body, in body heights."""
    width: float = 0.75
    """Width over the body's."""
    front: float = 0.3
    """Share of the length in which the windscreen rises."""
    back: float = 0.5
    """Share of the length in which the rear slope falls."""


@dataclass(frozen=True)
class Surface:
    """A lifting surface: wing, stabiliser, canard or fin. Chords are over the reference root chord."""

    span: float = 0.9
    """Tip to tip; of a fin, its height."""
    aspect: float = 8.0
    """Span over mean reference chord; a fin counts its one half, so height over mean chord."""
    taper: float = 0.4
    """Tip chord over root chord of the reference trapezoid."""
    sweep: float = 3.0
    """Sweep of the quarter-chord line, positive aft."""
    centre: float = 0.45
    """s of the quarter point of the mean chord; where `flush`, s of the root's trailing edge."""
    flush: bool = False
    """Whether `centre` names the trailing edge."""
    level: float = 0.0
    """Height of the root: 0 the middle of the body, 1 its back, -1 its belly; over 1 the unit is the height
    of the cabin, so that 2 is its roof, or where there is no cabin half the body's height."""
    dihedral: float = 3.0
    """Dihedral of the inner panel."""
    crank: float = 0.35
    """Share of the half span where the inner panel ends."""
    outer_dihedral: float = 0.0
    """Dihedral of the outer panel, added to the inner's."""
    kink: float = 0.0
    """Extra chord behind the trailing edge at the root, fading out at the crank."""
    glove: float = 0.0
    """Extra chord before the leading edge at the root, fading out at `glove_end`."""
    glove_end: float = 0.3
    """Share of the half span where the glove ends."""
    ogive: float = 1.0
    """Exponent of the glove: 1 straight, 2 a curved strake."""
    ellipse: float = 0.0
    """0 a trapezoid, 1 an elliptic planform."""
    rounding: float = 0.15
    """Share of the half span in which the tip rounds off, in mean chords."""
    thickness: float = 0.12
    """Thickness over chord at the root; the tip has a fifth less."""
    camber: float = 0.015
    """Height of the mean line over chord."""
    winglet: float = 0.0
    """Height of winglets over the half span."""
    cant: float = 75.0
    """Angle of winglets over the horizon."""


@dataclass(frozen=True)
class Extra:
    """A second wing of a biplane, struts and what hangs below."""

    gap: float = 0.0
    """Distance of a second wing below the first, 0 without."""
    stagger: float = 0.0
    """How far the second wing lies behind the first."""
    lower: float = 1.0
    """Span of the second wing over the first's."""
    third: bool = False
    """Whether a third wing lies between: a triplane."""
    struts: bool = False
    """Whether struts brace the wing against the body."""
    tip_tanks: float = 0.0
    """Length of tanks at the tips, 0 without."""
    tanks: int = 0
    """Drop tanks (in pairs) below the wing."""
    missiles: int = 0
    """Missiles (in pairs) below the wing."""
    rails: bool = False
    """Missiles at the wing tips."""
    radome: float = 0.0
    """Diameter of a rotating dish over the back, 0 without."""
    probe: float = 0.0
    """Length of a boom before the nose, 0 without."""


@dataclass(frozen=True)
class Tail:
    """Stabiliser, fins and canards; their surfaces are `stabiliser`, `fin` and `canard` of the plan."""

    style: str = "conventional"
    """conventional, T, cruciform, V, twin (fins on the body), twin_only (without a stabiliser), H (fins on
    the stabiliser), triple (H with a third fin), booms, fin (no stabiliser), none."""
    spread: float = 0.0
    """Distance of twin fins or booms from the middle."""
    cant: float = 0.0
    """Outward lean of twin fins; of a V tail, the dihedral."""
    ventral: float = 0.0
    """Height of ventral fins."""
    canard: bool = False
    """Whether there are canards."""


@dataclass(frozen=True)
class Power:
    """Engines."""

    style: str = "none"
    """pods (below the wing), nacelles (propellers on the wing), wing_pushers, rear (pods on the tail), nose,
    pusher, push_pull, buried (in the body), top (on the back), pylon (one pusher over the back), none."""
    count: int = 0
    """Engines altogether, without the third of a wide trijet."""
    centre: bool = False
    """Whether one of three jets sits at the fin's root."""
    inner: float = 0.33
    """Share of the half span of the inner engines."""
    outer: float = 0.6
    """Share of the half span of the outer engines."""
    diameter: float = 0.05
    """Diameter of nacelle or nozzle."""
    length: float = 2.0
    """Length of a nacelle over its diameter."""
    forward: float = 0.5
    """Share of a nacelle's length that lies before the wing's leading edge; of rear pods, s of its front."""
    drop: float = 0.8
    """How far a nacelle's axis lies below the wing's chord, in diameters."""
    paired: bool = False
    """Whether pods hang in twos on one pylon."""
    intakes: str = "none"
    """none, side, under, nose, top."""
    intake: float = 0.35
    """s of the intakes' lips."""
    nozzle: float = 1.0
    """s where nozzles of engines in the body end; before the tail they lie beside the body."""
    bulk: float = 0.5
    """Width of one side intake over half the body's."""
    propeller: float = 0.25
    """Diameter of propellers."""
    blades: int = 0
    """Blades of a propeller: 0 a disc, -1 nothing but the spinner."""
    spinner: float = 0.03
    """Diameter of spinners."""


@dataclass(frozen=True)
class Gear:
    """Landing gear."""

    style: str = "up"
    """up, tricycle, taildragger, bogies, spats, floats, hull."""
    height: float = 0.06
    """From the body's bottom to the ground."""
    track: float = 0.1
    """Distance of main wheels from the middle."""
    wheel: float = 0.025
    """Radius of main wheels."""
    main: float = 0.5
    """s of the main wheels."""
    nose: float = 0.12
    """s of the nose wheel, or of the tail wheel of a taildragger."""


@dataclass(frozen=True)
class Plan:
    """All of one airplane."""

    kind: str
    length: float
    """Fuselage length in metres."""
    body: Body = field(default_factory=Body)
    canopy: Canopy = field(default_factory=Canopy)
    wing: Surface = field(default_factory=Surface)
    extra: Extra = field(default_factory=Extra)
    tail: Tail = field(default_factory=Tail)
    stabiliser: Surface = field(default_factory=Surface)
    fin: Surface = field(default_factory=Surface)
    canard: Surface = field(default_factory=Surface)
    power: Power = field(default_factory=Power)
    gear: Gear = field(default_factory=Gear)

    @property
    def thin(self) -> float:
        """The least diameter of a detail: 0.012 of the canonical radius, in fuselage lengths."""
        return 0.0065 * max(1.0, self.wing.span)
