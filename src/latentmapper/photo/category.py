"""Which of the known categories a photo shows, and when it shows none of them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from latentmapper.errors import RefusedPhoto

AUTO = "auto"
LEAST = 0.5
"""Confidence below which `auto` recognises nothing."""
LEAST_WHEN_TOLD = 0.1
"""Confidence below which even a named category is refused: whoever names it knows more than the features do,
unless these are clearly against it."""
SURE = 0.75
"""Confidence below which a warning says so."""


@dataclass(frozen=True)
class Choice:
    """What a photo is taken to show."""

    category: str
    confidence: float
    """0..1, that the photo shows this category."""
    warnings: tuple[str, ...]


def choose(
    odds: Mapping[str, float],
    category: str,
    force: bool,
    name: str,
    doubts: Callable[[], Sequence[str]] = tuple,
) -> Choice:
    """Decide what a photo is reconstructed as.

    Parameters
    ----------
    odds : category -> log-odds that the photo shows it, at least one.
    category : one of them, or "auto" for the likeliest.
    force : never refuse.
    name : what messages call the photo.
    doubts : gives what else speaks against the photo, each with what to try: a refusal tells it.

    Raises
    ------
    RefusedPhoto : the photo shows none of the categories, or clearly not the one named.
    """
    chances = {each: sigmoid(value) for each, value in sorted(odds.items(), key=lambda item: -item[1])}
    best = next(iter(chances)) if category == AUTO else category
    confidence = chances[best]
    refused = confidence < (LEAST if category == AUTO else LEAST_WHEN_TOLD)
    if refused and not force:
        raise RefusedPhoto(f"{name} {_refusal(chances, category, doubts())}")
    return Choice(best, confidence, _warnings(chances, best))


def sigmoid(logit: float) -> float:
    """Log-odds to probability, without overflow."""
    return 0.5 * (1 + math.tanh(logit / 2))


def percent(chance: float) -> str:
    """A probability for people: "97 %"; never a bare 0 or 100, which nobody can promise."""
    return f"{min(99, max(1, round(100 * chance)))} %"


def _refusal(chances: dict[str, float], category: str, doubts: Sequence[str]) -> str:
    if category != AUTO:
        shown, fix = f"does not show {_a(category)}", "--force"
        chances = {category: chances[category]}
    elif len(chances) == 1:
        shown, fix = f"does not show {_a(next(iter(chances)))}", "--force"
    else:
        shown, fix = f"shows {_none_of(list(chances))}", f"--category {next(iter(chances))} --force"
    sure = ", ".join(f"{each} {percent(chance)}" for each, chance in chances.items())
    told = "; ".join([f"{shown} as far as I can tell ({sure})", *doubts])
    return f"{told}; {fix} takes it for one anyway"


def _warnings(chances: dict[str, float], best: str) -> tuple[str, ...]:
    others = [each for each in chances if each != best and chances[each] >= LEAST]
    found = [f"looks like {_a(other)} too ({percent(chances[other])})" for other in others]
    if chances[best] < SURE:
        found.insert(0, f"only {percent(chances[best])} sure that this is {_a(best)}")
    return tuple(found)


def _none_of(categories: list[str]) -> str:
    *most, last = map(_a, categories)
    return f"neither {', nor '.join(most)} nor {last}" if len(most) > 1 else f"neither {most[0]} nor {last}"


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
