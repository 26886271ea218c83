"""Light airplanes with one propeller."""

from latentmapper.make.collections.parametric.airplanes.ranges import Kind, kind

# fmt: off

LIGHT_FIN = {"span": (0.14, 0.2), "aspect": (1.1, 1.6), "taper": (0.4, 0.6), "sweep": (10, 38),
    "centre": (0.96, 1.0), "flush": True, "dihedral": 0.0, "camber": 0.0, "rounding": (0.1, 0.5),
    "glove": (0, 0.7), "glove_end": (0.2, 0.4), "thickness": 0.1}

LIGHT_STABILISER = {"span": (0.38, 0.46), "aspect": (3.5, 4.6), "taper": (0.6, 1.0), "sweep": (0, 8),
    "centre": (0.96, 1.02), "flush": True, "level": (-0.1, 0.4), "dihedral": (-1, 3), "rounding": (0.1, 0.5),
    "thickness": 0.1, "camber": 0.0}

NOSE_PROP = {"style": "nose", "count": 1, "propeller": (0.22, 0.27), "blades": [0, 0, 2, 3, -1],
    "spinner": (0.03, 0.045)}

TRICYCLE = {"style": ["tricycle", "tricycle", "spats", "up"], "height": (0.07, 0.11), "track": (0.13, 0.17),
    "wheel": (0.024, 0.032), "main": (0.4, 0.45), "nose": (0.1, 0.14)}

TAILDRAGGER = TRICYCLE | {"style": ["taildragger", "taildragger", "spats"], "height": (0.11, 0.16),
    "main": (0.24, 0.29), "nose": (0.93, 0.97)}

# Cessna 172/182/206, Husky
LIGHT_HIGH = kind(
    2.5, (7, 9.5),
    body={"width": (0.12, 0.15), "height": (0.95, 1.15), "roundness": (2.6, 3.6), "nose": (0.1, 0.2),
        "bluntness": (0.4, 0.6), "nose_width": (0.35, 0.55), "droop": (-0.15, 0.05), "tail": (0.55, 0.66),
        "tail_width": (0.04, 0.15), "tail_height": (0.15, 0.3), "upsweep": (0.15, 0.35),
        "slimming": (0.9, 1.3)},
    canopy={"style": "cabin", "start": (0.2, 0.26), "end": (0.66, 0.95), "height": (0.3, 0.5),
        "width": (0.85, 0.95), "front": (0.2, 0.3), "back": (0.5, 0.75)},
    wing={"span": (1.25, 1.42), "aspect": (7, 8), "taper": (0.6, 1.0), "sweep": (-1, 2),
        "centre": (0.26, 0.34), "level": (1.82, 2.02), "dihedral": (0.5, 2.5), "rounding": (0.05, 0.5),
        "thickness": (0.12, 0.15)},
    extra={"struts": [True, True, False]},
    stabiliser=LIGHT_STABILISER,
    fin=LIGHT_FIN,
    power=NOSE_PROP,
    gear=TRICYCLE,
)

# Piper Cub, Super Cub, Citabria, Storch, Beaver
LIGHT_BUSH = LIGHT_HIGH.like(
    2, (6.5, 9.5),
    body={"width": (0.1, 0.13), "height": (1.0, 1.25), "tail": (0.55, 0.68), "slimming": (0.8, 1.1),
        "upsweep": (0.05, 0.25)},
    wing={"span": (1.4, 1.65), "aspect": (5.8, 7.5), "taper": (0.9, 1.0), "rounding": (0.1, 0.8),
        "level": (1.8, 2.02)},
    fin={"sweep": (5, 25), "rounding": (0.5, 1.5), "span": (0.12, 0.17)},
    stabiliser={"rounding": (0.4, 1.2)},
    extra={"struts": True},
    gear=TAILDRAGGER | {"style": ["taildragger", "taildragger", "floats"], "wheel": (0.03, 0.045),
        "height": (0.13, 0.17), "track": (0.12, 0.16)},
)

# Pietenpol, Heath, MS.230, Catalina-like parasols
PARASOL = LIGHT_BUSH.like(
    1, (6, 9),
    canopy={"style": "open", "start": (0.3, 0.38), "end": (0.55, 0.7), "height": (0.08, 0.18), "width": 0.7},
    wing={"level": (2.0, 2.6), "span": (1.3, 1.6)},
    gear={"style": "taildragger"},
)

# PA-28, SR22, DR400, Bonanza, Mooney, RV
LIGHT_LOW = LIGHT_HIGH.like(
    3, (6.5, 9.5),
    body={"height": (0.9, 1.15), "width": (0.12, 0.16), "roundness": (2.2, 3.2), "nose_width": (0.25, 0.5)},
    canopy={"style": ["cabin", "cabin", "bubble"], "start": (0.24, 0.33), "end": (0.6, 0.8),
        "height": (0.3, 0.5), "front": (0.25, 0.45)},
    wing={"span": (1.05, 1.45), "aspect": (5.8, 10), "taper": (0.45, 1.0), "level": (-0.95, -0.6),
        "dihedral": (4, 8), "centre": (0.29, 0.37), "sweep": (-3, 3), "crank": (0.25, 0.5),
        "outer_dihedral": [0, 0, 0, 9]},
    tail={"style": ["conventional", "conventional", "conventional", "T"]},
    extra={"struts": False},
)

# Chunky drawings of airplanes
TOY = LIGHT_LOW.like(
    0.8, (6, 8),
    body={"width": (0.18, 0.32), "height": (0.9, 1.2), "bluntness": (0.4, 0.7)},
    wing={"span": (1.0, 1.35), "aspect": (3.5, 6), "level": (-0.9, 0.9), "thickness": (0.12, 0.18)},
    stabiliser={"span": (0.35, 0.6), "aspect": (2.5, 4)},
    fin={"span": (0.15, 0.28)},
)

# Bonanza 35
V_TAIL_LIGHT = LIGHT_LOW.like(
    1, (7.5, 8.5),
    tail={"style": "V", "cant": (30, 36)},
    stabiliser={"span": (0.42, 0.52), "sweep": (8, 18), "dihedral": 0.0},
)

# Extra, Zlin, Chipmunk, Ryan, Yak-52, Fournier
SPORT_LOW = LIGHT_LOW.like(
    1.5, (5.5, 8.5),
    canopy={"style": ["bubble", "open"], "start": (0.3, 0.38), "end": (0.55, 0.75), "height": (0.25, 0.45),
        "width": (0.6, 0.8)},
    wing={"span": (1.05, 1.4), "aspect": (5.2, 7), "taper": (0.4, 0.7), "rounding": (0, 0.8),
        "dihedral": (0, 7), "level": (-0.8, 0.0)},
    gear=TAILDRAGGER,
    fin={"rounding": (0.1, 1.3), "sweep": (5, 30)},
)

# Gee Bee, Caudron, Comper
RACER = SPORT_LOW.like(
    0.6, (4.5, 7),
    body={"width": (0.16, 0.24), "nose_width": (0.5, 0.7), "tail": (0.6, 0.7), "height": (1.0, 1.1)},
    wing={"span": (1.2, 1.5), "aspect": (5, 7)},
    canopy={"start": (0.55, 0.65), "end": (0.85, 0.92), "height": (0.2, 0.35), "width": 0.45},
)

# PC-12, TBM, Malibu
CABIN_TURBOPROP = LIGHT_LOW.like(
    1.5, (8.7, 14.5),
    body={"width": (0.1, 0.13), "height": (1.05, 1.2), "roundness": (2.0, 2.5), "nose": (0.2, 0.3),
        "nose_width": (0.15, 0.3), "tail": (0.45, 0.6), "upsweep": (0.2, 0.35)},
    canopy={"style": ["cabin", "cockpit"], "start": (0.22, 0.28), "end": (0.7, 0.9), "height": (0.15, 0.3)},
    wing={"span": (1.05, 1.3), "aspect": (8, 11), "taper": (0.4, 0.6), "winglet": [0, 0.08]},
    tail={"style": ["T", "conventional", "conventional"]},
    fin={"sweep": (28, 40), "span": (0.14, 0.18)},
    power={"propeller": (0.17, 0.24), "blades": [0, 4, 5]},
)

# Caravan, Kodiak, Porter, Otter
UTILITY_TURBOPROP = LIGHT_HIGH.like(
    1, (10, 13.5),
    body={"nose": (0.14, 0.25), "nose_width": (0.2, 0.4)},
    canopy={"height": (0.15, 0.35), "end": (0.75, 0.9)},
    wing={"aspect": (8, 10), "level": (1.8, 2.0), "centre": (0.36, 0.42)},
    gear={"style": ["tricycle", "floats", "taildragger", "spats"]},
)

# Air Tractor, Thrush, Dromader, Pawnee
AGRICULTURAL = LIGHT_LOW.like(
    1.2, (8, 11.5),
    canopy={"style": "cabin", "start": (0.4, 0.48), "end": (0.7, 0.95), "height": (0.5, 0.75),
        "width": (0.5, 0.7), "front": (0.12, 0.25), "back": (0.6, 0.8)},
    body={"nose": (0.14, 0.3), "nose_width": (0.2, 0.45), "height": (1.1, 1.4), "width": (0.1, 0.13)},
    wing={"span": (1.4, 1.75), "aspect": (7, 9), "taper": (0.75, 1.0), "centre": (0.33, 0.38),
        "outer_dihedral": 0.0},
    gear=TAILDRAGGER | {"style": "taildragger"},
    tail={"style": "conventional"},
)

FLOATPLANE = LIGHT_HIGH.like(
    1, (8, 12.5),
    gear={"style": "floats", "height": (0.17, 0.22), "track": (0.13, 0.16), "wheel": (0.026, 0.034),
        "main": 0.4},
)

# Tiger Moth, Stearman, Pitts, Po-2, Ag-Cat
BIPLANE = LIGHT_HIGH.like(
    3, (5.5, 9.5),
    body={"width": (0.095, 0.14), "height": (1.1, 1.4), "nose": (0.1, 0.25), "nose_width": (0.35, 0.75),
        "tail": (0.58, 0.7), "upsweep": (0.05, 0.3), "roundness": (2, 3)},
    canopy={"style": ["open", "open", "bubble"], "start": (0.4, 0.48), "end": (0.66, 0.85),
        "height": (0.12, 0.25), "width": (0.6, 0.8), "front": 0.2},
    wing={"span": (1.02, 1.32), "aspect": (5.5, 7.5), "taper": (0.9, 1.0), "sweep": (0, 10),
        "centre": (0.28, 0.36), "level": (2.0, 2.6), "dihedral": (0, 4), "rounding": (0.2, 0.9),
        "thickness": (0.09, 0.12)},
    extra={"struts": True, "gap": (0.18, 0.24), "stagger": (-0.02, 0.08), "lower": (0.8, 1.0)},
    stabiliser={"rounding": (0.4, 1.2), "span": (0.38, 0.46), "level": (-0.1, 0.4)},
    fin={"rounding": (0.5, 1.5), "sweep": (5, 30), "span": (0.12, 0.17)},
    gear=TAILDRAGGER | {"style": ["taildragger", "taildragger", "taildragger", "floats"],
        "height": (0.13, 0.17), "track": (0.11, 0.14), "wheel": (0.034, 0.045)},
    power={"propeller": (0.26, 0.33)},
)

# Staggerwing, An-2, Waco, Dragon Rapide
CABIN_BIPLANE = BIPLANE.like(
    1.2, (7.5, 13),
    body={"width": (0.12, 0.16), "nose_width": (0.6, 0.75), "nose": (0.1, 0.16), "bluntness": (0.38, 0.5)},
    canopy={"style": "cabin", "start": (0.2, 0.28), "end": (0.65, 0.85), "height": (0.3, 0.45),
        "width": (0.85, 0.95), "front": 0.25},
    wing={"level": (1.85, 2.1), "span": (1.15, 1.45)},
    extra={"stagger": (-0.14, 0.05), "gap": (0.17, 0.22), "lower": (0.75, 1.0)},
)

# Camel, SE5, Fokker D.VII and Dr.I, Swordfish
WAR_BIPLANE = BIPLANE.like(
    1.5, (5.6, 9.5),
    wing={"aspect": (5, 6.5), "span": (1.2, 1.5), "level": (1.7, 2.3)},
    extra={"third": [False, False, True], "gap": (0.22, 0.28), "stagger": (0.0, 0.08)},
    canopy={"style": "open"},
    body={"nose_width": (0.5, 0.75), "nose": (0.06, 0.14), "bluntness": (0.3, 0.45)},
    gear={"wheel": (0.045, 0.058), "style": "taildragger"},
)

# fmt: on
LIGHT: dict[str, Kind] = {
    "light high-wing": LIGHT_HIGH,
    "bush airplane": LIGHT_BUSH,
    "parasol": PARASOL,
    "light low-wing": LIGHT_LOW,
    "toy": TOY,
    "light V-tail": V_TAIL_LIGHT,
    "sport airplane": SPORT_LOW,
    "racer": RACER,
    "cabin turboprop": CABIN_TURBOPROP,
    "utility turboprop": UTILITY_TURBOPROP,
    "agricultural": AGRICULTURAL,
    "floatplane": FLOATPLANE,
    "biplane": BIPLANE,
    "cabin biplane": CABIN_BIPLANE,
    "war biplane": WAR_BIPLANE,
}
