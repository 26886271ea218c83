"""`latentmapper data build`: meshes to a store of signed distances."""

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated

import tyro

from latentmapper.cli.execution import Execution
from latentmapper.cli.places import PlaceOption
from latentmapper.cli.progress import counted
from latentmapper.make.dataset.build import build
from latentmapper.make.dataset.plan import BuildRecipe
from latentmapper.make.dataset.split import HELD_OUT, SPLITS
from latentmapper.make.dataset.store import USABLE, Record, Store
from latentmapper.places import Place


@dataclass(frozen=True)
class DataBuild:
    """Turn meshes into a store of signed distances; run it again to go on or to add what is missing."""

    shapes: tyro.conf.Positional[tuple[str, ...]]
    """Folders of meshes (obj, off, ply, stl, glb), folders with a manifest.json, ShapeNetCore v2 trees (with
    --synset), parametric:cars[:COUNT[:SEED]] or parametric:airplanes[:COUNT[:SEED]]."""
    output: Annotated[PlaceOption, tyro.conf.arg(aliases=["-o"])]
    """Folder of the store, or a URL such as s3://bucket/store."""
    recipe: Annotated[BuildRecipe, tyro.conf.arg(name="")] = field(default_factory=BuildRecipe)
    """What becomes of the meshes."""
    workers: int | None = None
    """Shapes at a time; as many as there are cores by default."""
    execution: Annotated[Execution, tyro.conf.arg(name="")] = field(default_factory=Execution)
    """Where the work is done."""


def main(verb: str, argv: list[str]) -> int:
    """Run `data build`; exit code 0 where a store was made, even if some meshes were set aside."""
    config = tyro.cli(DataBuild, args=argv, prog=f"latentmapper {verb}")
    start, executor = time.monotonic(), config.execution.choose(config.workers)
    manifest = build(config.shapes, config.output, config.recipe, executor, counted)
    _print_summary(manifest, config.output, time.monotonic() - start)
    return 0


def _print_summary(manifest: list[Record], path: Place, seconds: float) -> None:
    aside = [record for record in manifest if record.verdict != USABLE]
    for record in aside:
        print(f"set aside: {record.id} ({record.split}): {record.verdict}")
    splits = Counter(record.split for record in manifest if record.verdict == USABLE)
    named = [*SPLITS, *([HELD_OUT] if HELD_OUT in splits else [])]
    counts = ", ".join(f"{splits[name]} {name}" for name in named)
    header = Store.open(path).header
    print(f"{path}: {len(manifest) - len(aside)} shapes ({counts}), {len(aside)} set aside")
    kind = "mirror-symmetric" if header["symmetric"] else "not mirror-symmetric"
    print(f"category {header['category']}, {kind}; {seconds:.0f} s")
    shares = zip(SPLITS, header["recipe"]["split"], strict=True)
    if empty := [name for name, share in shares if share and not splits[name]]:
        lacking = " and ".join(f"no shape is for {name}" for name in empty)
        told = f"{lacking}: so few groups want larger shares, such as --split 0.6 0.2 0.2"
        print(f"warning: {told}", file=sys.stderr)
