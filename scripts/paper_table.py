"""The rows of `paper_rows.py` as one Markdown table, beside the default pack on the same pictures.

    python scripts/paper_table.py work --default ev-air src/latentmapper/packs/airplane

`work` is the folder that `paper_rows.py` was given with -o, `ev-air` what `latentmapper evaluate` wrote of
the default pack with the same options. A row that was not measured is left out.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from endings import run
from paper_rows import ROWS

from latentmapper.errors import UsageError
from latentmapper.make.evaluation.results import read_results
from latentmapper.make.evaluation.tables import markdown_table

COLUMNS = (
    *("pack", "Chamfer mean [95 %]", "median", "F-score", "nearest training shape", "ceiling of the base"),
    *("s a mesh, warm", "pack, MB"),
)


@dataclass(frozen=True)
class Config:
    """Print what was measured."""

    work: Annotated[Path, tyro.conf.Positional]
    """Folder of the rows."""
    default: tuple[Path, Path] | None = None
    """Evaluation of the default pack, and that pack."""
    condition: str = "cluttered"
    """Which pictures."""


def main(config: Config) -> None:
    """Print the table, the rows in the order of `paper_rows.py`.

    Raises
    ------
    UsageError : nothing was measured, or not by one protocol on the same shapes of one store.
    """
    folders = [(name, config.work / f"evaluation-{name}", config.work / f"pack-{name}") for name in ROWS]
    folders = [row for row in folders if (row[1] / "results.json").is_file()]
    if config.default:
        folders.append(("default", *config.default))
    if not folders:
        raise UsageError(f"{config.work}: no row was measured; run scripts/paper_rows.py first")
    parts = ("protocol", "store", "rows", "shapes")
    measured = [read_results(evaluation / "results.json", parts) for _, evaluation, _ in folders]
    if len(set(map(what, measured))) > 1:
        raise UsageError("rows of several protocols, stores or shapes: evaluate all in the same way")
    print(f"Protocol `{measured[0]['protocol']['id']}`, data `{measured[0]['store']['hash'][:12]}`.\n")
    rows = zip(folders, measured, strict=True)
    cells = [[name, *numbers(results, config.condition, *where)] for (name, *where), results in rows]
    print(markdown_table(COLUMNS, cells))


def what(results: dict[str, Any]) -> tuple[str, str, frozenset[str]]:
    """By which protocol, and on which original meshes of which store: --limit-shapes takes fewer of them."""
    shapes = frozenset(shape["id"] for shape in results["shapes"] if shape["origin"] == "mesh")
    return results["protocol"]["id"], results["store"]["hash"], shapes


def numbers(results: dict[str, Any], condition: str, evaluation: Path, pack: Path) -> list[str]:
    """The cells of a row; what was not measured is a dash."""
    rows = {(row["method"], row["condition"]): row for row in results["rows"] if row["origin"] == "mesh"}
    own = rows.get(("pack", condition))
    if own is None:
        raise UsageError(f"{evaluation}: no {condition} pictures of meshes were measured")
    chamfer = own["chamfer"]
    return [
        f"{chamfer['mean']:.2f} [{chamfer['low']:.2f}, {chamfer['high']:.2f}]",
        f"{chamfer['median']:.2f}",
        f"{own['f_score']['mean']:.3f}",
        mean_chamfer(rows.get(("nearest training shape", condition))),
        mean_chamfer(rows.get(("ceiling", "any"))),
        seconds(evaluation / "times.json"),
        f"{sum(file.stat().st_size for file in pack.iterdir()) / 1e6:.1f}",
    ]


def mean_chamfer(row: dict[str, Any] | None) -> str:
    """Of a row that may not be there."""
    return f"{row['chamfer']['mean']:.2f}" if row else "-"


def seconds(path: Path) -> str:
    """From a file in memory to a mesh, median of the pictures that were timed."""
    if not path.is_file():
        return "-"
    return f"{json.loads(path.read_text())['times']['pack']['warm']['wall']:.2f}"


if __name__ == "__main__":
    run(main, Config, __doc__)
