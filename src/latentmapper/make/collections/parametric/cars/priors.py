"""Ranges of real cars, per body type, and which way each follows size, age, sportiness and ruggedness.

Ranges span what has been sold since about 1985: makers' published dimensions, and proportions seen in side
views. Lengths in metres, angles in degrees from the horizontal.
"""

Range = tuple[float, float]

BODIES: dict[str, float] = {
    "sedan": 0.25,
    "hatchback": 0.15,
    "wagon": 0.08,
    "coupe": 0.10,
    "convertible": 0.06,
    "suv": 0.18,
    "pickup": 0.07,
    "van": 0.04,
    "minivan": 0.07,
}
"""Body types and how often each is drawn."""

COMMON: dict[str, Range] = {
    # Proportions of the whole.
    "overhang_share": (0.42, 0.54),  # front overhang / both overhangs
    "tyre_width": (0.185, 0.265),
    "wheel_inset": (0.0, 0.05),
    # Front end, side view: how far the bonnet's edge and the chin lie behind the foremost point.
    "nose_setback": (0.05, 0.30),
    "chin_setback": (0.02, 0.16),
    "nose_power": (1.4, 3.0),
    "bumper_share": (0.30, 0.52),  # height of the foremost point as a share of the wall
    "tail_setback": (0.02, 0.14),
    "heel_setback": (0.04, 0.22),
    "bonnet_bulge": (0.00, 0.035),  # of the edge line, over a straight line
    "bonnet_crown": (0.03, 0.10),
    "deck_crown": (0.01, 0.05),
    "approach_lift": (0.0, 0.07),
    "departure_lift": (0.02, 0.12),
    # Plan view.
    "nose_across": (2.1, 3.6),
    "tail_across": (2.4, 4.2),
    "nose_along": (5.5, 11.0),
    "tail_along": (6.5, 13.0),
    # Front view.
    "sill_tuck": (0.03, 0.12),
    "shoulder_tuck": (0.01, 0.07),
    "shoulder_power": (1.3, 3.0),
    "waist_share": (0.42, 0.62),  # height of the widest line as a share of the wall
    "shoulder_ledge": (0.0, 0.05),
    "tumblehome": (0.12, 0.22),
    "side_curve": (1.0, 1.7),
    "screen_across": (2.2, 3.4),
    "screen_along": (4.5, 8.0),
    "backlight_across": (2.6, 4.2),
    "backlight_along": (5.5, 11.0),
    # Roof.
    "roof_crown": (0.025, 0.07),
    "header_drop": (0.02, 0.07),
    "roof_drop": (0.03, 0.10),
    "roof_peak": (0.35, 0.65),
    "screen_curve": (0.0, 0.05),
    "backlight_curve": (-0.01, 0.05),
    "greenhouse_narrowing": (0.0, 0.08),
    # Wheels.
    "arch_gap": (0.03, 0.075),
    "flare": (0.0, 0.025),
    "rim_share": (0.62, 0.78),
}

SPECIFIC: dict[str, dict[str, Range]] = {
    "sedan": {
        "length": (4.25, 5.25), "width": (1.68, 1.92), "height": (1.38, 1.53),
        "wheelbase_share": (0.555, 0.615), "clearance": (0.13, 0.20), "wheel_radius": (0.29, 0.345), "nose_height": (0.62, 0.80),
        "cowl_share": (0.635, 0.70), "belt_rise": (0.0, 0.09), "deck_rise": (-0.01, 0.12),
        "cowl_offset": (0.15, 0.60), "screen_angle": (25, 34), "deck_length": (0.28, 0.80),
        "backlight_angle": (19, 38),
    },
    "hatchback": {
        "length": (3.45, 4.50), "width": (1.58, 1.84), "height": (1.40, 1.58),
        "wheelbase_share": (0.585, 0.66), "clearance": (0.13, 0.19), "wheel_radius": (0.275, 0.335), "nose_height": (0.62, 0.85),
        "cowl_share": (0.62, 0.69), "belt_rise": (0.0, 0.13), "deck_rise": (-0.02, 0.04),
        "cowl_offset": (-0.05, 0.40), "screen_angle": (25, 38), "deck_length": (0.02, 0.15),
        "backlight_angle": (36, 72),
    },
    "wagon": {
        "length": (4.25, 5.00), "width": (1.68, 1.90), "height": (1.42, 1.58),
        "wheelbase_share": (0.555, 0.61), "clearance": (0.13, 0.21), "wheel_radius": (0.29, 0.345), "nose_height": (0.62, 0.82),
        "cowl_share": (0.625, 0.69), "belt_rise": (0.0, 0.09), "deck_rise": (-0.02, 0.03),
        "cowl_offset": (0.10, 0.55), "screen_angle": (25, 35), "deck_length": (0.02, 0.12),
        "backlight_angle": (40, 75),
    },
    "coupe": {
        "length": (4.05, 4.95), "width": (1.70, 2.02), "height": (1.15, 1.44),
        "wheelbase_share": (0.54, 0.61), "clearance": (0.11, 0.16), "wheel_radius": (0.30, 0.355), "nose_height": (0.55, 0.75),
        "cowl_share": (0.64, 0.72), "belt_rise": (0.0, 0.10), "deck_rise": (-0.04, 0.12),
        "cowl_offset": (0.15, 0.85), "screen_angle": (22, 32), "deck_length": (0.10, 0.75),
        "backlight_angle": (14, 32),
    },
    "convertible": {
        "length": (3.60, 4.80), "width": (1.62, 1.95), "height": (1.20, 1.44),
        "wheelbase_share": (0.55, 0.62), "clearance": (0.11, 0.17), "wheel_radius": (0.285, 0.345), "nose_height": (0.55, 0.77),
        "cowl_share": (0.66, 0.73), "belt_rise": (0.0, 0.05), "deck_rise": (-0.03, 0.08),
        "cowl_offset": (0.20, 0.80), "screen_angle": (25, 36), "deck_length": (0.40, 0.85),
        "backlight_angle": (22, 42),
    },
    "suv": {
        "length": (4.00, 5.25), "width": (1.74, 2.03), "height": (1.57, 1.92),
        "wheelbase_share": (0.555, 0.62), "clearance": (0.17, 0.27), "wheel_radius": (0.33, 0.405), "nose_height": (0.80, 1.08),
        "cowl_share": (0.60, 0.675), "belt_rise": (0.0, 0.12), "deck_rise": (-0.02, 0.04),
        "cowl_offset": (0.05, 0.60), "screen_angle": (28, 50), "deck_length": (0.02, 0.14),
        "backlight_angle": (42, 80),
    },
    "pickup": {
        "length": (4.90, 6.00), "width": (1.72, 2.04), "height": (1.66, 1.98),
        "wheelbase_share": (0.59, 0.645), "clearance": (0.20, 0.32), "wheel_radius": (0.34, 0.42), "nose_height": (0.88, 1.16),
        "cowl_share": (0.61, 0.67), "belt_rise": (-0.02, 0.03), "deck_rise": (-0.02, 0.10),
        "cowl_offset": (0.30, 0.75), "screen_angle": (33, 50), "deck_length": (1.45, 2.20),
        "backlight_angle": (72, 86),
    },
    "van": {
        "length": (4.30, 6.00), "width": (1.74, 2.05), "height": (1.80, 2.55),
        "wheelbase_share": (0.56, 0.64), "clearance": (0.15, 0.24), "wheel_radius": (0.31, 0.37), "nose_height": (0.78, 1.08),
        "cowl_share": (0.50, 0.62), "belt_rise": (-0.03, 0.05), "deck_rise": (-0.02, 0.02),
        "cowl_offset": (-0.45, 0.10), "screen_angle": (33, 58), "deck_length": (0.02, 0.06),
        "backlight_angle": (80, 88),
    },
    "minivan": {
        "length": (4.20, 5.20), "width": (1.70, 2.02), "height": (1.56, 1.82),
        "wheelbase_share": (0.575, 0.63), "clearance": (0.14, 0.20), "wheel_radius": (0.30, 0.35), "nose_height": (0.70, 0.92),
        "cowl_share": (0.58, 0.66), "belt_rise": (0.0, 0.10), "deck_rise": (-0.02, 0.03),
        "cowl_offset": (-0.25, 0.25), "screen_angle": (24, 38), "deck_length": (0.02, 0.10),
        "backlight_angle": (55, 82),
    },
}  # fmt: skip

# Ranges that differ from the common ones.
OVERRIDES: dict[str, dict[str, Range]] = {
    "coupe": {"roof_drop": (0.06, 0.20), "roof_peak": (0.40, 0.75), "greenhouse_narrowing": (0.02, 0.14),
              "tumblehome": (0.14, 0.26), "tyre_width": (0.205, 0.31)},
    "convertible": {"roof_drop": (0.03, 0.10), "tumblehome": (0.12, 0.22)},
    "suv": {"tumblehome": (0.08, 0.20), "flare": (0.0, 0.04), "approach_lift": (0.02, 0.14),
            "departure_lift": (0.05, 0.20), "tyre_width": (0.215, 0.285), "nose_setback": (0.04, 0.24)},
    "pickup": {"tumblehome": (0.08, 0.16), "flare": (0.0, 0.05), "approach_lift": (0.02, 0.14),
               "departure_lift": (0.08, 0.24), "tyre_width": (0.225, 0.295), "nose_setback": (0.03, 0.16),
               "nose_across": (2.6, 4.5), "tail_across": (4.5, 7.0), "tail_along": (14.0, 22.0),
               "shoulder_tuck": (0.01, 0.05), "overhang_share": (0.40, 0.46), "roof_drop": (0.02, 0.06)},
    "van": {"tumblehome": (0.06, 0.16), "tail_across": (4.0, 7.0), "tail_along": (12.0, 22.0),
            "backlight_across": (4.0, 7.0), "backlight_along": (12.0, 22.0), "roof_drop": (0.0, 0.06),
            "shoulder_ledge": (0.0, 0.02), "greenhouse_narrowing": (0.0, 0.03), "roof_peak": (0.3, 0.6)},
    "minivan": {"tumblehome": (0.10, 0.19), "roof_drop": (0.02, 0.08)},
    "wagon": {"roof_drop": (0.02, 0.09)},
}  # fmt: skip

# How a value leans on the car's style: each of (size, modern, sport) from -1 to 1.
LEANINGS: dict[str, tuple[float, float, float]] = {
    "length": (0.9, 0.0, 0.0),
    "width": (0.7, 0.4, 0.2),
    "height": (0.3, 0.2, -0.7),
    "wheelbase_share": (0.0, 0.5, 0.0),
    "clearance": (0.1, -0.1, -0.7),
    "wheel_radius": (0.4, 0.5, 0.3),
    "tyre_width": (0.4, 0.4, 0.4),
    "wheel_inset": (0.0, -0.5, -0.4),
    "nose_height": (0.2, 0.5, -0.4),
    "cowl_share": (0.0, 0.4, 0.1),
    "belt_rise": (0.0, 0.5, 0.2),
    "deck_rise": (0.0, 0.5, 0.1),
    "screen_angle": (0.0, -0.5, -0.3),
    "backlight_angle": (0.0, -0.3, -0.4),
    "deck_length": (0.4, -0.5, 0.0),
    "cowl_offset": (0.4, -0.3, 0.3),
    "nose_setback": (0.0, 0.4, 0.2),
    "nose_across": (0.1, -0.5, -0.2),
    "tail_across": (0.1, -0.4, -0.2),
    "tumblehome": (0.0, 0.3, 0.3),
    "roof_drop": (0.0, 0.3, 0.4),
    "arch_gap": (0.0, -0.3, -0.4),
    "rim_share": (0.0, 0.6, 0.4),
}
