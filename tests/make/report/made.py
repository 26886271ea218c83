"""Results of evaluations with known numbers, as `latentmapper evaluate` leaves them."""

from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from latentmapper.files import write_json
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.report.panels import Panel, panels
from latentmapper.make.report.reading import read_runs
from latentmapper.make.report.runs import Run

VIEWS = (0, 3, 27, 57)
"""Azimuths 0, 15, 135 and 285 of the grid of 24 x 3."""


def shape(name: str, pack: float, origin: str = "mesh", **others: float) -> dict[str, Any]:
    """One shape: the pack's error is `pack` on plain backgrounds, 2 more in clutter, and so for others.

    Names with an underscore are methods with blanks; of these, blind ones have no condition.
    """
    samples = {"pack": seeing(pack)}
    for method, error in others.items():
        method = method.replace("_", " ")
        seen = method in ("nearest training shape", "AtlasNet")
        samples[method] = seeing(error) if seen else {"any": cell(error, VIEWS[:1])}
    presence = {"cluttered": [1.0] * 4, "plain": [1.0] * 4}
    about = {"id": name, "group": name, "origin": origin, "sha256": name}
    return {**about, "samples": samples, "failures": [], "presence": presence}


def seeing(error: float) -> dict[str, Any]:
    """Of a method that looks at pictures."""
    return {"cluttered": cell(error + 2, VIEWS), "plain": cell(error, VIEWS)}


def cell(error: float, views: tuple[int, ...]) -> dict[str, Any]:
    """Samples of one condition."""
    return {"view": list(views), "chamfer": [error] * len(views), "f_score": [1 / (1 + error)] * len(views)}


def results(
    shapes: list[dict[str, Any]], pack: str = "pack-1", split: str = "test", **more: Any
) -> dict[str, Any]:
    """What results.json holds."""
    store = {"category": "car", "split": split, "hash": "d" * 64 if split == "test" else "e" * 64, "known": 0}
    return {
        "format": 1,
        "protocol": Rules(views_per_shape=4).record(),
        "pack": {"id": pack, "category": "car", "hash": pack.ljust(64, "0")},
        "store": store,
        "command": f"latentmapper evaluate {pack} store",
        "recognised": {},
        "shapes": shapes,
        **more,
    }


def runs(folder: Path, *reports: dict[str, Any]) -> list[Run]:
    """The same, written and read."""
    for i, report in enumerate(reports):
        write_json(folder / f"run-{i}" / "results.json", report)
    return read_runs([folder / f"run-{i}" for i in range(len(reports))])


def panel(folder: Path, *reports: dict[str, Any]) -> Panel:
    """The only panel of some results."""
    (found,) = panels(runs(folder, *reports))
    return found


def texts(table: Any) -> list[list[str]]:
    """What is written in the cells of a table."""
    return [[cell.text for cell in row] for row in table.cells]


def words(svg: str, size: float) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of the texts of a drawing, in letters as wide as those of common fonts."""
    boxes = []
    for element in (e for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")):
        x, y, wide = (
            float(element.attrib["x"]),
            float(element.attrib["y"]),
            0.59 * size * len(element.text or ""),
        )
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "start")]
        boxes.append((left, y - 0.8 * size, left + wide, y + 0.25 * size))
    return boxes


def legible(svg: str, size: float) -> bool:
    """Whether all texts of a drawing are within it, and none lies on another."""
    boxes = words(svg, size)
    wide, high = map(float, ElementTree.fromstring(svg).attrib["viewBox"].split()[2:])
    inside = all(left >= 0 and right <= wide and bottom <= high for left, _, right, bottom in boxes)
    return inside and not any(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for a, b in combinations(boxes, 2)
    )


LONG = [
    "latentmapper-paper-small-no-keys",
    "nearest training shape",
    "AtlasNet-25-fixed (encoder)",
    "mean shape of latentmapper-airplane-5-free-answers",
    "latentmapper-airplane-5-free-answers (work/airplanes/evaluation-of-free-answers-with-four-looks)",
    "name_without_a_place_to_break_it_" * 4,
]
"""Names that methods have, or could have."""
