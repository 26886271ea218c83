"""`latentmapper compare RESULTS [RESULTS]`: whether one method is better than another, or only luckier."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from latentmapper.errors import UsageError
from latentmapper.files import write_json

if TYPE_CHECKING:
    from latentmapper.make.evaluation.differences import Difference, Side


@dataclass(frozen=True)
class Config:
    """Compare two evaluations, or two methods of one, sample by sample; both must follow one protocol."""

    results: Annotated[tuple[Path, ...], tyro.conf.Positional]
    """One or two results.json files of latentmapper evaluate."""
    method: str = "pack"
    """Method of the first file."""
    against: str | None = None
    """Method it is compared with, of the second file where there are two; by default of the same name."""
    metrics: tuple[str, ...] = ()
    """What to compare, by the names in the files, such as emd or aligned_chamfer; by default all."""
    shapes: tuple[str, ...] = ()
    """Which shapes to compare, by their ids or patterns of them, such as "street__1*"; by default all."""
    json: Path | None = None
    """File to write the differences to as well."""

    def __post_init__(self) -> None:
        """Name what cannot be compared."""
        if len(self.results) not in (1, 2):
            raise UsageError(f"one or two results.json are compared, not {len(self.results)}")
        if len(self.results) == 1 and self.against in (None, self.method):
            raise UsageError("nothing to compare with: name a second results.json, or a method by --against")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.make.evaluation.differences import Side, differences, narrowed
    from latentmapper.make.evaluation.results import read_results, require_samples

    paths = (config.results[0], config.results[-1])
    methods = (config.method, config.against or config.method)
    reports = [read_results(path, ("protocol", "shapes")) for path in paths]
    for path, report in zip(paths, reports, strict=True):
        require_samples(str(path), report)
    first, second = (
        narrowed(Side(str(path), report, method), config.shapes)
        for path, report, method in zip(paths, reports, methods, strict=True)
    )
    found = differences(first, second, config.metrics)
    print(_text(first, second, found), end="")
    if config.json:
        write_json(config.json, _document(first, second, found))
    return 0


def _text(first: "Side", second: "Side", found: "Sequence[Difference]") -> str:
    """The differences as a Markdown table, and what it shows."""
    from latentmapper.make.evaluation.tables import markdown_table, shown, title

    rows = []
    for each in found:
        values = [shown(each.measure, value) for value in (each.first, each.second, each.difference)]
        low, high = (shown(each.measure, value) for value in (each.low, each.high))
        # The interval of a single group has no width, and says nothing.
        clear = " *" if each.groups > 1 and (each.low > 0 or each.high < 0) else ""
        counts = [f"{each.shapes} ({each.groups})", str(each.samples)]
        interval = f"{values[2]} [{low}, {high}]{clear}"
        row = [each.origin, each.condition, title(each.measure), *counts, *values[:2], interval]
        rows.append([*row, f"{each.better:.0%}"])
    titles = ["origin", "pictures", "metric", "shapes (groups)", "samples", "first", "second"]
    table = markdown_table([*titles, "difference [95 %]", "first is better"], rows)
    return (
        f"First: {first.method} of {first.name}\nSecond: {second.method} of {second.name}\n"
        f"Protocol: {first.report['protocol']['id']}\n\n{table}\n\n"
        "Difference: first less second, on the same pictures; interval: paired bootstrap over groups; *: it\n"
        "does not hold zero.\n"
    )


def _document(first: "Side", second: "Side", found: "Sequence[Difference]") -> dict:
    sides = {
        name: {"file": side.name, "method": side.method, "pack": side.report["pack"]["hash"]}
        for name, side in (("first", first), ("second", second))
    }
    return {"protocol": first.report["protocol"]["id"], **sides, "rows": [asdict(each) for each in found]}
