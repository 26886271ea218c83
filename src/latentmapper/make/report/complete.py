"""What results must hold for a report to be made of them."""

import json
from typing import TYPE_CHECKING, Any, get_args

from latentmapper.make.evaluation.cases import CHOOSER, Kind
from latentmapper.make.evaluation.comparison import ALWAYS
from latentmapper.make.evaluation.session import DECODED
from latentmapper.make.evaluation.tables import legend

if TYPE_CHECKING:
    from latentmapper.make.report.runs import Run

PACK = "pack"
"""What results call the answers of the pack itself."""


def require_complete(run: "Run") -> None:
    """Look at everything that the report needs, before it is begun; raises whatever is wrong."""
    json.dumps(run.report, ensure_ascii=False, allow_nan=False).encode()  # no NaN, no half a character
    texts = [run.pack, run.category, run.split, run.condition, run.protocol["id"], run.report["command"]]
    texts += [run.report["store"]["hash"], run.report["pack"]["hash"], run.shapes]
    texts.append(run.report["store"].get("split_by", "group"))
    if not all(isinstance(text, str) and text for text in texts):
        raise ValueError("a name is no text")
    for shape in run.report["shapes"]:
        _require_shape(shape)
    origins = {row.origin for row in run.rows} - {DECODED}
    measured = {row.origin for row in run.rows if (row.method, row.condition) == (PACK, run.condition)}
    if not (origins and origins <= measured and run.curves):
        raise ValueError("nothing was measured")
    views = {(s["id"], s["origin"]): s["samples"][PACK] for s in run.report["shapes"]}
    for case in run.cases:
        if case.kind not in get_args(Kind) or not isinstance(case.number, int):
            raise ValueError(f"{case.kind} {case.number} is no case")
        if case.view not in views[case.shape, case.origin][case.condition]["view"]:
            raise ValueError(f"{case.shape} was not measured from view {case.view}")
    _ = str.startswith(run.report.get(CHOOSER, {"id": ""})["id"], "")
    legend(run.protocol, [name for row in run.rows for name in row.numbers])
    _ = int(run.report["store"].get("known", 0)), ", ".join(run.report["store"].get("hold_out", []))
    _ = _number(run.report["pack"].get("hours", 0)), dict.items(run.report.get("way", {}))
    for baseline in run.report.get("baselines", []):
        _require_baseline(baseline)
    if times := run.report.get("times"):
        _require_times(times)


def _require_shape(told: dict[str, Any]) -> None:
    _ = "".join(told[name] for name in ("id", "group", "origin", "sha256"))
    _ = ["".join(failure[name] for name in ("method", "condition", "error")) for failure in told["failures"]]
    for cell in (cell for cells in told["samples"].values() for cell in cells.values()):
        if not cell["view"] or {len(values) for values in cell.values()} != {len(cell["view"])}:
            raise ValueError(f"samples of {told['id']} are missing")
        for name in ("view", *ALWAYS, *cell):
            _ = [_number(value) for value in cell[name] if name in ("view", *ALWAYS) or value is not None]


def _number(value: Any) -> float:
    """The value, where it is a number and not one in quotes."""
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value


def _require_baseline(told: dict[str, Any]) -> None:
    _ = str.startswith(told["recipe"], ""), str.startswith(told["name"], ""), int(told.get("known", 0))
    if training := told.get("training"):
        _ = [_number(each) for each in (training["shapes"], training["pictures"], *training["yaws"])]
        for stage in training["stages"]:
            _ = str.startswith(stage["stage"], ""), _number(stage["steps"]), _number(stage["hours"] or 0)
            _ = [(_number(step), _number(error)) for step, error in stage["curve"]]


def _require_times(times: dict[str, Any]) -> None:
    for each in times["methods"]:
        parts = [each["total"], each["answer"], *([each["mesh"]] if each["mesh"] else [])]
        _ = [_number(part[name]) for part in parts for name in ("wall", "processor")], _number(each["late"])
        _ = each["method"], each["pictures"], each["failed"]
    pack, machine = times["pack"], times["machine"]
    _ = [_number(pack[way][name]) for way in ("warm", "cold") for name in ("wall", "processor")]
    _ = [_number(value) for value in pack["stages"].values()], pack["resolution"]
    _ = times["condition"], times["resolution"], times["threads"]
    _ = machine["processor"], machine["cores"], machine["system"]
