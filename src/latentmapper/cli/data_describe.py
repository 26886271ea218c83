"""`latentmapper data describe`: what the shapes of a store are, in sentences."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.cli.places import PlaceOption
from latentmapper.errors import UsageError


@dataclass(frozen=True)
class DataDescribe:
    """Write descriptions.jsonl into a store: sentences about every shape, checked against its mesh."""

    store: Annotated[PlaceOption, tyro.conf.Positional]
    """The store that `latentmapper data build` made."""
    shapenet: Path | None = None
    """ShapeNet's metadata: its CSV file, or the tree that holds it."""
    synset: str | None = None
    """The synset to look for in that tree ("02958343"); by default that of the store's category."""


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(DataDescribe, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.cli.logs import show_logs
    from latentmapper.make.dataset.descriptions.describe import NAME, describe_store, write_descriptions
    from latentmapper.make.dataset.descriptions.shapenet import read_metadata
    from latentmapper.make.dataset.store import Store

    show_logs()
    store = Store.open(config.store)
    file = _metadata(config.shapenet, config.synset or str(store.header.get("category")))
    more = read_metadata(file) if file else {}
    described = describe_store(store, more)
    write_descriptions(config.store, described)
    count = sum(len(one.sentences) for one in described)
    rejected = sum(len(one.rejected) for one in described)
    about = f"{count} sentences about {len(described)} shapes"
    print(f"{config.store / NAME}: {about}, {rejected} attributes rejected")
    return 0


def _metadata(shapenet: Path | None, category: str) -> Path | None:
    """The metadata file that is meant. Raises `UsageError` where there is none."""
    from latentmapper.make.collections.shapenet import SYNSETS
    from latentmapper.make.dataset.descriptions.shapenet import metadata_files

    if shapenet is None or shapenet.is_file():
        return shapenet
    synset = SYNSETS.get(category, category)
    if found := metadata_files(shapenet, synset):
        return found[0]
    raise UsageError(f"--shapenet: {shapenet} holds neither {synset}.csv nor metadata.csv")
