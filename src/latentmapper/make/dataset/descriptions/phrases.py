"""Attributes in words: one phrase for each of their values."""

from collections.abc import Mapping

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
ENGINES = {"jet": "jet engine", "propeller": "propeller"}
FORMS = {
    "pods": "under the wings",
    "pods+fin": "under the wings and at the fin",
    "nacelles": "on the wings",
    "wing_pushers": "behind the wings",
    "rear": "at the tail",
    "nose": "in the nose",
    "pusher": "at the rear of the body",
    "push_pull": "at both ends of the body",
    "buried": "in the body",
    "top": "on top of the body",
    "pylon": "on a pylon above the body",
}
TAILS = {
    "conventional": "a conventional tail",
    "T": "a T-tail",
    "cruciform": "a cruciform tail",
    "V": "a V-tail",
    "twin": "twin fins",
    "twin_only": "twin fins and no tailplane",
    "H": "fins at the ends of its tailplane",
    "triple": "a triple tail",
    "booms": "twin tail booms",
    "fin": "a fin and no tailplane",
    "none": "no tail",
}
WINGS = {
    "low": "a low wing",
    "mid": "a wing at mid height",
    "high": "a high wing",
    "parasol": "a parasol wing above the body",
}
LEVELS = {"biplane": "two wings one above the other", "triplane": "three wings one above the other"}
GEARS = {
    "up": "its landing gear retracted",
    "tricycle": "its landing gear down",
    "bogies": "its landing gear down",
    "taildragger": "a tailwheel",
    "spats": "wheel spats",
    "floats": "floats",
    "hull": "a boat hull",
}
BODIES = {
    "suv": "SUV",
    "pickup": "pickup truck",
    "wagon": "station wagon",
    "van": "van",
}
EXTRAS = {
    "cab": {"crew": "a crew cab", "extended": "an extended cab", "regular": "a regular cab"},
    "roof": {"open": "its roof open", "soft top": "a closed soft top"},
    "rails": {"yes": "roof rails"},
    "sunroof": {"yes": "a sunroof"},
    "spoiler": {"lip": "a lip spoiler", "wing": "a rear wing", "roof": "a roof spoiler"},
    "windows": {"panel": "closed panels behind the doors", "glazed": "windows all around"},
}


def noun(attributes: Mapping[str, str]) -> str:
    """What a shape is, in the plainest words that are specific: "narrow-body airliner", "taxi"."""
    if attributes["category"] != "car":
        return attributes.get("noun", attributes["category"])
    body, kind = attributes.get("body"), attributes.get("kind", "car")
    if kind == "car":
        return BODIES.get(body, body) if body else "car"
    return kind


def engines(attributes: Mapping[str, str]) -> str | None:
    """ "two jet engines under the wings"; None where not all of it is known, or is called something else."""
    if attributes.get("propulsion") == "none":
        return "no engine"
    count = dict(zip(map(str, range(len(NUMBERS))), NUMBERS, strict=True)).get(attributes.get("engines", ""))
    engine = ENGINES.get(attributes.get("propulsion", ""))
    place = FORMS.get(attributes.get("place", ""))
    if not (count and engine and place):
        return None
    return f"{count} {engine}{'' if count == 'one' else 's'} {place}"


def wing(attributes: Mapping[str, str]) -> str | None:
    """ "a low swept wing"; None where nothing is known of it."""
    if attributes.get("wings") in LEVELS:
        return LEVELS[attributes["wings"]]
    whole = WINGS.get(attributes.get("wing", ""))
    planform = attributes.get("planform")
    if whole is None:
        return planform and f"a {planform} wing"
    return whole.replace(" wing", f" {planform} wing") if planform else whole


def tail(attributes: Mapping[str, str]) -> str | None:
    """ "a T-tail"; None where it is not known."""
    return TAILS.get(attributes.get("tail", ""))


def gear(attributes: Mapping[str, str]) -> str | None:
    """ "floats"; None where nothing is known of what it stands on."""
    return GEARS.get(attributes.get("gear", ""))


def extras(attributes: Mapping[str, str]) -> list[str]:
    """What a car has and others have not, such as "roof rails"."""
    found = [values.get(attributes.get(name, "")) for name, values in EXTRAS.items()]
    return [phrase for phrase in found if phrase]
