"""One evaluation, as a report reads it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from latentmapper.files import sha256_of_json
from latentmapper.make.evaluation.azimuths import Curve, curves
from latentmapper.make.evaluation.cases import Case
from latentmapper.make.evaluation.refusals import REFUSING
from latentmapper.make.evaluation.report import Row, rows
from latentmapper.make.evaluation.session import DECODED

OF_A_PACK = ("mean shape", "ceiling", REFUSING)
"""Methods whose answers are another pack's in another run."""


@dataclass(frozen=True, eq=False)
class Run:
    """One evaluation. All its errors are computed from the samples in its results.json."""

    name: str
    """As it was given."""
    folder: Path
    """Where its cases are."""
    report: dict[str, Any]

    @property
    def pack(self) -> str:
        """Id of the pack that was measured."""
        return str(self.report["pack"]["id"])

    @property
    def category(self) -> str:
        """What the shapes are."""
        return str(self.report["store"]["category"])

    @property
    def split(self) -> str:
        """Of the store."""
        return str(self.report["store"]["split"])

    @cached_property
    def shapes(self) -> str:
        """What tells the meshes that were measured from others: of one store some or others may be taken."""
        told = [(s["id"], s["sha256"]) for s in self.report["shapes"] if s["origin"] != DECODED]
        return sha256_of_json(sorted(told))

    @property
    def protocol(self) -> dict[str, Any]:
        """The record of the rules."""
        return self.report["protocol"]

    @cached_property
    def rows(self) -> list[Row]:
        """All lines of its table."""
        return rows(self.report["shapes"])

    @cached_property
    def curves(self) -> list[Curve]:
        """Error over azimuth."""
        return curves(self.protocol, self.report["shapes"])

    @property
    def condition(self) -> str:
        """The first of its conditions, which the main tables are about."""
        return next(iter(self.report["shapes"][0]["presence"]))

    def maker(self, method: str) -> str:
        """Hash of what a method's answers come from, a pack or trained weights; empty for all others."""
        weights = {each["name"]: each.get("sha256", "") for each in self.report.get("baselines", [])}
        return str(self.report["pack"]["hash"]) if method in OF_A_PACK else weights.get(method, "")

    @property
    def cases(self) -> list[Case]:
        """What it has kept pictures of."""
        return [Case(**case) for case in self.report.get("cases", [])]
