"""The words that shapes are edited by, and what each stands for."""

from dataclasses import dataclass, field

Sense = tuple[str, float]
"""A slider, and which way along it."""


@dataclass(frozen=True)
class Part:
    """Something that can be spoken of: the whole object, or a part of it."""

    nouns: tuple[str, ...]
    """What it is called; plural and singular are listed both."""
    senses: dict[str, Sense]
    """Adjective -> what it means of this part."""


@dataclass(frozen=True)
class Vocabulary:
    """What is understood about one category."""

    whole: Part
    parts: tuple[Part, ...] = ()
    labels: dict[str, Sense] = field(default_factory=dict)
    """Words, several joined by blanks, that name a label."""


def _pair(slider: str, more: str, less: str) -> dict[str, Sense]:
    """Adjectives, separated by blanks, for more and for less of a slider."""
    return dict.fromkeys(more.split(), (slider, 1.0)) | dict.fromkeys(less.split(), (slider, -1.0))


def _unmoved(*nouns: str) -> tuple[Part, ...]:
    """Parts that no slider moves, by all their names: what is said of them is not meant of the whole."""
    return tuple(Part(tuple(each.split()), {}) for each in nouns)


SIZE = ("longer larger bigger long large big", "shorter smaller short small")
HEIGHT = ("higher taller high tall raised", "lower low lowered")
WIDTH = ("wider broader wide broad", "narrower slimmer narrow slim")
SLOPE = ("steeper upright", "flatter raked sloping sloped slanted")

_PROPORTIONS = (
    _pair("length", "longer long elongated stretched", "shorter short compact")
    | _pair("height", *HEIGHT)
    | _pair("width", *WIDTH)
)
CAR = Vocabulary(
    Part(
        ("car", "cars", "vehicle", "automobile", "auto"),
        _PROPORTIONS
        | _pair("sporty", "sportier sporty sleeker sleek faster fast", "unsporty")
        | _pair("roof_width", "boxier boxy", "rounder"),
    ),
    (
        Part(("bonnet", "hood"), _pair("bonnet", *SIZE) | _pair("bonnet_height", *HEIGHT)),
        Part(("nose", "front"), _pair("bonnet_height", *HEIGHT) | _pair("bonnet", *SIZE)),
        Part(("boot", "trunk", "bed", "deck"), _pair("boot", *SIZE) | _pair("boot_height", *HEIGHT)),
        Part(("rear", "tail", "back"), _pair("boot_height", *HEIGHT) | _pair("rear_overhang", *SIZE)),
        Part(("wheels", "wheel", "tyres", "tires", "rims"), _pair("wheels", *SIZE)),
        Part(("roof", "cabin", "greenhouse"), _pair("roof_width", *WIDTH) | _pair("height", *HEIGHT)),
        Part(("windscreen", "windshield"), _pair("windscreen", *SLOPE)),
        Part(("rear window", "backlight"), _pair("rear_window", *SLOPE)),
        Part(
            ("clearance", "ground clearance", "suspension"),
            _pair("clearance", "more higher larger raised", "less lower smaller"),
        ),
        Part(("front overhang",), _pair("front_overhang", *SIZE)),
        Part(("rear overhang",), _pair("rear_overhang", *SIZE)),
        *_unmoved("wheelbase", "door doors", "window windows", "mirror mirrors", "bumper bumpers"),
    ),
    {
        **{name: (name, 1.0) for name in ("sedan", "hatchback", "wagon", "coupe", "convertible", "suv")},
        **{name: (name, 1.0) for name in ("pickup", "van", "minivan")},
        "saloon": ("sedan", 1.0),
        "estate": ("wagon", 1.0),
        "cabriolet": ("convertible", 1.0),
        "roadster": ("convertible", 1.0),
        "sports car": ("sporty", 1.5),
        "off-roader": ("suv", 1.0),
        "pick-up": ("pickup", 1.0),
        "truck": ("pickup", 1.0),
        "pickup truck": ("pickup", 1.0),
        "pick-up truck": ("pickup", 1.0),
        "station wagon": ("wagon", 1.0),
        "estate car": ("wagon", 1.0),
        "fastback": ("rear_window", -1.0),
    },
)
AIRPLANE = Vocabulary(
    Part(("airplane", "aeroplane", "plane", "aircraft", "jet"), _PROPORTIONS),
    (
        Part(("wing", "wings"), _pair("span", *SIZE) | _pair("wing_level", *HEIGHT) | _pair("chord", *WIDTH)),
        Part(("span", "wingspan"), _pair("span", *SIZE) | _pair("span", *WIDTH)),
        Part(("fuselage", "body"), _pair("body", "wider thicker fatter stouter", "slimmer thinner narrower")),
        Part(("tail", "fin"), _pair("tail_height", *HEIGHT) | _pair("tail_height", *SIZE)),
        Part(
            ("tailplane", "stabiliser", "stabilizer"), _pair("tail_span", *SIZE) | _pair("tail_span", *WIDTH)
        ),
        Part(("sweep",), _pair("sweep", "more larger stronger", "less smaller weaker")),
        *_unmoved("engine engines", "propeller propellers", "cockpit", "nose", "window windows"),
    ),
    {
        "swept wings": ("sweep", 1.0),
        "swept": ("sweep", 1.0),
        "straight wings": ("sweep", -1.0),
        "straight wing": ("sweep", -1.0),
        "high wing": ("wing_level", 1.0),
        "high-wing": ("wing_level", 1.0),
        "low wing": ("wing_level", -1.0),
        "low-wing": ("wing_level", -1.0),
        "t-tail": ("t-tail", 1.0),
        "t tail": ("t-tail", 1.0),
        "v-tail": ("v-tail", 1.0),
        "v tail": ("v-tail", 1.0),
        "twin tail": ("twin-tail", 1.0),
        "tailless": ("tailless", 1.0),
        "single-engine": ("single-engine", 1.0),
        "single engine": ("single-engine", 1.0),
        "one engine": ("single-engine", 1.0),
        "twin-engine": ("twin-engine", 1.0),
        "twin engine": ("twin-engine", 1.0),
        "two engines": ("twin-engine", 1.0),
        "twin-jet": ("twin-engine", 1.0),
        **{f"{count}-engined": (f"{count}-engine", 1.0) for count in ("single", "twin", "four")},
        "four-engine": ("four-engine", 1.0),
        "four engine": ("four-engine", 1.0),
        "four engines": ("four-engine", 1.0),
        "biplane": ("biplane", 1.0),
        "delta wing": ("delta", 1.0),
        "delta": ("delta", 1.0),
        "floatplane": ("floats", 1.0),
        "seaplane": ("floats", 1.0),
        "floats": ("floats", 1.0),
        "airliner": ("airliner", 1.0),
        "fighter": ("fighter", 1.0),
        "fighter jet": ("fighter", 1.0),
        "light airplane": ("light-airplane", 1.0),
        "business jet": ("business-jet", 1.0),
        "glider": ("glider", 1.0),
        **{f"{gear} down": ("wheels-down", 1.0) for gear in ("wheels", "gear", "landing gear")},
        **{f"{gear} up": ("wheels-down", -1.0) for gear in ("wheels", "gear", "landing gear")},
        **{f"{wings} further back": ("wing_place", 1.0) for wings in ("wing", "wings")},
        **{f"{wings} further forward": ("wing_place", -1.0) for wings in ("wing", "wings")},
        **{f"engines {place} the wings": ("jet-pods", 1.0) for place in ("under", "below")},
        **{f"engines {place} the wing": ("jet-pods", 1.0) for place in ("under", "below")},
        "engines at the rear": ("rear-jets", 1.0),
        "rear engines": ("rear-jets", 1.0),
        "rear-engined": ("rear-jets", 1.0),
        "propellers on the wing": ("propellers-on-wing", 1.0),
        "propellers on the wings": ("propellers-on-wing", 1.0),
        "propeller in the nose": ("nose-propeller", 1.0),
    },
)
ANYTHING = Vocabulary(
    Part(("one", "object", "shape"), _PROPORTIONS),
    (
        Part(("front",), _pair("front_height", *HEIGHT)),
        Part(("rear", "back"), _pair("rear_height", *HEIGHT)),
        Part(("top",), _pair("upper_width", *WIDTH)),
    ),
)


def vocabulary_of(category: str) -> Vocabulary:
    """What is understood about a category; of categories of your own, their proportions."""
    return {"car": CAR, "airplane": AIRPLANE}.get(category, ANYTHING)
