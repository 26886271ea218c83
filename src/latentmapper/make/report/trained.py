"""How the peers were trained: as long as the packs, and until they learned no more."""

from collections.abc import Iterator, Sequence
from typing import Any

from latentmapper.make.report.blocks import Block, Chart, Table
from latentmapper.make.report.learning import draw
from latentmapper.make.report.panels import Panel
from latentmapper.make.report.runs import Run

CAPTION = (
    "Hours of training, as the logs tell them: all stages that a row depends on; of a pack its shapes' and "
    "its mapper's, without runs that these started from. Curves: error on held-out shapes."
)
COLUMNS = ["method", "hours", "stages (steps)", "shapes", "pictures", "views"]


def training(panel: Panel) -> list[Block]:
    """Data, steps and hours of packs and baselines, and how the error on held-out shapes fell."""
    peers = list(baselines(panel.runs))
    if not peers:
        return []
    packs = [(entry.label, entry.run.report["pack"]) for entry in panel.entries if entry.ours]
    rows = [[label, _hours(pack.get("hours")), "", "", "", ""] for label, pack in packs]
    rows += [_row(each) for each in peers]
    blocks: list[Block] = [Table(COLUMNS, rows, CAPTION)]
    for number, each in enumerate(peers):
        stages = [stage for stage in each["training"]["stages"] if len(stage["curve"]) > 1]
        if stages and not any(
            _begins(other["training"]["stages"], each["training"]["stages"]) for other in peers
        ):
            alt = f"Error of {each['name']} on held-out shapes while it was trained"
            name = f"learning-{panel.anchor}-{number}.svg"
            blocks.append(Chart(name, alt, draw(each["name"], stages, alt)))
    return blocks


def _begins(longer: Sequence[Any], stages: Sequence[Any]) -> bool:
    """Whether another row went on from these very stages, and so shows their curves too."""
    return len(longer) > len(stages) and longer[: len(stages)] == stages


def baselines(runs: Sequence[Run]) -> Iterator[dict[str, Any]]:
    """The peers whose training is told, each once; other weights of a known name are called as their row."""
    seen: dict[str, str] = {}
    for run in runs:
        for each in run.report.get("baselines", []):
            weights = each.get("sha256", "")
            if "training" not in each or seen.get(each["name"]) == weights:
                continue
            label = f"{each['name']} ({run.name})" if each["name"] in seen else each["name"]
            seen.setdefault(label, weights)
            yield each | {"name": label}


def hours_of(baseline: dict[str, Any]) -> float | None:
    """All stages that a peer depends on together; None where a log does not tell."""
    hours = [stage["hours"] for stage in baseline["training"]["stages"]]
    return None if None in hours else sum(hours)


def _row(baseline: dict[str, Any]) -> list[str]:
    told, hours = baseline["training"], hours_of(baseline)
    stages = ", ".join(f"{stage['stage']} {stage['steps']:,}" for stage in told["stages"])
    views = f"{len(told['yaws'])} fixed yaws" if told["yaws"] else "from everywhere"
    return [baseline["name"], _hours(hours), stages, f"{told['shapes']:,}", f"{told['pictures']:,}", views]


def _hours(value: float | None) -> str:
    return "not told" if value is None else f"{value:.1f}"
