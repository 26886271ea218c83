"""Jet fighters, attackers and trainers."""

from latentmapper.make.collections.parametric.airplanes.ranges import Kind, kind

# fmt: off

JET_FIN = {"span": (0.14, 0.2), "aspect": (0.9, 1.3), "taper": (0.2, 0.45), "sweep": (32, 45),
    "centre": (0.93, 1.0), "flush": True, "dihedral": 0.0, "camber": 0.0, "thickness": 0.07,
    "rounding": (0.02, 0.2), "glove": (0, 0.6), "glove_end": (0.15, 0.35)}

JET_STABILISER = {"span": (0.28, 0.38), "aspect": (2.8, 4), "taper": (0.25, 0.45), "sweep": (28, 42),
    "centre": (0.96, 1.02), "flush": True, "level": (-0.1, 0.3), "dihedral": (-4, 4), "thickness": 0.06,
    "rounding": (0.02, 0.2), "camber": 0.0}

FIGHTER_GEAR = {"style": ["up", "tricycle"], "height": (0.06, 0.1), "track": (0.07, 0.11),
    "wheel": (0.018, 0.026), "main": (0.55, 0.63), "nose": (0.2, 0.3)}

LOADS = {"tanks": [0, 0, 0, 2], "missiles": [0, 0, 2, 4], "rails": [False, True], "probe": [0, 0, 0.05]}

# F-86, MiG-15/17, Super Sabre, Hunter
SWEPT_FIGHTER = kind(
    2, (10, 15),
    body={"width": (0.1, 0.165), "height": (1.0, 1.25), "nose": (0.2, 0.4), "bluntness": (0.5, 0.8),
        "nose_width": [0.55, 0.5, 0.05], "droop": (-0.15, 0.05), "tail": (0.35, 0.6),
        "tail_width": (0.4, 0.65), "tail_height": (0.4, 0.6), "upsweep": (0.0, 0.2), "slimming": (0.6, 1.0)},
    canopy={"style": "bubble", "start": (0.2, 0.26), "end": (0.42, 0.62), "height": (0.25, 0.4),
        "width": (0.5, 0.7), "front": (0.25, 0.4), "back": (0.4, 0.7)},
    wing={"span": (0.85, 1.02), "aspect": (4.2, 5.2), "taper": (0.35, 0.8), "sweep": (33, 45),
        "centre": (0.43, 0.56), "level": (-0.6, 0.2), "dihedral": (-3, 4), "thickness": (0.08, 0.11),
        "rounding": (0.05, 0.4)},
    extra=LOADS,
    tail={"style": ["conventional", "cruciform"]},
    stabiliser=JET_STABILISER | {"level": (0.25, 0.7)},
    fin=JET_FIN | {"span": (0.17, 0.26), "centre": (0.9, 0.98), "sweep": (33, 56)},
    power={"style": "buried", "count": 1, "diameter": (0.06, 0.08), "length": (2, 3),
        "intakes": ["none", "none", "side"], "intake": (0.2, 0.3), "bulk": (0.3, 0.5)},
    gear=FIGHTER_GEAR,
)

CENTURY_FIGHTER = SWEPT_FIGHTER.like(
    3, (13, 20),
    body={"width": (0.075, 0.11), "nose": (0.25, 0.42), "bluntness": (0.65, 0.95),
        "nose_width": [0.02, 0.02, 0.02, 0.5], "tail": (0.25, 0.45), "tail_width": (0.5, 0.85),
        "tail_height": (0.45, 0.8), "droop": (-0.35, -0.05), "roundness": (2, 2.8), "hump": (0.0, 0.12),
        "hump_start": (0.22, 0.3), "hump_end": (0.75, 0.95)},
    canopy={"start": (0.18, 0.25), "end": (0.36, 0.5), "height": (0.22, 0.36)},
    wing={"span": (0.42, 0.75), "aspect": (2.4, 4), "taper": (0.2, 0.4), "sweep": (15, 45),
        "centre": (0.55, 0.64), "level": (-0.6, 0.8), "dihedral": (-8, 2), "thickness": (0.05, 0.075),
        "rounding": (0, 0.1), "crank": (0.5, 0.75), "outer_dihedral": [0, 0, 0, 12]},
    tail={"style": ["conventional", "conventional", "conventional", "T"], "ventral": [0, 0, 0.04]},
    stabiliser={"span": (0.26, 0.37), "level": (-0.5, 0.3), "dihedral": (-18, 2), "sweep": (22, 42)},
    fin={"span": (0.12, 0.19)},
    power={"count": [1, 2], "diameter": (0.055, 0.075), "intakes": ["side", "side", "side", "none"],
        "intake": (0.28, 0.38), "bulk": (0.4, 0.85)},
)

# Mirage III/2000, F-102/106, Draken
DELTA_FIGHTER = CENTURY_FIGHTER.like(
    2.5, (13, 21),
    wing={"span": (0.5, 0.68), "aspect": (1.75, 2.4), "taper": (0.02, 0.12), "sweep": (48, 55),
        "centre": (0.62, 0.68), "level": (-0.7, -0.1), "dihedral": (-2, 2), "thickness": (0.04, 0.055),
        "glove": [0, 0, 0.5, 1.0], "glove_end": (0.4, 0.55), "outer_dihedral": 0},
    tail={"style": "fin"},
    fin={"span": (0.15, 0.2), "aspect": (0.7, 1.0), "taper": (0.1, 0.35), "sweep": (40, 50)},
    gear={"main": (0.58, 0.66)},
)

# MiG-21, Su-15, Javelin, A-4
TAILED_DELTA = DELTA_FIGHTER.like(
    1.5, (12, 18),
    wing={"span": (0.5, 0.7), "aspect": (2.1, 3), "centre": (0.55, 0.62), "taper": (0.03, 0.25),
        "sweep": (35, 50), "glove": 0},
    tail={"style": "conventional"},
    stabiliser={"sweep": (42, 55), "span": (0.28, 0.37)},
    body={"nose_width": [0.02, 0.5]},
    power={"count": 1},
)

# Typhoon, Rafale, Gripen, Viggen, Kfir, J-10
CANARD_FIGHTER = DELTA_FIGHTER.like(
    2, (14, 17),
    wing={"span": (0.58, 0.72), "aspect": (1.9, 2.5), "centre": (0.6, 0.66)},
    tail={"canard": True},
    canard={"span": (0.24, 0.38), "aspect": (2, 3), "taper": (0.15, 0.4), "sweep": (35, 52),
        "centre": (0.3, 0.44), "level": (0.1, 0.6), "dihedral": (-12, 8), "thickness": 0.05, "camber": 0.0},
    power={"intakes": ["side", "side", "under"], "count": [1, 2]},
    canopy={"height": (0.35, 0.55), "end": (0.36, 0.45), "start": (0.14, 0.2)},
)

# F-16, F-2, FC-1, T-50
MODERN_FIGHTER = CENTURY_FIGHTER.like(
    2, (13, 16),
    canopy={"start": (0.13, 0.18), "end": (0.35, 0.45), "height": (0.35, 0.55), "width": (0.55, 0.75)},
    body={"hump": (0.0, 0.1), "nose_width": 0.02, "width": (0.085, 0.115)},
    wing={"span": (0.6, 0.72), "aspect": (2.9, 3.5), "taper": (0.2, 0.3), "sweep": (26, 34),
        "centre": (0.57, 0.63), "level": (-0.1, 0.2), "glove": (0.4, 0.9), "glove_end": (0.22, 0.36),
        "ogive": (1.2, 2.2), "dihedral": 0.0, "outer_dihedral": 0.0},
    tail={"ventral": [0, 0.04]},
    stabiliser={"dihedral": (-10, 0)},
    power={"count": 1, "intakes": ["under", "under", "side"], "diameter": (0.07, 0.085),
        "intake": (0.26, 0.34)},
)

# F-15, F-18, F-22, F-35, Su-27, MiG-29, F-14
TWIN_FIN_FIGHTER = MODERN_FIGHTER.like(
    3.5, (15, 22),
    body={"width": (0.075, 0.105), "roundness": (2, 2.6), "tail_width": (0.4, 0.9), "tail_height": (0.3, 0.6),
        "slimming": (0.8, 1.3)},
    wing={"span": (0.63, 0.78), "aspect": (2.3, 3.6), "taper": (0.15, 0.35), "sweep": (18, 38),
        "level": (0.1, 0.6), "glove": (0.1, 1.2)},
    tail={"style": "twin", "spread": (0.07, 0.12), "cant": (0, 28), "ventral": 0.0},
    stabiliser={"span": (0.42, 0.6), "aspect": (1.9, 2.8), "dihedral": (-3, 2), "centre": (0.98, 1.05)},
    fin={"span": (0.13, 0.19), "aspect": (1.0, 1.4), "centre": (0.9, 0.98), "glove": 0.0},
    power={"count": 2, "intakes": "side", "bulk": (0.7, 1.2), "diameter": (0.06, 0.075),
        "intake": (0.3, 0.42), "length": (2.5, 4)},
)

# F-22, F-35, YF-23, J-20, F-117
STEALTH = TWIN_FIN_FIGHTER.like(
    1.2, (15, 21),
    body={"roundness": (1.4, 1.8), "width": (0.13, 0.2), "height": (0.5, 0.75)},
    wing={"taper": (0.05, 0.25), "sweep": (25, 45), "aspect": (2, 2.5), "glove": (0, 0.5)},
    tail={"style": ["twin", "twin", "V"], "cant": (25, 45)},
    extra={"tanks": 0, "missiles": 0, "rails": False, "probe": 0},
)

# F-117, Have Blue, X-45-like
FACETED = STEALTH.like(
    0.8, (15, 20),
    body={"width": (0.28, 0.4), "height": (0.3, 0.42), "roundness": (1.0, 1.3), "nose": (0.45, 0.6),
        "bluntness": (0.9, 1.1), "nose_width": 0.02, "tail": (0.4, 0.5), "tail_width": (0.2, 0.5),
        "tail_height": 0.1, "droop": (-0.3, -0.1), "upsweep": (-0.2, 0.0)},
    wing={"span": (0.6, 0.75), "aspect": (2.6, 3.6), "taper": (0.15, 0.3), "sweep": (55, 63),
        "centre": (0.66, 0.74), "level": (-0.4, 0.0), "glove": (0.4, 0.9)},
    tail={"style": "V", "cant": (42, 58), "spread": 0.06},
    stabiliser={"span": (0.34, 0.46), "aspect": (2.4, 3.2), "taper": (0.5, 0.7), "sweep": (45, 60),
        "centre": (0.96, 1.0), "level": 0.2, "dihedral": 0.0},
    canopy={"start": (0.12, 0.18), "end": (0.38, 0.5), "height": (0.12, 0.3), "width": (0.25, 0.4)},
    power={"count": 2, "intakes": "none", "diameter": (0.03, 0.04), "length": 2.0},
)

# F-14, Tornado, F-111, MiG-23, Su-24, B-1, Tu-22M, Tu-160
SWING_WING = TWIN_FIN_FIGHTER.like(
    1.8, (16, 54),
    wing={"span": (0.6, 1.05), "aspect": (5, 8), "taper": (0.25, 0.4), "sweep": (15, 62),
        "centre": (0.52, 0.6), "level": (0.2, 0.8), "glove": (0.8, 1.7), "glove_end": (0.2, 0.4),
        "ogive": 1.0},
    tail={"style": ["twin", "conventional", "conventional"]},
    fin={"span": (0.14, 0.2)},
)

# A-7, AMX, Su-25, Harrier, A-6, Buccaneer, Alpha Jet, S-3
ATTACK_JET = SWEPT_FIGHTER.like(
    2, (12, 19),
    body={"width": (0.1, 0.14), "nose_width": 0.03, "bluntness": (0.55, 0.8), "tail": (0.4, 0.6),
        "droop": (-0.3, -0.1)},
    canopy={"start": (0.12, 0.2), "end": (0.32, 0.5)},
    wing={"span": (0.6, 1.0), "aspect": (3.5, 7), "taper": (0.25, 0.5), "sweep": (15, 36),
        "centre": (0.45, 0.55), "level": (0.2, 0.95), "dihedral": (-9, 0), "glove": [0, 0.4]},
    power={"count": [1, 2], "intakes": "side", "bulk": (0.5, 1.1)},
    stabiliser={"dihedral": (-12, 5), "span": (0.3, 0.45)},
)

# A-6, EA-6B, Buccaneer, Skywarrior, Su-24 spread
CARRIER_ATTACK = ATTACK_JET.like(
    1, (16, 24),
    body={"width": (0.085, 0.15), "nose": (0.16, 0.26), "bluntness": (0.48, 0.65), "tail": (0.5, 0.7),
        "tail_width": (0.08, 0.35), "tail_height": (0.15, 0.4), "upsweep": (0.1, 0.3)},
    wing={"span": (0.66, 1.05), "aspect": (3.6, 5.6), "taper": (0.25, 0.45), "sweep": (22, 33),
        "centre": (0.42, 0.52), "level": (-0.1, 0.5), "dihedral": (-2, 2), "glove": (0.1, 0.6),
        "glove_end": (0.2, 0.4), "rounding": (0.05, 0.5)},
    tail={"style": ["conventional", "conventional", "T"]},
    fin={"span": (0.12, 0.19), "sweep": (20, 45)},
    power={"count": 2, "bulk": (0.5, 0.9), "intake": (0.16, 0.3), "nozzle": (0.55, 0.7)},
)

# S-3 Viking, Skywarrior, Saab-like patrol jets
POD_ATTACK = CARRIER_ATTACK.like(
    0.6, (15, 24),
    wing={"span": (1.0, 1.35), "aspect": (6.5, 8), "sweep": (12, 33), "level": (0.6, 0.95), "glove": 0.0},
    tail={"style": "conventional"},
    fin={"span": (0.15, 0.24)},
    power={"style": "pods", "inner": (0.22, 0.32), "diameter": (0.08, 0.1), "length": (2, 2.8),
        "forward": (0.4, 0.7), "drop": (0.6, 0.8), "intakes": "none"},
)

# Hawk, L-39, Alpha Jet, T-33, T-37, T-45, Su-25UB, Yak-130
JET_TRAINER = ATTACK_JET.like(
    2, (9, 13),
    body={"width": (0.085, 0.125), "height": (1.1, 1.35), "nose": (0.22, 0.36)},
    canopy={"start": (0.16, 0.22), "end": (0.44, 0.58), "height": (0.35, 0.5), "front": (0.18, 0.3),
        "back": (0.25, 0.5)},
    wing={"span": (0.75, 1.1), "aspect": (4.8, 6.5), "sweep": (2, 26), "level": (-0.8, 0.7),
        "dihedral": (-5, 6)},
    extra={"tip_tanks": [0, 0, 0, 0.25], "tanks": 0, "missiles": [0, 2]},
    power={"bulk": (0.4, 0.8), "count": 1},
)

# fmt: on
FIGHTERS: dict[str, Kind] = {
    "swept-wing fighter": SWEPT_FIGHTER,
    "supersonic fighter": CENTURY_FIGHTER,
    "delta fighter": DELTA_FIGHTER,
    "tailed delta fighter": TAILED_DELTA,
    "canard fighter": CANARD_FIGHTER,
    "single-fin fighter": MODERN_FIGHTER,
    "twin-fin fighter": TWIN_FIN_FIGHTER,
    "stealth fighter": STEALTH,
    "faceted attacker": FACETED,
    "swing-wing": SWING_WING,
    "attack jet": ATTACK_JET,
    "carrier attacker": CARRIER_ATTACK,
    "pod-engine patrol jet": POD_ATTACK,
    "jet trainer": JET_TRAINER,
}
