"""Gliders, canards, tandem wings, twin booms and flying boats."""

from latentmapper.make.collections.parametric.airplanes.kinds_light import (
    LIGHT_FIN,
    LIGHT_STABILISER,
    NOSE_PROP,
    TAILDRAGGER,
    TRICYCLE,
)
from latentmapper.make.collections.parametric.airplanes.ranges import Kind, kind

# fmt: off

# P-38, OV-10, C-119, Noratlas, Vampire, Fw 189
TWIN_BOOM = kind(
    2, (5.5, 14),
    body={"width": (0.12, 0.2), "height": (1.0, 1.2), "nose": (0.3, 0.45), "bluntness": (0.55, 0.8),
        "tail": (0.4, 0.55), "tail_width": (0.1, 0.3), "tail_height": (0.1, 0.35), "upsweep": (0.0, 0.3)},
    canopy={"style": ["bubble", "cabin"], "start": (0.22, 0.32), "end": (0.65, 0.9), "height": (0.25, 0.45),
        "width": (0.6, 0.85)},
    wing={"span": (1.7, 2.4), "aspect": (6, 8.5), "taper": (0.3, 1.0), "sweep": (-1, 6),
        "centre": (0.45, 0.6), "level": (-0.3, 0.9), "dihedral": (0, 6), "rounding": (0.1, 0.9)},
    tail={"style": "booms", "spread": (0.3, 0.4)},
    stabiliser={"span": 0.7, "aspect": (4, 5.5), "taper": 1.0, "sweep": 0.0, "centre": (1.45, 1.65),
        "flush": True, "level": [0.15, 0.15, 0.95], "dihedral": 0.0},
    fin=LIGHT_FIN | {"span": (0.22, 0.36), "aspect": (1.0, 1.5), "centre": (1.47, 1.67), "glove": 0.0},
    power={"style": "nacelles", "count": 2, "inner": 0.33, "diameter": (0.1, 0.13), "length": (3, 4),
        "forward": (0.6, 1.1), "drop": (-0.1, 0.1), "propeller": (0.35, 0.48), "blades": [0, 3, 3, -1],
        "spinner": (0.05, 0.07)},
    gear={"style": ["up", "tricycle"], "height": (0.1, 0.16), "track": (0.3, 0.4), "wheel": (0.04, 0.05),
        "main": (0.55, 0.65), "nose": 0.2},
)

# Skymaster, Vampire, Saab 21, Optica, Shadow drone
TWIN_BOOM_PUSHER = TWIN_BOOM.like(
    1.2, (4, 7.5),
    power={"style": ["pusher", "push_pull", "push_pull", "buried"], "count": 1, "diameter": 0.11,
        "length": 1.5, "intakes": "none"},
    wing={"level": [0.9, 1.2, 0.0], "aspect": (6, 9)},
    tail={"spread": (0.26, 0.36)},
    gear={"track": (0.2, 0.26)},
)

# Long-EZ, VariEze, Cozy, Starship, Avanti-like
CANARD_PUSHER = kind(
    2, (4.8, 14),
    body={"width": (0.12, 0.17), "height": (1.0, 1.2), "roundness": (2, 2.6), "nose": (0.35, 0.5),
        "bluntness": (0.6, 0.85), "droop": (-0.2, 0), "tail": (0.25, 0.45), "tail_width": (0.2, 0.45),
        "tail_height": (0.25, 0.5), "upsweep": (0.0, 0.25)},
    canopy={"style": ["bubble", "cabin"], "start": (0.2, 0.3), "end": (0.65, 0.85), "height": (0.2, 0.35),
        "width": (0.7, 0.9), "front": (0.3, 0.45)},
    wing={"span": (1.4, 1.75), "aspect": (7, 9.5), "taper": (0.35, 0.55), "sweep": (18, 28),
        "centre": (0.74, 0.84), "level": (-0.4, 0.3), "dihedral": (-2, 2), "glove": (0.5, 1.1),
        "glove_end": (0.25, 0.4), "winglet": (0.18, 0.26), "cant": (80, 92)},
    tail={"style": "none", "canard": True},
    canard={"span": (0.62, 0.82), "aspect": (9, 13), "taper": (0.6, 1.0), "sweep": (-2, 12),
        "centre": (0.1, 0.2), "level": (-0.2, 0.3), "dihedral": 0.0},
    power={"style": ["pusher", "pusher", "wing_pushers"], "count": 2, "inner": (0.24, 0.3),
        "diameter": (0.07, 0.085), "length": (2.6, 3.6), "forward": (0.0, 0.2), "drop": (-0.2, 0),
        "propeller": (0.28, 0.36), "blades": [0, 2, 3], "spinner": 0.05},
    gear={"style": ["up", "tricycle", "spats"], "height": (0.1, 0.14), "track": (0.2, 0.24),
        "wheel": (0.026, 0.032), "main": (0.7, 0.76), "nose": (0.14, 0.2)},
)

# Piaggio P.180: canard, wing and T-tail
AVANTI = CANARD_PUSHER.like(
    0.7, (13, 15),
    body={"width": (0.12, 0.14), "tail": (0.4, 0.5), "tail_width": 0.1, "tail_height": 0.15,
        "nose": (0.28, 0.36)},
    canopy={"style": "cockpit"},
    wing={"span": (0.95, 1.02), "aspect": (11, 13), "sweep": (0, 4), "centre": (0.58, 0.63), "winglet": 0,
        "glove": 0},
    tail={"style": "T"},
    canard={"span": (0.22, 0.26), "aspect": (4.5, 6), "centre": (0.08, 0.12), "level": -0.3},
    stabiliser={"span": (0.28, 0.32), "aspect": 4.5, "taper": 0.5, "sweep": (20, 28), "flush": True,
        "centre": 0.98},
    fin={"span": 0.16, "aspect": 1.1, "taper": 0.7, "sweep": 38, "centre": 0.97, "flush": True,
        "dihedral": 0.0, "camber": 0.0},
    power={"style": "wing_pushers", "inner": (0.28, 0.32), "diameter": (0.05, 0.06),
        "propeller": (0.14, 0.16)},
)

# Quickie, Dragonfly, Flying Flea, Proteus
TANDEM_WING = CANARD_PUSHER.like(
    0.8, (4.5, 8),
    wing={"span": (0.95, 1.25), "aspect": (8, 11), "sweep": (-3, 3), "centre": (0.66, 0.74),
        "level": (0.4, 0.9), "winglet": 0, "glove": 0.0},
    canard={"span": (0.95, 1.2), "aspect": (9, 12), "centre": (0.24, 0.3), "level": (-0.9, -0.5),
        "sweep": (0, 4), "dihedral": (0, 6)},
    tail={"style": "fin"},
    fin=LIGHT_FIN | {"span": (0.14, 0.18), "glove": 0.6},
    power=NOSE_PROP,
    canopy={"start": 0.34, "end": 0.7},
    body={"nose": (0.2, 0.3), "nose_width": 0.35, "tail": (0.5, 0.65), "tail_width": 0.06,
        "tail_height": 0.12},
    gear=TAILDRAGGER | {"style": ["up", "spats"], "height": 0.08, "track": 0.3},
)

# ASK 21, Discus, Nimbus, Blanik
GLIDER = kind(
    4, (6.2, 9.5),
    body={"width": (0.075, 0.1), "height": (1.15, 1.5), "roundness": (2.0, 2.3), "nose": (0.26, 0.4),
        "bluntness": (0.5, 0.68), "droop": (-0.3, -0.05), "tail": (0.5, 0.68), "tail_width": (0.1, 0.28),
        "tail_height": (0.1, 0.22), "upsweep": (0.05, 0.35), "slimming": (1.0, 2.2)},
    canopy={"style": "bubble", "start": (0.06, 0.12), "end": (0.32, 0.5), "height": (0.05, 0.2),
        "width": (0.75, 0.9), "front": (0.4, 0.6), "back": (0.4, 0.6)},
    wing={"span": (1.9, 3.0), "aspect": (15, 30), "taper": (0.3, 0.5), "sweep": (-2, 2),
        "centre": (0.34, 0.42), "level": (0.2, 0.95), "dihedral": (1.5, 4.5), "crank": (0.5, 0.75),
        "outer_dihedral": [0, 0, 3, 6], "ellipse": [0, 0.3, 0.6], "rounding": (0.1, 0.8),
        "winglet": [0, 0, 0.035], "thickness": (0.13, 0.16)},
    tail={"style": ["T", "T", "T", "cruciform", "conventional", "V"], "cant": (35, 45)},
    stabiliser={"span": (0.34, 0.5), "aspect": (5.5, 7.5), "taper": (0.45, 0.7), "sweep": (0, 8),
        "centre": (0.95, 1.0), "flush": True, "level": (0.2, 0.8), "dihedral": 0.0, "camber": 0.0},
    fin={"span": (0.15, 0.2), "aspect": (1.2, 1.8), "taper": (0.55, 0.8), "sweep": (5, 25),
        "centre": (0.97, 1.0), "flush": True, "dihedral": 0.0, "camber": 0.0, "glove": [0, 0.4]},
    gear={"style": ["up", "up", "up", "tricycle"], "height": 0.015, "track": 0.012, "wheel": (0.018, 0.024),
        "main": 0.4, "nose": 0.94},
)

# Ka 8, Grunau Baby, Schweizer, Minimoa
VINTAGE_GLIDER = GLIDER.like(
    1.2, (6, 8.5),
    wing={"span": (1.7, 2.3), "aspect": (10, 17), "taper": (0.4, 0.8), "level": (0.9, 1.5),
        "crank": (0.3, 0.45), "dihedral": (1, 12), "outer_dihedral": [0, -10]},
    tail={"style": "conventional"},
    fin={"rounding": (0.5, 1.2)},
    extra={"struts": [False, True]},
    body={"slimming": (0.7, 1.2)},
)

# Dimona, SF-25, Grob 109, Stemme
MOTOR_GLIDER = GLIDER.like(
    1.5, (7, 8.5),
    body={"width": (0.11, 0.14), "height": (0.95, 1.2), "nose": (0.22, 0.3), "nose_width": (0.2, 0.4),
        "slimming": (1.0, 1.8)},
    canopy={"start": (0.22, 0.28), "end": (0.5, 0.6), "height": (0.2, 0.4)},
    wing={"span": (1.9, 2.4), "aspect": (13, 18), "level": (-0.8, 0.1), "centre": (0.36, 0.42),
        "dihedral": (2, 5)},
    power={"style": "nose", "count": 1, "propeller": (0.2, 0.25), "blades": [0, 2, -1], "spinner": 0.035},
    tail={"style": ["T", "conventional", "cruciform"]},
    gear=TRICYCLE | {"style": ["taildragger", "spats", "up"], "height": 0.07, "track": 0.12, "main": 0.36,
        "nose": 0.95, "wheel": 0.024},
)

# Catalina, Sunderland, Do 24, CL-415, Be-12, Goose
FLYING_BOAT = kind(
    1.5, (10, 30),
    body={"width": (0.1, 0.14), "height": (1.1, 1.5), "roundness": (2.2, 3.2), "nose": (0.14, 0.24),
        "bluntness": (0.45, 0.65), "droop": (0.05, 0.25), "tail": (0.5, 0.65), "tail_width": (0.05, 0.2),
        "tail_height": (0.1, 0.25), "upsweep": (0.3, 0.5)},
    canopy={"style": ["cockpit", "bubble", "cabin"], "start": (0.1, 0.16), "end": (0.28, 0.4),
        "height": (0.15, 0.3), "width": 0.8},
    wing={"span": (1.15, 1.65), "aspect": (7.5, 10.5), "taper": (0.4, 1.0), "sweep": (0, 5),
        "centre": (0.38, 0.46), "level": [0.9, 1.0, 1.5, 1.9], "dihedral": (0, 3), "rounding": (0.1, 1.0)},
    extra={"struts": [True, False]},
    tail={"style": ["conventional", "cruciform", "H", "T"], "spread": (0.16, 0.2)},
    stabiliser=LIGHT_STABILISER | {"level": (0.35, 0.8), "span": (0.4, 0.5), "centre": (0.93, 0.98)},
    fin=LIGHT_FIN | {"span": (0.17, 0.24)},
    power={"style": "nacelles", "count": [2, 2, 4], "inner": (0.14, 0.24), "outer": (0.4, 0.46),
        "diameter": (0.05, 0.075), "length": (2.8, 4), "forward": (0.6, 1.0), "drop": (-0.35, 0.1),
        "propeller": (0.17, 0.22), "blades": [0, 3, 4], "spinner": 0.025},
    gear={"style": "hull", "height": (0.09, 0.14)},
)

# Lake, Icon A5, SeaRey: one engine on a pylon
AMPHIBIAN = FLYING_BOAT.like(
    0.8, (6.5, 9),
    power={"style": "pylon", "count": 1, "forward": (0.36, 0.44), "drop": (0.42, 0.55), "length": (2, 2.8),
        "diameter": (0.08, 0.1), "propeller": (0.2, 0.25)},
    wing={"level": (0.4, 0.9)},
    tail={"style": ["T", "cruciform", "conventional"]},
    canopy={"style": "bubble", "start": (0.1, 0.2), "end": (0.45, 0.55), "height": (0.25, 0.4)},
)

# fmt: on
UNUSUAL: dict[str, Kind] = {
    "twin boom": TWIN_BOOM,
    "twin-boom pusher": TWIN_BOOM_PUSHER,
    "canard pusher": CANARD_PUSHER,
    "three-surface pusher": AVANTI,
    "tandem wing": TANDEM_WING,
    "glider": GLIDER,
    "vintage glider": VINTAGE_GLIDER,
    "motor glider": MOTOR_GLIDER,
    "flying boat": FLYING_BOAT,
    "amphibian": AMPHIBIAN,
}
