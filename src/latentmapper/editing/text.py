"""Plain words to moves of sliders: "a much longer, lower car with smaller wheels".

No language model reads this: a small vocabulary of comparatives, parts and kinds does, offline, and it tells
which words it understood and which it did not.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from latentmapper.editing.phrases import JOINING, LONGEST, Phrases
from latentmapper.editing.vocabulary import Sense, Vocabulary, vocabulary_of
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
NOT = ("not", "no", "without", "unlike", "neither", "never", "don't", "isn't")
"""Before an adjective they ask for nothing ("not longer" is no wish for shorter); before a kind, for less of
it ("not a van")."""
SOFTENING = ("so", "all", "any", "really", "quite", "particularly", "especially", "exactly", "even")
"""After such a word the one before still asks for nothing: "not so long", "not at all long"."""
OPPOSITE = ("less", "too")
"""What is too long is to be shorter."""
ARTICLES = ("a", "an", "the", "this", "that", "it", "its", "and", "but", "or", "nor", "than", "with", ",")
PREPOSITIONS = ("of", "in", "on", "at", "to")
VERBS = ("is", "are", "be", "make", "made", "which", "has", "have", "please", "kind", "looks", "as", "like")
PLAIN = frozenset((*ARTICLES, *PREPOSITIONS, *VERBS, "more"))
"""Words that say nothing by themselves."""


@dataclass(frozen=True)
class Understood:
    """Something that a text asks for."""

    words: str
    """"much longer"."""
    slider: str
    steps: float


@dataclass(frozen=True)
class Reading:
    """What a text asks for."""

    moves: dict[str, float]
    """Slider -> steps."""
    understood: tuple[Understood, ...]
    """What they come from, in the order of the text."""
    left: tuple[str, ...] = ()
    """What the text wants to stay as it is: "not longer"."""
    lacking: tuple[str, ...] = ()
    """What no slider does: "wider wheels"."""
    ignored: tuple[str, ...] = ()
    """Words that were not understood."""


def read_text(text: str, category: str, sliders: Collection[str]) -> Reading:
    """Read a text about a shape of a category.

    Parameters
    ----------
    sliders : names of those that the pack has; words about others are not understood.

    Raises
    ------
    UsageError : the text asks for nothing that can be done; the message says what can.
    """
    vocabulary, known = vocabulary_of(category), frozenset(sliders)
    found = _Reader(Phrases(_words(text), vocabulary), known).read()
    if not found.moves:
        lacking = [f"{each}: no slider for that" for each in found.lacking]
        left = [f"{each}: left as it is" for each in found.left]
        reasons = "; ".join([*lacking, *left]) or f"nothing in {text!r} was understood"
        raise UsageError(f"{reasons}; what is understood: {', '.join(_examples(vocabulary, known))}")
    return found


def _words(text: str) -> tuple[str, ...]:
    """The words and commas of a text, in small letters without accents: coupé is coupe."""
    apart = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return tuple(re.findall(r"[^\W_]+(?:[-'][^\W_]+)*|,", plain))


class _Reader:
    """Goes through the words of one text, from left to right."""

    def __init__(self, phrases: Phrases, sliders: frozenset[str]) -> None:
        self._phrases, self._sliders = phrases, sliders
        self._understood: list[Understood] = []
        self._left: list[str] = []
        self._lacking: list[str] = []
        self._unread: dict[int, str] = {}
        self._spoken_of: set[int] = set()
        self._said: list[str] = []
        """Words before an adjective that say how much, or that it shall not be."""

    def read(self) -> Reading:
        """Add up what the words ask for."""
        at, words = 0, self._phrases.words
        while at < len(words):
            at += self._take(at)
        self._forget(len(words))
        moves: dict[str, float] = {}
        for each in self._understood:
            moves[each.slider] = moves.get(each.slider, 0.0) + each.steps
        unread = [words for place, words in sorted(self._unread.items()) if place not in self._spoken_of]
        return Reading(moves, tuple(self._understood), tuple(self._left), tuple(self._lacking), tuple(unread))

    def _take(self, at: int) -> int:
        """Read what starts at a word; how many words that was."""
        word = self._phrases.words[at]
        if label := self._label(at):
            phrase, sense = label
            if sense[0] in self._sliders:
                self._ask(phrase, sense, -1.0 if any(each in NOT for each in self._said) else 1.0)
            else:
                self._lacking.append(" ".join([*self._said, phrase]))
                self._said = []
            return phrase.count(" ") + 1
        if word == "than" or (word == "as" and at > 1 and self._phrases.words[at - 2] == "as"):
            return self._compared(at)
        if noun := self._phrases.noun(at):
            if noun.part is not self._phrases.vocabulary.whole:
                self._unread[at] = noun.name
            return noun.name.count(" ") + 1
        if self._is_adjective(at):
            self._adjective(at)
        elif word in DEGREES or word in NOT or word in OPPOSITE or self._softens(word):
            self._said.append(word)
        elif word == ",":
            self._forget(at)
        elif word not in PLAIN:
            self._unread[at] = " ".join([*self._said, word])
            self._said = []
        return 1

    def _softens(self, word: str) -> bool:
        """Whether a word belongs to a "not" before it."""
        return word in SOFTENING and any(each in NOT for each in self._said)

    def _label(self, at: int) -> tuple[str, Sense] | None:
        """The longest phrase from a word on that names a kind, and what it stands for."""
        words = self._phrases.words
        for count in range(min(LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + count])
            labels = self._phrases.vocabulary.labels
            sense = labels.get(phrase) or labels.get(phrase.removesuffix("s"))
            if sense:
                return phrase, sense
        return None

    def _is_adjective(self, at: int) -> bool:
        """Whether a word says how something is: "less" does before "clearance", but not before "long"."""
        word = self._phrases.words[at]
        if word in OPPOSITE or word in PLAIN:
            noun = self._phrases.noun(at + 1)
            return noun is not None and word in noun.part.senses
        return word in self._phrases.adjectives

    def _adjective(self, at: int) -> None:
        """Ask for what an adjective says of its subject, of the whole where it has none."""
        word, subject = self._phrases.words[at], self._phrases.subject(at)
        whole = self._phrases.vocabulary.whole
        part = whole if subject is None else subject.part
        if subject is not None:
            self._spoken_of.add(subject.at)
        name = "" if subject is None or part is whole else f" {subject.name}"
        sense = part.senses.get(word)
        if sense is None or sense[0] not in self._sliders:
            self._lacking.append(" ".join([*self._said, word]) + name)
            self._said = []
        elif any(each in NOT for each in self._said) or self._phrases.words[at - 1 : at] == ("as",):
            self._left.append(" ".join([*self._said, word]) + name)
            # "Not longer or lower" speaks of both.
            both = self._said and self._phrases.words[at + 1 : at + 2] in (("or",), ("nor",))
            self._said = ["not"] if both else []
        else:
            self._ask(word + name, sense, 1.0)

    def _ask(self, phrase: str, sense: Sense, way: float) -> None:
        """Note a move by a sense, as far as the words before it say."""
        slider, steps = sense
        for word in self._said:
            way *= DEGREES.get(word, -1.0 if word in OPPOSITE else 1.0)
        self._understood.append(Understood(" ".join([*self._said, phrase]), slider, way * steps))
        self._said = []

    def _compared(self, at: int) -> int:
        """Pass over what is compared with, after "than" or "as long as", however known its words are."""
        words = self._phrases.words
        end = at + 1
        while end < len(words) and words[end] not in (*JOINING, "with", "but"):
            end += 1
        if any(word not in PLAIN for word in words[at:end]):
            self._unread[at] = " ".join(words[at:end])
        return end - at

    def _forget(self, at: int) -> None:
        """Tell words of degree that no adjective followed."""
        if self._said:
            self._unread[at] = " ".join(self._said)
        self._said = []


def _examples(vocabulary: Vocabulary, sliders: frozenset[str]) -> list[str]:
    """Some of what is understood of a pack with such sliders."""
    adjectives = [word for word, sense in vocabulary.whole.senses.items() if sense[0] in sliders]
    parts = [
        f"{next(iter(part.senses))} {part.nouns[0]}"
        for part in vocabulary.parts
        if part.senses and next(iter(part.senses.values()))[0] in sliders
    ]
    labels = [word for word, sense in vocabulary.labels.items() if sense[0] in sliders]
    return [*adjectives[:8], *parts[:4], *labels[:4]]
