"""Pictures of what was made: qualitative grids, the worst cases, and meshes to be turned."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import StoreError
from latentmapper.make.dataset.photometry import jpeg
from latentmapper.make.evaluation.cases import Case, Kind
from latentmapper.make.evaluation.refusals import PACK
from latentmapper.make.evaluation.shown import Shown, read_shown
from latentmapper.make.evaluation.surface import Origin
from latentmapper.make.report.blocks import Beside, Block, Cell, Picture, Scene, Table, Text
from latentmapper.make.report.chosen import chooser
from latentmapper.make.report.models import model
from latentmapper.make.report.panels import Panel
from latentmapper.make.report.worst import causes
from latentmapper.make.sources import source_of
from latentmapper.render.preview import Studio, fit
from latentmapper.shapes.mesh import Mesh

TILE, QUALITY = 144, 84
"""Side of a picture in pixels, and of its JPEG file."""
UNSEEN = ("mean shape", "floor")
"""Methods that are left out of the grids: what they answer says nothing of the picture."""
COPIED = ("CC0", "CC-BY-1.", "CC-BY-2.", "CC-BY-3.", "CC-BY-4.", "BSD", "MIT", "Apache")
"""How licenses begin whose meshes may be part of a page with little more than their names."""
PUBLIC = (*COPIED, "CC-BY-SA-", "GPL-")
"""How licenses begin whose shapes may be shown to everyone, for whatever purpose."""
SCENES = 3
"""Cases whose meshes can be turned."""
MODELS = 4
"""Meshes in one of them."""


@dataclass(frozen=True)
class Gallery:
    """The cases of a panel that are at hand and may be shown."""

    panel: Panel
    examples: Sequence[Shown]
    worst: Sequence[Shown]
    withheld: Sequence[Shown]
    """Cases of shapes that may not be passed on."""
    missing: Sequence[str]
    """What is wrong with the files of cases that were named and not found."""

    @property
    def labels(self) -> list[str]:
        """Methods of the grids, in the order of the tables."""
        found = {label for shown in self.examples for label in (*shown.answers, *shown.errors)}
        return [e.label for e in self.panel.entries if e.label in found and e.method not in UNSEEN]

    @property
    def chooser(self) -> str:
        """Whose errors chose the cases."""
        return chooser(self.panel)

    def percentile(self, case: Case) -> str:
        """Where an example stands, and among whose errors if they are not those of the first pack."""
        others = self.chooser != self.panel.entries[0].label
        return f"percentile {case.number}" + (f" of {self.chooser}" if others else "")


def gallery(panel: Panel, private: bool) -> Gallery:
    """Read the cases of the first run; other runs that show the same pictures add what their methods made.

    private : whether shapes of any license are shown.
    """
    missing: list[str] = []
    known: dict[Case, Shown] = {}
    for run in panel.runs:
        labels = {entry.method: entry.label for entry in panel.entries if entry.run is run}
        for case in run.cases:
            if run is not panel.first and case not in known:
                continue
            try:
                shown = _labelled(read_shown(run.folder / case.file), labels)
            except StoreError as error:
                missing.append(str(error))
                continue
            if shown.case != case:
                missing.append(f"{run.folder / case.file} is of another evaluation")
                continue
            known[case] = _joined(known[case], shown) if case in known else shown
    withheld = [s for s in known.values() if not (private or s.license.startswith(PUBLIC))]
    allowed = [s if private else _public(s) for s in known.values() if s not in withheld]
    return Gallery(panel, _of(allowed, "example"), _of(allowed, "worst"), withheld, missing)


def _of(cases: Sequence[Shown], kind: Kind) -> list[Shown]:
    return [shown for shown in cases if shown.case.kind == kind]


def _labelled(shown: Shown, labels: dict[str, str]) -> Shown:
    """Answers and errors by the names that methods have on the page; those without one are left out."""
    answers = {labels[name]: mesh for name, mesh in shown.answers.items() if name in labels}
    errors = {labels[name]: error for name, error in shown.errors.items() if name in labels}
    origins = {labels[name]: origin for name, origin in shown.origins.items() if name in labels}
    return replace(shown, answers=answers, errors=errors, origins=origins)


def _joined(first: Shown, second: Shown) -> Shown:
    return replace(
        first,
        answers=second.answers | first.answers,
        errors=second.errors | first.errors,
        origins=second.origins | first.origins,
    )


def _public(shown: Shown) -> Shown:
    """Without the shapes that methods found and that may not be passed on."""
    hidden = {label for label, (_, license_) in shown.origins.items() if not license_.startswith(PUBLIC)}
    return replace(shown, answers={k: mesh for k, mesh in shown.answers.items() if k not in hidden})


def grid(found: Gallery) -> list[Block]:
    """Input, every method, truth: from the side of the input and from behind."""
    notes = notices(found)
    if not found.examples:
        return notes
    rows = [_grid_row(found, i, shown) for i, shown in enumerate(found.examples, start=1)]
    caption = (
        f"{found.panel.condition.capitalize()} pictures. First from where the picture was taken, "
        "then from behind. Examples stand at even percentiles of the error of "
        f"{found.chooser}: nobody chose them."
    )
    return [Table(["picture", *found.labels, "truth"], rows, caption), *notes]


def _grid_row(found: Gallery, number: int, shown: Shown) -> list[Cell]:
    name = f"grid-{found.panel.anchor}-{number}"
    text = f"{found.percentile(shown.case)}, from {shown.azimuth:g} degrees"
    cells = [Cell(text, (picture(f"{name}-picture", f"Picture of {shown.case.shape}", shown.picture),))]
    for place, label in enumerate(found.labels):
        cells.append(_cell(f"{name}-{place}", label, shown, shown.answers.get(label)))
    return [*cells, _cell(f"{name}-truth", "truth", shown, shown.truth)]


def _cell(name: str, label: str, shown: Shown, mesh: Mesh | None) -> Cell:
    if mesh is None:
        return Cell(f"failed: {shown.errors[label]}" if label in shown.errors else "")
    about = f"{shown.case.shape} by {label}"
    return Cell("", tuple(_tiles(name, about, mesh, shown)))


def _tiles(name: str, about: str, mesh: Mesh, shown: Shown) -> list[Picture]:
    studio = Studio(mesh.vertices, mesh.faces, oriented=mesh.twins is not None)
    sides = {"front": ("from the picture's side", 0.0), "behind": ("from behind", 180.0)}
    return [
        picture(f"{name}-{side}", f"{about}, {words}", studio.view(_seen(shown, turn), shown.elevation, TILE))
        for side, (words, turn) in sides.items()
    ]


def _seen(shown: Shown, turn: float) -> float:
    return (shown.azimuth + turn) % 360


def picture(name: str, alt: str, pixels: NDArray[np.uint8]) -> Picture:
    """Pixels (h, w, 3) as a tile of the page.

    name : of its file, without folder and suffix.
    alt : what it shows, in words.
    """
    return Picture(f"{name}.jpg", alt, jpeg(fit(pixels, TILE), QUALITY))


def failures(found: Gallery) -> list[Block]:
    """The worst cases of the pack that chose them, with what is measured about the errors of the first.

    Of shapes that may not be passed on there are words and figures alone.
    """
    hidden = _of(found.withheld, "worst")
    worst = sorted([*found.worst, *hidden], key=lambda shown: shown.case.number)
    if not worst:
        return notices(found)
    ours = found.panel.entries[0].label
    rows = [_failure(found.panel, shown, shown not in hidden) for shown in worst]
    whose = (
        "" if found.chooser == ours else f" Numbers before names are its ranks; errors are those of {ours}."
    )
    caption = (
        f"{found.panel.condition.capitalize()} pictures: the shapes on which {found.chooser} is "
        f"worst, by its worst view.{whose} Why: what half of the error, or more, is measured to come from."
    )
    return [Table(["picture", ours, "truth", "Chamfer distances", "why"], rows, caption)]


def _failure(panel: Panel, shown: Shown, visible: bool) -> list[Cell | str]:
    label, case = panel.entries[0].label, shown.case
    facts = causes(panel.first.report, case)
    text = f"{case.number}. {case.shape}, from {shown.azimuth:g} degrees"
    if not visible:
        return [text, "not to be shown", "", facts.numbers, facts.reason]
    name = f"worst-{panel.anchor}-{case.number}"
    seen = picture(f"{name}-picture", f"Picture of {case.shape}", shown.picture)
    made = _cell(f"{name}-made", label, shown, shown.answers.get(label))
    truth = _cell(f"{name}-truth", "truth", shown, shown.truth)
    return [Cell(text, (seen,)), made, truth, facts.numbers, facts.reason]


def scenes(found: Gallery) -> list[Block]:
    """Meshes of a few examples, to be turned; true meshes of some licenses are left to the pictures."""
    first = sorted(found.examples, key=lambda shown: not shown.license.startswith(COPIED))
    turned = [(shown, meshes) for shown in first if (meshes := _turned(found, shown))]
    made: list[Scene] = []
    for shown, meshes in turned[:SCENES]:
        title = f"{shown.case.shape}, {found.percentile(shown.case)}"
        models = [model(label, mesh) for label, mesh in meshes]
        made.append(Scene(title, shown.azimuth, shown.elevation, models))
    return [Beside(made)] if made else []


def _turned(found: Gallery, shown: Shown) -> list[tuple[str, Mesh]]:
    """Meshes of one case by label, packs first and the truth last; without those that may not be copied."""
    order = [PACK, *(e.method for e in found.panel.entries if not e.ours)]
    labels = sorted(found.labels, key=lambda label: order.index(_method(found.panel, label)))
    own = [label for label in labels if label in shown.answers and not _copies(found.panel, label)]
    meshes = [(label, shown.answers[label]) for label in own[: MODELS - 1]]
    return [*meshes, ("truth", shown.truth)] if shown.license.startswith(COPIED) else meshes


def _method(panel: Panel, label: str) -> str:
    return next(entry.method for entry in panel.entries if entry.label == label)


def _copies(panel: Panel, label: str) -> bool:
    """Whether a method answers with meshes of others."""
    return "training shape" in _method(panel, label)


def notices(found: Gallery) -> list[Block]:
    """What is not shown, and who made what is."""
    notes: list[str] = []
    if not found.panel.first.cases:
        notes.append("No pictures were kept; latentmapper evaluate keeps some, by --examples and --worst.")
    if found.missing:
        notes.append(f"{len(found.missing)} files of cases are left out: {found.missing[0]}.")
    if found.withheld:
        licenses = ", ".join(sorted({shown.license for shown in found.withheld}))
        count = len(found.withheld)
        notes.append(f"{count} cases are not shown, since their shapes may not be passed on ({licenses}).")
    shapes = {(s.source, s.license) for s in (*found.examples, *found.worst)}
    if shapes:
        notes.append(f"True shapes: {_named(shapes)}.")
    given = [(origin, label in s.answers) for s in found.examples for label, origin in s.origins.items()]
    if credited := {origin for origin, visible in given if visible}:
        notes.append(f"Training shapes: {_named(credited)}.")
    if hidden := {license_ for (_, license_), visible in given if not visible}:
        notes.append(f"Training shapes that may not be passed on are left out ({', '.join(sorted(hidden))}).")
    return [Text(note) for note in notes]


def _named(shapes: Collection[Origin]) -> str:
    """Collections and licenses, in words."""
    return "; ".join(f"{source_of(source).title} ({license_})" for source, license_ in sorted(shapes))
