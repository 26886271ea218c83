"""`latentmapper packs annotate`: what evaluations measured goes into the pack they measured."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.errors import UsageError


@dataclass(frozen=True)
class Config:
    """Write results into a pack and its model card, or what to call its shapes, in place of what it had; its
    hash stays the same."""

    pack: Annotated[Path, tyro.conf.Positional]
    """Folder of the pack."""
    results: tuple[Path, ...] = ()
    """The results.json files of `latentmapper evaluate`, measured on this very pack."""
    names: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Tell what to call its known shapes before people; `packs build` does so already."""

    def __post_init__(self) -> None:
        """Ask for something to write."""
        if not (self.results or self.names):
            missing = "at least one results.json of latentmapper evaluate; or give --names"
            raise UsageError(f"--results needs {missing}")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.make.annotation import annotate
    from latentmapper.make.naming import add_names

    if config.names:
        names = add_names(config.pack)
        print(f"{config.pack}: {len(names)} shapes have names, the first {names[0]}")
    if config.results:
        metadata = annotate(config.pack, config.results)
        rows = sum(len(measurement["rows"]) for measurement in metadata["results"])
        print(f"{config.pack}: pack {metadata['id']} holds {rows} rows of results")
    return 0
