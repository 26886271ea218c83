"""How the peers were trained: as long as the packs, and until they learned no more."""

from collections.abc import Iterator, Sequence
from typing import Any

from latentmapper.make.report.blocks import Block, Chart, Table
from latentmapper.make.report.learning import draw
from latentmapper.make.report.runs import Panel, Run

CAPTION = (
    "Hours of training, as the logs tell them: all stages that a row depends on; of a pack its shapes' and "
    "its mapper's, without runs that these started from. Curves: error on held-out shapes."
)
COLUMNS = ["method", "hours", "stages (steps)", "shapes", "pictures", "views"]


def training(panel: Panel) -> list[Block]:
    """Data, steps and hours of packs and baselines, and how the error on held-out shapes fell."""
    baselines = list(_baselines(panel.runs))
    if not baselines:
        return []
    rows = [[run.pack, _hours(run.report["pack"].get("hours")), "", "", "", ""] for run in panel.runs]
    rows += [_row(each) for each in baselines]
    blocks: list[Block] = [Table(COLUMNS, rows, CAPTION)]
    for number, each in enumerate(baselines):
        stages = [stage for stage in each["training"]["stages"] if len(stage["curve"]) > 1]
        if stages and not any(
            _begins(other["training"]["stages"], each["training"]["stages"]) for other in baselines
        ):
            alt = f"Error of {each['name']} on held-out shapes while it was trained"
            name = f"learning-{panel.anchor}-{number}.svg"
            blocks.append(Chart(name, alt, draw(each["name"], stages, alt)))
    return blocks


def _begins(longer: Sequence[Any], stages: Sequence[Any]) -> bool:
    """Whether another row went on from these very stages, and so shows their curves too."""
    return len(longer) > len(stages) and longer[: len(stages)] == stages


def _baselines(runs: Sequence[Run]) -> Iterator[dict[str, Any]]:
    """Each once, those whose training is told."""
    seen: set[str] = set()
    for run in runs:
        for each in run.report.get("baselines", []):
            if "training" in each and each["name"] not in seen:
                seen.add(each["name"])
                yield each


def _row(baseline: dict[str, Any]) -> list[str]:
    told = baseline["training"]
    hours = [stage["hours"] for stage in told["stages"]]
    total = None if None in hours else sum(hours)
    stages = ", ".join(f"{stage['stage']} {stage['steps']:,}" for stage in told["stages"])
    views = f"{len(told['yaws'])} fixed yaws" if told["yaws"] else "from everywhere"
    return [baseline["name"], _hours(total), stages, f"{told['shapes']:,}", f"{told['pictures']:,}", views]


def _hours(value: float | None) -> str:
    return "not told" if value is None else f"{value:.1f}"
