"""The page that `latentmapper report` makes: meshes that turn."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser

from latentmapper.make.evaluation.azimuths import Curve
from latentmapper.make.evaluation.statistics import Summary
from latentmapper.make.report import curve, spread
from latentmapper.make.report.blocks import Beside, Block, Chart, Page, Scene, Section
from latentmapper.make.report.models import model
from latentmapper.make.report.page import as_html
from latentmapper.shapes.mesh import Mesh
from tests.make.report.made import LONG

from .conftest import SIZE, Visit

SCENES = 20
"""More than browsers keep WebGL contexts, which are 16 in Chromium."""


def scenes(count: int, *names: str) -> Beside:
    """As many scenes of bricks, which look another way from every side; each a little flatter."""
    made = []
    for i in range(count):
        brick = trimesh.creation.box((0.6, 0.9 - 0.03 * i, 1.6))
        mesh = Mesh(np.asarray(brick.vertices, np.float32), np.asarray(brick.faces, np.int32))
        made.append(Scene(f"brick {i}", 30.0, 15.0, [model(name, mesh) for name in names]))
    return Beside(made)


@contextmanager
def opened(browser: Browser, path: Path, *blocks: Block, width: int = SIZE["width"]) -> Iterator[Visit]:
    """The page of some blocks; its console must stay clean."""
    page = Page("Bricks", [], [Section("To be turned", "scenes", blocks)])
    path.write_text(as_html(page), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": SIZE["height"]})
    visited = Visit(context.new_page(), path.as_uri())
    yield visited
    context.close()
    assert visited.errors == []


@pytest.fixture
def bricks(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A page of many scenes."""
    with opened(browser, tmp_path / "index.html", scenes(SCENES, "made", "truth")) as visit:
        yield visit


def pixels(visit: Visit, number: int) -> NDArray[np.int16]:
    """(h, w, 3) what the canvas of a scene shows."""
    url = visit.at(".scene canvas").nth(number).evaluate("each => each.toDataURL()")
    return decoded(base64.b64decode(url.split(",")[1]))


def decoded(png: bytes) -> NDArray[np.int16]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int16)


def covered(seen: NDArray[np.int16]) -> float:
    """Share of a scene that is not its background."""
    return float((np.abs(seen - seen[seen.shape[0] // 2, 3]).max(2) > 20).mean())


def test_every_scene_is_drawn_however_many_there_are(bricks: Visit) -> None:
    shares = [covered(pixels(bricks, i)) for i in range(SCENES)]
    assert min(shares) > 0.05
    assert sorted(shares, reverse=True) == shares, "each shows its own meshes"
    for i in (0, SCENES - 1):
        assert covered(decoded(bricks.at(".scene canvas").nth(i).screenshot())) > 0.05


def test_keys_and_pointer_turn_one_scene_alone(bricks: Visit) -> None:
    canvas, first, other = bricks.at(".scene canvas").first, pixels(bricks, 0), pixels(bricks, 1)
    canvas.press("ArrowRight")
    turned = pixels(bricks, 0)
    assert (turned != first).any()
    canvas.press("ArrowLeft")
    np.testing.assert_array_equal(pixels(bricks, 0), first)
    canvas.hover()
    bricks.page.mouse.down()
    box = canvas.bounding_box()
    assert box is not None
    bricks.page.mouse.move(box["x"] + box["width"] / 2 + 20, box["y"] + box["height"] / 2)
    bricks.page.mouse.up()
    np.testing.assert_array_equal(pixels(bricks, 0), turned)  # 20 pixels are 10 degrees, as one key is
    np.testing.assert_array_equal(pixels(bricks, 1), other)


def test_a_context_that_is_taken_away_comes_back(bricks: Visit) -> None:
    first, canvas = pixels(bricks, 0), bricks.at(".scene canvas").first
    bricks.page.evaluate("""() => {
      window.lose = hidden.gl.getExtension("WEBGL_lose_context");
      const lost = new Promise((done) => hidden.canvas.addEventListener("webglcontextlost", done));
      window.lose.loseContext();
      return lost;
    }""")
    canvas.press("ArrowRight")
    np.testing.assert_array_equal(pixels(bricks, 0), first)  # what was drawn stays
    bricks.page.evaluate("""() => {
      const back = new Promise((done) => hidden.canvas.addEventListener("webglcontextrestored", done));
      window.lose.restoreContext();
      return back;
    }""")
    assert (pixels(bricks, 0) != first).any()
    canvas.press("ArrowLeft")
    np.testing.assert_array_equal(pixels(bricks, 0), first)


@pytest.mark.parametrize("width", [390, 1280])
def test_names_of_meshes_stand_below_them_however_long_they_are(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    with opened(browser, tmp_path / "index.html", scenes(1, *LONG[-4:]), width=width) as visit:
        canvas = visit.at(".scene canvas").bounding_box()
        assert canvas is not None
        share = canvas["width"] / 4
        for i, label in enumerate(visit.at(".scene .labels span").all()):
            box = label.bounding_box()
            assert box is not None
            assert box["x"] == pytest.approx(canvas["x"] + i * share, abs=1)
            assert box["width"] == pytest.approx(share, abs=1)
            assert label.evaluate("each => each.scrollWidth <= each.clientWidth")


def test_names_in_drawings_are_within_them(browser: Browser, tmp_path: Path) -> None:
    lines = [(name, Curve("mesh", "plain", "pack", [0.0], [1.0], [1], [], None)) for name in LONG]
    rows = [(name, Summary(1.0, 0.5, 1.5, 1.0, 2.0)) for name in LONG]
    drawings = {"lines": curve.draw(lines, "lines"), "rows": spread.draw(rows, "rows")}
    charts = [Chart(f"{name}.svg", name, svg) for name, svg in drawings.items()]
    with opened(browser, tmp_path / "index.html", *charts) as visit:
        for text in visit.at(".chart text").all():
            left, top, right, bottom, *most = text.evaluate("""each => {
              const [box, { width, height }] = [each.getBBox(), each.ownerSVGElement.viewBox.baseVal];
              return [box.x, box.y, box.x + box.width, box.y + box.height, width, height];
            }""")
            assert min(left, top) >= 0 and right <= most[0] and bottom <= most[1], text.inner_html()
