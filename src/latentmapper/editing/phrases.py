"""Which word of a text speaks of which: adjectives and the things that they are said of."""

from dataclasses import dataclass
from functools import cached_property

from latentmapper.editing.vocabulary import Part, Vocabulary

LONGEST = 4
"""Words in the longest phrase that stands for one thing."""
JOINING = ("and", "or", "nor", ",")
BETWEEN = ("with", "but", "than", "it", "is", "are", "be", "make", "made", "which", "has", "have", "that")
"""Words over which no adjective speaks of what follows."""
DETERMINERS = ("a", "an", "the", "its", "this")


@dataclass(frozen=True)
class Noun:
    """A thing that is named in a text."""

    at: int
    """Number of its first word."""
    name: str
    part: Part


@dataclass(frozen=True)
class Phrases:
    """The words of one text, and what a category's vocabulary knows of them."""

    words: tuple[str, ...]
    vocabulary: Vocabulary

    @cached_property
    def adjectives(self) -> frozenset[str]:
        """Every adjective that is said of something, whatever it is."""
        parts = (self.vocabulary.whole, *self.vocabulary.parts)
        return frozenset(word for part in parts for word in part.senses)

    def noun(self, at: int) -> Noun | None:
        """The longest name of anything that starts at a word."""
        rest = " ".join(self.words[at : at + LONGEST]) + " "
        parts = (self.vocabulary.whole, *self.vocabulary.parts)
        found = [(name, part) for part in parts for name in part.nouns if rest.startswith(name + " ")]
        if not found:
            return None
        return Noun(at, *max(found, key=lambda each: len(each[0])))

    def subject(self, at: int) -> Noun | None:
        """What the adjective at a word is said of: what follows ("a longer and lower bonnet", "higher at the
        rear"), else what was named before ("the wheels larger"); None where neither is named."""
        return self._ahead(at) or self._behind(at)

    def _ahead(self, at: int) -> Noun | None:
        for place in range(at + 1, len(self.words)):
            word, before = self.words[place], self.words[place - 1]
            # "Longer and the wheels bigger": an article after "and" begins to speak of something else.
            if word in BETWEEN or (word in DETERMINERS and before in JOINING):
                return None
            if noun := self.noun(place):
                return self._head(noun)
        return None

    def _head(self, noun: Noun) -> Noun:
        """The last of nouns that follow one another: "rear wheels" are wheels."""
        while following := self.noun(noun.at + len(noun.name.split())):
            noun = following
        return noun

    def _behind(self, at: int) -> Noun | None:
        for place in range(at - 1, -1, -1):
            word, before = self.words[place], self.words[max(place - 1, 0)]
            # "The bonnet longer and lower" goes on about the bonnet, "bigger wheels and lower" does not.
            if word in ("with", "but", "than") or (word in JOINING and before not in self.adjectives):
                return None
            if noun := self.noun(place):
                return noun
        return None
