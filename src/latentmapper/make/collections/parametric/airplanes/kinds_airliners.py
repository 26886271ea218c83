"""Jet airliners, business jets and jet transports: ranges of published dimensions."""

from latentmapper.make.collections.parametric.airplanes.ranges import Kind, kind

# fmt: off

GEAR_BOGIES = {"style": ["up", "bogies", "tricycle"], "height": (0.035, 0.06), "track": (0.05, 0.08),
    "wheel": (0.012, 0.017), "main": (0.5, 0.54), "nose": (0.1, 0.14)}

NARROWBODY = kind(
    3, (30, 47),
    body={"width": (0.082, 0.128), "height": (1.0, 1.08), "roundness": (2.0, 2.15), "nose": (0.11, 0.17),
        "bluntness": (0.5, 0.62), "droop": (-0.22, -0.1), "tail": (0.3, 0.42), "slimming": (0.9, 1.15),
        "tail_width": (0.08, 0.16), "tail_height": (0.1, 0.2), "upsweep": (0.22, 0.38), "belly": (0.02, 0.1)},
    wing={"span": (0.78, 1.12), "aspect": (8.5, 10.5), "taper": (0.2, 0.32), "sweep": (23, 28),
        "centre": (0.44, 0.5), "level": (-0.8, -0.5), "dihedral": (4, 7), "crank": (0.3, 0.4),
        "kink": (0.25, 0.5), "glove": (0.0, 0.15), "winglet": [0, 0, 0.1, 0.14, 0.07], "cant": (65, 88),
        "thickness": (0.11, 0.14)},
    stabiliser={"span": (0.28, 0.42), "aspect": (4.2, 5.5), "taper": (0.3, 0.45), "sweep": (26, 33),
        "centre": (0.96, 0.99), "flush": True, "level": (0.1, 0.4), "dihedral": (4, 8), "thickness": 0.1},
    fin={"span": (0.14, 0.22), "aspect": (1.5, 1.9), "taper": (0.28, 0.4), "sweep": (33, 40),
        "centre": (0.93, 0.97), "flush": True, "dihedral": 0.0, "camber": 0.0, "thickness": 0.1,
        "glove": [0, 0.3, 0.5, 0.8], "glove_end": (0.12, 0.3)},
    power={"style": "pods", "count": 2, "inner": (0.29, 0.37), "diameter": (0.045, 0.072),
        "length": (1.6, 2.3), "forward": (0.5, 0.9), "drop": (0.65, 0.95)},
    gear=GEAR_BOGIES,
)

WIDEBODY = NARROWBODY.like(
    2, (47, 75),
    body={"width": (0.075, 0.12), "nose": (0.1, 0.15), "tail": (0.33, 0.42)},
    wing={"span": (0.8, 1.08), "aspect": (7.5, 10), "sweep": (28, 33), "winglet": [0, 0, 0.08, 0.12],
        "cant": (25, 80)},
    stabiliser={"span": (0.28, 0.37)},
    fin={"span": (0.13, 0.18)},
    power={"diameter": (0.043, 0.062), "inner": (0.29, 0.36)},
)

QUAD_JET = WIDEBODY.like(
    2.5, (45, 76),
    body={"width": (0.08, 0.1), "height": (1.0, 1.22), "hump": [0, 0, 0.14, 0.2], "hump_start": (0.02, 0.04),
        "hump_end": (0.25, 0.5)},
    wing={"span": (0.85, 1.12), "sweep": (27, 37), "aspect": (6.8, 9.5), "winglet": [0, 0, 0.06]},
    power={"count": 4, "inner": (0.32, 0.42), "outer": (0.62, 0.72), "diameter": (0.03, 0.048),
        "length": (1.7, 3.2), "forward": (0.6, 1.1)},
)

# 707, DC-8, Comet successors; with a dish, the early-warning airplane
OLD_QUAD_JET = QUAD_JET.like(
    1, (40, 57),
    body={"hump": 0.0, "height": (1.0, 1.12)},
    wing={"sweep": (30, 36), "winglet": 0, "aspect": (6.8, 7.8)},
    extra={"radome": [0, 0, 0.2]},
)

# Comet, Tu-104, Tu-16, Victor, Nimrod
ROOT_JET = OLD_QUAD_JET.like(
    1, (33, 40),
    wing={"sweep": (20, 36), "kink": (0.2, 0.5), "level": (-0.7, 0.2), "span": (0.85, 1.05)},
    power={"count": 2, "inner": (0.12, 0.17), "diameter": (0.045, 0.06), "length": (4, 5.5),
        "forward": (0.0, 0.15), "drop": (-0.05, 0.15)},
    fin={"glove": (0, 0.8)},
    extra={"radome": 0},
)

REAR_JET = NARROWBODY.like(
    2.5, (25, 47),
    body={"width": (0.07, 0.12), "nose": (0.1, 0.16), "tail": (0.22, 0.34), "upsweep": (0.1, 0.3),
        "belly": (0.02, 0.15)},
    wing={"span": (0.7, 0.98), "centre": (0.5, 0.58), "sweep": (16, 27), "kink": (0.1, 0.5),
        "glove": (0, 0.3), "winglet": [0, 0, 0.1, 0.12]},
    tail={"style": "T"},
    stabiliser={"span": (0.23, 0.34), "aspect": (3.8, 5), "dihedral": (-3, 2), "sweep": (22, 32)},
    fin={"span": (0.12, 0.19), "aspect": (0.95, 1.3), "taper": (0.6, 0.8), "sweep": (36, 44),
        "centre": (0.94, 0.98)},
    power={"style": "rear", "count": 2, "diameter": (0.04, 0.055), "length": (2.2, 3.8),
        "forward": (0.7, 0.78), "drop": (0.15, 0.5)},
)

# 727, Tu-154, Trident
TRIJET = REAR_JET.like(
    1.5, (35, 48),
    power={"count": 3, "centre": True, "diameter": (0.035, 0.045), "length": (2.4, 4)},
    wing={"sweep": (28, 36), "centre": (0.52, 0.57)},
    fin={"aspect": (0.85, 1.1)},
)

# VC10, Il-62
REAR_QUAD = REAR_JET.like(
    0.8, (46, 54),
    power={"count": 4, "diameter": (0.03, 0.036), "length": (3, 4.2), "forward": (0.74, 0.8)},
    wing={"sweep": (31, 35), "span": (0.8, 0.95)},
)

# DC-10, MD-11, L-1011
WIDE_TRIJET = WIDEBODY.like(
    1, (50, 61),
    power={"count": 2, "centre": True},
    fin={"centre": (0.95, 0.98), "aspect": (1.2, 1.6)},
    wing={"sweep": (33, 37), "aspect": (7, 8)},
)

# Concorde, Tu-144
SST = kind(
    2, (56, 66),
    body={"width": (0.042, 0.056), "height": (1.0, 1.15), "nose": (0.14, 0.26), "bluntness": (0.7, 1.0),
        "droop": (-0.3, 0.1), "tail": (0.2, 0.36), "tail_width": (0.03, 0.1), "tail_height": 0.05,
        "upsweep": (0.0, 0.3)},
    wing={"span": (0.38, 0.46), "aspect": (2.4, 3.2), "taper": (0.08, 0.2), "sweep": (34, 44),
        "centre": (0.82, 0.95), "flush": True, "level": (-0.7, -0.4), "dihedral": (-2, 1),
        "glove": (1.0, 1.9), "glove_end": (0.45, 0.75), "ogive": (1.5, 2.8), "thickness": (0.04, 0.055),
        "rounding": (0.05, 0.3), "camber": 0.0},
    tail={"style": "fin"},
    fin={"span": (0.12, 0.15), "aspect": (0.75, 0.95), "taper": (0.2, 0.35), "sweep": (42, 52),
        "centre": (0.9, 0.97), "flush": True, "dihedral": 0.0, "camber": 0.0, "thickness": 0.06,
        "glove": [0, 0.4], "rounding": 0.05},
    power={"style": "pods", "paired": [True, True, False], "count": 4, "inner": (0.36, 0.5),
        "outer": (0.5, 0.7), "diameter": (0.024, 0.03), "length": (5, 7), "forward": (-0.2, 0.1),
        "drop": (0.4, 0.55)},
    gear={"style": ["up", "up", "bogies"], "height": (0.06, 0.07), "track": (0.05, 0.06), "wheel": 0.011,
        "main": (0.58, 0.63), "nose": (0.28, 0.32)},
)

BUSINESS_JET = REAR_JET.like(
    3, (12, 30),
    body={"width": (0.095, 0.14), "nose": (0.16, 0.25), "bluntness": (0.55, 0.75), "tail": (0.35, 0.5),
        "droop": (-0.3, -0.12)},
    wing={"span": (0.85, 1.05), "aspect": (7, 10), "sweep": (8, 33), "centre": (0.5, 0.58), "kink": (0, 0.4),
        "winglet": [0, 0.1, 0.13, 0.16], "crank": (0.25, 0.45)},
    tail={"style": ["T", "T", "cruciform"]},
    stabiliser={"span": (0.28, 0.42), "level": (0.35, 0.7)},
    fin={"span": (0.14, 0.19), "aspect": (0.9, 1.4)},
    power={"diameter": (0.05, 0.07), "length": (2.2, 3.4), "forward": (0.6, 0.7), "drop": (0.2, 0.7),
        "count": 2},
    extra={"tip_tanks": [0, 0, 0, 0, 0.28]},
    gear={"style": ["up", "tricycle"], "height": (0.035, 0.06), "wheel": (0.014, 0.02),
        "track": (0.07, 0.12)},
)

# Falcon 50/900, Yak-40
BUSINESS_TRIJET = BUSINESS_JET.like(
    0.7, (17, 24),
    power={"count": 3, "centre": True, "diameter": (0.04, 0.052)},
    extra={"tip_tanks": 0},
)

LIGHT_JET = BUSINESS_JET.like(
    1.5, (9, 13),
    body={"width": (0.13, 0.17), "tail": (0.45, 0.55), "height": (1.0, 1.1)},
    wing={"span": (1.05, 1.3), "sweep": (0, 8), "aspect": (8, 10), "centre": (0.48, 0.55), "kink": 0.0},
    stabiliser={"sweep": (8, 18), "span": (0.38, 0.46)},
    extra={"tip_tanks": [0, 0, 0.3]},
)

# C-17, C-5, C-141, Il-76, An-124, BAe 146, Kawasaki C-2
TRANSPORT_JET = NARROWBODY.like(
    2, (26, 76),
    body={"width": (0.09, 0.135), "height": (1.0, 1.15), "tail": (0.4, 0.52), "upsweep": (0.32, 0.46),
        "belly": (0.05, 0.18), "roundness": (2.0, 2.4), "bluntness": (0.48, 0.58)},
    wing={"level": (0.75, 1.0), "dihedral": (-5, -2), "span": (0.85, 1.1), "sweep": (13, 27),
        "aspect": (7, 9), "centre": (0.4, 0.46), "winglet": [0, 0, 0.08], "kink": (0.1, 0.4)},
    tail={"style": ["T", "T", "T", "conventional", "H"], "spread": (0.15, 0.18)},
    stabiliser={"dihedral": (-4, 0), "level": (0.5, 0.8), "span": (0.32, 0.42)},
    fin={"span": (0.15, 0.2), "aspect": (0.95, 1.3), "taper": (0.6, 0.85), "sweep": (28, 40),
        "centre": (0.95, 0.99)},
    power={"count": [4, 4, 4, 4, 2, 6], "inner": (0.3, 0.38), "outer": (0.56, 0.66),
        "diameter": (0.035, 0.055), "drop": (0.75, 1.0)},
    extra={"radome": [0, 0, 0, 0, 0, 0.2]},
)

# Super Guppy, Beluga, Dreamlifter
OUTSIZE = NARROWBODY.like(
    0.7, (43, 72),
    body={"hump": (0.35, 0.65), "hump_start": (0.08, 0.16), "hump_end": (0.75, 0.9), "width": (0.1, 0.13)},
)

# fmt: on
AIRLINERS: dict[str, Kind] = {
    "narrowbody": NARROWBODY,
    "widebody": WIDEBODY,
    "quad jet": QUAD_JET,
    "early quad jet": OLD_QUAD_JET,
    "root-engine jet": ROOT_JET,
    "rear-engine jet": REAR_JET,
    "trijet": TRIJET,
    "rear quad jet": REAR_QUAD,
    "wide trijet": WIDE_TRIJET,
    "supersonic transport": SST,
    "business jet": BUSINESS_JET,
    "business trijet": BUSINESS_TRIJET,
    "light jet": LIGHT_JET,
    "jet transport": TRANSPORT_JET,
    "outsize transport": OUTSIZE,
}
