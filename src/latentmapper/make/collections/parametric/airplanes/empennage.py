"""Stabilisers, fins, booms and canards."""

from dataclasses import replace

import numpy as np

from latentmapper.make.collections.parametric.airplanes.fuselage import Outline
from latentmapper.make.collections.parametric.airplanes.lofts import Part, body
from latentmapper.make.collections.parametric.airplanes.plan import Plan
from latentmapper.make.collections.parametric.airplanes.surfaces import Half, half_surface, reference, root_of


def sunk(half: Half, depth: float) -> Half:
    """Lengthen a surface below its root, so that it grows out of the body without a gap."""
    step = half.points[1] - half.points[0]
    step[2] = 0.0
    below = half.points[0] - depth * step / np.linalg.norm(step)
    return Half(
        np.concatenate([[below], half.points]),
        np.concatenate([half.chords[:1], half.chords]),
        np.concatenate([half.thickness[:1], half.thickness]),
        np.concatenate([half.normals[:1], half.normals]),
        np.concatenate([half.span[:1] - depth, half.span]),
    )


def fin_half(
    plan: Plan, outline: Outline, x: float = 0.0, base: float | None = None, lean: float = 0.0
) -> Half:
    """A fin at `x` that leans out by `lean` degrees, on the body's back or at height `base`."""
    chord, _, _ = reference(plan.fin, 1)
    root = root_of(plan.fin, 0.0, 1)
    middle = min(-root[2] + 0.5 * chord, 0.98)
    back = outline.top(min(-root[2] + 0.7 * chord, 0.98))
    depth = back - outline.level(middle, -0.2)
    root[:2] = x, back if base is None else base
    half = half_surface(plan.fin, root, 90.0 - lean, 1, plan.thin)
    return sunk(half, max(depth, plan.thin) if base is None else 1.2 * plan.thin)


def stabiliser_half(plan: Plan, outline: Outline, fin: Half) -> Half:
    """The left half of the stabiliser, on the body, on the fin or between the booms."""
    spec, style = plan.stabiliser, plan.tail.style
    chord, _, _ = reference(spec)
    if style in ("T", "cruciform", "booms"):
        share = 0.985 if style == "T" else spec.level
        edge, fin_chord = fin.at(share)
        root = np.array([0.0, edge[1], edge[2] - 0.45 * fin_chord + 0.4 * chord])
    else:
        root = root_of(spec, 0.0)
        root[1] = outline.level(float(np.clip(-root[2] + 0.5 * chord, 0, 0.985)), spec.level)
    return half_surface(spec, root, 0.0, 2, plan.thin)


def boom(plan: Plan, wing: Half) -> Part:
    """The left boom from the wing (or the engine on it) to the end of the fin."""
    x = plan.tail.spread
    edge, chord = wing.at(2 * x / plan.wing.span)
    u = np.linspace(0, 1, 14)
    start, end = -edge[2] + 0.15 * chord, plan.fin.centre + 0.01
    thick = max(0.3 * plan.power.diameter, 1.6 * plan.thin)
    profile = thick * np.clip(1.3 - 0.75 * u, 0.6, 1.1) * np.clip(4 * (1 - u) + 0.4, 0, 1)
    return body(start + (end - start) * u, profile, profile, edge[1] - 0.1 * thick, x=x, count=16)


def shelf(plan: Plan, outline: Outline) -> Part:
    """The flat beams beside the engines that carry twin fins."""
    u = np.linspace(0, 1, 10)
    chord, _, _ = reference(plan.fin, 1)
    start, end = plan.fin.centre - 2.2 * chord, min(plan.fin.centre + 0.15 * chord, 1.02)
    s = start + (end - start) * u
    wide = (plan.tail.spread + 1.5 * plan.thin) * np.clip(0.45 + 1.4 * u, 0, 1)
    tall = np.maximum(0.55 * outline.half_height(np.clip(s, 0, 1)), plan.thin)
    return body(s, wide, tall, outline.middle(np.clip(s, 0, 1)), 3.0, count=20)


def tail_parts(plan: Plan, wing: Half, outline: Outline) -> list[Part]:
    """Everything behind the wing that is neither body nor engine, and canards."""
    tail = plan.tail
    parts = canard_parts(plan, outline) + ventral_parts(plan, outline)
    fin = fin_half(plan, outline)
    if tail.style in ("conventional", "T", "cruciform", "fin", "triple"):
        parts.append(fin.part(0.0))
    if tail.style in ("conventional", "T", "cruciform", "H", "triple"):
        parts.append(stabiliser_half(plan, outline, fin).whole(0.0))
    if tail.style in ("H", "triple"):
        parts += _end_fins(plan, outline, fin)
    if tail.style == "V":
        parts += _v_tail(plan, outline)
    if tail.style in ("twin", "twin_only"):
        parts += _twin_fins(plan, wing, outline)
    if tail.style == "twin":
        parts.append(stabiliser_half(plan, outline, fin).whole(0.0))
    if tail.style == "booms":
        parts += _boomed(plan, wing, outline)
    return parts


def _end_fins(plan: Plan, outline: Outline, fin: Half) -> list[Part]:
    """Fins on the stabiliser, reaching below it."""
    stabiliser = stabiliser_half(plan, outline, fin)
    edge, chord = stabiliser.at(min(2 * plan.tail.spread / plan.stabiliser.span, 0.97))
    own, _, _ = reference(plan.fin, 1)
    spec = replace(plan.fin, centre=-edge[2] + 0.5 * chord + 0.5 * own, flush=True)
    base = edge[1] - 0.35 * plan.fin.span
    half = fin_half(replace(plan, fin=spec), outline, edge[0], base)
    return [half.part(0.0), half.part(0.0).mirrored()]


def _twin_fins(plan: Plan, wing: Half, outline: Outline) -> list[Part]:
    """Fins side by side on the body, with the shelf that carries them, or out on the wing."""
    chord, _, _ = reference(plan.fin, 1)
    at = float(np.clip(plan.fin.centre - 0.5 * chord, 0, 0.98))
    edge, wing_chord = wing.at(2 * plan.tail.spread / plan.wing.span)
    on_wing = plan.tail.style == "twin_only" and -edge[2] + 0.9 * wing_chord > at
    base = edge[1] if on_wing else outline.level(at, 0.3)
    part = fin_half(plan, outline, plan.tail.spread, base, plan.tail.cant).part(0.0)
    fins = [part, part.mirrored()]
    return fins if on_wing else [*fins, shelf(plan, outline)]


def _v_tail(plan: Plan, outline: Outline) -> list[Part]:
    """Two surfaces that stand in for fin and stabiliser."""
    chord, _, _ = reference(plan.stabiliser)
    root = root_of(plan.stabiliser, 0.0)
    root[1] = outline.level(float(np.clip(-root[2] + 0.5 * chord, 0, 0.985)), plan.stabiliser.level)
    half = half_surface(plan.stabiliser, root, plan.tail.cant, 2, plan.thin)
    return [sunk(half, plan.thin).part(0.0), sunk(half, plan.thin).part(0.0).mirrored()]


def _boomed(plan: Plan, wing: Half, outline: Outline) -> list[Part]:
    """Booms, a fin on each, the stabiliser between them."""
    x = plan.tail.spread
    between = replace(plan.stabiliser, span=2 * x + plan.thin, aspect=plan.stabiliser.aspect)
    plan = replace(plan, stabiliser=between)
    edge, _ = wing.at(2 * x / plan.wing.span)
    fin = fin_half(plan, outline, x, edge[1], plan.tail.cant)
    stabiliser = stabiliser_half(plan, outline, fin)
    left = [boom(plan, wing), fin.part(0.0)]
    return [*left, *(p.mirrored() for p in left), stabiliser.whole(0.0)]


def canard_parts(plan: Plan, outline: Outline) -> list[Part]:
    """The small wing before the wing."""
    if not plan.tail.canard:
        return []
    root = root_of(plan.canard, 0.0)
    root[1] = outline.level(float(np.clip(-root[2] + 0.05, 0, 1)), plan.canard.level)
    return [half_surface(plan.canard, root, 0.0, 2, plan.thin).whole(0.0)]


def ventral_parts(plan: Plan, outline: Outline) -> list[Part]:
    """One fin below the tail."""
    if plan.tail.ventral <= 0:
        return []
    spec = replace(plan.fin, span=plan.tail.ventral, aspect=0.5, taper=0.6, sweep=45.0, glove=0.0)
    chord, _, _ = reference(spec, 1)
    root = root_of(spec, 0.0, 1)
    at = float(np.clip(-root[2] + 0.5 * chord, 0, 0.98))
    root[1] = outline.level(at, 0.1)
    deep = replace(spec, span=spec.span + root[1] - outline.bottom(at))
    return [half_surface(deep, root, -90.0, 1, plan.thin).part(0.0)]
