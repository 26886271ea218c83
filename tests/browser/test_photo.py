"""The card of the photo tells what was looked at, and shows it where there was a mask."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from .conftest import EXAMPLES, Visit
from .test_moments import Held

MASK = "**/v1/reconstructions/*/mask"
VEIL = """each => {
  const { width, height } = each;
  const { data } = each.getContext("2d").getImageData(0, 0, width, height);
  return { width, height, alpha: [...data.filter((_, place) => place % 4 === 3)] };
}"""


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """A photo that is transparent but for its left half, without a tenth at the top and at the bottom."""
    photo = Image.open(EXAMPLES / "sedan.jpg").convert("RGBA")
    alpha = Image.new("L", photo.size, 0)
    width, height = photo.size
    alpha.paste(255, (0, height // 10, width // 2, height - height // 10))
    photo.putalpha(alpha)
    photo.save(tmp_path / "cut.png")
    return tmp_path / "cut.png"


def _veil(visit: Visit) -> Any:
    """How opaque the veil over the photo is, 0 to 1."""
    told = visit.at("#veil").evaluate(VEIL)
    return np.reshape(told["alpha"], (told["height"], told["width"])) / 255


def test_the_mask_of_a_photo_is_shown_once_its_shape_is(visit: Visit, cut: Path) -> None:
    mask = Held(visit, MASK)
    visit.page.set_input_files("#file", cut)
    visit.shaped()
    expect(visit.at("#said")).to_have_text(
        "The shape of cut.png is there. Over 99 % sure that this is a car. "
        "By a mask, 40 % of the photo was looked at."
    )
    expect(visit.at("#looked")).to_have_text("By a mask, 40 % of the photo was looked at.")
    mask.comes()
    button, veil = visit.at("#show-mask"), visit.at("#veil")
    expect(button).to_be_disabled()
    expect(veil).to_be_hidden()
    shifted = visit.shifted
    mask.release()
    expect(veil).to_be_visible()
    assert visit.shifted == shifted, "nothing moves when the mask comes"
    expect(veil).to_have_accessible_name(
        "The mask. By a mask, 40 % of the photo was looked at. The rest is dimmed."
    )
    seen = _veil(visit)
    height, width = seen.shape
    assert abs(width / height - 1.52) < 0.1, "in the proportions of the photo"
    inside = seen[height // 5 : -height // 5, : width // 2 - 4]
    assert inside.max() == 0 and seen[:, width // 2 + 4 :].min() > 0.6
    assert seen[height // 2, width // 2 - 4 : width // 2 + 4].max() == 1, "with a line where it ends"

    expect(button).to_have_accessible_name("Mask")
    button.press("Enter")
    expect(veil).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "false")
    button.press("Space")
    expect(veil).to_be_visible()

    visit.page.reload()
    visit.shaped()
    expect(veil).to_be_visible()
    assert np.array_equal(_veil(visit), seen)
    visit.page.click("#paint")
    expect(visit.at("#brush-said")).to_have_text("What was found is painted.")
    painted = visit.at("#easel-mask").evaluate(VEIL)["alpha"]
    assert np.mean(painted) / 255 == pytest.approx(0.4, abs=0.02), "the brush begins with it"


def test_a_photo_without_a_mask_was_looked_at_as_a_whole(visit: Visit, tmp_path: Path) -> None:
    """And nothing is asked for, which the server would refuse."""
    asked: list[str] = []
    visit.page.on("request", lambda each: asked.append(each.url) if each.url.endswith("/mask") else None)
    visit.shape()
    expect(visit.at("#looked")).to_have_text("All of the photo was looked at.")
    for place in ("#veil", "#show-mask"):
        expect(visit.at(place)).to_be_hidden()
    visit.page.wait_for_timeout(300)
    assert asked == []
    with_photo = visit.at("#photo-card > div").last.bounding_box()
    mesh = visit.download("#save", tmp_path)
    visit.page.set_input_files("#file", mesh)
    expect(visit.at("#name")).to_have_text("sedan.glb")
    for place in ("#frame", "#looked"):
        expect(visit.at(place)).to_be_hidden()
    without = visit.at("#photo-card > div").last.bounding_box()
    assert with_photo and without and without["width"] > with_photo["width"] + 80


def test_what_the_brush_painted_is_shown_and_no_longer_with_the_next_photo(visit: Visit) -> None:
    visit.shape()
    visit.page.click("#paint")
    expect(visit.at("#brush-said")).to_have_text("What was found is painted.")
    painted = np.asarray(visit.at("#easel-mask").evaluate(VEIL)["alpha"]) > 127
    visit.page.click("#use-mask")
    expect(visit.at("#veil")).to_be_visible()
    assert np.mean(_veil(visit) < 0.3) == pytest.approx(painted.mean(), abs=0.02)
    visit.give("suv.jpg")
    expect(visit.at("#name")).to_have_text("suv.jpg")
    expect(visit.at("#looked")).to_have_text("All of the photo was looked at.")
    expect(visit.at("#veil")).to_be_hidden()


def test_a_mask_that_comes_late_or_never_covers_no_other_photo(visit: Visit, cut: Path) -> None:
    mask = Held(visit, MASK)
    visit.page.set_input_files("#file", cut)
    visit.shaped()
    mask.comes()
    visit.shape("suv.jpg")
    expect(visit.at("#name")).to_have_text("suv.jpg")
    with visit.page.expect_response(MASK):
        mask.release()
    visit.page.wait_for_timeout(300)
    expect(visit.at("#veil")).to_be_hidden()
    visit.page.unroute(MASK)
    visit.page.route(MASK, lambda route: route.fulfill(status=404, json={"detail": "gone"}))
    visit.page.set_input_files("#file", cut)
    expect(visit.at("#name")).to_have_text("cut.png")
    expect(visit.at("#show-mask")).to_be_hidden()
    expect(visit.at("#looked")).to_have_text("By a mask, 40 % of the photo was looked at.")
    assert len(visit.errors) == 1 and "404" in visit.errors.pop()


def test_a_shape_of_many_brings_its_mask_along(visit: Visit, cut: Path) -> None:
    visit.page.click("#tab-many")
    visit.page.set_input_files("#files", cut)
    visit.page.get_by_role("button", name="Open cut.png").click()
    expect(visit.at("#veil")).to_be_visible()
    expect(visit.at("#looked")).to_have_text("By a mask, 40 % of the photo was looked at.")


def test_the_mask_fits_on_a_phone(browser: Browser, address: str, cut: Path) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True, color_scheme="dark")
    visit = Visit(context.new_page(), address)
    visit.page.set_input_files("#file", cut)
    expect(visit.at("#veil")).to_be_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    photo, veil, button = (visit.at(place).bounding_box() for place in ("#photo", "#veil", "#show-mask"))
    assert photo and button and veil == photo and photo["width"] > 250
    assert button["height"] >= 38 and button["y"] + button["height"] <= photo["y"] + photo["height"]
    assert visit.errors == []
    context.close()
