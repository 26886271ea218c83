"""Propeller fighters, bombers and trainers, and the twins."""

from latentmapper.make.collections.parametric.airplanes.kinds_light import (
    LIGHT_FIN,
    LIGHT_LOW,
    LIGHT_STABILISER,
    TAILDRAGGER,
    TRICYCLE,
)
from latentmapper.make.collections.parametric.airplanes.ranges import Kind, kind

# fmt: off

# PC-7/9/21, Tucano, T-6, T-34, Texan II
PROP_TRAINER = LIGHT_LOW.like(
    1.5, (8.5, 11.5),
    body={"width": (0.085, 0.115), "height": (1.1, 1.35), "roundness": (2, 2.6), "nose": (0.2, 0.32),
        "nose_width": (0.12, 0.4), "tail": (0.5, 0.65)},
    canopy={"style": "bubble", "start": (0.28, 0.34), "end": (0.6, 0.72), "height": (0.4, 0.55),
        "width": (0.65, 0.85), "front": (0.16, 0.28), "back": (0.25, 0.45)},
    wing={"span": (0.8, 1.25), "aspect": (5, 7), "taper": (0.4, 0.55), "level": (-0.9, -0.6),
        "centre": (0.38, 0.44), "outer_dihedral": 0.0},
    power={"propeller": (0.2, 0.25), "blades": [0, 3, 4, 5]},
    gear={"style": ["up", "tricycle"]},
    tail={"style": "conventional"},
)

# Spitfire, P-51, Bf 109, Zero, Hurricane, Yak-3, P-40
WARBIRD = PROP_TRAINER.like(
    3, (8.5, 11.5),
    body={"width": (0.09, 0.125), "height": (1.15, 1.5), "nose": (0.22, 0.34), "nose_width": (0.15, 0.4),
        "tail": (0.5, 0.65), "tail_width": (0.03, 0.1), "tail_height": (0.08, 0.2), "upsweep": (0.1, 0.3),
        "bluntness": (0.5, 0.75), "belly": [0, 0, 0.12]},
    canopy={"start": (0.34, 0.42), "end": (0.54, 0.85), "height": (0.2, 0.4), "width": (0.5, 0.75),
        "back": (0.4, 0.8)},
    wing={"span": (1.08, 1.32), "aspect": (4.9, 6.3), "taper": (0.35, 0.55), "sweep": (-2, 5),
        "centre": (0.29, 0.36), "dihedral": (4, 7), "ellipse": [0, 0, 0, 1.0, 0.5], "rounding": (0.1, 0.9),
        "thickness": (0.12, 0.15), "crank": (0.2, 0.35)},
    stabiliser={"span": (0.34, 0.44), "taper": (0.4, 0.65), "rounding": (0.2, 1.0), "sweep": (3, 12),
        "level": (0.1, 0.5), "centre": (0.92, 0.97)},
    fin={"span": (0.11, 0.17), "aspect": (0.9, 1.3), "sweep": (12, 32), "rounding": (0.4, 1.3)},
    power={"propeller": (0.3, 0.38), "spinner": (0.04, 0.075), "blades": [0, 0, 3, 4, -1]},
    gear=TAILDRAGGER | {"style": ["up", "up", "taildragger"], "height": (0.13, 0.17), "track": (0.13, 0.2),
        "wheel": (0.034, 0.042)},
    extra={"tanks": [0, 0, 0, 2]},
)

# F4U, P-47, F6F, Fw 190, La-7, SBD, TBF, Stuka
RADIAL_WARBIRD = WARBIRD.like(
    2, (8.8, 12.5),
    body={"width": (0.11, 0.145), "height": (1.1, 1.35), "nose": (0.1, 0.2), "nose_width": (0.55, 0.75),
        "bluntness": (0.35, 0.5), "tail": (0.55, 0.7)},
    wing={"dihedral": [5, 6, 0, -14], "outer_dihedral": [0, 0, 6, 20], "crank": (0.22, 0.38)},
    power={"spinner": (0.025, 0.04)},
)

# F4U Corsair, Ju 87
GULL_WARBIRD = RADIAL_WARBIRD.like(
    0.6, (10, 11.5),
    wing={"dihedral": (-16, -8), "outer_dihedral": (14, 24), "crank": (0.2, 0.3)},
)

# Mosquito, Bf 110, B-25, Ju 88, He 111, G4M, B-26, Beaufighter
WARTIME_TWIN = kind(
    2, (10.5, 20),
    body={"width": (0.075, 0.115), "height": (1.1, 1.4), "nose": (0.12, 0.22), "bluntness": (0.45, 0.65),
        "droop": (-0.1, 0.1), "tail": (0.5, 0.66), "tail_width": (0.05, 0.2), "tail_height": (0.08, 0.25),
        "upsweep": (0.15, 0.35), "slimming": (0.8, 1.2), "nose_width": 0.05},
    canopy={"style": ["bubble", "cockpit", "cabin"], "start": (0.12, 0.2), "end": (0.32, 0.5),
        "height": (0.15, 0.32), "width": (0.6, 0.8)},
    wing={"span": (1.2, 1.5), "aspect": (6.5, 9), "taper": (0.35, 0.5), "sweep": (0, 7),
        "centre": (0.34, 0.42), "level": (-0.6, 0.5), "dihedral": (0, 6), "rounding": (0.2, 1.3),
        "crank": (0.25, 0.35), "outer_dihedral": (-2, 3), "ellipse": [0, 0, 0.6], "thickness": (0.12, 0.16)},
    tail={"style": ["conventional", "conventional", "H"], "spread": (0.16, 0.2)},
    stabiliser=LIGHT_STABILISER | {"span": (0.42, 0.52), "taper": (0.45, 0.7), "rounding": (0.2, 1.0),
        "level": (0.2, 0.6), "centre": (0.93, 0.98)},
    fin=LIGHT_FIN | {"span": (0.14, 0.2), "aspect": (1.0, 1.4), "rounding": (0.3, 1.2), "sweep": (8, 28)},
    power={"style": "nacelles", "count": 2, "inner": (0.22, 0.32), "diameter": (0.065, 0.09),
        "length": (3, 4.5), "forward": (0.6, 1.0), "drop": (0, 0.3), "propeller": (0.2, 0.28),
        "blades": [0, 0, 3, 3, -1], "spinner": (0.025, 0.045)},
    gear=TAILDRAGGER | {"style": ["up", "up", "taildragger"], "height": (0.08, 0.12), "track": (0.16, 0.2),
        "wheel": (0.03, 0.035), "main": (0.3, 0.34)},
)

# B-17, B-24, B-29, Lancaster, Halifax, Fw 200, Tu-95
HEAVY_BOMBER = WARTIME_TWIN.like(
    2, (19, 48),
    body={"width": (0.075, 0.1), "nose": (0.1, 0.2)},
    wing={"span": (1.1, 1.52), "aspect": (7.5, 11.5), "centre": (0.36, 0.45), "level": (-0.4, 0.8),
        "sweep": [3, 5, 7, 33]},
    power={"style": ["nacelles", "nacelles", "nacelles", "wing_pushers"],
        "count": [4, 4, 4, 6], "inner": (0.2, 0.28), "outer": (0.42, 0.52), "diameter": (0.04, 0.06),
        "propeller": (0.14, 0.19)},
    fin={"glove": (0.2, 1.2), "span": (0.15, 0.24)},
    stabiliser={"span": (0.46, 0.6)},
    gear={"style": ["up", "up", "up", "taildragger"], "track": (0.13, 0.18), "wheel": (0.025, 0.032)},
)

# C310, Baron, Seneca, King Air, MU-2, DA42, Aztec
LIGHT_TWIN = WARTIME_TWIN.like(
    2.5, (7.8, 14),
    body={"width": (0.105, 0.145), "height": (0.95, 1.15), "roundness": (2.1, 3), "nose": (0.2, 0.32),
        "bluntness": (0.6, 0.9), "droop": (-0.2, -0.05), "tail": (0.45, 0.6), "tail_width": (0.05, 0.15),
        "tail_height": (0.12, 0.25)},
    canopy={"style": "cabin", "start": (0.2, 0.28), "end": (0.65, 0.85), "height": (0.2, 0.4),
        "width": (0.85, 0.95), "front": (0.22, 0.35), "back": (0.5, 0.7)},
    wing={"span": (1.1, 1.6), "aspect": (7, 10.5), "taper": (0.4, 0.9), "level": [-0.9, -0.8, -0.7, 1.0],
        "dihedral": (3, 7), "rounding": (0.1, 0.6), "outer_dihedral": 0.0, "centre": (0.36, 0.42),
        "winglet": [0, 0, 0.06], "ellipse": 0.0, "kink": [0, 0.2], "glove": [0, 0.3]},
    tail={"style": ["conventional", "conventional", "T", "cruciform"]},
    stabiliser={"level": (0.1, 0.6), "span": (0.38, 0.5), "sweep": (0, 15)},
    fin={"sweep": (25, 42), "rounding": (0.05, 0.4)},
    extra={"tip_tanks": [0, 0, 0, 0.35]},
    power={"inner": (0.27, 0.34), "diameter": (0.06, 0.085), "length": (3, 4.5), "drop": (-0.1, 0.15),
        "propeller": (0.19, 0.24), "blades": [0, 0, 2, 3, -1]},
    gear=TRICYCLE | {"style": ["up", "up", "tricycle"], "track": (0.16, 0.22)},
)

# fmt: on
WARBIRDS: dict[str, Kind] = {
    "propeller trainer": PROP_TRAINER,
    "inline warbird": WARBIRD,
    "radial warbird": RADIAL_WARBIRD,
    "gull-wing warbird": GULL_WARBIRD,
    "wartime twin": WARTIME_TWIN,
    "heavy bomber": HEAVY_BOMBER,
    "light twin": LIGHT_TWIN,
}
