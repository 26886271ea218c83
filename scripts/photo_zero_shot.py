"""How well a contrastive pair tells bodies of cars on photographs, having seen no photograph so labelled.

    python scripts/photo_zero_shot.py PHOTOS --labels CSV [--clip bundled:FOLDER] [--every 1] [--json FILE]

Every photo is compared with the words for bodies behind the paper's 74 templates, and the word that is
closest says the body. Prints Markdown: the recall of every group of bodies, and their mean. What --json
writes as photographs.json into the folder of the pair is shown by `latentmapper report --pairs`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from endings import run
from numpy.typing import NDArray
from street_photos import GROUPS, Labelled, Photo, group_of

from latentmapper import files
from latentmapper.features.clip import Clip
from latentmapper.make.clip import load_clip
from latentmapper.make.evaluation.zero_shot import Answer, classify
from latentmapper.photo import read_photo
from latentmapper.photo.framing import letterbox

WORDS = {
    "sedan or coupe": ("sedan", "coupe"),
    "hatchback or wagon": ("hatchback", "station wagon"),
    "SUV, van or minivan": ("SUV", "van", "minivan"),
    "pickup": ("pickup truck",),
    "convertible": ("convertible",),
}
"""What bodies of a group are called in the descriptions that pairs of `train clip` learn from."""
QUESTION = "car body, on photographs"
BATCH = 16


@dataclass(frozen=True)
class Config(Labelled):
    """What to measure."""

    clip: str = "bundled"
    """Which contrastive pair, as for `latentmapper photos filter`."""

    every: int = 1
    """Take every so manieth photo."""

    json: Path | None = None
    """File to write the answer to."""


def main(config: Config) -> None:
    """Measure and print."""
    clip, photos = load_clip(config.clip), config.with_bodies(config.every)
    answers = answer(clip, np.concatenate(list(_embedded(clip, config, photos))))
    truth = np.array([group_of(photo) for photo in photos])
    print("| body | photos | recall |\n|---|---|---|")
    recalls = []
    for number, name in enumerate(GROUPS):
        shown = truth == number
        if not shown.any():
            continue
        recalls.append(float((answers[shown] == number).mean()))
        print(f"| {name} | {shown.sum()} | {recalls[-1]:.1%} |")
    print(f"| mean of these | {len(photos)} | {np.mean(recalls):.1%} |")
    if config.json is not None:
        right, most = (answers == truth).mean(), np.bincount(truth).max() / len(truth)
        counts = len(recalls), len(truth)
        told = Answer(QUESTION, *counts, float(right), float(np.mean(recalls)), float(most))
        files.write_json(config.json, [asdict(told)])


def answer(clip: Clip, embedded: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n,) which of `GROUPS` each picture (n, 512) shows, by number: that of the closest word."""
    words = [(word, number) for number, name in enumerate(GROUPS) for word in WORDS[name]]
    chosen = classify(clip, embedded, [word for word, _ in words])
    return np.array([number for _, number in words])[chosen]


def _embedded(clip: Clip, config: Config, photos: Sequence[Photo]) -> Iterator[NDArray[np.float32]]:
    """(b, 512) of the photos, a batch at a time."""
    for start in range(0, len(photos), BATCH):
        files = [config.photos / photo.file for photo in photos[start : start + BATCH]]
        squares = [letterbox(read_photo(file).rgb) for file in files]
        yield clip.images(np.stack(squares))


if __name__ == "__main__":
    run(main, Config, __doc__)
