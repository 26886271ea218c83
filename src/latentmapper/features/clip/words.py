"""The word-level tokenizer of the bundled pair."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

PAD, UNKNOWN = 0, 1
WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
"""Words, and numbers with their decimals; everything else only parts them."""


@dataclass(frozen=True)
class Words:
    """A vocabulary: texts to ids."""

    vocabulary: tuple[str, ...]
    """Lower-case words; the first has the id 2."""
    length: int
    """Ids of one text."""

    @classmethod
    def of(cls, texts: Iterable[str], length: int) -> "Words":
        """The vocabulary of some texts, the most frequent words first."""
        counts = Counter(word for text in texts for word in split(text))
        return cls(tuple(sorted(counts, key=lambda word: (-counts[word], word))), length)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: i + 2 for i, word in enumerate(self.vocabulary)}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """(n, length) ids, padded with 0; unknown words are 1, what is too long is cut off."""
        ids = np.zeros((len(texts), self.length), np.int64)
        for row, text in zip(ids, texts, strict=True):
            found = [self._ids.get(word, UNKNOWN) for word in split(text)][: self.length]
            row[: len(found)] = found
        return ids


def split(text: str) -> list[str]:
    """The words of a text, lower case: "A T-tail." gives a, t, tail."""
    return WORD.findall(text.lower())
