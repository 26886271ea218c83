"""What the tables do not hold, in words: what is not measured is not to be taken for beaten."""

from collections.abc import Sequence

from latentmapper.make.evaluation.conditions import SETTINGS
from latentmapper.make.evaluation.report import warnings
from latentmapper.make.evaluation.session import DECODED
from latentmapper.make.report.blocks import Text
from latentmapper.make.report.panels import Entry, Panel
from latentmapper.make.report.trained import baselines, hours_of

PEERS = {"AtlasNet-Sph": "atlasnet-sphere", "AtlasNet-25": "atlasnet-25", "IM-NET": "imnet"}
"""Trained baselines of the paper, and how the names of their recipes begin."""
SYSTEM = "the paper's own system"
RETRIEVAL = "nearest training shape"
REFERENCES = {
    RETRIEVAL: "--features",
    "best training shape": "--oracle",
    "ceiling": "--ceiling",
    "floor": "--floor",
}
"""Rows that an option of evaluate adds."""
CONDITIONS = [name for name in SETTINGS if name != "occluded"]
"""What pictures are to be taken under; of the hidden ones those of which it is known how much is hidden."""

UNTRAINED = (
    "They have to learn from the same shapes first (latentmapper train baseline; the paper's recipes): "
    "until then nothing here says who is ahead."
)


def peers(panel: Panel) -> dict[str, list[Entry]]:
    """The methods that the paper compares, and the entries of each: none where it was not measured."""
    found = {name: _of_recipe(panel, begins) for name, begins in PEERS.items()}
    system = [e for e in panel.entries if e.ours and e.run.report["pack"].get("base") == "dit"]
    return found | {SYSTEM: system, RETRIEVAL: [e for e in panel.entries if e.method == RETRIEVAL]}


def _of_recipe(panel: Panel, begins: str) -> list[Entry]:
    named = {
        (id(run), each["name"])
        for run in panel.runs
        for each in run.report.get("baselines", [])
        if each["recipe"].startswith(begins)
    }
    return [entry for entry in panel.entries if (id(entry.run), entry.method) in named]


def gaps(panel: Panel) -> list[Text]:
    """What is missing from the tables of a panel, and what is wrong with what stands there."""
    found = peers(panel)
    untrained = [name for name in (*PEERS, SYSTEM) if not found[name]]
    methods = {entry.method for entry in panel.entries}
    absent = [f"{name} ({option})" for name, option in REFERENCES.items() if name not in methods]
    said: list[str] = []
    if untrained:
        said.append(f"Not measured on these shapes: {_listed(untrained)}. {UNTRAINED}")
    if brief := _briefer(panel):
        said.append(f"Trained for less time than {panel.first.pack}, so not beaten yet: {_listed(brief)}.")
    if untold := _untold(panel):
        said.append(f"{untold}.")
    if absent:
        said.append(f"Rows that are missing, and what adds them to latentmapper evaluate: {_listed(absent)}.")
    said += [f"Beware: {warning}." for run in panel.runs for warning in warnings(run.report)]
    return [Text(text) for text in said]


def _briefer(panel: Panel) -> list[str]:
    """Peers that had less time to learn than the pack that they are held against, as far as both are told."""
    ours, peers = _hours(panel)
    return [name for name, hours in peers.items() if ours is not None and hours is not None and hours < ours]


def _untold(panel: Panel) -> str:
    """Of which peers it is not known whether they had less time, and why; empty where it is known of all."""
    ours, peers = _hours(panel)
    unknown = [name for name, hours in peers.items() if ours is None or hours is None]
    if not unknown:
        return ""
    whose = "the pack's" if ours is None else "their"
    why = f"since {whose} hours are not recorded"
    return f"Whether they had less time than {panel.first.pack} is not known, {why}: {_listed(unknown)}"


def _hours(panel: Panel) -> tuple[float | None, dict[str, float | None]]:
    """Hours that the first pack was trained for, and those of every peer; None where they are not told."""
    named = {each["name"]: None for run in panel.runs for each in run.report.get("baselines", [])}
    told = {each["name"]: hours_of(each) for each in baselines(panel.runs)}
    return panel.first.report["pack"].get("hours"), named | told


def untaken(panels: Sequence[Panel]) -> list[list[str]]:
    """By category, conditions that no panel has pictures of, beside what takes them; no line for none."""
    rows = []
    for category in dict.fromkeys(panel.first.category for panel in panels):
        runs = [run for panel in panels if panel.first.category == category for run in panel.runs]
        taken = {row.condition for run in runs for row in run.rows if row.origin != DECODED}
        if missing := [name for name in CONDITIONS if name not in taken]:
            title = f"Pictures of {category} shapes: {_listed(missing)}"
            rows.append([title, f"evaluate --conditions {' '.join(CONDITIONS)}"])
    return rows


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
