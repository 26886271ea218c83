"""`latentmapper report RUN... -o docs/report/`: evaluations as a page to look at, and as Markdown."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.errors import UsageError

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

    def __post_init__(self) -> None:
        """Ask for at least one run, each once."""
        if not self.runs:
            raise UsageError("name at least one folder of latentmapper evaluate")
        if twice := [run for run in self.runs if self.runs.count(run) > 1]:
            raise UsageError(f"{twice[0]} is named twice")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.make.report.page import build, write
    from latentmapper.make.report.reading import read_runs

    page = write(build(read_runs(config.runs), config.private), config.output)
    size = page.stat().st_size
    print(f"{page}: {size / 1e6:.1f} MB")
    if size > LARGE:
        print(f"warning: {page} is larger than {LARGE / 1e6:.0f} MB; keep fewer cases", file=sys.stderr)
    return 0
