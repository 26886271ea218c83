"""Contrastive pairs of pictures and texts: how well they name what they have not seen."""

from collections.abc import Sequence
from pathlib import Path

from latentmapper.errors import StoreError
from latentmapper.features.clip.bundled import BundledClip
from latentmapper.files import parse_json
from latentmapper.make.evaluation.zero_shot import PHOTOGRAPHS, SHAPES, Answer
from latentmapper.make.report.blocks import Block, Heading, Table, Text

ABOUT = (
    "A pair knows the words of the sentences that it learned from. Asked what a picture shows, it answers "
    "with the word, behind the 74 templates of the paper's table C1, whose embedding is closest to the "
    "picture's; pictures are of shapes, or photographs, that it has not learned from."
)
TITLES = ["question", "classes", "pictures", "right, mean of classes", "right", "always the most frequent"]


def pairs(folders: Sequence[Path]) -> list[Block]:
    """What the runs of `latentmapper train clip` tell of their pairs; nothing where none is named.

    Raises
    ------
    MissingError, PackError : there is no pair in a folder, or a damaged one.
    StoreError : the run does not tell how well it answers.
    """
    told = [block for folder in folders for block in _pair(folder)]
    return [Text(ABOUT), *told] if told else []


def _pair(folder: Path) -> list[Block]:
    pair = BundledClip(folder)
    rows = _rows(folder / SHAPES)
    if (folder / PHOTOGRAPHS).is_file():
        rows += _rows(folder / PHOTOGRAPHS)
    return [Heading(pair.name), Table(TITLES, rows, f"Pair {pair.sha256[:12]}.")]


def _rows(path: Path) -> list[list[str]]:
    try:
        return [_row(Answer(**each)) for each in parse_json(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        raise StoreError(f"{path} is missing; train clip writes it: run it again") from None
    except (OSError, TypeError, ValueError) as error:
        raise StoreError(f"{path} cannot be read ({error})") from None


def _row(answer: Answer) -> list[str]:
    shares = (answer.balanced, answer.accuracy, answer.majority)
    counts = (f"{answer.classes:d}", f"{answer.pictures:,d}")
    return [f"{answer.question}", *counts, *(f"{share:.1%}" for share in shares)]
