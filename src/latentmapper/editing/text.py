"""Plain words to moves of sliders: "a much longer, lower car with smaller wheels".

No language model reads this: a small vocabulary of comparatives, parts and kinds does, offline, and it tells
which words it understood and which it did not.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from latentmapper.editing.vocabulary import Part, Sense, Vocabulary, vocabulary_of
from latentmapper.errors import UsageError

DEGREES = {
    "much": 2.0,
    "far": 2.0,
    "lot": 2.0,
    "very": 1.5,
    "slightly": 0.5,
    "bit": 0.5,
    "little": 0.5,
    "somewhat": 0.5,
    "extremely": 2.5,
}
"""How far words such as "much" move; without one, a slider moves by one step."""
AGAINST = ("not", "no", "without", "unlike", "less")
LONGEST = 4
"""Words in the longest phrase that stands for one thing."""
ARTICLES = (
    "a",
    "an",
    "the",
    "this",
    "that",
    "it",
    "its",
    "and",
    "but",
    "of",
    "in",
    "on",
    "to",
    "than",
    "with",
)
VERBS = ("is", "be", "make", "made", "which", "has", "have", "please", "kind", "looks", "as", "like", "more")
PLAIN = frozenset((*ARTICLES, *VERBS))
"""Words that say nothing by themselves."""
AHEAD = 6
"""Words within which the part that an adjective speaks of follows it."""


@dataclass(frozen=True)
class Reading:
    """What a text asks for."""

    moves: dict[str, float]
    """Slider -> steps."""
    understood: tuple[str, ...]
    """For each thing that was understood, the words and what they do: "much longer: length +2"."""
    ignored: tuple[str, ...]
    """Words that were not understood."""


def read_text(text: str, category: str, sliders: Collection[str]) -> Reading:
    """Read a text about a shape of a category.

    Parameters
    ----------
    sliders : names of those that the pack has; words about others are not understood.

    Raises
    ------
    UsageError : nothing in the text was understood; the message says what would be.
    """
    reader = _Reader(vocabulary_of(category), frozenset(sliders))
    found = reader.read(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*|,", text.lower()))
    if not found.moves:
        known = ", ".join(reader.examples())
        raise UsageError(f"--text: nothing in {text!r} was understood; words such as these are: {known}")
    return found


class _Reader:
    """Goes through the words of one text."""

    def __init__(self, vocabulary: Vocabulary, sliders: frozenset[str]) -> None:
        self._words = vocabulary
        self._sliders = sliders

    def read(self, words: list[str]) -> Reading:
        """Add up what the words ask for, from left to right."""
        moves: dict[str, float] = {}
        understood, ignored = [], []
        at, amount, said = 0, 1.0, []
        while at < len(words):
            word, (sense, phrase, length) = words[at], self._sense(words, at)
            if sense is not None:
                slider, way = sense
                moves[slider] = moves.get(slider, 0.0) + amount * way
                understood.append(f"{' '.join([*said, phrase])}: {slider} {amount * way:+g}")
            elif word in DEGREES or word in AGAINST:
                amount *= DEGREES.get(word, -1.0)
                said.append(word)
            elif word not in PLAIN and word != "," and not self._noun(words, at):
                ignored.append(word)
            if sense is not None or word == ",":
                amount, said = 1.0, []
            at += length
        return Reading(moves, tuple(understood), tuple(ignored))

    def _sense(self, words: list[str], at: int) -> tuple[Sense | None, str, int]:
        """What the words from a place on mean, in which phrase, and how many they are; None where nothing."""
        for count in range(min(LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + count])
            sense = self._words.labels.get(phrase) or self._words.labels.get(phrase.removesuffix("s"))
            if sense and sense[0] in self._sliders:
                return sense, phrase, count
        part, noun = self._part(words, at)
        sense = part.senses.get(words[at])
        if sense and sense[0] in self._sliders:
            return sense, f"{words[at]} {noun}".strip(), 1
        return None, "", max(1, len(self._noun(words, at).split()))

    def _part(self, words: list[str], at: int) -> tuple[Part, str]:
        """What an adjective speaks of and what that is called: the part that is named next, or the whole."""
        for ahead in range(at + 1, min(at + 1 + AHEAD, len(words))):
            if words[ahead] in ("with", "but"):
                break
            if noun := self._noun(words, ahead):
                part = next((part for part in self._words.parts if noun in part.nouns), None)
                return (part, noun) if part and words[at] in part.senses else (self._words.whole, "")
        return self._words.whole, ""

    def _noun(self, words: list[str], at: int) -> str:
        """The longest name of anything that starts at a place; empty where there is none."""
        rest = " ".join(words[at : at + LONGEST]) + " "
        every = (self._words.whole, *self._words.parts)
        nouns = (noun for part in every for noun in part.nouns if rest.startswith(noun + " "))
        return max(nouns, key=len, default="")

    def examples(self) -> list[str]:
        """Some of what this pack understands."""
        adjectives = [word for word, sense in self._words.whole.senses.items() if sense[0] in self._sliders]
        parts = [
            f"{next(iter(part.senses))} {part.nouns[0]}"
            for part in self._words.parts
            if next(iter(part.senses.values()))[0] in self._sliders
        ]
        labels = [word for word, sense in self._words.labels.items() if sense[0] in self._sliders]
        return [*adjectives[:8], *parts[:4], *labels[:4]]
