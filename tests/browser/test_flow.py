"""The whole way through the page: nothing moves by itself, nothing is logged, nothing is lost."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Response, expect

from ..warped_pack import write_warped_pack
from .conftest import SIZE, Server, Visit, free_port

TOKEN = "a token of the browser's tests"
GIVE = """async ([how, name]) => {
  const photo = new File([await (await fetch(`/examples/${name}`)).blob()], name, { type: "image/jpeg" });
  const data = new DataTransfer();
  data.items.add(photo);
  const event = how === "drop"
    ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
  document.getElementById("stage").dispatchEvent(event);
}"""


def test_nothing_moves_by_itself_on_the_whole_way(visit: Visit, tmp_path: Path) -> None:
    visit.page.click("#examples >> text=Sedan")
    visit.shaped()
    visit.page.click("#home")
    slider = visit.at("[data-slider=height]")
    slider.press("PageUp")
    expect(visit.at("#undo")).to_be_enabled()
    for look in ("wireframe", "normals", "shaded"):
        visit.page.click(f"[data-look={look}]")
    visit.page.click("#compare")
    expect(visit.at("#compare")).to_have_attribute("aria-pressed", "true")
    visit.page.click("#undo")
    visit.page.click("#redo")
    visit.download("#save", tmp_path)
    visit.page.click("#tab-many")
    visit.page.click("#tab-one")
    visit.page.click("#again")
    visit.page.wait_for_timeout(200)
    assert visit.shifted < 0.001


def test_photos_are_dropped_and_pasted(visit: Visit) -> None:
    visit.page.evaluate(GIVE, ["drop", "sedan.jpg"])
    visit.shaped()
    expect(visit.at("#noun")).to_have_text("car")
    slider = visit.at("[data-slider=height]")
    slider.press("End")
    expect(visit.at("#undo")).to_be_enabled()
    visit.page.evaluate(GIVE, ["paste", "suv.jpg"])
    expect(visit.at("#name")).to_have_text("suv.jpg")
    expect(visit.at("#undo")).to_be_disabled()
    expect(slider).to_have_value("0")


def test_a_slider_is_followed_coarsely_and_finely_when_let_go(visit: Visit) -> None:
    visit.shape()
    before = visit.size
    with visit.page.expect_response("**/v1/shapes") as live:
        visit.drag("height", 1.5)
    assert _asked(live.value) == ("draft", 64)
    numbers = memoryview(live.value.body())[28:40].cast("f")
    assert numbers[1] / numbers[2] > 1.05 * before[2] / before[0], "the bounding box has grown"
    with visit.page.expect_response("**/v1/shapes") as refined:
        visit.at("[data-slider=height]").dispatch_event("change")
    assert _asked(refined.value) == ("mesh", 128)


def _asked(response: Response) -> tuple[str, int]:
    asked = response.request.post_data_json or {}
    return asked["format"], asked["resolution"]


def test_a_reload_loses_nothing(visit: Visit) -> None:
    visit.shape()
    _painted(visit)
    visit.page.click("#use-mask")
    expect(visit.at("#origin")).to_contain_text("By a mask")
    refined = "The shape is refined."
    visit.at("[data-slider=height]").press("End")
    expect(visit.at("#said")).to_have_text(refined)
    visit.give("suv.jpg", to="#second-file")
    expect(visit.at("#way")).to_be_visible()
    visit.at("#said").evaluate("each => each.replaceChildren()")
    visit.at("#way").fill("0.5")
    visit.at("#way").dispatch_event("change")
    expect(visit.at("#said")).to_have_text(refined)
    told = [visit.at(place).inner_text() for place in ("#checks", "#name", "#sure")]
    origin = visit.at("#origin").text_content()

    visit.page.reload()
    visit.shaped()
    _same(visit, told)
    assert visit.at("#origin").text_content() == origin
    assert "data:image" in (visit.at("#second-photo").get_attribute("src") or "")
    _painted(visit)
    visit.page.keyboard.press("Escape")

    visit.page.click("#tab-many")
    job = json.loads(visit.page.evaluate("sessionStorage['latentmapper.shape']"))["id"]
    assert visit.page.request.delete(f"{visit.address}/v1/reconstructions/{job}").status == 204
    visit.page.reload()
    expect(visit.at("#many")).to_be_visible()
    visit.page.click("#tab-one")
    expect(visit.at("#toast")).to_contain_text("made anew from its code")
    _same(visit, told)
    visit.at("#way").fill("0")
    visit.at("#way").dispatch_event("change")
    visit.page.click("#command")
    expect(visit.at("#command-text")).to_contain_text("--category car --force --mask sedan.mask.png")
    expect(visit.at("#save-problem")).to_contain_text("The mask is no longer here")
    assert len(visit.errors) == 1 and "404" in visit.errors.pop()


def _painted(visit: Visit) -> None:
    """Wait until the brush has a mask to begin with."""
    visit.page.click("#paint")
    paint = "each => each.getContext('2d').getImageData(0, 0, each.width, each.height).data.some(Boolean)"
    for _ in range(600):
        if visit.at("#easel-mask").evaluate(paint):
            return
        visit.page.wait_for_timeout(100)
    raise AssertionError("nothing was proposed")


def _same(visit: Visit, told: list[str]) -> None:
    high = visit.at("[data-slider=height]").get_attribute("max")
    assert high is not None
    expect(visit.at("[data-slider=height]")).to_have_value(high)
    expect(visit.at("#way")).to_have_value("0.5")
    expect(visit.at("#undo")).to_be_enabled()
    for place, text in zip(("#checks", "#name", "#sure"), told, strict=True):
        expect(visit.at(place)).to_have_text(text, use_inner_text=True)


@pytest.fixture(scope="module")
def warped(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for others, with a pack that knows correspondences."""
    folder = tmp_path_factory.mktemp("warped")
    pack = write_warped_pack(folder / "pack")
    options = ("--port", str(free_port()), "--spool", str(folder / "spool"), "--pack", str(pack))
    server = Server("serve", *options, token=TOKEN)
    yield server
    server.end()


def test_a_token_that_no_request_can_carry_is_asked_for_again(browser: Browser, warped: Server) -> None:
    context = browser.new_context(viewport=SIZE)
    visit = Visit(context.new_page(), warped.address)
    field = visit.at("#token")
    field.fill("“a token”")
    visit.page.click("text=Go on")
    expect(field).to_have_value("")
    expect(visit.at("#token-problem")).to_be_hidden()
    field.fill("another token of 16 letters")
    visit.page.click("text=Go on")
    expect(visit.at("#token-problem")).to_have_text("That is not the token of this server.")
    field.fill(TOKEN)
    visit.page.click("text=Go on")
    visit.give("sedan.jpg")
    expect(visit.at("#one")).to_have_attribute("data-state", "made")
    context.close()


def test_a_killed_server_is_waited_for_and_places_have_colours(browser: Browser, warped: Server) -> None:
    """And the page asks for the token, once."""
    context = browser.new_context(viewport=SIZE)
    visit = Visit(context.new_page(), warped.address)
    visit.at("#token").fill(TOKEN)
    visit.at("#token").press("Enter")
    visit.give("sedan.jpg")
    expect(visit.at("#working")).to_be_visible()
    warped.kill()
    expect(visit.at("#status")).to_contain_text("The connection is lost. Trying again")
    warped.start()
    expect(visit.at("#one")).to_have_attribute("data-state", "made")
    visit.page.click("#home")
    grey = visit.at("#view").screenshot()
    with visit.page.expect_response("**/v1/shapes"):
        visit.page.click("#parts")
    expect(visit.at("#parts")).to_have_attribute("aria-pressed", "true")
    assert _colourful(visit) > 60 and visit.at("#view").screenshot() != grey
    visit.page.click("[data-look=shaded]")
    assert _colourful(visit) < 20
    context.close()


def _colourful(visit: Visit) -> float:
    """How far red, green and blue are apart where the shape is, on average of the most colourful tenth."""
    visit.page.wait_for_timeout(300)
    pixels = np.asarray(Image.open(io.BytesIO(visit.at("#view").screenshot())).convert("RGB"), int)
    apart = np.ptp(pixels, axis=2).ravel()
    return float(np.sort(apart)[-apart.size // 20 :].mean())
