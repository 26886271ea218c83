"""The hulls of a car: lower body and greenhouse, shaped by a design."""

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from latentmapper.make.collections.parametric.cars.design import Design
from latentmapper.make.collections.parametric.cars.hull import Curve, Hull

Array = NDArray[np.float64]


def through(*knots: tuple[float, float]) -> Curve:
    """A smooth curve without overshoot through (position, value) knots, constant outside."""
    ordered = dict(sorted(knots))
    positions, values = np.array(list(ordered)), np.array(list(ordered.values()))
    curve = PchipInterpolator(positions, values)
    return lambda at: curve(np.clip(at, positions[0], positions[-1]))


def lower_body(design: Design) -> Hull:
    """Everything below the windows: bumper to bumper, sill to bonnet, belt and boot lid."""
    d = design
    return Hull(
        half_width=_side(d),
        front=_end(d, 1, d.nose_setback, d.chin_setback, d.bumper_share, d.nose_power),
        rear=_end(d, -1, d.tail_setback, d.heel_setback, d.bumper_share + 0.08, 2.0),
        bottom=_underside(d),
        edge=edge_line(d),
        crown=_lower_crown(d),
        across=(d.nose_across, d.tail_across),
        along=(d.nose_along, d.tail_along),
        wall_round=_scaled(d, 0.16, 0.08, 0.08),
        cap_round=_scaled(d, 0.18, 0.10, 0.10),
        rings=15,
        bulge=_flares(d),
    )


def _scaled(d: Design, front: float, side: float, rear: float) -> tuple[float, float, float]:
    """Shares of rounded edges, as round as the design is."""
    return front * d.rounding, side * d.rounding, rear * d.rounding


def _side(d: Design) -> Curve:
    """Half-width against height: tucked in at the sill, widest at the waist, leaning in at the shoulder."""
    # Flares stand out over the wheels, where the body is already narrower.
    half, waist = d.width / 2 - 0.6 * d.flare, d.waist_share

    def half_width(height: Array) -> Array:
        below = np.clip((waist - height) / waist, 0, 1)
        above = np.clip((height - waist) / (1 - waist), 0, 1)
        return half - d.sill_tuck * below**2.2 - d.shoulder_tuck * above**d.shoulder_power

    return half_width


def _end(d: Design, way: int, top: float, bottom: float, share: float, power: float) -> Curve:
    """z of the nose (way 1) or tail (-1) against height: `top`, `bottom` are setbacks at edge and chin."""

    def position(height: Array) -> Array:
        above = np.clip((height - share) / (1 - share), 0, 1)
        below = np.clip((share - height) / share, 0, 1)
        step = np.clip(above / 0.15, 0, 1)
        step = d.bumper_step * step**2 * (3 - 2 * step)
        return way * (d.nose - top * above**power - bottom * below**2 - step)

    return position


def _underside(d: Design) -> Curve:
    front, rear = d.axles
    return through(
        (d.nose, d.clearance + d.approach_lift),
        (front - d.wheel_radius, d.clearance),
        (rear + d.wheel_radius, d.clearance),
        (d.tail, d.clearance + d.departure_lift),
    )


def edge_line(d: Design) -> Curve:
    """y of the body's upper edge against z: boot, belt, cowl, bonnet."""
    bonnet = d.nose - d.nose_setback - d.cowl
    middle = (d.nose_height + d.cowl_height) / 2 + d.bonnet_bulge
    return through(
        (d.tail, d.deck_height),
        (d.back, d.deck_height if d.deck_length > 0.2 else d.belt_height),
        (d.back + 0.45, d.belt_height),
        (d.cowl - 0.25, d.cowl_height + 0.15 * d.belt_rise),
        (d.cowl, d.cowl_height),
        (d.cowl + bonnet * 0.5, middle),
        (d.nose - d.nose_setback, d.nose_height),
    )


def _lower_crown(d: Design) -> Curve:
    return through(
        (d.tail, d.deck_crown),
        (d.back + 0.3, d.deck_crown),
        (d.cowl, d.bonnet_crown),
        (d.nose, d.bonnet_crown),
    )


def _flares(d: Design):
    """Body pushed outwards around the wheels."""

    def bulge(points: Array) -> Array:
        total = np.zeros(points.shape[:-1])
        for axle in d.axles:
            distance = np.hypot(points[..., 2] - axle, points[..., 1] - d.wheel_radius)
            beyond = np.clip(distance / d.wheel_radius - 1.15, 0, None)
            total = np.maximum(total, d.flare * np.exp(-((beyond / 0.35) ** 2)))
        return total

    return bulge


def greenhouse_base(d: Design) -> float:
    """y of the greenhouse's flat bottom, hidden in the lower body."""
    return min(d.cowl_height, d.belt_height, d.deck_height) - 0.10


def roof_line(d: Design) -> tuple[float, float]:
    """z of the windscreen's upper end and of the rear window's upper end, at the centre."""
    screen_top = d.height - d.roof_crown - d.header_drop
    back_top = d.height - d.roof_crown - d.roof_drop
    header = d.cowl - (screen_top - d.cowl_height - 0.6 * d.bonnet_crown) / np.tan(np.radians(d.screen_angle))
    foot = d.back + (0.0 if d.deck_length > 0.2 else d.tail_setback)
    rear = foot + (back_top - d.deck_height - 0.5 * d.deck_crown) / np.tan(np.radians(d.backlight_angle))
    middle = (header + rear) / 2
    # Cars too short for both slopes keep 0.5 m of roof.
    return max(header, middle + 0.25), min(rear, middle - 0.25)


def greenhouse(design: Design) -> Hull:
    """Windows, pillars and roof, standing in the lower body."""
    d = design
    header, rear = roof_line(d)
    base = greenhouse_base(d)
    peak = rear + (header - rear) * d.roof_peak
    top = d.height - d.roof_crown

    def edge(z: Array) -> Array:
        ahead = np.clip((z - peak) / (header - peak), 0, 1.2)
        behind = np.clip((peak - z) / (peak - rear), 0, 1.2)
        return top - d.header_drop * ahead**2 - d.roof_drop * behind**2

    foot = d.back + (0.0 if d.deck_length > 0.2 else d.tail_setback + 0.01)
    cowl_at = (d.cowl_height + 0.6 * d.bonnet_crown - base) / (top - d.header_drop - base)
    deck_at = (d.deck_height + 0.5 * d.deck_crown - base) / (top - d.roof_drop - base)
    half = _greenhouse_half_width(d, base, top)
    span = d.cowl - d.back

    def narrowing(z: Array) -> Array:
        behind = np.clip((d.cowl - 0.45 * span - z) / (0.55 * span), 0, 1)
        return 1 - d.greenhouse_narrowing * behind**1.6

    return Hull(
        half_width=half,
        front=_slope(d.cowl, header, cowl_at, d.screen_curve),
        rear=_slope(foot, rear, deck_at, -d.backlight_curve),
        bottom=lambda z: np.full_like(z, base),
        edge=edge,
        crown=lambda z: np.full_like(z, d.roof_crown),
        across=(d.screen_across, d.backlight_across),
        along=(d.screen_along, d.backlight_along),
        wall_round=_scaled(d, 0.15, 0.16, 0.16),
        cap_round=_scaled(d, 0.22, 0.16, 0.16),
        narrowing=narrowing,
        rings=11,
    )


def _slope(foot: float, top: float, share: float, curve: float) -> Curve:
    """z of a window against height: upright below `share`, then a line to the roof, bowed out by `curve`."""

    def position(height: Array) -> Array:
        along = np.clip((height - share) / (1 - share), 0, 1)
        return foot + (top - foot) * along + curve * 4 * along * (1 - along)

    return position


def _greenhouse_half_width(d: Design, base: float, top: float) -> Curve:
    belt = d.width / 2 - 0.6 * d.flare - d.shoulder_tuck - d.shoulder_ledge - 0.005
    belt_at = (d.cowl_height - base) / (top - base)

    def half_width(height: Array) -> Array:
        along = np.clip((height - belt_at) / (1 - belt_at), 0, 1)
        return belt - d.tumblehome * along**d.side_curve

    return half_width
