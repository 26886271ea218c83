"""Why a case went wrong, as far as the measurements tell."""

from dataclasses import dataclass
from statistics import median
from typing import Any

from latentmapper.make.evaluation.cases import Case
from latentmapper.make.evaluation.evaluate import ANY
from latentmapper.make.evaluation.refusals import PACK

HALF = 0.5
"""A cause explains a case where what is left without it is at most this share of the error."""
COARSE = 0.5
"""A reference stands in the way where its own error is at least this share."""


@dataclass(frozen=True)
class Facts:
    """What is known of one case."""

    numbers: str
    """The Chamfer distances that were compared."""
    reason: str


def causes(report: dict[str, Any], case: Case) -> Facts:
    """Hold the error of a case against the same shape without one thing after the other.

    report : the results.json of the evaluation.
    """
    shape = next(s for s in report["shapes"] if (s["id"], s["origin"]) == (case.shape, case.origin))
    cells = shape["samples"]
    own = _values(cells, PACK, case.condition, "chamfer")
    error = own[case.view]
    known = {"error": error, **_others(cells, case, own), **_references(cells)}
    said = ", ".join(f"{name} {value:.1f}" for name, value in known.items())
    failed = [f for f in shape["failures"] if (f["method"], f["condition"]) == (PACK, case.condition)]
    failure = next((f["error"] for f in failed if f["view"] == case.view), None)
    return Facts(said, f"It failed: {failure}." if failure else _reason(known))


def _others(cells: dict[str, Any], case: Case, own: dict[int, float]) -> dict[str, float]:
    """The same shape otherwise seen, and the same answer otherwise placed."""
    found: dict[str, float] = {}
    rest = [value for view, value in own.items() if view != case.view]
    if rest:
        found["other views (median)"] = median(rest)
    if case.condition != "plain" and case.view in (plain := _values(cells, PACK, "plain", "chamfer")):
        found["plain background"] = plain[case.view]
    if case.view in (aligned := _values(cells, PACK, case.condition, "aligned_chamfer")):
        found["aligned"] = aligned[case.view]
    return found


def _references(cells: dict[str, Any]) -> dict[str, float]:
    """What no method of this base model, or of these training shapes, could be much better than."""
    names = ("ceiling", "best training shape")
    found = {name: list(_values(cells, name, ANY, "chamfer").values()) for name in names}
    return {name: values[0] for name, values in found.items() if values}


def _values(cells: dict[str, Any], method: str, condition: str, measure: str) -> dict[int, float]:
    cell = cells.get(method, {}).get(condition, {})
    pairs = zip(cell.get("view", []), cell.get(measure, []), strict=False)
    return {view: value for view, value in pairs if value is not None}


def _reason(known: dict[str, float]) -> str:
    error = known["error"]
    for name, sentence in LIMITS.items():
        if known.get(name, 0.0) >= COARSE * error:
            return sentence
    for name, sentence in (*CAUSES.items(), *RECOGNITION.items()):
        if known.get(name, error) <= HALF * error:
            return sentence
    return UNEXPLAINED


LIMITS = {
    "ceiling": "The base model: half of the error or more is left where the code is fitted to the true mesh.",
    "best training shape": "No training shape is like it: the most alike has half of the error or more.",
}
"""What stands in the way whatever the picture shows."""
CAUSES = {
    "plain background": "The surroundings: before a plain background at most half of the error is left.",
    "aligned": "Place, size or direction: after alignment at most half of the error is left.",
    "other views (median)": "This view: from other sides the error is at most half.",
}
"""What makes the difference, in this order."""
RECOGNITION = {
    "best training shape": "Recognition: a training shape is twice as close, but was not recognised.",
    "ceiling": "Recognition: the base model can come twice as close, but took it for another.",
}
"""What is left where nothing that was measured stands in the way, and no view shows the shape better."""
UNEXPLAINED = "None of what was measured explains half of the error; --oracle and --ceiling tell more."
