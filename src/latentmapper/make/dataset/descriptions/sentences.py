"""From attributes and proportions to sentences, each of them true of the shape by itself.

They hold no "photo of": the templates of the paper (Table C1) add that where a text encoder wants it.
"""

from collections.abc import Iterable, Mapping

from latentmapper.make.dataset.descriptions import phrases
from latentmapper.make.dataset.descriptions.measures import Proportions


def sentences(attributes: Mapping[str, str], measured: Proportions) -> list[str]:
    """Sentences about a shape, the plainest first, none twice."""
    noun, category = phrases.noun(attributes), attributes["category"]
    said = [noun]
    if "name" in attributes:
        said.append(f"{attributes['name']} {'' if category == 'car' else noun}".strip())
    said.append(attributes.get("family", noun))
    if category == "airplane":
        said += _of_airplane(attributes, noun) + _spans(measured)
    elif category == "car":
        said += _of_car(attributes, noun) + _heights(measured, noun)
    return list(dict.fromkeys(_sentence(phrase) for phrase in said))


def phrase(sentence: str) -> str:
    """A sentence without article and full stop, as it stands behind a template's "a photo of a"."""
    bare = sentence.removesuffix(".")
    first, _, rest = bare.partition(" ")
    return rest if first in ("A", "An") else bare


def _of_airplane(attributes: Mapping[str, str], noun: str) -> list[str]:
    engines, wing = phrases.engines(attributes), phrases.wing(attributes)
    tail, gear = phrases.tail(attributes), phrases.gear(attributes)
    canards = "canards" if attributes.get("canard") else None
    dome = "a radar dome on its back" if attributes.get("radome") else None
    return [
        *_with(noun, [engines]),
        *_with("airplane", [engines]),
        *_with("airplane", [wing]),
        *_with("airplane", [tail]),
        *_with("airplane", [wing, tail, canards]),
        *_with(noun, [wing, tail, engines]),
        *_with(noun, [gear]),
        *_with(noun, [dome]),
    ]


def _of_car(attributes: Mapping[str, str], noun: str) -> list[str]:
    extras = phrases.extras(attributes)
    body = attributes.get("body")
    named = [] if body is None else [phrases.BODIES.get(body, body)]
    return [*named, *(line for extra in extras for line in _with(noun, [extra])), *_with(noun, extras)]


def _with(noun: str, parts: Iterable[str | None]) -> list[str]:
    """A noun with the parts that are known; nothing where none is."""
    known = [part for part in parts if part]
    if not known:
        return []
    *most, last = known
    return [f"{noun} with {', '.join(most)} and {last}" if most else f"{noun} with {last}"]


def _spans(measured: Proportions) -> list[str]:
    """How an airplane's span compares to its length."""
    ratio = measured.width
    if ratio > 1.5:
        words = "wings much longer than its body"
    elif ratio > 1.12:
        words = "wings longer than its body"
    elif ratio > 0.88:
        words = "a wingspan about as long as its body"
    else:
        words = "wings shorter than its body"
    return [f"airplane with {words}", f"airplane with a wingspan of {ratio:.1f} times its length"]


def _heights(measured: Proportions, noun: str) -> list[str]:
    """How a car's length compares to its height."""
    ratio = 1 / max(measured.height, 1e-6)
    known = ["low car"] if ratio > 3.5 else ["tall car"] if ratio < 2.6 else []
    return [*known, *(f"{word} {ratio:.1f} times as long as it is high" for word in ("car", noun))]


def _sentence(phrase: str) -> str:
    """With its article and a full stop."""
    spelled_out = phrase.startswith(("SUV", "FK9", "NAMC"))
    vowel = phrase[0].lower() in "aeiou" and not phrase.lower().startswith(("utility", "euro"))
    return f"{'An' if vowel or spelled_out else 'A'} {phrase}."
