"""Which pictures of an evaluation are shown: a fair few, and the worst."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from latentmapper.make.evaluation.session import DECODED

Kind = Literal["example", "worst"]


@dataclass(frozen=True)
class Case:
    """One picture that is shown with what every method made of it."""

    kind: Kind
    number: int
    """Of an example, the percentile of its error among all samples; of the worst, its rank from 1."""
    shape: str
    origin: str
    condition: str
    view: int
    """Index into the protocol's grid of views."""

    @property
    def file(self) -> str:
        """Where its picture and meshes are, below the folder of the evaluation."""
        return f"cases/{self.kind}-{self.number:02d}.safetensors"


@dataclass(frozen=True)
class _Sample:
    error: float
    shape: str
    origin: str
    view: int


def choose_cases(
    results: Sequence[dict[str, Any]], condition: str, examples: int, worst: int, method: str = "pack"
) -> list[Case]:
    """Examples at even percentiles of the method's Chamfer distance, and the worst; no shape twice in either.

    By percentile nobody picks the examples: a half of all samples is better than the middle one.

    Parameters
    ----------
    results : of the shapes, as an evaluation keeps them; decoded meshes are passed over.
    condition : of the pictures.
    """
    order = sorted(_samples(results, condition, method), key=lambda s: (s.error, s.shape, s.view))
    shapes = len({sample.shape for sample in order})
    examples = min(examples, shapes)
    percentiles = [100 * (2 * i + 1) / (2 * examples) for i in range(examples)]
    chosen: list[_Sample] = []
    for percentile in percentiles:
        place = percentile / 100 * (len(order) - 1)
        free = [i for i, s in enumerate(order) if s.shape not in {c.shape for c in chosen}]
        chosen.append(order[min(free, key=lambda i: abs(i - place))])
    failing = list({sample.shape: sample for sample in order}.values())  # the last, the worst, of each shape
    failing.sort(key=lambda sample: -sample.error)
    return [
        *(_case("example", round(p), s, condition) for p, s in zip(percentiles, chosen, strict=True)),
        *(_case("worst", rank, s, condition) for rank, s in enumerate(failing[:worst], start=1)),
    ]


def _samples(results: Sequence[dict[str, Any]], condition: str, method: str) -> list[_Sample]:
    found = []
    for result in results:
        cell = result["samples"].get(method, {}).get(condition)
        if cell and result["origin"] != DECODED:
            pairs = zip(cell["chamfer"], cell["view"], strict=True)
            found += [_Sample(error, result["id"], result["origin"], view) for error, view in pairs]
    return found


def _case(kind: Kind, number: int, sample: _Sample, condition: str) -> Case:
    return Case(kind, number, sample.shape, sample.origin, condition, sample.view)
