"""Evaluations read for a report, and what they must hold for one to be made of them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from latentmapper.errors import UsageError
from latentmapper.make.evaluation.cases import CHOOSER, Case, Kind
from latentmapper.make.evaluation.comparison import ALWAYS
from latentmapper.make.evaluation.refusals import PACK
from latentmapper.make.evaluation.results import read_results
from latentmapper.make.evaluation.session import DECODED
from latentmapper.make.evaluation.tables import legend
from latentmapper.make.report.runs import Run

RESULTS = "results.json"


def read_runs(paths: Sequence[Path]) -> list[Run]:
    """The evaluations in folders, or in results.json files.

    Raises
    ------
    MissingError : there is none.
    UsageError : a file holds something else, or nothing was measured.
    """
    return [_read(path) for path in paths]


def _read(path: Path) -> Run:
    file = path / RESULTS if path.is_dir() else path
    report = read_results(file, ("protocol", "store", "command", "shapes"))
    run = Run(str(path), file.parent, report)
    try:
        _require_complete(run)
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, StopIteration) as error:
        fault = f"{type(error).__name__}: {error}"
        raise UsageError(f"{file} is no results.json of latentmapper evaluate ({fault})") from None
    return run


def _require_complete(run: Run) -> None:
    """Look at everything that the report needs, before it is begun; raises whatever is wrong."""
    report = run.report
    json.dumps(report, ensure_ascii=False, allow_nan=False).encode()  # no NaN, no half a character
    _require_names(run)
    for shape in report["shapes"]:
        _require_shape(shape)
    _require_measured(run)
    for case in run.cases:
        _require_case(case, report["shapes"])
    legend(run.protocol, [name for row in run.rows for name in row.numbers])
    _require_numbers(report["store"].get("known", 0), report["pack"].get("hours", 0))
    _require_mapping(report.get("way", {}))
    for baseline in report.get("baselines", []):
        _require_baseline(baseline)
    if times := report.get("times"):
        _require_times(times)


def _require_names(run: Run) -> None:
    """What titles, links and captions are made of."""
    store = run.report["store"]
    texts = [run.pack, run.category, run.split, run.condition, run.protocol["id"], run.report["command"]]
    texts += [store["hash"], run.report["pack"]["hash"], run.shapes, store.get("split_by", "group")]
    _require_texts(*texts, *store.get("hold_out", []))
    if not all(texts):
        raise ValueError("a name is empty")
    if chooser := run.report.get(CHOOSER):
        _require_texts(chooser["id"])


def _require_measured(run: Run) -> None:
    """Whether the pack was measured on all shapes that have a line."""
    origins = {row.origin for row in run.rows} - {DECODED}
    measured = {row.origin for row in run.rows if (row.method, row.condition) == (PACK, run.condition)}
    if not (origins and origins <= measured and run.curves):
        raise ValueError("nothing was measured")


def _require_shape(told: dict[str, Any]) -> None:
    _require_texts(told["id"], told["group"], told["origin"], told["sha256"])
    for failure in told["failures"]:
        _require_texts(failure["method"], failure["condition"], failure["error"])
    for cell in (cell for cells in told["samples"].values() for cell in cells.values()):
        if not cell["view"] or {len(values) for values in cell.values()} != {len(cell["view"])}:
            raise ValueError(f"samples of {told['id']} are missing")
        for name in ("view", *ALWAYS):
            _require_numbers(*cell[name])
        for values in cell.values():
            _require_numbers(*(value for value in values if value is not None))


def _require_case(case: Case, shapes: Sequence[dict[str, Any]]) -> None:
    """Whether a picture that was kept shows what was measured."""
    if case.kind not in get_args(Kind) or not isinstance(case.number, int):
        raise ValueError(f"{case.kind} {case.number} is no case")
    samples = {(shape["id"], shape["origin"]): shape["samples"][PACK] for shape in shapes}
    if case.view not in samples[case.shape, case.origin][case.condition]["view"]:
        raise ValueError(f"{case.shape} was not measured from view {case.view}")


def _require_baseline(told: dict[str, Any]) -> None:
    _require_texts(told["recipe"], told["name"])
    _require_numbers(told.get("known", 0))
    if training := told.get("training"):
        _require_numbers(training["shapes"], training["pictures"], *training["yaws"])
        for stage in training["stages"]:
            _require_texts(stage["stage"])
            _require_numbers(stage["steps"], stage["hours"] or 0)
            for step, error in stage["curve"]:
                _require_numbers(step, error)


def _require_times(told: dict[str, Any]) -> None:
    pack, machine = told["pack"], told["machine"]
    _require_texts(told["condition"], machine["processor"], machine["system"])
    _require_numbers(told["resolution"], told["threads"], machine["cores"], pack["resolution"])
    _require_numbers(*pack["stages"].values())
    parts = [pack["warm"], pack["cold"]]
    for each in told["methods"]:
        _require_texts(each["method"])
        _require_numbers(each["late"], each["pictures"], each["failed"])
        parts += [each["total"], each["answer"], *([each["mesh"]] if each["mesh"] else [])]
    for part in parts:
        _require_numbers(part["wall"], part["processor"])


def _require_texts(*values: object) -> None:
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"{value!r} is no text")


def _require_numbers(*values: object) -> None:
    """Numbers, and not such as stand in quotes."""
    for value in values:
        if not isinstance(value, int | float):
            raise TypeError(f"{value!r} is no number")


def _require_mapping(value: object) -> None:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no mapping")
