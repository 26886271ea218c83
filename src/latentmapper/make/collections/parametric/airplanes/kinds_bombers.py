"""Bombers, straight-wing jets, flying wings and drones."""

from latentmapper.make.collections.parametric.airplanes.kinds_fighters import (
    JET_FIN,
    JET_STABILISER,
    SWEPT_FIGHTER,
)
from latentmapper.make.collections.parametric.airplanes.ranges import Kind, kind

# fmt: off

STRAIGHT_JET = SWEPT_FIGHTER.like(
    1.2, (10, 20),
    wing={"span": (0.9, 1.3), "aspect": (4.5, 7), "taper": (0.35, 0.55), "sweep": (2, 18),
        "centre": (0.38, 0.48), "level": (-0.5, 0.3), "rounding": (0.1, 0.8), "dihedral": (2, 6),
        "thickness": (0.1, 0.13)},
    body={"nose_width": 0.03, "tail_width": (0.1, 0.5)},
    extra={"tip_tanks": [0, 0, 0.3], "rails": False, "missiles": 0},
    stabiliser={"sweep": (2, 15)},
    fin={"sweep": (10, 30), "rounding": (0.1, 0.8)},
)

# Meteor, Me 262, Canberra, Yak-28
WING_POD_JET = STRAIGHT_JET.like(
    1, (10, 22),
    extra={"tip_tanks": [0, 0, 0, 0.3]},
    power={"style": "pods", "count": 2, "inner": (0.28, 0.42), "diameter": (0.07, 0.085), "length": (3.2, 5),
        "forward": (0.3, 0.6), "drop": (0.0, 0.35), "intakes": "none"},
    body={"tail_width": (0.05, 0.2), "tail_height": (0.05, 0.25), "nose": (0.2, 0.3)},
    wing={"sweep": (2, 22)},
)

#
TANK_BUSTER = STRAIGHT_JET.like(
    0.8, (15, 17),
    body={"width": (0.075, 0.1), "height": (1.1, 1.4), "tail_width": (0.2, 0.4)},
    canopy={"start": (0.13, 0.16), "end": (0.28, 0.34), "height": (0.4, 0.5)},
    wing={"span": (1.02, 1.14), "aspect": (6, 7), "taper": (0.6, 0.75), "sweep": (0, 3),
        "centre": (0.45, 0.5), "level": (-0.9, -0.5), "dihedral": 0.0, "crank": 0.33,
        "outer_dihedral": (5, 8), "thickness": (0.14, 0.17), "kink": 0.0},
    tail={"style": "H", "spread": (0.16, 0.18)},
    stabiliser={"span": (0.34, 0.38), "aspect": (3.4, 4), "taper": (0.9, 1.0), "sweep": (0, 3),
        "level": (-0.2, 0.2), "dihedral": 0.0},
    fin={"span": (0.15, 0.18), "aspect": (1.3, 1.6), "taper": (0.6, 0.75), "sweep": (5, 15), "glove": 0.0,
        "rounding": 0.2},
    power={"style": "top", "count": 2, "diameter": (0.085, 0.1), "length": (1.9, 2.4),
        "forward": (0.56, 0.62), "drop": (0.4, 0.6)},
    extra={"missiles": (0, 4), "tip_tanks": 0, "tanks": 0},
)

# B-52, B-47, Tu-16, Myasishchev M-4, B-66
SWEPT_BOMBER = kind(
    2, (32, 50),
    body={"width": (0.065, 0.085), "height": (1.0, 1.25), "roundness": (2.0, 3.5), "nose": (0.12, 0.2),
        "bluntness": (0.5, 0.7), "tail": (0.3, 0.5), "tail_width": (0.2, 0.45), "tail_height": (0.2, 0.4),
        "upsweep": (0.1, 0.3)},
    canopy={"style": ["cockpit", "bubble"], "start": (0.06, 0.1), "end": (0.2, 0.28), "height": (0.15, 0.3),
        "width": 0.7},
    wing={"span": (0.95, 1.2), "aspect": (7.5, 9.5), "taper": (0.35, 0.45), "sweep": (32, 37),
        "centre": (0.45, 0.52), "level": (0.6, 0.95), "dihedral": (-3, 2), "thickness": (0.1, 0.13),
        "kink": (0, 0.2)},
    stabiliser=JET_STABILISER | {"span": (0.3, 0.36), "aspect": (3.5, 4.2), "level": (-0.1, 0.3),
        "centre": (0.94, 0.98), "sweep": (32, 38)},
    fin=JET_FIN | {"span": (0.14, 0.2), "aspect": (1.2, 1.6), "taper": (0.35, 0.5), "sweep": (33, 38),
        "centre": (0.92, 0.96)},
    power={"style": "pods", "count": [8, 4], "paired": [False, True], "inner": (0.3, 0.36),
        "outer": (0.6, 0.68), "diameter": (0.026, 0.034), "length": (2.4, 3.5), "forward": (0.7, 1.2),
        "drop": (1.0, 1.5)},
    gear={"style": ["up", "bogies"], "height": 0.04, "track": (0.03, 0.05), "wheel": 0.014, "main": 0.55,
        "nose": 0.22},
)

# Vulcan, B-58, Mirage IV, XB-70, Sukhoi T-4
DELTA_BOMBER = kind(
    1.2, (23, 57),
    body={"width": (0.06, 0.1), "nose": (0.15, 0.3), "bluntness": (0.55, 0.95), "tail": (0.3, 0.5),
        "tail_width": (0.05, 0.3), "tail_height": (0.05, 0.3), "upsweep": (0, 0.2)},
    canopy={"style": ["cockpit", "bubble"], "start": (0.08, 0.14), "end": (0.25, 0.4), "height": (0.2, 0.35),
        "width": 0.6},
    wing={"span": (0.55, 1.05), "aspect": (2.0, 3.1), "taper": (0.03, 0.2), "sweep": (40, 53),
        "centre": (0.56, 0.64), "level": (-0.4, 0.4), "dihedral": (-3, 1), "thickness": (0.05, 0.1),
        "glove": [0, 0.3], "rounding": (0, 0.3)},
    tail={"style": ["fin", "fin", "twin_only"], "canard": [False, False, True], "spread": (0.08, 0.12)},
    canard={"span": (0.13, 0.18), "aspect": (2.5, 3), "taper": 0.4, "sweep": (25, 35), "centre": (0.16, 0.22),
        "level": 0.6, "thickness": 0.06},
    fin=JET_FIN | {"span": (0.12, 0.2), "centre": (0.92, 1.0)},
    power={"style": ["buried", "pods"], "count": [4, 2], "inner": (0.25, 0.35), "outer": (0.5, 0.6),
        "diameter": (0.03, 0.05), "length": (3, 6), "forward": (-0.1, 0.4), "drop": (0.5, 0.9),
        "intakes": "side", "intake": (0.3, 0.4), "bulk": (0.6, 1.2)},
)

# B-2, YB-49, Horten, X-47
FLYING_WING = kind(
    3, (7, 21),
    body={"width": (0.2, 0.36), "height": (0.32, 0.6), "roundness": (1.4, 2.0), "nose": (0.3, 0.5),
        "bluntness": (0.6, 0.9), "tail": (0.4, 0.6), "tail_width": (0.05, 0.4), "tail_height": (0.02, 0.1),
        "upsweep": (-0.1, 0.2), "droop": (-0.1, 0.1), "nose_width": 0.1},
    canopy={"style": ["bubble", "cockpit", "none"], "start": (0.1, 0.25), "end": (0.5, 0.8),
        "height": (0.1, 0.3), "width": (0.25, 0.45)},
    wing={"span": (1.9, 3.0), "aspect": (3.4, 7), "taper": (0.12, 0.4), "sweep": (18, 36),
        "centre": (0.55, 0.75), "level": (-0.2, 0.2), "dihedral": (-1, 3), "crank": (0.25, 0.45),
        "kink": [0.3, 0.0, 0.15], "thickness": (0.1, 0.16), "rounding": (0, 0.5), "glove": [0, 0, 0.2]},
    tail={"style": ["none", "none", "none", "twin_only"], "spread": (0.2, 0.3), "cant": (0, 15)},
    fin=JET_FIN | {"span": (0.12, 0.2), "centre": (0.95, 1.02)},
    power={"style": ["none", "none", "nacelles", "wing_pushers"], "count": [2, 4], "inner": (0.16, 0.22),
        "outer": (0.35, 0.45), "diameter": (0.07, 0.1), "length": (3, 5), "forward": (0.0, 0.5),
        "drop": (0, 0.2), "propeller": (0.25, 0.32), "blades": [0, 3], "spinner": 0.04},
    gear={"style": ["up", "up", "up", "tricycle"], "height": (0.1, 0.16), "track": (0.2, 0.3), "wheel": 0.04,
        "main": 0.6, "nose": 0.25},
)

# SR-71, A-12, D-21 carriers
BLACKBIRD = kind(
    1.2, (30, 33),
    body={"width": (0.06, 0.085), "height": (0.6, 0.9), "roundness": (1.5, 2), "nose": (0.3, 0.45),
        "bluntness": (0.8, 1.0), "tail": (0.3, 0.5), "tail_width": (0.05, 0.15), "tail_height": (0.05, 0.15),
        "upsweep": (0, 0.1), "droop": (-0.1, 0.0)},
    canopy={"style": "bubble", "start": (0.14, 0.18), "end": (0.34, 0.5), "height": (0.25, 0.35),
        "width": 0.5},
    wing={"span": (0.5, 0.56), "aspect": (1.8, 2.3), "taper": (0.1, 0.25), "sweep": (36, 46),
        "centre": (0.93, 0.98), "flush": True, "level": (-0.1, 0.1), "dihedral": 0.0, "glove": (1.0, 1.7),
        "glove_end": (0.12, 0.25), "ogive": (1.2, 2.5), "thickness": (0.03, 0.045), "camber": 0.0},
    tail={"style": "twin_only", "spread": (0.125, 0.15), "cant": (-18, -5)},
    fin=JET_FIN | {"span": (0.06, 0.08), "aspect": (0.7, 1.0), "centre": (0.95, 1.0), "glove": 0.0},
    power={"style": "pods", "count": 2, "inner": (0.48, 0.58), "diameter": (0.05, 0.062), "length": (6, 7.5),
        "forward": (0.3, 0.5), "drop": (-0.05, 0.05)},
    extra={"probe": [0, 0.04]},
)

# U-2, M-55
SPYPLANE = STRAIGHT_JET.like(
    0.7, (15, 23),
    body={"width": (0.07, 0.095), "tail_width": (0.3, 0.5)},
    wing={"span": (1.55, 1.75), "aspect": (10, 13), "taper": (0.25, 0.4), "sweep": (2, 6),
        "centre": (0.46, 0.52), "dihedral": (-1, 3)},
    extra={"tanks": [0, 2], "tip_tanks": 0},
    power={"intakes": "side", "bulk": (0.4, 0.7)},
)

# Predator, Reaper, Global Hawk, Heron, Bayraktar
DRONE = kind(
    1.5, (6.5, 14.5),
    body={"width": (0.08, 0.12), "height": (1.0, 1.3), "nose": (0.16, 0.26), "bluntness": (0.45, 0.6),
        "droop": (-0.1, 0.2), "tail": (0.4, 0.7), "tail_width": (0.1, 0.4), "tail_height": (0.1, 0.4),
        "upsweep": (0.1, 0.3), "slimming": (0.8, 1.6)},
    canopy={"style": "none"},
    wing={"span": (1.7, 2.7), "aspect": (17, 25), "taper": (0.35, 0.6), "sweep": (0, 6),
        "centre": (0.48, 0.56), "level": (-0.7, 0.5), "dihedral": (0, 5), "thickness": (0.12, 0.15)},
    tail={"style": "V", "cant": [38, 48, -35, 32]},
    stabiliser={"span": (0.45, 0.7), "aspect": (4, 6), "taper": (0.5, 0.8), "sweep": (5, 20),
        "centre": (0.94, 1.0), "flush": True, "level": 0.2, "dihedral": 0.0},
    power={"style": ["pusher", "pusher", "top"], "count": 1, "propeller": (0.2, 0.3), "blades": [0, 3, 4],
        "spinner": 0.04, "diameter": (0.09, 0.11), "length": (2.2, 3), "forward": (0.65, 0.72),
        "drop": (0.25, 0.45)},
    gear={"style": ["up", "tricycle"], "height": (0.08, 0.12), "track": 0.1, "wheel": 0.02, "main": 0.52,
        "nose": 0.2},
    extra={"missiles": [0, 2, 4]},
)

# fmt: on
BOMBERS: dict[str, Kind] = {
    "straight-wing jet": STRAIGHT_JET,
    "wing-pod jet": WING_POD_JET,
    "twin-pod attacker": TANK_BUSTER,
    "swept bomber": SWEPT_BOMBER,
    "delta bomber": DELTA_BOMBER,
    "flying wing": FLYING_WING,
    "blackbird": BLACKBIRD,
    "high-altitude jet": SPYPLANE,
    "drone": DRONE,
}
