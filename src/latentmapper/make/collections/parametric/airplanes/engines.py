"""Engines: pods, nacelles, intakes, nozzles and propellers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from latentmapper.make.collections.parametric.airplanes.fuselage import Outline
from latentmapper.make.collections.parametric.airplanes.lofts import Part, body, disc, loft, spindle
from latentmapper.make.collections.parametric.airplanes.plan import Plan, Power
from latentmapper.make.collections.parametric.airplanes.surfaces import Half

Vector = NDArray[np.float64]


def jet_pod(centre: ArrayLike, diameter: float, length: float) -> Part:
    """A hollow-fronted nacelle around an axis through `centre`, which is the middle of its lip."""
    radius, sides = diameter / 2, 20
    # Distance behind the lip and radius of: fan, duct, lip, cowl, nozzle, cone.
    ahead = np.array([0.16, 0.16, 0.03, 0.0, 0.05, 0.25, 0.55, 0.75, 0.76, 0.9, 0.91, 1.0])[:, None]
    wide = np.array([0.02, 0.78, 0.8, 0.88, 0.97, 1.0, 0.94, 0.78, 0.58, 0.48, 0.32, 0.06])[:, None]
    angle = np.arange(sides) * (2 * np.pi / sides)
    rings = np.empty((len(wide), sides, 3))
    rings[..., 0] = radius * wide * np.cos(angle)
    rings[..., 1] = radius * wide * np.sin(angle)
    rings[..., 2] = -length * ahead
    part = loft(rings).moved(centre)
    behind = np.asarray(centre)[2] - part.centroids[:, 2]
    near = np.linalg.norm((part.centroids - np.asarray(centre))[:, :2], axis=1) < 0.82 * radius
    part = part.painted("dark", near & (behind < 0.2 * length))
    return part.painted("metal", behind > 0.755 * length)


def pylon(top: Vector, bottom: Vector, chord: float, width: float) -> Part:
    """A thin slab between two leading-edge points (3,); `chord` long, `width` thick."""
    across = top - bottom
    normal = np.cross(across, (0.0, 0.0, 1.0))
    normal *= width / 2 / np.linalg.norm(normal)
    shape = np.array(
        [(0.0, 0.15), (0.15, 1), (0.7, 1), (1.0, 0.2), (1.0, -0.2), (0.7, -1), (0.15, -1), (0, -0.15)]
    )
    ring = -chord * shape[:, :1] * np.array([0, 0, 1.0]) + shape[:, 1:] * normal
    return loft([ring + bottom, ring + top])


def propeller(centre: ArrayLike, plan: Power, thin: float, phase: float = 0.4) -> list[Part]:
    """A spinner with a disc, blades, or nothing, the plane of rotation through `centre` (3,)."""
    hub = np.asarray(centre, dtype=np.float64)
    radius = max(plan.spinner / 2, thin)
    behind = -hub[2]
    spinner = spindle(behind - 1.4 * radius, behind + 2.2 * radius, radius, hub[0], hub[1])
    parts = [spinner.made_of("metal")]
    if plan.blades == 0:
        parts.append(disc(hub, plan.propeller / 2, thin, 2, "dark"))
    for blade in range(max(plan.blades, 0)):
        angle = phase + 2 * np.pi * blade / plan.blades
        parts.append(_blade(hub, angle, plan.propeller / 2, thin))
    return parts


def _blade(hub: Vector, angle: float, radius: float, thin: float) -> Part:
    """A twisted blade from the hub outwards."""
    out = np.array([np.cos(angle), np.sin(angle), 0.0])
    around = np.array([-np.sin(angle), np.cos(angle), 0.0])
    turn = np.arange(8) * (np.pi / 4) + np.pi / 8
    rings = []
    for share, chord, pitch in (
        (0, 0.06, 1.0),
        (0.3, 0.1, 0.8),
        (0.6, 0.13, 0.5),
        (0.9, 0.1, 0.3),
        (1, 0.06, 0.3),
    ):
        along = np.cos(pitch) * around + np.sin(pitch) * np.array([0, 0, 1.0])
        flat = -np.sin(pitch) * around + np.cos(pitch) * np.array([0, 0, 1.0])
        wide = max(chord * radius, 0.7 * thin)
        ring = np.cos(turn)[:, None] * along * wide + np.sin(turn)[:, None] * flat * 0.55 * thin
        rings.append(hub + out * radius * share + ring)
    return loft(rings, "dark")


def shares(power: Power, count: int) -> NDArray[np.float64]:
    """Shares of the half span at which engines of one side sit."""
    return np.array([power.inner]) if count == 1 else np.linspace(power.inner, power.outer, count)


def wing_engines(plan: Plan, wing: Half) -> list[Part]:
    """Jet pods or propeller nacelles of the left wing."""
    power = plan.power
    pairs = power.count // 2 // (2 if power.paired else 1)
    parts: list[Part] = []
    for share in shares(power, pairs):
        edge, chord = wing.at(share)
        if power.style == "pods":
            parts += _pod(plan, edge, chord)
        else:
            parts += _nacelle(plan, edge, chord)
    return parts


def _pod(plan: Plan, edge: Vector, chord: float) -> list[Part]:
    """One pod, or two side by side, on a pylon."""
    power = plan.power
    length = power.length * power.diameter
    lip = edge + np.array([0, -power.drop * power.diameter, power.forward * length])
    offsets = (-0.55, 0.55) if power.paired else (0.0,)
    parts = [jet_pod(lip + np.array([x * power.diameter, 0, 0]), power.diameter, length) for x in offsets]
    if power.drop > 0.3 or power.forward > 0.8:
        width = max(plan.thin, 0.12 * power.diameter)
        # From inside the nacelle up into the wing, reaching back under the chord.
        foot = lip - np.array([0, 0, 0.2 * length])
        head = edge - np.array([0, -0.15 * plan.thin, 0.12 * chord])
        parts.append(pylon(head, foot, 0.55 * chord, width))
    if power.paired:
        side = np.array([0.6 * power.diameter, 0, 0])
        middle = lip - np.array([0, 0, 0.3 * length])
        parts.append(pylon(middle - side, middle + side, 0.3 * length, plan.thin))
    return parts


def _nacelle(plan: Plan, edge: Vector, chord: float) -> list[Part]:
    """A propeller nacelle on the wing, before or (a pusher) behind it."""
    power = plan.power
    radius = power.diameter / 2
    front = -edge[2] - power.forward * power.diameter * 2
    end = max(front + power.length * power.diameter, -edge[2] + 0.55 * chord)
    u = np.linspace(0, 1, 14)
    shape = np.clip(1 - (1 - u / 0.25) ** 2 * (u < 0.25), 0, 1) ** 0.5 * (0.55) + 0.45
    shape *= np.where(u > 0.5, 1 - ((u - 0.5) / 0.5) ** 2 * 0.85, 1.0)
    height = edge[1] - power.drop * power.diameter
    parts = [
        body(
            front + (end - front) * u, radius * shape, 1.12 * radius * shape, height, 2.3, x=edge[0], count=20
        )
    ]
    hub = (edge[0], height, -(front - 0.2 * radius))
    if power.style == "wing_pushers":
        hub = (edge[0], height, -(end - 0.1 * radius))
    return parts + propeller(hub, power, plan.thin)


def rear_pods(plan: Plan, outline: Outline) -> list[Part]:
    """Pods on the left of the tail, with their stubs."""
    power = plan.power
    length = power.length * power.diameter
    at = power.forward + 0.4 * length
    parts = []
    for i in range((power.count - power.centre) // 2):
        x = outline.side(at) + (0.62 + 1.02 * i) * power.diameter
        y = outline.level(at, power.drop)
        lip = np.array([x, y, -power.forward])
        parts.append(jet_pod(lip, power.diameter, length))
        inside = np.array([0.3 * outline.side(at), y, -(power.forward + 0.3 * length)])
        parts.append(
            pylon(inside, lip - (0, 0, 0.3 * length), 0.4 * length, max(plan.thin, 0.14 * power.diameter))
        )
    return parts


def centre_engine(plan: Plan, outline: Outline) -> list[Part]:
    """The middle engine of a trijet at the root of the fin."""
    power = plan.power
    length = 2.6 * power.diameter
    start = plan.fin.centre - 1.15 * length
    height = outline.top(min(start + 0.5 * length, 0.97)) + 0.36 * power.diameter
    return [jet_pod((0.0, height, -start), power.diameter, length)]


def top_engines(plan: Plan, outline: Outline) -> list[Part]:
    """One or two jets on the back."""
    power = plan.power
    length = power.length * power.diameter
    height = outline.top(power.forward + 0.5 * length) + power.drop * power.diameter
    offset = 0.0 if power.count == 1 else 0.56 * power.diameter
    lip = np.array([offset, height, -power.forward])
    pod = jet_pod(lip, power.diameter, length)
    foot = np.array(
        [offset * 0.9, outline.level(power.forward + 0.4 * length, 0.3), -power.forward - 0.2 * length]
    )
    stub = pylon(lip - (0, 0, 0.2 * length), foot, 0.6 * length, max(plan.thin, 0.3 * power.diameter))
    return [pod, stub] if power.count == 1 else [pod, stub, pod.mirrored(), stub.mirrored()]


def pylon_engine(plan: Plan, outline: Outline) -> list[Part]:
    """One pusher on a pylon over the back, as on small flying boats."""
    power = plan.power
    length = power.length * power.diameter
    height = outline.top(power.forward) + power.drop * power.propeller
    end = power.forward + length
    pod = spindle(power.forward, end, power.diameter / 2, y=height, fullness=0.35)
    head = np.array([0.0, height, -power.forward - 0.25 * length])
    foot = np.array([0.0, outline.level(power.forward, 0.2), -power.forward - 0.15 * length])
    stub = pylon(head, foot, 0.5 * length, max(plan.thin, 0.25 * power.diameter))
    return [pod, stub, *propeller((0.0, height, -(end - 0.01 * length)), power, plan.thin)]


def buried(plan: Plan, outline: Outline) -> list[Part]:
    """Nozzles at the end of the body, or beside it before the tail, and intakes."""
    power = plan.power
    parts: list[Part] = []
    radius = power.diameter / 2
    end = power.nozzle
    height = outline.level(end - 0.03, 0.0 if end > 0.9 else -0.3)
    spacing = 1.06 * power.diameter if end > 0.9 else 1.8 * outline.side(end)
    offsets = np.arange(power.count // 2) * spacing + (spacing if power.count % 2 else spacing / 2)
    u = np.array([0.0, 0.5, 0.75, 0.9, 1.0])
    s = end - power.length * power.diameter * (1 - u)
    profile = radius * np.array([0.9, 1.05, 1.0, 0.9, 0.72])
    nozzle = body(s, profile, profile, height, 2.0, count=20, material="metal")
    nozzle = nozzle.painted("dark", nozzle.centroids[:, 2] < 1e-4 - end)
    parts += [nozzle] if power.count % 2 else []
    parts += [nozzle.moved((side * x, 0, 0)) for x in offsets for side in (-1, 1)]
    return parts + _intakes(plan, outline)


def _intakes(plan: Plan, outline: Outline) -> list[Part]:
    """Boxes with a dark front that merge into the body."""
    power = plan.power
    at = power.intake
    tall, wide = plan.body.width * plan.body.height, plan.body.width
    if power.intakes == "side":
        width = power.bulk * wide / 2
        box = _duct(
            at,
            0.93 * power.nozzle,
            0.8 * wide / 2 + 0.4 * width,
            outline.level(at + 0.2, -0.05),
            width,
            0.34 * tall,
        )
        return [box, box.mirrored()]
    if power.intakes == "under":
        return [_duct(at, 0.9, 0.0, outline.bottom(at + 0.1) - 0.02 * tall, 0.7 * wide / 2, 0.3 * tall)]
    if power.intakes == "top":
        return [_duct(at, 0.9, 0.0, outline.top(at + 0.1), 0.5 * wide / 2, 0.25 * tall)]
    return []


def _duct(start: float, end: float, x: float, y: float, half_width: float, half_height: float) -> Part:
    """A rounded box from an open lip at `start` that fades out towards `end`."""
    u = np.array([0.0, 0.0, 0.04, 0.3, 0.6, 0.85, 1.0])
    fade = np.array([0.8, 0.92, 1.0, 1.05, 1.0, 0.8, 0.5])
    s = start + (end - start) * u
    s[0] += 0.25 * half_height
    part = body(s, half_width * fade, half_height * fade, y, 4.0, x=x, count=20)
    front = -part.centroids[:, 2] < start + 0.3 * half_height
    inner = np.abs(part.centroids[:, 1] - y) < 0.86 * half_height
    return part.painted("dark", front & inner & (np.abs(part.centroids[:, 0] - x) < 0.86 * half_width))


def engine_parts(plan: Plan, wing: Half, outline: Outline) -> list[Part]:
    """All engines of an airplane."""
    power = plan.power
    left: list[Part] = []
    middle: list[Part] = []
    if power.style in ("pods", "nacelles", "wing_pushers"):
        left = wing_engines(plan, wing)
    if power.style == "rear":
        left = rear_pods(plan, outline)
    if power.centre:
        middle += centre_engine(plan, outline)
    if power.style == "top":
        middle += top_engines(plan, outline)
    if power.style == "pylon":
        middle += pylon_engine(plan, outline)
    if power.style == "buried":
        middle += buried(plan, outline)
    if power.style in ("nose", "push_pull") or (power.style == "nacelles" and power.count % 2):
        height = float(outline.middle(np.array([0.0]))[0])
        middle += propeller((0.0, height, 0.004), power, plan.thin)
    if power.style in ("pusher", "push_pull"):
        height = float(outline.middle(np.array([1.0]))[0])
        middle += propeller((0.0, height, -1.006), power, plan.thin)
    return middle + left + [p.mirrored() for p in left]
