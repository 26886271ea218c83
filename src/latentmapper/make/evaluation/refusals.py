"""The pack as its users meet it: what it does not take for its category is refused, and counts as failed."""

from collections.abc import Sequence
from typing import Any

from latentmapper.make.evaluation.methods import Mapped

PACK, REFUSING = Mapped.name, "pack, refusals failed"
"""The pack's answers, and the same with failures in place of those to pictures that it refuses."""
FAILURE = "failure"
"""Part of the result of a shape of which a picture was refused: measure -> value of a failure."""


def refused(logit: float) -> bool:
    """Whether `reconstruct` would refuse a picture of these log-odds that it shows the category."""
    return not logit > 0


def with_refusals(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Results of shapes, with `REFUSING` as a method beside the pack under conditions with refused pictures.

    Conditions with results of earlier versions, which do not tell what a failure scores, stay as they are.
    """
    kinds: dict[tuple[str, str], bool] = {}
    for result in results:
        for condition, logits in result["presence"].items():
            if any(map(refused, logits)):
                kind = result["origin"], condition
                kinds[kind] = kinds.get(kind, True) and FAILURE in result
    return [
        _beside(r, [name for (origin, name), known in kinds.items() if known and origin == r["origin"]])
        for r in results
    ]


def _beside(result: dict[str, Any], conditions: Sequence[str]) -> dict[str, Any]:
    if not conditions:
        return result
    samples = result["samples"]
    cells = {condition: _cell(result, condition) for condition in conditions}
    own = [f for f in result["failures"] if f["method"] == PACK and f["condition"] in cells]
    errors = {(f["condition"], f["view"]): f["error"] for f in own} | {
        (condition, view): f"refused, with log-odds {logit}"
        for condition, cell in cells.items()
        for view, logit in zip(cell["view"], result["presence"][condition], strict=True)
        if refused(logit)
    }
    failures = [{"method": REFUSING, "condition": c, "view": v, "error": e} for (c, v), e in errors.items()]
    return result | {
        "samples": {PACK: samples[PACK], REFUSING: cells, **samples},
        "failures": [*result["failures"], *failures],
    }


def _cell(result: dict[str, Any], condition: str) -> dict[str, list[Any]]:
    """The pack's samples of one condition, those of refused pictures as a failure scores."""

    def scored(name: str, values: list[Any]) -> list[Any]:
        pairs = zip(values, result["presence"][condition], strict=True)
        return [result[FAILURE][name] if v is not None and refused(logit) else v for v, logit in pairs]

    cell = result["samples"][PACK][condition]
    return {name: values if name == "view" else scored(name, values) for name, values in cell.items()}
