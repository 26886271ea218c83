"""Photographs of a report: a row each, as far as it came."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.batch import expand
from latentmapper.errors import MissingError, PhotoError, UsageError
from latentmapper.make.report import photographs as module
from latentmapper.make.report.blocks import Block, Table, Text
from latentmapper.make.report.page import as_html, build
from latentmapper.make.report.photographs import MOST, RIGHTS, attempt, named, photographs
from latentmapper.make.report.stages import CUT_OUT, PHOTOGRAPH, Stages
from latentmapper.photo import read_photo
from latentmapper.photo.located import Located
from latentmapper.photo.translation import Translator
from latentmapper.reconstructor import Reconstructor
from tests.half_found import left_half
from tests.make.report.made import results, runs, shape, texts
from tests.tiny_pack import write_tiny_pack
from tests.tiny_translator import write_tiny_translator

MADE = "car, 98 % sure"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with photos: one of an object, one of none, and what is no photo."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Located, "find", left_half)
    for name, grey in (("bright", 250), ("dark", 10)):
        Image.fromarray(np.full((64, 96, 3), grey, np.uint8)).save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_bytes(b"nothing")
    return tmp_path


def maker(place: Path, view: tuple[float, ...] = (), presence: float = 4.0, translated: bool = False):
    pack = write_tiny_pack(place / "pack", view=view, presence=presence)
    translator = Translator(write_tiny_translator(place / "negative")) if translated else None
    return Reconstructor([pack], threads=1, foreground=Located(), translator=translator)


def shown(reconstructor: Reconstructor, *names: str) -> list[Block]:
    return photographs([attempt(reconstructor, each) for each in expand(names)])


def table(blocks: list[Block]) -> Table:
    (found,) = (block for block in blocks if isinstance(block, Table))
    return found


def paragraphs(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Text)]


@pytest.mark.parametrize(("view", "side"), [((), "front quarter"), ((0.8, 0.0, 0.2), "from 76 degrees")])
@pytest.mark.parametrize("translated", [False, True])
def test_a_photograph_has_a_picture_of_every_stage(place, view, side, translated):
    blocks = shown(maker(place, view, translated=translated), "bright.png")
    stages = ["photograph", "cut out by the mask", *["translated"][: int(translated)], "mesh"]
    made = table(blocks)
    assert list(made.titles) == [*stages, "taken for"]
    (row,) = made.cells
    assert [picture.alt for cell in row for picture in cell.pictures] == [f"bright.png: {s}" for s in stages]
    assert texts(made) == [["bright.png", *[""] * (len(stages) - 2), side, MADE]]
    assert "--foreground bundled" in made.caption
    _, maker_told, rights = paragraphs(blocks)
    assert maker_told.startswith("Made by tiny-car ") and ("translator" in maker_told) == translated
    assert rights == RIGHTS


def test_what_is_transparent_is_grey_in_the_photograph_too():
    rgba = np.full((64, 64, 4), 255, np.uint8)
    rgba[32:, :, 3] = 0
    mask = np.zeros((64, 64), np.float32)
    mask[:, :32] = 1
    tiles = Stages("a", read_photo(rgba), mask).tiles(64)
    assert list(tiles) == [PHOTOGRAPH, CUT_OUT]
    corners = {name: tile[[8, 8, 56, 56], [8, 56, 8, 56], 0].tolist() for name, tile in tiles.items()}
    assert corners == {PHOTOGRAPH: [255, 255, 128, 128], CUT_OUT: [255, 128, 128, 128]}


def test_of_what_is_refused_there_is_what_was_seen_and_why(place):
    found = shown(maker(place, presence=-4.0), "bright.png", "dark.png", "broken.png")
    rows = table(found).cells
    assert [[len(cell.pictures) for cell in row] for row in rows] == [[1, 1, 0, 0], [1, 0, 0, 0], [0] * 4]
    refused, nothing, broken = (row[-1].text for row in rows)
    assert refused.startswith("refused: bright.png does not show a car as far as I can tell (car 2 %)")
    assert nothing == "refused: nothing"
    assert broken.startswith("failed: broken.png: not an image that can be read")
    assert [row[0].text for row in rows] == ["bright.png", "dark.png", "broken.png"]
    assert paragraphs(found)[1:] == [RIGHTS]  # nothing was made


def test_a_fault_of_ours_costs_one_photograph_and_what_is_missing_all(place, monkeypatch):
    reconstructor = maker(place)
    (given,) = expand(["bright.png"])

    def fails(error: Exception):
        def stages(*_: object) -> None:
            raise error

        return stages

    monkeypatch.setattr(module, "stages", fails(ValueError("x")))
    assert texts(table(shown(reconstructor, "bright.png")))[0][-1] == (
        "failed: bright.png: internal error (ValueError: x)"
    )
    for error in (MissingError("no ViT"), UsageError("no")):
        monkeypatch.setattr(module, "stages", fails(error))
        with pytest.raises(type(error)):
            attempt(reconstructor, given)


def test_names_that_are_no_text_are_shown_by_their_bytes(place):
    Path("bright.png").replace("\udcff.png")
    Path("broken.png").replace("\udcfe.png")
    names = [each.name for each in expand(["."])]
    page = as_html(build(runs(place), photographs=shown(maker(place), *names)))
    assert r"\xff.png" in page and r"\xfe.png" in page and page.encode()


def test_names_stand_for_photographs_each_once(place):
    assert [each.name for each in named([".", "dark.png"])] == ["bright.png", "broken.png", "dark.png"]
    (place / "empty").mkdir()
    for name, problem in (
        ("nowhere.png", "nowhere.png: no such file"),
        ("empty", "empty: no pictures in this folder"),
        ("https://x/a.png", "https://x/a.png: an address, not a file"),
    ):
        with pytest.raises(PhotoError, match=f"^{problem}"):
            named(["bright.png", name])
    for i in range(MOST):
        Image.new("L", (40, 40)).save(place / f"{i}.png")
    with pytest.raises(UsageError, match=f"^--photos: {MOST + 3} photographs; a report shows {MOST} at most"):
        named(["."])


def test_the_section_follows_what_was_made_and_its_names_stay_text(place):
    Image.open("bright.png").save(place / "<b>&.png")
    (measured,) = runs(place, results([shape("a", 1.0)]))
    page = build([measured], photographs=shown(maker(place), "<b>&.png"))
    order = [section.anchor for section in page.sections]
    assert order.index("made") < order.index("photographs") < order.index("worst")
    text = as_html(page)
    assert "&lt;b&gt;&amp;.png" in text and "<b>" not in text
    assert "photographs" not in [section.anchor for section in build([measured]).sections]
