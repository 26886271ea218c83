"""The peers that packs are set against, from stores and pictures to a report: a row a name.

    python scripts/peer_rows.py airplanes --views views --test airplanes --pack PACK -o work --hours 3

AtlasNet of 25 squares and of a sphere and IM-NET, each from pictures of all sides and (`-fixed`) from the
nine views of the 3D-LatentMapper paper; then all of them beside the pack, and the report. Every row is a
list of `latentmapper` commands in the folder named with -o. A step that is done is not done again, and one
that was interrupted goes on where it was when the same command is given again. `--show` prints the commands.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro
from endings import run
from row_steps import Step, follow, require_known, require_steps, rounded

from latentmapper.errors import UsageError
from latentmapper.make.training import log
from latentmapper.make.training.baseline_run import RECIPES, BaselineRecipe
from latentmapper.make.training.stages import AUTO, ENCODER, JOINT

METHODS = ("atlasnet-25", "atlasnet-sphere", "imnet")
FIXED = "-fixed"
ROWS = (*METHODS, *(f"{method}{FIXED}" for method in METHODS))
STEPS = {AUTO: "--auto-steps", ENCODER: "--encoder-steps", JOINT: "--joint-steps"}
"""The option of each stage."""
TRIAL = 300
"""Steps of a stage by which its pace is measured, with one of the looks at held-out shapes, every 250."""
MARGIN = 1.05
"""Hours are what a run gets at least, and its pace is not the same all the time."""
GRID = "1"
"""Of the descriptors by which the nearest training shape is found: packs see pictures as a whole."""
METRICS = ("f_score_01", "f_score_02", "emd", "normal_consistency", "watertight")
PICTURES = ("cluttered", "plain", "occluded-25", "occluded-50")


@dataclass(frozen=True)
class Config:
    """Make and measure rows; run again to go on."""

    stores: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """Stores of one category, to train on."""
    views: tuple[Path, ...]
    """Pictures of their shapes from all sides, as the pack has them."""
    test: Path
    """The store whose test shapes are measured."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])]
    """Folder for everything."""
    pack: Path | None = None
    """The pack beside which all are measured; without one they are only trained."""
    rows: tuple[str, ...] = ROWS
    """Which rows: atlasnet-25, atlasnet-sphere, imnet, and each with -fixed at its end."""
    hours: float = 0
    """Hours that every row has learned for at least, fine-tuning not counted, by a pace that is measured
    first; 0 takes the steps of the recipes."""
    precision: Literal["float32", "bfloat16"] = "float32"
    """Of products of hidden values in training: bfloat16 saves time on processors that know it, and takes
    many times as long on others."""
    more: tuple[str, ...] = ()
    """What a step is told besides, its name in front: "evaluate --ceiling codes.safetensors"."""
    show: bool = False
    """Print the commands and do nothing."""


def main(config: Config) -> None:
    """Run the steps of every row and of the report; stops at the first that fails."""
    require_known(config.rows, ROWS)
    if config.hours < 0:
        raise UsageError(f"--hours must be at least 0, not {config.hours:g}")
    require_steps(config.more, all_steps(config))
    follow(all_steps(config), config.output, config.more, config.show)


def all_steps(config: Config) -> Iterator[Step]:
    """The steps of every row, then those of the report, which depend on them."""
    for row in config.rows:
        yield from steps(config, row)
    if config.pack:
        yield from report_steps(config, config.pack)


def steps(config: Config, row: str) -> Iterator[Step]:
    """What a row takes, in order; one of fixed views begins with the other's auto-encoder."""
    method = row.removesuffix(FIXED)
    told: list[str] = []
    if config.hours:
        trial = place(config, f"pace-{method}")
        brief = lasting(dict.fromkeys(STEPS, TRIAL), method)
        yield f"pace.{method}", train(config, method, config.views, trial, brief)
        told = lasting(counts(config, method), method)
    named = [*told, "--name", method]
    yield f"train.{method}", train(config, method, config.views, place(config, method), named)
    if row == method:
        return
    views = [Path(place(config, f"fixed-views-{i}")) for i in range(len(config.stores))]
    for i, (store, folder) in enumerate(zip(config.stores, views, strict=True)):
        rendered = ["data", "render", str(store), "-o", str(folder), "--recipe", "views-paper"]
        yield f"render.{i}", [*rendered, "--splits", "train", "validation"]
    taken = ["--start", place(config, method), "--name", row]
    yield f"train.{row}", train(config, method, views, place(config, row), [*told, *taken])


def train(config: Config, method: str, views: Sequence[Path], run: str, told: list[str]) -> list[str]:
    """The command that trains a method."""
    stores = [*map(str, config.stores), "--views", *map(str, views)]
    told = [*rounded(config.precision), *told]
    return ["train", "baseline", *stores, "-o", run, "--recipe", f"{method}-small", *told]


def lasting(steps: Mapping[str, int], method: str) -> list[str]:
    """The options for so many steps of each stage that a method has."""
    options = {stage: option for stage, option in STEPS.items() if stage in recipe_of(method).stages}
    return [part for stage, option in options.items() for part in (option, str(steps[stage]))]


def counts(config: Config, method: str) -> dict[str, int]:
    """Steps of each stage that fill the hours, in the recipe's proportions; the recipe's until a trial tells.

    The stage that fine-tunes comes on top: the row whose decoder is frozen ends before it.
    """
    usual, trial = recipe_of(method).stages, Path(place(config, f"pace-{method}"))
    seconds = {stage: found for stage in (AUTO, ENCODER) if (found := pace(trial / stage)) is not None}
    if len(seconds) < 2:
        return usual
    once = sum(usual[stage] * each for stage, each in seconds.items())
    return {stage: math.ceil(count * MARGIN * 3600 * config.hours / once) for stage, count in usual.items()}


def pace(stage: Path) -> float | None:
    """Seconds of a step, checks and checkpoints among them, by the log of a trial; None where it is short."""
    lines = [line for line in log.read_log(stage / log.NAME) if "loss" in line]
    if len(lines) < 2:
        return None
    return (lines[-1]["seconds"] - lines[0]["seconds"]) / (lines[-1]["step"] - lines[0]["step"])


def report_steps(config: Config, pack: Path) -> Iterator[Step]:
    """All rows beside the pack, and the page that tells of them."""
    overviews = [place(config, f"overview-{i}") for i in range(len(config.views))]
    for i, (views, folder) in enumerate(zip(config.views, overviews, strict=True)):
        yield f"overview.{i}", ["data", "features", str(views), "-o", folder, "--grid", GRID]
    stores = map(str, config.stores)
    near = ["--features", *overviews, "--training", *stores, "--oracle", "--floor"]
    told = ["--metrics", *METRICS, "--conditions", *PICTURES, "--views-per-shape", "6", "--resolution", "64"]
    evaluation = place(config, "evaluation")
    asked = [*told, *near, "--timed", "8", "--baselines", *runs(config)]
    yield "evaluate", ["evaluate", str(pack), str(config.test), "-o", evaluation, *asked]
    yield "report", ["report", evaluation, "-o", place(config, "report")]


def runs(config: Config) -> Iterator[str]:
    """Every row, and the paper's way of it, whose decoder stays as the auto-encoder left it."""
    for row in config.rows:
        run = place(config, row)
        yield run
        if len(recipe_of(row.removesuffix(FIXED)).stages) > 2:
            yield str(Path(run) / ENCODER)


def recipe_of(method: str) -> BaselineRecipe:
    """The recipe that fits two cores."""
    return RECIPES[f"{method}-small"]


def place(config: Config, name: str) -> str:
    """Where something of the rows is kept."""
    return str(config.output / name)


if __name__ == "__main__":
    run(main, Config, __doc__)
