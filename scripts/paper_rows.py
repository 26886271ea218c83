"""The paper's system on two cores, from stores to an evaluated pack, and each of its ablations: a row a name.

    python scripts/paper_rows.py airplanes parametric-airplanes --test airplanes -o work
    python scripts/paper_rows.py airplanes parametric-airplanes --test airplanes -o work --rows no-clip soft

Every row is a list of `latentmapper` commands in the folder named with -o; rows share what they have in
common. A step that is done is not done again, and one that was interrupted goes on where it was when the same
command is given again. `--show` prints the commands instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro
from endings import run
from row_steps import Step, follow, require_known, require_steps, rounded

LABELS = ("--recipe", "descriptor-paper")
OVERLAPPING, APART = (*LABELS, "--bag.stride", "7"), (*LABELS, "--bag.stride", "14")
"""The paper's ViT has patches of 8 and moves by 4, the bundled one has patches of 14. Moving by 14 gives the
ViT a sixth of the work."""


@dataclass(frozen=True)
class Row:
    """One way of the paper, and what it changes of the others."""

    views: Literal["nine", "still", "circle"] = "nine"
    """Which pictures: see `RENDER`."""
    descriptor: str = "apart"
    """Name of the descriptor; empty for the contrastive pair's alone."""
    describe: tuple[str, ...] = APART
    """How pictures become it."""
    entry: Literal["numbers", "embedding"] = "numbers"
    """How it enters the autoencoder."""
    clip: bool = True
    """Whether the contrastive pair's embedding stands beside it."""
    mapper: tuple[str, ...] = ()
    """What else the mapper is told."""


DECODED, ORIGINAL = KINDS = "decoded", "original"
"""What is rendered: what the base model makes of its codes, which is trained on, and held-out shapes
themselves, which have no codes but fitted ones."""
RENDER = {
    "nine": ("--recipe", "views-paper"),
    "still": ("--recipe", "views-paper", "--zoom", "1", "1", "--rotation", "0"),
    "circle": ("--recipe", "views-paper-circle"),
}
ROWS = {
    "paper": Row(descriptor="labels", describe=OVERLAPPING),
    "apart": Row(),
    "embedded": Row(entry="embedding"),
    "no-clip": Row(clip=False),
    "no-keys": Row(descriptor=""),
    "soft": Row(descriptor="soft", describe=(*APART, "--kind", "soft"), entry="embedding"),
    "pooled": Row(descriptor="pooled", describe=("--grid", "4")),
    "tokens": Row(descriptor="tokens", describe=(*APART, "--bag.facet", "tokens")),
    "shallow": Row(descriptor="shallow", describe=(*APART, "--bag.blocks", "shallow")),
    "deep": Row(descriptor="deep", describe=(*APART, "--bag.blocks", "deep")),
    "no-augmentation": Row(views="still"),
    "distance-loss": Row(mapper=("--distance-weight", "20")),
    "circle": Row(views="circle"),
}
"""`paper` is the system as it is, `apart` the same of patches side by side; each of the others changes one
thing of `apart`."""


@dataclass(frozen=True)
class Config:
    """Make and measure rows; run again to go on."""

    stores: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Stores of one category, to train on."""
    test: Path
    """The store whose test shapes are measured."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
    """Folder for everything."""
    rows: tuple[str, ...] = ("paper",)
    """Which rows: paper, apart, embedded, no-clip, no-keys, soft, pooled, tokens, shallow, deep,
    no-augmentation, distance-loss or circle."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the base and of what describes pictures to train on: bfloat16 takes less than half the time on
    processors that know it, and many times as long on others."""
    license: str = "Apache-2.0"
    """Of the packs, as data."""
    more: tuple[str, ...] = ()
    """What a step is told besides, its name in front: "base --steps 500"."""
    show: bool = False
    """Print the commands and do nothing."""


def main(config: Config) -> None:
    """Run the steps of every row; stops at the first that fails."""
    require_known(config.rows, ROWS)
    require_steps(config.more, (step for row in config.rows for step in steps(config, row)))
    for row in config.rows:
        follow(steps(config, row), config.output, config.more, config.show)


def steps(config: Config, name: str) -> Iterator[Step]:
    """What a row takes, in order."""
    base = place(config, "base")
    shape = ["--model", "dit-small", *rounded(config.precision)]
    yield "base", ["train", "shape", *map(str, config.stores), "-o", base, *shape]
    yield from picture_steps(config, ROWS[name])
    yield from descriptor_steps(config, ROWS[name])
    yield from pack_steps(config, name)


def picture_steps(config: Config, row: Row) -> Iterator[Step]:
    """Views and sentences, and the contrastive pair that learns from both."""
    for i, store in enumerate(map(str, config.stores)):
        for kind in KINDS:
            folder = place(config, f"views-{row.views}-{kind}-{i}")
            what = ["--decode", place(config, "base")] if kind == DECODED else ["--splits", "validation"]
            render = ["data", "render", store, "-o", folder, *RENDER[row.views], *what]
            yield f"render.{row.views}.{kind}.{i}", render
        yield f"describe.{i}", ["data", "describe", store]
    for each in views_of(config, row):
        folder, output = place(config, f"views-{each}"), place(config, f"overview-{each}")
        yield f"overview.{each}", [*features(config), folder, "-o", output, "--grid", "1"]
    pooled, stores = places(config, "overview", row), map(str, config.stores)
    pair = place(config, f"pair-{row.views}")
    yield f"pair.{row.views}", ["train", "clip", *pooled, "--stores", *stores, "-o", pair]


def descriptor_steps(config: Config, row: Row) -> Iterator[Step]:
    """What describes the pictures, and the autoencoder that compresses it."""
    clip = ["--kind", "clip", "--clip", f"bundled:{place(config, f'pair-{row.views}')}"]
    described = places(config, row.descriptor, row)
    for i, each in enumerate(views_of(config, row)):
        folder = place(config, f"views-{each}")
        if row.descriptor:
            taken = ["--clusters", described[0]] if i and "--recipe" in row.describe else []
            read = [*features(config), folder, "-o", described[i], *row.describe, *taken]
            yield f"{row.descriptor}.{each}", read
        overview, output = place(config, f"overview-{each}"), place(config, f"clip-{each}")
        yield f"clip.{each}", ["data", "features", overview, "-o", output, *clip]
    if row.descriptor:
        encoder = encoder_of(config, row)
        paper = ["--recipe", "autoencoder-paper", "--shape.entry", row.entry]
        yield f"autoencoder.{Path(encoder).name}", ["train", "autoencoder", *described, "-o", encoder, *paper]


def pack_steps(config: Config, name: str) -> Iterator[Step]:
    """The mapper, the pack, and how good it is."""
    row, base, known = ROWS[name], place(config, "base"), ["--stores", *map(str, config.stores)]
    mapper, pack = place(config, f"mapper-{name}"), place(config, f"pack-{name}")
    read = ["--features", *places(config, row.descriptor or "clip", row)]
    if row.descriptor:
        beside = ["--beside", *places(config, "clip", row)] if row.clip else []
        read += ["--autoencoder", encoder_of(config, row), *beside]
    codes, ceiling = place(config, "codes.safetensors"), place(config, "ceiling.safetensors")
    # Codes that training is only watched by need not be as exact as those that tell the ceiling.
    roughly = ["--splits", "validation", "--steps", "100", "--points", "2048", "--starts", "256"]
    yield "codes", ["fit", base, *map(str, config.stores), "-o", codes, *roughly, *rounded(config.precision)]
    told = ["--codes", codes, "--recipe", "mapper-paper", *row.mapper]
    yield f"mapper.{name}", ["train", "mapper", base, *known, *read, *told, "-o", mapper]
    named = ["--id", f"latentmapper-paper-small-{name}", "--license", config.license, "--int8"]
    yield f"pack.{name}", ["packs", "build", base, mapper, *known, "-o", pack, *named]
    measured = ["-o", place(config, f"evaluation-{name}"), "--views-per-shape", "6", "--resolution", "64"]
    measured += ["--timed", "6"]
    yield "ceiling", ["fit", base, str(config.test), "-o", ceiling, "--splits", "test"]
    # The nearest training shape is found among pictures of original meshes, of which there are none here.
    yield f"evaluate.{name}", ["evaluate", pack, str(config.test), *measured, "--ceiling", ceiling]


def features(config: Config) -> list[str]:
    """How every descriptor begins."""
    return ["data", "features", "--precision", config.precision]


def place(config: Config, name: str) -> str:
    """Where something of the rows is kept."""
    return str(config.output / name)


def places(config: Config, what: str, row: Row) -> list[str]:
    """Where something of each of a row's views is kept."""
    return [place(config, f"{what}-{each}") for each in views_of(config, row)]


def views_of(config: Config, row: Row) -> list[str]:
    """Names of the views of a row."""
    return [f"{row.views}-{kind}-{i}" for i in range(len(config.stores)) for kind in KINDS]


def encoder_of(config: Config, row: Row) -> str:
    """The run of the autoencoder of a row's descriptor."""
    return place(config, f"autoencoder-{row.descriptor}-{row.views}-{row.entry}")


if __name__ == "__main__":
    run(main, Config, __doc__)
