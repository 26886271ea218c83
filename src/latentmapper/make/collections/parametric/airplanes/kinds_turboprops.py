"""Propeller airliners and transports."""

from latentmapper.make.collections.parametric.airplanes.ranges import Kind, kind

# fmt: off

# ATR, Dash 8, F27, An-24
TURBOPROP_AIRLINER = kind(
    3, (21, 33),
    body={"width": (0.09, 0.135), "height": (1.0, 1.08), "nose": (0.12, 0.18), "bluntness": (0.5, 0.62),
        "droop": (-0.25, -0.1), "tail": (0.38, 0.5), "tail_width": (0.08, 0.18), "tail_height": (0.1, 0.2),
        "upsweep": (0.28, 0.42), "belly": [0, 0.05, 0.14]},
    wing={"span": (0.88, 1.2), "aspect": (10.5, 13), "taper": (0.35, 0.55), "sweep": (-2, 4),
        "centre": (0.4, 0.47), "level": (0.8, 1.02), "dihedral": (0, 3), "crank": (0.3, 0.45), "kink": 0.0,
        "rounding": (0.1, 0.4), "thickness": (0.13, 0.17)},
    tail={"style": ["T", "T", "conventional", "cruciform"]},
    stabiliser={"span": (0.27, 0.4), "aspect": (4.5, 5.5), "taper": (0.5, 0.7), "sweep": (3, 10),
        "centre": (0.95, 0.985), "flush": True, "level": (0.3, 0.6), "dihedral": (0, 8), "thickness": 0.11},
    fin={"span": (0.16, 0.21), "aspect": (1.0, 1.5), "taper": (0.5, 0.7), "sweep": (18, 32),
        "centre": (0.94, 0.98), "flush": True, "dihedral": 0.0, "camber": 0.0, "glove": (0.4, 1.0),
        "glove_end": (0.2, 0.45), "thickness": 0.11},
    power={"style": "nacelles", "count": 2, "inner": (0.28, 0.36), "diameter": (0.04, 0.055),
        "length": (3.2, 5.5), "forward": (0.8, 1.3), "drop": (0.1, 0.4), "propeller": (0.13, 0.18),
        "blades": [0, 4, 4, 6, -1], "spinner": (0.02, 0.028)},
    gear={"style": ["up", "tricycle", "bogies"], "height": (0.035, 0.055), "track": (0.07, 0.15),
        "wheel": (0.014, 0.02), "main": (0.45, 0.5), "nose": (0.1, 0.13)},
)

# Jetstream, Beech 1900, Saab 340, Metro, Brasilia
COMMUTER_PROP = TURBOPROP_AIRLINER.like(
    1.5, (13, 25),
    body={"width": (0.085, 0.13), "nose": (0.16, 0.24), "bluntness": (0.55, 0.8), "belly": (0, 0.08)},
    wing={"level": (-0.9, -0.6), "dihedral": (5, 8), "span": (0.88, 1.1), "aspect": (9, 12)},
    tail={"style": ["conventional", "T", "cruciform"]},
    power={"drop": (-0.3, 0.2), "propeller": (0.14, 0.2)},
)

# DC-3, C-46, Convair, Il-14
OLD_TWIN_PROP = kind(
    1.5, (19, 26),
    body={"width": (0.11, 0.15), "height": (1.0, 1.15), "nose": (0.14, 0.2), "bluntness": (0.48, 0.58),
        "droop": (-0.1, 0.1), "tail": (0.45, 0.6), "tail_width": (0.03, 0.1), "tail_height": (0.05, 0.15),
        "upsweep": (0.2, 0.4), "slimming": (0.8, 1.1)},
    wing={"span": (1.15, 1.5), "aspect": (8.5, 10.5), "taper": (0.25, 0.45), "sweep": (2, 9),
        "centre": (0.34, 0.42), "level": (-0.9, -0.6), "dihedral": (0, 7), "crank": (0.25, 0.35),
        "outer_dihedral": (0, 5), "rounding": (0.3, 1.2), "kink": 0.0, "thickness": (0.13, 0.16)},
    stabiliser={"span": (0.4, 0.5), "aspect": (4, 5), "taper": (0.35, 0.55), "sweep": (5, 12),
        "centre": (0.93, 0.98), "flush": True, "level": (0.0, 0.3), "rounding": (0.3, 1.0)},
    fin={"span": (0.16, 0.22), "aspect": (1.0, 1.5), "taper": (0.35, 0.5), "sweep": (12, 30),
        "centre": (0.97, 1.0), "flush": True, "dihedral": 0.0, "camber": 0.0, "rounding": (0.4, 1.2),
        "glove": (0, 0.6), "glove_end": 0.35},
    power={"style": "nacelles", "count": 2, "inner": (0.18, 0.26), "diameter": (0.065, 0.085),
        "length": (2.8, 4.4), "forward": (0.5, 0.85), "drop": (-0.1, 0.2), "propeller": (0.17, 0.22),
        "blades": [0, 3, 3, 4], "spinner": (0.015, 0.025)},
    gear={"style": ["up", "taildragger", "tricycle"], "height": (0.07, 0.1), "track": (0.13, 0.16),
        "wheel": (0.024, 0.03), "main": (0.36, 0.4), "nose": 0.94},
)

# DC-4 to DC-7, Constellation, Il-18, Electra, Viscount; P-3
FOUR_PROP_AIRLINER = OLD_TWIN_PROP.like(
    2, (26, 36),
    body={"width": (0.085, 0.115), "tail": (0.4, 0.55), "nose": (0.1, 0.2)},
    wing={"span": (1.0, 1.3), "aspect": (8, 10), "taper": (0.3, 0.45), "centre": (0.38, 0.45),
        "dihedral": (4, 7.5)},
    tail={"style": ["conventional", "conventional", "triple"], "spread": (0.15, 0.19)},
    power={"count": 4, "inner": (0.22, 0.3), "outer": (0.48, 0.56), "diameter": (0.035, 0.05),
        "length": (3, 5), "propeller": (0.11, 0.15), "blades": [0, 3, 4, -1], "forward": (0.7, 1.2)},
    gear={"style": ["up", "bogies", "tricycle"], "height": (0.06, 0.09), "track": (0.12, 0.16),
        "wheel": (0.015, 0.022), "main": (0.44, 0.48), "nose": 0.12},
)

# C-130, An-12, A400M, C-160, G.222
TRANSPORT_FOUR_PROP = TURBOPROP_AIRLINER.like(
    3, (22, 46),
    body={"width": (0.115, 0.16), "height": (0.98, 1.1), "roundness": (2.0, 2.7), "nose": (0.14, 0.2),
        "bluntness": (0.48, 0.6), "tail": (0.4, 0.55), "upsweep": (0.35, 0.48), "belly": (0.0, 0.12),
        "tail_width": (0.15, 0.4), "tail_height": (0.08, 0.2), "slimming": (0.8, 1.1)},
    wing={"span": (0.95, 1.4), "aspect": (8.5, 10.5), "sweep": (0, 14), "taper": (0.35, 0.5),
        "centre": (0.36, 0.44)},
    tail={"style": ["conventional", "conventional", "T"]},
    stabiliser={"span": (0.4, 0.55), "level": (0.5, 0.9), "sweep": (4, 18)},
    fin={"span": (0.18, 0.24), "taper": (0.35, 0.6)},
    power={"count": [4, 4, 2], "inner": (0.24, 0.32), "outer": (0.5, 0.56), "diameter": (0.034, 0.05),
        "length": (3.5, 5.5), "propeller": (0.12, 0.17), "blades": [0, 4, 4, 8, -1], "drop": (0, 0.5)},
    gear={"track": (0.06, 0.08)},
)

# E-2, C-2
AWACS_PROP = TURBOPROP_AIRLINER.like(
    1, (17, 19),
    body={"width": (0.1, 0.13), "nose": (0.2, 0.28), "tail": (0.45, 0.6)},
    wing={"span": (1.35, 1.5), "aspect": (8.8, 9.6), "level": (0.7, 1.0)},
    tail={"style": "H", "spread": (0.19, 0.22), "canard": False},
    stabiliser={"span": (0.42, 0.48), "dihedral": (6, 11), "level": (0.4, 0.8)},
    fin={"span": (0.12, 0.17), "aspect": (1.1, 1.6), "sweep": (10, 25), "glove": 0.0},
    extra={"radome": [0.42, 0.42, 0]},
    power={"diameter": (0.055, 0.07), "propeller": (0.22, 0.25)},
)

# Twin Otter, Caribou, Skyvan, Islander, Do 28, Let 410
BUSH_TRANSPORT = TURBOPROP_AIRLINER.like(
    1.5, (11, 22),
    body={"width": (0.1, 0.15), "roundness": (2.6, 4.5), "nose": (0.18, 0.26), "bluntness": (0.55, 0.8),
        "tail": (0.45, 0.58)},
    wing={"span": (1.1, 1.4), "aspect": (9, 11), "taper": (0.6, 1.0), "sweep": (-1, 2), "rounding": (0, 0.3),
        "dihedral": (0, 4)},
    tail={"style": ["conventional", "cruciform", "T", "H"], "spread": (0.17, 0.2)},
    stabiliser={"span": (0.4, 0.5), "taper": (0.7, 1.0)},
    extra={"struts": [True, False]},
    power={"diameter": (0.05, 0.065), "propeller": (0.17, 0.22), "blades": [0, 3, 3], "drop": (0.1, 0.4),
        "length": (2.5, 4)},
    gear={"style": ["tricycle", "tricycle", "floats", "up"], "height": (0.06, 0.09), "track": (0.11, 0.15),
        "wheel": (0.025, 0.03)},
)

# fmt: on
TURBOPROPS: dict[str, Kind] = {
    "turboprop airliner": TURBOPROP_AIRLINER,
    "commuter turboprop": COMMUTER_PROP,
    "propliner twin": OLD_TWIN_PROP,
    "propliner four": FOUR_PROP_AIRLINER,
    "turboprop transport": TRANSPORT_FOUR_PROP,
    "early-warning turboprop": AWACS_PROP,
    "bush transport": BUSH_TRANSPORT,
}
