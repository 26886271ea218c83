"""The report from evaluations: its sections in order, and its two forms on disk."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any

from latentmapper.extras import require
from latentmapper.files import write_bytes, write_text
from latentmapper.make.evaluation.tables import way
from latentmapper.make.report import (
    aims,
    curve,
    features,
    gallery,
    gaps,
    paper,
    quantities,
    runtimes,
    trained,
)
from latentmapper.make.report.blocks import (
    Beside,
    Block,
    Chart,
    Code,
    Heading,
    Page,
    Picture,
    Scene,
    Section,
    Table,
    Text,
)
from latentmapper.make.report.gallery import Gallery
from latentmapper.make.report.panels import BY_SHAPE, HELD_OUT, UNSEEN, Panel, panels
from latentmapper.make.report.runs import Run

HTML, MARKDOWN, PICTURES = "index.html", "report.md", "pictures"
LINKED = re.compile(rf"(?<!\\)\]\({PICTURES}/([\w-]+\.(?:jpg|svg))\)")
"""Names of the pictures that a report in Markdown shows; text that looks like that is escaped."""
SPECIAL = re.compile(r"([\\`*_~&\[\]<>|])")
"""What Markdown would read as markup within a line."""

INTRODUCTION = (
    "Pictures of shapes are reconstructed and compared with the shapes. Every error is computed from the "
    "samples in the results.json files that are named at the end, with the commands that made them. Only "
    "what follows one protocol on the same shapes stands in one table. A method that failed on a picture "
    "is counted, and scored as if it had answered with a single point. Figures of the 3D-LatentMapper "
    "paper are marked: they are of other data."
)


APART = {
    HELD_OUT: "Nothing was trained on shapes of these kinds, nor on what is near them or may be of them.",
    BY_SHAPE: "Shapes were split one by one: near-copies of what was trained on are among those that are "
    "measured, as in the paper. Such figures flatter.",
}
OWN_WAY = (
    "Picture and truth are both the mesh that the base model makes of the shape's code, so that only "
    "the way from the picture to the code is measured (the paper renders such meshes, section 3.1)."
)
TURN = "Drag, or use the arrow keys, to turn all meshes of a picture; scroll with Ctrl to come closer."
UNMEASURED = {
    "seen": "evaluate --split train, beside the other results",
    "held-out": "data build --hold-out (tail=T, body=pickup), packs with and without CLIP trained on that, "
    "evaluate --split held-out",
    "by-shape": "data build --split-by shape, a pack trained on that, evaluate",
    "own-way": "evaluate --decoded",
    "times": "evaluate --timed 8",
    "trained": "train baseline, evaluate --baselines",
}
"""What measures a section that is empty."""


def build(
    runs: Sequence[Run],
    private: bool = False,
    photographs: Sequence[Block] = (),
    pairs: Sequence[Block] = (),
) -> Page:
    """The page of some evaluations, from what was aimed at to how it was measured.

    private : whether shapes of any license are shown.
    photographs : what `photographs.photographs` gives, if any are to be shown.
    pairs : what `pairs.pairs` gives of contrastive pairs.
    """
    found = panels(runs)
    main = [panel for panel in found if panel.kind == UNSEEN] or found
    galleries = [gallery.gallery(panel, private) for panel in main]
    made = _sections(found, main, galleries, photographs, pairs)
    bare = {section.anchor: section.title for section in made if not section.blocks}
    empty = [[title, what] for anchor, what in UNMEASURED.items() if (title := bare.get(anchor))]
    empty += gaps.untaken(main)
    if empty:
        table = Table(["not measured yet", "what measures it"], empty)
        made.insert(-2, Section("What is missing", "missing", [table]))
    categories = " and ".join(dict.fromkeys(panel.first.category for panel in found))
    introduction = [Text(INTRODUCTION), *map(aims.summary, main)]
    return Page(f"Reconstructions of {categories} shapes", introduction, [s for s in made if s.blocks])


def _sections(
    found: Sequence[Panel],
    main: Sequence[Panel],
    galleries: Sequence[Gallery],
    photographs: Sequence[Block],
    pairs: Sequence[Block],
) -> list[Section]:
    """All sections in their order; those of which nothing was measured are empty."""
    measured = [panel for panel in found if panel.kind in (UNSEEN, BY_SHAPE)] or found
    legends = dict.fromkeys(block for panel in main for block in quantities.meanings(panel))
    times, turned = _each(runtimes.runtimes, main), _galleries(gallery.scenes, galleries)
    return [
        Section("Aims", "aims", _each(aims.aims, measured)),
        Section("Errors", "errors", [*_errors(main), *legends]),
        Section("What was made", "made", _galleries(gallery.grid, galleries)),
        Section("To be turned", "scenes", [Text(TURN), *turned] if turned else []),
        Section("Real photographs", "photographs", photographs),
        Section("The worst", "worst", _galleries(gallery.failures, galleries)),
        Section("Azimuth and elevation", "azimuth", _each(curve.azimuths, main)),
        Section("Hidden, small and damaged", "conditions", _each(quantities.conditions, main)),
        Section("Seen and unseen shapes", "seen", quantities.seen(found)),
        Section("Kinds held out", "held-out", _apart(found, HELD_OUT)),
        Section("Split at random", "by-shape", _apart(found, BY_SHAPE)),
        Section("In the paper's own way", "own-way", _own_way(main)),
        Section("Features, measured", "features", [*_each(features.features, main), *features.BESIDE]),
        Section("Pictures and words", "pairs", pairs),
        Section("Run times", "times", [*times, paper.seconds()] if times else []),
        Section("Training of the peers", "trained", _each(trained.training, main)),
        Section("All rows", "rows", [block for panel in found for block in quantities.everything(panel)]),
        Section("Protocols and commands", "protocols", _each(_protocol, found)),
    ]


def _each(make: Callable[[Panel], list[Block]], found: Sequence[Panel]) -> list[Block]:
    """What is made of each panel, under its title; nothing of those of which nothing is made."""
    made = [(panel.title, make(panel)) for panel in found]
    return [block for title, blocks in made if blocks for block in (Heading(title), *blocks)]


def _errors(main: Sequence[Panel]) -> list[Block]:
    """Errors and what is missing, with the paper's figures beside the first panel of each category."""
    first = {panel.first.category: panel for panel in reversed(main)}

    def blocks(panel: Panel) -> list[Block]:
        return [*quantities.quantitative(panel, panel in first.values()), *gaps.gaps(panel)]

    return _each(blocks, main)


def _apart(found: Sequence[Panel], kind: str) -> list[Block]:
    """Errors on shapes that stand in another relation to those that were trained on."""
    of_kind = [panel for panel in found if panel.kind == kind]
    blocks = _each(lambda panel: quantities.quantitative(panel, False), of_kind)
    return [Text(APART[kind]), *blocks] if blocks else []


def _galleries(make: Callable[[Gallery], list[Block]], found: Sequence[Gallery]) -> list[Block]:
    of = {each.panel: each for each in found}
    return _each(lambda panel: make(of[panel]), list(of))


def _own_way(main: Sequence[Panel]) -> list[Block]:
    blocks = _each(quantities.own_way, main)
    return [Text(OWN_WAY), *blocks] if blocks else []


def _protocol(panel: Panel) -> list[Block]:
    """The rules of a panel, and what each of its runs measured, by which command."""
    rules = {name: value for name, value in panel.first.protocol.items() if name != "id"}
    told = ", ".join(f"{name} {_plain(value)}" for name, value in rules.items())
    blocks: list[Block] = [Text(f"Protocol {panel.first.protocol['id']} ({told}).")]
    for run in panel.runs:
        pack, store = run.report["pack"], run.report["store"]
        known = f", {store['known']} of which the pack has learned from" if "known" in store else ""
        count = len({shape["id"] for shape in run.report["shapes"]})
        data = f"{count} shapes of data {store['hash'][:12]}, split {store['split']}{known}"
        blocks.append(Text(f"{run.name}: pack {pack['id']} {pack['hash'][:12]}{way(run.report)}, {data}."))
        blocks.append(Code(str(run.report["command"])))
    return blocks


def _plain(value: Any) -> str:
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)


def write(page: Page, folder: Path) -> Path:
    """Write both forms of the page; returns the HTML file, the last to be written.

    Pictures that only an earlier page in the folder shows are removed: it may have been private.

    Raises `MissingError` where Jinja is not installed.
    """
    text = as_markdown(page)
    _remove_pictures(folder, but=text)
    write_text(folder / MARKDOWN, text)  # before its pictures, so that those of a killed run are known of
    for picture in pictures(page):
        write_bytes(folder / PICTURES / picture.name, picture.data)
    for block in _blocks(page):
        if isinstance(block, Chart):
            write_text(folder / PICTURES / block.name, block.svg + "\n")
    write_text(folder / HTML, as_html(page))
    return folder / HTML


def _remove_pictures(folder: Path, but: str) -> None:
    """Remove the pictures that the Markdown in a folder shows, except those that another text shows too."""
    try:
        earlier = (folder / MARKDOWN).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return
    for name in {*LINKED.findall(earlier)} - {*LINKED.findall(but)}:
        (folder / PICTURES / name).unlink(missing_ok=True)


def as_html(page: Page) -> str:
    """One file that refers to nothing outside of itself."""
    scenes = [asdict(block) for block in _blocks(page) if isinstance(block, Scene)]
    parts = {name: _file(name) for name in ("page.css", "viewer.js")}
    return _template("page.html.jinja", True).render(
        page=page, css=parts["page.css"], viewer=parts["viewer.js"], scenes=scenes
    )


def as_markdown(page: Page) -> str:
    """The same, with pictures as files beside it; meshes cannot be turned in it."""
    text = _template("page.md.jinja", False).render(page=page, pictures=PICTURES, html=HTML)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def pictures(page: Page) -> Iterator[Picture]:
    """All pictures of a page."""
    for block in _blocks(page):
        if isinstance(block, Table):
            yield from (picture for cell in chain(*block.cells) for picture in cell.pictures)


def _blocks(page: Page) -> Iterator[Block]:
    for block in chain(page.introduction, *(section.blocks for section in page.sections)):
        yield block
        if isinstance(block, Beside):
            yield from block.blocks


def _template(name: str, escaped: bool) -> Any:
    jinja = require("jinja2", extra="train")
    environment = jinja.Environment(
        loader=jinja.FunctionLoader(_file),
        autoescape=escaped,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"inline": _inline, "base64": _base64}
    return environment.get_template(name)


def _file(name: str) -> str:
    return (resources.files("latentmapper.make.report") / name).read_text(encoding="utf-8")


def _inline(text: str) -> str:
    """Plain text within a line of Markdown."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _base64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode()
