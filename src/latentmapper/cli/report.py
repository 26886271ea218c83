"""`latentmapper report RUN... -o docs/report/`: evaluations as a page to look at, and as Markdown."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from latentmapper.errors import UsageError

if TYPE_CHECKING:
    from latentmapper.make.report.blocks import Block

LARGE = 5_000_000
"""Bytes of the page above which it is said so."""


@dataclass(frozen=True)
class Config:
    """Make a page of tables, curves, pictures and meshes from the results of latentmapper evaluate."""

    runs: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Folders of latentmapper evaluate, or results.json files; of those of the same shapes and protocol, the
    first one's pack is what others are held against."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("report")
    """Folder for index.html, which needs no other file and no network, and report.md with its pictures."""
    private: bool = False
    """Show shapes of any license; such a report is not for others."""
    photos: tuple[Path, ...] = ()
    """Photographs, or folders of them, to show with what the bundled packs make of them; at most 24."""
    translator: Path | None = None
    """Make them look like renders before they are mapped: what latentmapper train translator made."""

    pairs: tuple[Path, ...] = ()
    """Runs of latentmapper train clip, to tell how well these pairs name what they have not seen."""

    def __post_init__(self) -> None:
        """Ask for at least one run, each once, and for photographs where there is what translates them."""
        if not self.runs:
            raise UsageError("name at least one folder of latentmapper evaluate")
        if twice := [run for run in self.runs if self.runs.count(run) > 1]:
            raise UsageError(f"{twice[0]} is named twice")
        if self.translator is not None and not self.photos:
            raise UsageError("--translator is for --photos: name photographs to translate")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.make.report.page import build, write
    from latentmapper.make.report.pairs import pairs
    from latentmapper.make.report.reading import read_runs

    runs = read_runs(config.runs)
    page = write(build(runs, config.private, _photographs(config), pairs(config.pairs)), config.output)
    size = page.stat().st_size
    print(f"{page}: {size / 1e6:.1f} MB")
    if size > LARGE:
        print(f"warning: {page} is larger than {LARGE / 1e6:.0f} MB; keep fewer cases", file=sys.stderr)
    return 0


def _photographs(config: Config) -> "list[Block]":
    """What the page shows of photographs; nothing where none are named."""
    if not config.photos:
        return []
    from latentmapper.cli.progress import counted
    from latentmapper.make.report.photographs import attempt, named, photographs
    from latentmapper.photo.located import Located
    from latentmapper.photo.translation import Translator
    from latentmapper.reconstructor import Reconstructor

    inputs = named([str(path) for path in config.photos])
    translator = None if config.translator is None else Translator(config.translator)
    reconstructor = Reconstructor(foreground=Located(), translator=translator)
    tried = (attempt(reconstructor, each) for each in inputs)
    return photographs(list(counted(tried, len(inputs), "photographs")))
