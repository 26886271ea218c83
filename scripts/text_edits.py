"""What texts do to shapes as a contrastive pair reads them: whether the mesh measures what the words say.

    python scripts/text_edits.py car --clip bundled:PAIR --shapes 4

Prints a row a text: how many of the pack's known shapes came out with more of the measure that the words name
(less for "-"), by how many standard deviations on average, the cosine of the pictures' change with the text,
and how often `steer` doubted or refused what it found.
"""

import sys
from dataclasses import dataclass

import numpy as np
import tyro
from endings import run
from numpy.typing import NDArray

from latentmapper.cli.packs import find_pack
from latentmapper.editing import Editor
from latentmapper.editing.steering import effects, steer
from latentmapper.errors import UsageError
from latentmapper.features.clip import Clip
from latentmapper.make.clip import load_clip

TEXTS = (
    "a tall car: +height",
    "a low car: -height",
    "an SUV: +height",
    "a van: +height",
    "a coupe: -height",
    "a sedan: +boot",
    "a hatchback: -boot",
    "a red car: +height",
)
"""The last one is for comparison: no colour has a height."""


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: tyro.conf.Positional[str]
    """Folder of a pack, or the id or category of a bundled one."""
    clip: str
    """Which pair: bundled[:FOLDER], transformers[:HUB ID or FOLDER] or rn101[:FILE]."""
    shapes: int = 4
    """Known shapes to change, spread over the pack."""
    texts: tuple[str, ...] = TEXTS
    """Texts, each with the measure that it should raise (+) or lower (-)."""


@dataclass(frozen=True)
class Outcome:
    """What one text did to one shape."""

    gain: float = 0.0
    """Of the measure, in its standard deviations, counted in the direction that the words say."""
    cosine: float = 0.0
    doubted: bool = False
    refused: bool = False


def main(config: Config) -> None:
    """Measure and print."""
    if config.shapes < 1:
        raise UsageError(f"--shapes must be at least 1, not {config.shapes}")
    editor, clip = Editor(find_pack(config.pack)), load_clip(config.clip)
    rows = np.linspace(0, len(editor.pack.bank) - 1, config.shapes).astype(int)
    found: dict[str, list[Outcome]] = {text: [] for text in config.texts}
    for number, code in enumerate(editor.pack.bank[rows], 1):
        responses = np.stack(list(effects(editor, code, clip)))
        for text in config.texts:
            found[text].append(_outcome(editor, code, text, clip, responses))
        print(f"{number}/{config.shapes} shapes", file=sys.stderr)
    print("| text | right | gain | cosine | doubted | refused |\n| --- | --- | --- | --- | --- | --- |")
    for text, outcomes in found.items():
        print(_row(text, outcomes))


def _outcome(
    editor: Editor, code: NDArray[np.float32], text: str, clip: Clip, responses: NDArray[np.float64]
) -> Outcome:
    words, _, measure = text.rpartition(": ")
    slider = editor.directions.slider(measure[1:])
    try:
        wish, evidence = steer(editor, code, words, clip, responses)
    except UsageError:
        return Outcome(refused=True)
    before, after = (editor.measure(each) for each in (code, editor.move(code, wish.moves).code))
    gain = (after[slider.name] - before[slider.name]) / slider.deviation
    return Outcome(-gain if measure.startswith("-") else gain, evidence.cosine, bool(evidence.doubt))


def _row(text: str, outcomes: list[Outcome]) -> str:
    done = [each for each in outcomes if not each.refused]
    doubted, refused = sum(each.doubted for each in done), len(outcomes) - len(done)
    if not done:
        return f"| {text} | - | - | - | - | {refused} of {len(outcomes)} |"
    right = sum(each.gain > 0 for each in done)
    gain, cosine = np.mean([each.gain for each in done]), np.mean([each.cosine for each in done])
    return f"| {text} | {right} of {len(done)} | {gain:+.2f} | {cosine:+.2f} | {doubted} | {refused} |"


if __name__ == "__main__":
    run(main, Config)
