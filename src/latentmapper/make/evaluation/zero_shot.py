"""Zero-shot classification of held-out shapes: does the pair tell a T-tail from a conventional one?"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentmapper.features.clip import Clip, embed_category
from latentmapper.features.clip.bundled import BundledClip
from latentmapper.make.dataset.captions import Captions
from latentmapper.make.dataset.descriptions import phrases

SHAPES, PHOTOGRAPHS = "zero-shot.json", "photographs.json"
"""What the folder of a pair keeps of its answers: on held-out shapes, and on photographs if it was asked."""
FEWEST = 10
"""Training shapes that a class must have to be asked for."""


@dataclass(frozen=True)
class Question:
    """What is asked about the shapes of a category."""

    name: str
    category: str
    ask: Callable[[Mapping[str, str]], str | None]
    """The answer as a text, from the attributes of a shape; None where it is not known."""


@dataclass(frozen=True)
class Answer:
    """How one question was answered, over held-out pictures."""

    question: str
    classes: int
    pictures: int
    accuracy: float
    balanced: float
    """Mean over the classes of each one's accuracy."""
    majority: float
    """What answering always with the most frequent class would reach."""


def _with(part: Callable[[Mapping[str, str]], str | None]) -> Callable[[Mapping[str, str]], str | None]:
    def ask(attributes: Mapping[str, str]) -> str | None:
        found = part(attributes)
        return found and f"airplane with {found}"

    return ask


def _level(attributes: Mapping[str, str]) -> str | None:
    return phrases.WINGS.get(attributes.get("wing", ""))


def _body(attributes: Mapping[str, str]) -> str | None:
    return phrases.noun(attributes) if "body" in attributes and "kind" not in attributes else None


QUESTIONS = (
    Question("car body", "car", _body),
    Question("airplane family", "airplane", lambda attributes: attributes.get("family")),
    Question("airplane engines", "airplane", _with(phrases.engines)),
    Question("airplane wing", "airplane", _with(_level)),
    Question("airplane tail", "airplane", _with(phrases.tail)),
)


def zero_shot(clip: BundledClip, captions: Captions) -> list[Answer]:
    """Answers to all questions that the held-out shapes and the training shapes allow."""
    made = [_answer(clip, captions, question) for question in QUESTIONS]
    return [answer for answer in made if answer is not None]


def classify(clip: Clip, embedded: NDArray[np.float32], classes: Sequence[str]) -> NDArray[np.int64]:
    """(n,) the class whose text, averaged over the 74 templates, is closest to each picture (n, 512)."""
    prototypes = np.stack([embed_category(clip, text) for text in classes])
    return (embedded @ prototypes.T).argmax(axis=1)


def _answer(clip: BundledClip, captions: Captions, question: Question) -> Answer | None:
    truth = [
        question.ask(one.attributes) if one.attributes["category"] == question.category else None
        for one in captions.described
    ]
    seen = Counter(t for t, trained in zip(truth, captions.training, strict=True) if t and trained)
    classes = sorted(text for text, count in seen.items() if count >= FEWEST)
    pictures = np.array([i for i in captions.of(training=False) if truth[captions.shape[i]] in classes], int)
    if len(classes) < 2 or not len(pictures):
        return None
    right = np.array([classes.index(str(truth[captions.shape[i]])) for i in pictures])
    found = classify(clip, clip.project(captions.tokens[pictures]), classes)
    hit = found == right
    balanced = float(np.mean([hit[right == i].mean() for i in np.unique(right)]))
    most = float(np.bincount(right).max() / len(right))
    return Answer(question.name, len(classes), len(pictures), float(hit.mean()), balanced, most)
