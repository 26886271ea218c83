"""`latentmapper packs annotate`: what evaluations measured goes into the pack they measured."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.errors import UsageError


@dataclass(frozen=True)
class Config:
    """Write results into a pack and its model card, in place of those it had; its hash stays the same."""

    pack: Annotated[Path, tyro.conf.Positional]
    """Folder of the pack."""
    results: tuple[Path, ...]
    """The results.json files of `latentmapper evaluate`, measured on this very pack."""

    def __post_init__(self) -> None:
        """Ask for at least one file."""
        if not self.results:
            raise UsageError("--results needs at least one results.json of latentmapper evaluate")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.make.annotation import annotate

    metadata = annotate(config.pack, config.results)
    rows = sum(len(measurement["rows"]) for measurement in metadata["results"])
    print(f"{config.pack}: pack {metadata['id']} holds {rows} rows of results")
    return 0
