"""Many photos: the gallery shows their shapes; they are stopped, tried again, and cleared."""

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Request, Route, expect

from .conftest import EXAMPLES, SIZE, Visit
from .test_moments import WAITS

SENT = "**/v1/reconstructions"
COUNTED = """
    window.contexts = [];
    window.urls = 0;
    const [context, url] = [HTMLCanvasElement.prototype.getContext, URL.createObjectURL];
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      const made = context.call(this, kind, ...rest);
      if (kind.startsWith("webgl") && !window.contexts.includes(made)) window.contexts.push(made);
      return made;
    };
    URL.createObjectURL = (blob) => (window.urls++, url(blob));
"""
BLIND = """
    const context = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind.startsWith("webgl") ? null : context.call(this, kind, ...rest);
    };
"""
AGAIN = """async ([first, second]) => {
  const { portrait } = await import("/portrait.js");
  const { readGlb } = await import("/meshes.js");
  const mesh = async (id) => readGlb(await (await fetch(`/v1/reconstructions/${id}/result`)).arrayBuffer());
  const before = portrait(await mesh(first));
  window.contexts.at(-1).getExtension("WEBGL_lose_context").loseContext();
  return [before, portrait(await mesh(second)), portrait(await mesh(first))];
}"""


def many(visit: Visit, *names: str) -> None:
    visit.page.click("#tab-many")
    visit.give(*names, to="#files")


def told(visit: Visit, text: str) -> None:
    expect(visit.at("#batch-told")).to_have_text(text)


def held_back(visit: Visit, pattern: str) -> list[Route]:
    """Requests for an address, as they come; none goes on by itself."""
    held: list[Route] = []

    def take(route: Route) -> None:
        held.append(route)

    visit.page.route(pattern, take)
    return held


def come(visit: Visit, held: list[Route], count: int) -> None:
    while len(held) < count:
        visit.page.wait_for_timeout(20)


def test_the_gallery_shows_what_was_made(visit: Visit) -> None:
    """With as many contexts and addresses of blobs for many photos as for one; the same after a reload."""
    visit.page.add_init_script(COUNTED)
    visit.page.reload()
    many(visit, "suv.jpg")
    told(visit, "1 of 1 done, 1 with a shape")
    counts = "[window.contexts.length, window.urls]"
    before = visit.page.evaluate(counts)
    visit.give("fighter.jpg", "airliner.jpg", "sedan.jpg", to="#files")
    told(visit, "4 of 4 done, 4 with a shape")
    assert visit.page.evaluate(counts) == before
    assert visit.shifted < 0.001
    pictures = [_picture(visit, name) for name in ("suv.jpg", "fighter.jpg", "airliner.jpg", "sedan.jpg")]
    for picture in pictures:
        assert picture.size == (360, 270)
        shape = np.asarray(picture)
        solid = shape[..., 3] > 250
        assert 0.1 < solid.mean() < 0.8 and not solid[:3].any(), "a shape on nothing"
        rows, columns = (np.flatnonzero(solid.any(axis=side)) for side in (1, 0))
        assert max(np.ptp(rows) / 270, np.ptp(columns) / 360) > 0.85, "as large as it can be"
        assert shape[solid][:, :3].std() > 15, "with a bright and a dark side"
    assert np.abs(np.asarray(pictures[0], float) - np.asarray(pictures[2], float)).mean() > 10
    expect(visit.at(".gallery .seen img:visible")).to_have_count(4)

    visit.page.reload()
    told(visit, "4 of 4 done, 4 with a shape")
    assert np.abs(np.asarray(_picture(visit, "suv.jpg"), float) - np.asarray(pictures[0])).mean() < 1


def _picture(visit: Visit, name: str) -> Image.Image:
    """What a card shows of the shape of its photo."""
    address = visit.page.get_by_alt_text(f"The shape of {name}").get_attribute("src") or ""
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGBA")


def test_a_browser_that_takes_its_context_back_goes_on_drawing(visit: Visit) -> None:
    visit.page.add_init_script(COUNTED)
    visit.page.reload()
    many(visit, "suv.jpg", "fighter.jpg")
    told(visit, "2 of 2 done, 2 with a shape")
    ids = visit.page.evaluate("JSON.parse(sessionStorage['latentmapper.batch']).map(({ id }) => id)")
    first, second, third = visit.page.evaluate(AGAIN, ids)
    assert first == third != second and len(second) > 1000


def test_without_webgl_cards_show_their_photos_alone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport=SIZE)
    context.add_init_script(BLIND)
    visit = Visit(context.new_page(), address)
    many(visit, "suv.jpg", "sedan.jpg")
    told(visit, "2 of 2 done, 2 with a shape")
    expect(visit.at(".gallery .seen img:visible")).to_have_count(2)
    expect(visit.at(".gallery .portrait:visible")).to_have_count(0)
    card, seen = (visit.at(f".gallery {place}").first.bounding_box() for place in ("li", ".seen"))
    assert card and seen and seen["width"] > 0.85 * card["width"]
    assert 0 < len(visit.errors) <= 4, "told by three.js, not again for each photo"
    assert all("WebGL context" in error for error in visit.errors)
    context.close()


def test_what_waits_and_what_runs_is_stopped_and_tried_again(visit: Visit) -> None:
    many(visit, "suv.jpg")
    told(visit, "1 of 1 done, 1 with a shape")
    deleted: list[str] = []
    visit.page.on("request", lambda each: deleted.append(each.url) if each.method == "DELETE" else None)
    held = held_back(visit, WAITS)
    visit.give("sedan.jpg", "fighter.jpg", "airliner.jpg", "hatchback.jpg", to="#files")
    come(visit, held, 3)
    expect(visit.at("#clear")).to_be_hidden()
    stop = visit.at("#stop")
    expect(stop).to_have_accessible_name("Stop")
    stop.press("Enter")
    told(visit, "1 of 5 done, 1 with a shape, 4 stopped")
    expect(visit.at("#batch-told")).to_have_attribute("role", "status")
    expect(visit.at(".gallery .stopped span")).to_have_text(["Stopped"] * 4)
    expect(stop).to_be_hidden()
    expect(visit.at("#pick-many")).to_be_focused()
    visit.page.unroute(WAITS)
    jobs = [each.request.url.partition("?")[0] for each in held]
    for job in jobs:
        assert _is_forgotten(visit, job)
    assert sorted(deleted) == sorted(jobs), "no shape that was made is forgotten"
    expect(visit.at(".gallery .made")).to_have_count(1)

    visit.page.get_by_role("button", name="Try again: hatchback.jpg").press("Enter")
    expect(visit.at(".gallery li").nth(4)).to_be_focused()
    told(visit, "2 of 5 done, 2 with a shape, 3 stopped")
    assert _picture(visit, "hatchback.jpg").size == (360, 270)
    visit.page.click("#resume")
    told(visit, "5 of 5 done, 5 with a shape")
    expect(visit.at("#resume")).to_be_hidden()


def _is_forgotten(visit: Visit, job: str) -> bool:
    for _ in range(200):
        if visit.page.request.get(job).status == 404:
            return True
        visit.page.wait_for_timeout(50)
    return False


def test_what_was_stopped_stays_so_over_a_reload(visit: Visit) -> None:
    """The browser keeps no photos over it: they are chosen once more, or others in their places."""
    held = held_back(visit, WAITS)
    many(visit, "suv.jpg", "sedan.jpg", "fighter.jpg", "airliner.jpg")
    come(visit, held, 3)
    visit.page.click("#stop")
    told(visit, "0 of 4 done, 0 with a shape, 4 stopped")
    visit.page.unroute(WAITS)
    sent: list[Request] = []
    visit.page.on("request", lambda each: sent.append(each) if "/v1/reconstructions" in each.url else None)
    visit.page.reload()
    told(visit, "0 of 4 done, 0 with a shape, 4 stopped")
    expect(visit.at("#resume")).to_be_hidden()
    expect(visit.at("#zip")).to_be_disabled()
    visit.page.wait_for_timeout(500)
    assert sent == []
    with visit.page.expect_file_chooser() as chooser:
        visit.page.get_by_role("button", name="Choose again: fighter.jpg").click()
    chooser.value.set_files(EXAMPLES / "hatchback.jpg")
    told(visit, "1 of 4 done, 1 with a shape, 3 stopped")
    expect(visit.at(".gallery .made strong")).to_have_text("hatchback.jpg")
    expect(visit.at("#zip")).to_be_enabled()

    held = held_back(visit, WAITS)
    visit.page.reload()
    come(visit, held, 1)
    for place in ("#stop", "#clear"):
        expect(visit.at(place)).to_be_hidden()  # the shape that is on its way is made
    held[0].continue_()
    told(visit, "1 of 4 done, 1 with a shape, 3 stopped")


def test_a_photo_that_is_on_its_way_is_stopped_too(visit: Visit) -> None:
    held = held_back(visit, SENT)
    many(visit, "suv.jpg")
    come(visit, held, 1)
    visit.page.click("#stop")
    told(visit, "0 of 1 done, 0 with a shape, 1 stopped")
    with visit.page.expect_request(lambda each: each.method == "DELETE") as gone:
        held[0].continue_()
    response = gone.value.response()
    assert response is not None and response.status == 204
    told(visit, "0 of 1 done, 0 with a shape, 1 stopped")


def test_only_what_another_try_may_mend_is_tried_again(visit: Visit, tmp_path: Path) -> None:
    Image.effect_noise((300, 200), 90).convert("RGB").save(tmp_path / "noise.png")
    late = {"detail": "took longer than 60 s"}
    visit.page.route(SENT, lambda route: route.fulfill(status=503, json=late))
    many(visit, "suv.jpg")
    expect(visit.at(".gallery .bad span")).to_have_text("Took longer than 60 s")
    visit.page.unroute(SENT)
    visit.page.set_input_files("#files", tmp_path / "noise.png")
    told(visit, "2 of 2 done, 0 with a shape")
    expect(visit.at(".gallery button:visible")).to_have_text(["Try again"])
    visit.page.click("text=Try again")
    told(visit, "2 of 2 done, 1 with a shape")
    expect(visit.at(".gallery .made strong")).to_have_text("suv.jpg")
    visit.page.reload()
    told(visit, "2 of 2 done, 1 with a shape")
    expect(visit.at(".gallery .bad")).to_contain_text("noise.png")
    expect(visit.at(".gallery button:visible")).to_have_text(["Open"])
    assert len(visit.errors) == 1 and "503" in visit.errors.pop()


def test_all_is_cleared_but_the_shape_in_the_first_tab(visit: Visit) -> None:
    many(visit, "suv.jpg", "sedan.jpg")
    told(visit, "2 of 2 done, 2 with a shape")
    visit.page.get_by_role("button", name="Open suv.jpg").click()
    visit.shaped()
    visit.page.click("#tab-many")
    visit.at("#clear").press("Enter")
    expect(visit.at("#clear-dialog")).to_have_accessible_name("Clear all photos and their shapes?")
    expect(visit.page.get_by_role("button", name="Keep them")).to_be_focused()
    visit.page.keyboard.press("Enter")
    told(visit, "2 of 2 done, 2 with a shape")
    visit.page.click("#clear")
    with visit.page.expect_request(lambda each: each.method == "DELETE"):
        visit.page.click("#clear-dialog >> text=Clear >> nth=1")
    expect(visit.at(".gallery li")).to_have_count(0)
    for place in ("#clear", "#zip-form", "#batch-bar"):
        expect(visit.at(place)).to_be_hidden()
    expect(visit.at("#pick-many")).to_be_focused()
    visit.page.reload()
    expect(visit.at(".gallery li")).to_have_count(0)
    visit.page.click("#tab-one")
    visit.shaped()
    expect(visit.at("#toast")).to_be_hidden()


def test_a_shape_that_the_server_has_forgotten_is_opened_all_the_same(visit: Visit) -> None:
    many(visit, "suv.jpg")
    told(visit, "1 of 1 done, 1 with a shape")
    job = visit.page.evaluate("JSON.parse(sessionStorage['latentmapper.batch'])[0].id")
    assert visit.page.request.delete(f"{visit.address}/v1/reconstructions/{job}").status == 204
    visit.page.get_by_role("button", name="Open suv.jpg").click()
    expect(visit.at("#toast")).to_contain_text("made anew from its code")
    expect(visit.at("#name")).to_have_text("suv.jpg")
    expect(visit.at("#paint")).to_be_visible()
    assert len(visit.errors) == 1 and "404" in visit.errors.pop()


def test_cards_fit_on_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, has_touch=True, color_scheme="dark")
    visit = Visit(context.new_page(), address)
    many(visit, "suv.jpg")
    told(visit, "1 of 1 done, 1 with a shape")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    photo, shape = (visit.at(f".gallery {place}").bounding_box() for place in (".seen img", ".portrait img"))
    assert photo and shape and min(photo["width"], shape["width"]) > 110
    assert photo["x"] + photo["width"] <= shape["x"], "side by side"
    for button in visit.at("#many button:visible").all():
        assert (button.bounding_box() or {"height": 0})["height"] >= 38, "large enough for a finger"
    assert visit.errors == []
    context.close()
