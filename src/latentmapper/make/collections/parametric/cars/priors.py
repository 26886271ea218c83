"""Ranges of real cars, per body type, and how each value follows a car's style.

Ranges span what has been sold since about 1980: makers' published dimensions, and proportions seen in side
views. Lengths in metres, angles in degrees from the horizontal.
"""

Range = tuple[float, float]

BODIES: dict[str, float] = {
    "sedan": 0.22,
    "hatchback": 0.15,
    "wagon": 0.08,
    "coupe": 0.11,
    "convertible": 0.06,
    "suv": 0.18,
    "pickup": 0.08,
    "van": 0.05,
    "minivan": 0.07,
}
"""Body types and how often each is drawn."""

COMMON: dict[str, Range] = {
    # Wheels.
    "overhang_share": (0.40, 0.56),  # front overhang / both overhangs
    "tyre_width": (0.175, 0.265),
    "wheel_inset": (0.0, 0.06),
    "well_depth": (0.05, 0.34),  # how far an arch reaches inboard of the tyre
    "arch_gap": (0.03, 0.085),
    "flare": (0.0, 0.03),
    "rim_share": (0.60, 0.76),
    # Side view, ends: how far the edge, the chin and the heel lie behind the outermost point.
    "nose_setback": (0.03, 0.30),
    "chin_setback": (0.02, 0.18),
    "nose_power": (1.2, 3.2),
    "tail_setback": (0.02, 0.18),
    "heel_setback": (0.03, 0.24),
    "bumper_share": (0.28, 0.52),  # height of the outermost point as a share of the wall
    "bumper_step": (0.0, 0.05),
    "approach_lift": (0.0, 0.08),
    "departure_lift": (0.02, 0.14),
    # Bonnet and boot.
    "bonnet_bulge": (-0.01, 0.05),  # of the edge line, over a straight line
    "bonnet_crown": (0.02, 0.11),
    "deck_crown": (0.01, 0.06),
    # Plan view: superellipse exponents.
    "nose_across": (2.1, 4.4),
    "tail_across": (2.5, 5.5),
    "nose_along": (5.5, 14.0),
    "tail_along": (6.5, 17.0),
    "screen_across": (2.1, 3.8),
    "screen_along": (4.5, 10.0),
    "backlight_across": (2.6, 5.0),
    "backlight_along": (5.5, 14.0),
    "greenhouse_narrowing": (0.0, 0.09),
    # Front view.
    "sill_tuck": (0.01, 0.13),
    "shoulder_tuck": (0.005, 0.08),
    "shoulder_power": (1.3, 3.2),
    "waist_share": (0.38, 0.65),  # height of the widest line as a share of the wall
    "shoulder_ledge": (0.0, 0.06),
    "tumblehome": (0.11, 0.25),
    "side_curve": (1.0, 1.8),
    "rounding": (0.45, 1.7),  # of all upper edges, 1 is usual
    # Roof.
    "roof_crown": (0.02, 0.075),
    "header_drop": (0.01, 0.08),
    "roof_drop": (0.02, 0.12),
    "roof_peak": (0.30, 0.70),
    "screen_curve": (0.0, 0.06),
    "backlight_curve": (-0.02, 0.06),
    # Face, widths as shares of the car's.
    "lamp_width": (0.12, 0.28),
    "lamp_height": (0.10, 0.22),
    "grille_width": (0.15, 0.27),
    "grille_height": (0.06, 0.26),
}

SPECIFIC: dict[str, dict[str, Range]] = {
    "sedan": {
        "length": (4.15, 5.50), "width": (1.66, 1.95), "height": (1.36, 1.56),
        "wheelbase_share": (0.545, 0.620), "clearance": (0.12, 0.20), "wheel_radius": (0.285, 0.350),
        "nose_height": (0.64, 0.88), "cowl_share": (0.625, 0.70), "belt_rise": (0.0, 0.10),
        "deck_rise": (-0.03, 0.12), "cowl_offset": (0.0, 0.65), "screen_angle": (24, 37),
        "deck_length": (0.18, 0.85), "backlight_angle": (15, 42),
    },
    "hatchback": {
        "length": (2.95, 4.50), "width": (1.50, 1.84), "height": (1.36, 1.64),
        "wheelbase_share": (0.58, 0.69), "clearance": (0.12, 0.19), "wheel_radius": (0.265, 0.335),
        "nose_height": (0.64, 0.92), "cowl_share": (0.60, 0.69), "belt_rise": (0.0, 0.14),
        "deck_rise": (-0.03, 0.04), "cowl_offset": (-0.10, 0.40), "screen_angle": (25, 42),
        "deck_length": (0.02, 0.20), "backlight_angle": (28, 78),
    },
    "wagon": {
        "length": (4.15, 5.05), "width": (1.66, 1.92), "height": (1.40, 1.60),
        "wheelbase_share": (0.545, 0.615), "clearance": (0.13, 0.22), "wheel_radius": (0.285, 0.350),
        "nose_height": (0.64, 0.90), "cowl_share": (0.61, 0.69), "belt_rise": (0.0, 0.10),
        "deck_rise": (-0.03, 0.03), "cowl_offset": (0.05, 0.60), "screen_angle": (25, 40),
        "deck_length": (0.02, 0.18), "backlight_angle": (28, 72),
    },
    "coupe": {
        "length": (3.95, 5.00), "width": (1.68, 2.05), "height": (1.13, 1.45),
        "wheelbase_share": (0.53, 0.615), "clearance": (0.10, 0.16), "wheel_radius": (0.295, 0.360),
        "nose_height": (0.55, 0.82), "cowl_share": (0.63, 0.72), "belt_rise": (0.0, 0.11),
        "deck_rise": (-0.05, 0.12), "cowl_offset": (-0.05, 0.95), "screen_angle": (21, 35),
        "deck_length": (0.10, 0.85), "backlight_angle": (13, 36),
    },
    "convertible": {
        "length": (3.50, 4.90), "width": (1.60, 1.97), "height": (1.18, 1.46),
        "wheelbase_share": (0.55, 0.62), "clearance": (0.11, 0.17), "wheel_radius": (0.280, 0.350),
        "nose_height": (0.57, 0.82), "cowl_share": (0.65, 0.73), "belt_rise": (0.0, 0.05),
        "deck_rise": (-0.03, 0.08), "cowl_offset": (0.10, 0.85), "screen_angle": (25, 40),
        "deck_length": (0.40, 0.90), "backlight_angle": (22, 45),
    },
    "suv": {
        "length": (3.65, 5.40), "width": (1.66, 2.06), "height": (1.54, 1.98),
        "wheelbase_share": (0.55, 0.63), "clearance": (0.16, 0.29), "wheel_radius": (0.32, 0.415),
        "nose_height": (0.80, 1.14), "cowl_share": (0.58, 0.68), "belt_rise": (-0.02, 0.14),
        "deck_rise": (-0.03, 0.04), "cowl_offset": (-0.05, 0.65), "screen_angle": (26, 60),
        "deck_length": (0.02, 0.20), "backlight_angle": (30, 84),
    },
    "pickup": {
        "length": (4.80, 6.20), "width": (1.70, 2.06), "height": (1.58, 2.00),
        "wheelbase_share": (0.58, 0.655), "clearance": (0.18, 0.34), "wheel_radius": (0.32, 0.425),
        "nose_height": (0.85, 1.20), "cowl_share": (0.60, 0.68), "belt_rise": (-0.03, 0.04),
        "deck_rise": (-0.03, 0.12), "cowl_offset": (0.20, 0.80), "screen_angle": (33, 55),
        "deck_length": (1.35, 2.45), "backlight_angle": (70, 87),
    },
    "van": {
        "length": (3.90, 6.20), "width": (1.66, 2.06), "height": (1.78, 2.65),
        "wheelbase_share": (0.55, 0.65), "clearance": (0.15, 0.25), "wheel_radius": (0.30, 0.37),
        "nose_height": (0.78, 1.12), "cowl_share": (0.48, 0.62), "belt_rise": (-0.04, 0.06),
        "deck_rise": (-0.02, 0.02), "cowl_offset": (-0.60, 0.15), "screen_angle": (33, 68),
        "deck_length": (0.02, 0.06), "backlight_angle": (78, 88),
    },
    "minivan": {
        "length": (4.00, 5.25), "width": (1.66, 2.03), "height": (1.54, 1.88),
        "wheelbase_share": (0.57, 0.64), "clearance": (0.13, 0.20), "wheel_radius": (0.29, 0.355),
        "nose_height": (0.70, 0.98), "cowl_share": (0.56, 0.66), "belt_rise": (-0.02, 0.12),
        "deck_rise": (-0.03, 0.03), "cowl_offset": (-0.35, 0.30), "screen_angle": (23, 42),
        "deck_length": (0.02, 0.14), "backlight_angle": (42, 84),
    },
}  # fmt: skip

# Ranges that differ from the common ones.
OVERRIDES: dict[str, dict[str, Range]] = {
    "coupe": {
        "roof_drop": (0.05, 0.22), "roof_peak": (0.40, 0.80), "greenhouse_narrowing": (0.02, 0.16),
        "tumblehome": (0.13, 0.28), "tyre_width": (0.205, 0.320), "bumper_step": (0.0, 0.02),
    },
    "convertible": {"roof_drop": (0.03, 0.10)},
    "suv": {
        "tumblehome": (0.08, 0.25), "roof_drop": (0.02, 0.17), "header_drop": (0.01, 0.11),
        "flare": (0.0, 0.06), "approach_lift": (0.0, 0.16),
        "departure_lift": (0.04, 0.24), "tyre_width": (0.205, 0.300), "well_depth": (0.06, 0.45),
    },
    "pickup": {
        "tumblehome": (0.06, 0.18), "flare": (0.0, 0.07), "approach_lift": (0.02, 0.16),
        "departure_lift": (0.08, 0.26), "tyre_width": (0.215, 0.310), "nose_setback": (0.02, 0.18),
        "nose_across": (2.5, 5.0), "tail_across": (4.5, 7.5), "tail_along": (14.0, 26.0),
        "shoulder_tuck": (0.005, 0.05), "overhang_share": (0.38, 0.47), "roof_drop": (0.01, 0.06),
        "well_depth": (0.06, 0.45), "bumper_step": (0.0, 0.09),
    },
    "van": {
        "tumblehome": (0.05, 0.19), "tail_across": (4.0, 8.0), "tail_along": (12.0, 26.0),
        "backlight_across": (4.0, 8.0), "backlight_along": (12.0, 26.0), "roof_drop": (0.0, 0.07),
        "shoulder_ledge": (0.0, 0.02), "greenhouse_narrowing": (0.0, 0.03), "roof_peak": (0.3, 0.6),
    },
    "minivan": {"tumblehome": (0.09, 0.25), "roof_drop": (0.01, 0.14)},
    "wagon": {"roof_drop": (0.01, 0.15)},
    "hatchback": {"roof_drop": (0.01, 0.15), "header_drop": (0.01, 0.10)},
    "sedan": {"roof_drop": (0.02, 0.16)},
}  # fmt: skip

# How a value leans on the car's style: each of (size, modern, sport, boxy) from -1 to 1.
LEANINGS: dict[str, tuple[float, float, float, float]] = {
    "length": (0.9, 0.0, 0.0, 0.0),
    "width": (0.7, 0.3, 0.2, 0.0),
    "height": (0.4, 0.1, -0.7, 0.2),
    "wheelbase_share": (-0.1, 0.5, 0.0, 0.0),
    "clearance": (0.1, -0.1, -0.7, 0.1),
    "wheel_radius": (0.4, 0.5, 0.3, 0.0),
    "tyre_width": (0.4, 0.4, 0.4, 0.0),
    "wheel_inset": (0.0, -0.5, -0.4, 0.0),
    "nose_height": (0.2, 0.4, -0.3, 0.3),
    "cowl_share": (0.0, 0.4, 0.1, 0.0),
    "belt_rise": (0.0, 0.4, 0.2, -0.4),
    "deck_rise": (0.0, 0.5, 0.1, 0.0),
    "screen_angle": (0.0, -0.3, -0.2, 0.6),
    "backlight_angle": (0.0, -0.2, -0.3, 0.6),
    "deck_length": (0.4, -0.4, 0.0, 0.3),
    "cowl_offset": (0.4, -0.3, 0.2, 0.3),
    "nose_setback": (0.0, 0.2, 0.2, -0.5),
    "bumper_step": (0.0, -0.5, -0.2, 0.5),
    "nose_across": (0.1, -0.3, -0.1, 0.6),
    "tail_across": (0.1, -0.2, -0.1, 0.6),
    "nose_along": (0.0, 0.0, 0.0, 0.7),
    "tail_along": (0.0, 0.0, 0.0, 0.7),
    "screen_across": (0.0, 0.0, 0.0, 0.6),
    "screen_along": (0.0, 0.0, 0.0, 0.6),
    "backlight_across": (0.0, 0.0, 0.0, 0.6),
    "backlight_along": (0.0, 0.0, 0.0, 0.6),
    "rounding": (0.0, 0.0, 0.0, -0.8),
    "tumblehome": (0.0, 0.2, 0.3, -0.5),
    "roof_crown": (0.0, 0.0, 0.0, -0.5),
    "roof_drop": (0.0, 0.3, 0.4, -0.4),
    "arch_gap": (0.0, -0.3, -0.4, 0.2),
    "rim_share": (0.0, 0.6, 0.4, 0.0),
    "lamp_width": (0.0, 0.6, 0.2, -0.2),
}
