"""The page around the shape: errors, colours, sizes, several tabs, many photos."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from .conftest import Visit

WIDE = "document.documentElement.scrollWidth"


def test_what_is_no_picture_is_told_where_it_was_given(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "notes.jpg"
    path.write_text("no picture")
    visit.page.set_input_files("#file", path)
    expect(visit.at("#problem")).to_contain_text("notes.jpg: not an image that can be read")
    expect(visit.at("#pick")).to_be_visible()
    assert len(visit.errors) == 1 and "422" in visit.errors.pop()


def test_other_things_are_refused_and_can_be_insisted_upon(visit: Visit, tmp_path: Path) -> None:
    Image.effect_noise((300, 200), 90).convert("RGB").save(tmp_path / "noise.png")
    visit.page.set_input_files("#file", tmp_path / "noise.png")
    expect(visit.at("#problem")).to_contain_text("noise.png")
    visit.page.click("text=Shape it as a car")
    visit.shaped()
    expect(visit.at("#name")).to_have_text("noise.png")


def test_a_lost_connection_resumes(visit: Visit) -> None:
    def lose(route: Route) -> None:
        route.abort("connectionreset")

    visit.page.route("**/v1/reconstructions/*?wait=*", lose)
    visit.give("sedan.jpg")
    expect(visit.at("#status")).to_contain_text("The connection is lost. Trying again")
    visit.page.unroute("**/v1/reconstructions/*?wait=*")
    visit.shaped()
    assert {"ERR_CONNECTION_RESET" in error for error in visit.errors} == {True}
    visit.errors.clear()


def test_two_tabs_do_not_disturb_each_other(visit: Visit, address: str) -> None:
    other = Visit(visit.page.context.new_page(), address)
    visit.give("sedan.jpg")
    other.give("fighter.jpg")
    for each, noun in ((visit, "car"), (other, "airplane")):
        expect(each.at("#noun")).to_have_text(noun)
    visit.page.reload()
    expect(visit.at("#name")).to_have_text("sedan.jpg")
    assert other.errors == []


@pytest.mark.parametrize(("scheme", "dark"), [("dark", True), ("light", False)])
def test_colours_follow_the_system_until_they_are_chosen(
    browser: Browser, address: str, scheme: str, dark: bool
) -> None:
    context = browser.new_context(color_scheme="dark" if dark else "light")
    visit = Visit(context.new_page(), address)
    assert _dark(visit) == dark
    visit.page.click("#theme")
    assert _dark(visit) != dark
    visit.page.reload()
    assert _dark(visit) != dark
    context.close()


def _dark(visit: Visit) -> bool:
    expect(visit.at("#examples button")).to_have_count(4)
    pixels = np.asarray(Image.open(io.BytesIO(visit.page.screenshot())).convert("L"))
    return bool(pixels[-3, 3] < 100)


def test_on_a_phone_everything_fits_beside_the_shape(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    visit = Visit(context.new_page(), address)
    assert visit.page.evaluate(WIDE) <= 390
    visit.shape()
    for width, height in ((390, 844), (360, 740)):
        visit.page.set_viewport_size({"width": width, "height": height})
        _fits(visit, width)
    assert visit.errors == []
    context.close()


def _fits(visit: Visit, width: int) -> None:
    assert visit.page.evaluate(WIDE) <= width
    for place in ("#view", "#tools", "#sliders-card", "#save", "#checks"):
        box = visit.at(place).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width, place
    view, tools = (visit.at(place).bounding_box() for place in ("#view", "#tools"))
    assert view and tools and view["y"] + view["height"] <= tools["y"], "no button covers the shape"
    assert view["height"] > 280 and tools["height"] < 120
    for button in visit.at("#tools button:visible").all():
        assert (button.bounding_box() or {"height": 0})["height"] >= 38, "large enough for a finger"


def test_keys_reach_everything(visit: Visit) -> None:
    """Tabs by arrows, as screen readers expect of them; buttons and fields have names; news are told."""
    visit.at("#tab-one").press("ArrowRight")
    expect(visit.at("#many")).to_be_visible()
    expect(visit.at("#tab-many")).to_be_focused()
    visit.at("#tab-many").press("ArrowLeft")
    visit.at("#examples button").first.press("Enter")
    visit.shaped()
    expect(visit.at("#said")).to_have_attribute("role", "status")
    expect(visit.at("#said")).to_contain_text(
        "The shape of sedan.jpg is there. Over 99 % sure that this is a car"
    )
    view = visit.at("#view")
    expect(view).to_have_accessible_name("The car of sedan.jpg, as a 3D shape")
    expect(view).to_be_focused()
    view.press("Tab")
    expect(visit.at("[data-look=shaded]")).to_be_focused()
    slider = visit.at("[data-slider=height]")
    expect(slider).to_have_accessible_name("Height")
    slider.press("End")
    expect(visit.at("#said")).to_have_text("The shape is refined.")
    slider.press("Backspace")
    expect(slider).to_have_value("0")
    expect(slider).to_have_attribute("aria-valuetext", "unchanged")
    expect(visit.at("#said")).to_have_text("The original shape.")
    for control in visit.at("button:visible, input:visible, summary:visible").all():
        assert control.evaluate("each => each.labels?.length || each.ariaLabel || each.innerText.trim()")


def test_keys_that_are_the_browsers_turn_nothing(visit: Visit) -> None:
    """Who needs larger letters enlarges the page, wherever the focus is."""
    left = visit.at("#view").evaluate("""each => ["0", "+", "-", "ArrowLeft"].map((key) => {
      const held = key === "ArrowLeft" ? { altKey: true } : { ctrlKey: true };
      return each.dispatchEvent(new KeyboardEvent("keydown", { key, ...held, cancelable: true }));
    })""")
    assert left == [True] * 4


def test_warnings_name_no_option_of_the_command_line(visit: Visit) -> None:
    visit.page.evaluate("""async () => {
      const { warn } = await import("/facts.js");
      const two = "two objects of about one size; --foreground bundled takes the larger";
      warn([two, "the picture is dark: brighten it"]);
    }""")
    told = ["Two objects of about one size.", "The picture is dark: brighten it."]
    expect(visit.at("#warnings li")).to_have_text(told)


def test_many_photos_become_one_archive(visit: Visit, tmp_path: Path) -> None:
    visit.page.click("#tab-many")
    broken = tmp_path / "notes.jpg"
    broken.write_text("no picture")
    visit.give("suv.jpg", "fighter.jpg", to="#files")
    visit.page.set_input_files("#files", broken)
    expect(visit.at("#batch-told")).to_have_text("3 of 3 done, 2 with a shape")
    expect(visit.at(".gallery .bad")).to_contain_text("not an image that can be read")
    visit.at("input[name=many-format][value=stl]").check(force=True)
    with zipfile.ZipFile(visit.download("#zip", tmp_path)) as archive:
        assert archive.testzip() is None and archive.namelist() == ["suv.stl", "fighter.stl"]
        for name in archive.namelist():
            assert trimesh.load_mesh(io.BytesIO(archive.read(name)), "stl").is_watertight
    visit.page.reload()
    expect(visit.at("#batch-told")).to_have_text("3 of 3 done, 2 with a shape")
    expect(visit.at(".gallery .bad")).to_contain_text("not an image that can be read")
    visit.at(".gallery button:visible").nth(1).click()
    expect(visit.at("#noun")).to_have_text("airplane")
    assert len(visit.errors) == 1 and "422" in visit.errors.pop()


def test_buttons_below_the_shape_are_as_high_as_each_other(visit: Visit) -> None:
    visit.shape()
    boxes = [each.bounding_box() for each in visit.at("#tools button:visible").all()]
    heights = [box["height"] for box in boxes if box]
    assert len(heights) >= 8 and max(heights) < 40 and max(heights) - min(heights) < 4
    undo = visit.at("#undo span").bounding_box()
    assert undo and undo["height"] < 24, "a word is no button in a button"
