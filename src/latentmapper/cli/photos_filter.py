"""`latentmapper photos filter`: which photos of a folder show a category, by CLIP."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from tyro.conf import Positional, arg

from latentmapper.cli.folders import require_outside
from latentmapper.errors import UsageError

if TYPE_CHECKING:
    from latentmapper.batch.filtering import Filtered
    from latentmapper.batch.inputs import Input
    from latentmapper.batch.looking import Seen
    from latentmapper.features.clip import Clip


@dataclass(frozen=True)
class Filter:
    """Tell photos of a category from others: the filter of the 3D-LatentMapper paper (equations 1 and 2).

    Writes distances.csv, sheet.html and filter.json; the photos stay as they are. Run it again to go on.
    Exit codes: 0 all photos read, 1 some could not be, 2 wrong usage, 3 no CLIP at hand.
    """

    folder: Positional[Annotated[Path, arg(metavar="FOLDER")]]
    """Folder of photos, searched recursively."""
    category: str
    """What the photos should show, such as "car"."""
    output: Annotated[Path, arg(aliases=["-o"], metavar="OUT")] = Path("filtered")
    """Folder for the results, outside that of the photos."""
    clip: str = "bundled"
    """Which pair: bundled[:FOLDER], transformers[:HUB ID or FOLDER] or rn101[:FILE]."""
    sigma: float = 2.0
    """Drop photos farther than the mean by more than this many standard deviations."""
    link: bool = False
    """Put links to the photos into OUT/kept and OUT/dropped."""
    copy: bool = False
    """Put copies there instead."""

    def __post_init__(self) -> None:
        """Check what needs no look at a photo."""
        if not self.category.strip():
            raise UsageError("--category needs a word, such as car")
        if not math.isfinite(self.sigma):
            raise UsageError(f"--sigma must be a finite number, not {self.sigma}")
        if self.link and self.copy:
            raise UsageError("--link and --copy exclude each other")
        require_outside(self.folder, self.output)


def main(verb: str, argv: list[str]) -> int:
    """Run the verb; exit code 1 where some pictures cannot be read."""
    config = tyro.cli(Filter, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.batch.collecting import collect
    from latentmapper.batch.filtering import UNREADABLE, judge, require_own, write_filtered
    from latentmapper.batch.inputs import expand
    from latentmapper.make.clip import load_clip

    require_own(config.output)
    clip = load_clip(config.clip)
    seen = _look(expand([str(config.folder)]), clip)
    filtered = judge(seen, clip, config.category, config.sigma)
    wanted = _wanted(config, filtered)
    write_filtered(filtered, config.output)
    if wanted:
        made = collect(wanted, "link" if config.link else "copy")
        print(f"{made} {'links' if config.link else 'copies'} made in {config.output}", file=sys.stderr)
    for each in seen:
        if each.problem:
            print(f"unreadable: {each.problem}", file=sys.stderr)
    print(summary(filtered, config.output))
    return 1 if filtered.count(UNREADABLE) else 0


def summary(filtered: "Filtered", output: Path) -> str:
    """What was found, in two lines."""
    from latentmapper.batch.filtering import DROPPED, KEPT, SHEET, TABLE, UNREADABLE

    line = filtered.threshold
    counts = ", ".join(f"{filtered.count(verdict)} {verdict}" for verdict in (KEPT, DROPPED, UNREADABLE))
    return (
        f"{counts} (above {line.value:.4f} = mean {line.mean:.4f} + {line.sigma:g} x {line.deviation:.4f})\n"
        f"{output / TABLE}, {output / SHEET}"
    )


def _look(inputs: "list[Input]", clip: "Clip") -> "list[Seen]":
    from latentmapper.batch.looking import look
    from latentmapper.cli.progress import counted
    from latentmapper.features.clip.kept import KeptEmbeddings

    with KeptEmbeddings(clip.sha256) as kept:
        return list(counted(look(inputs, clip, kept), len(inputs), "photos"))


def _wanted(config: Filter, filtered: "Filtered") -> "dict[Path, Path]":
    """What is to be linked or copied, checked before anything is written."""
    from latentmapper.batch.collecting import places

    return places(filtered.photos, config.output) if config.link or config.copy else {}
