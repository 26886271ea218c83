"""What comes late, or at a moment for which it was not meant."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from .conftest import Visit
from .test_flow import GIVE

WAITS = "**/v1/reconstructions/*?wait=*"
HURRY = """() => {
  const whole = window.setTimeout;
  window.setTimeout = (work, wait, ...rest) => whole(work, wait === 1000 ? 100 : wait, ...rest);
}"""
"""Pauses of a second, after which the page tries again, become shorter."""


class Held:
    """The next request for an address, held back."""

    def __init__(self, visit: Visit, pattern: str) -> None:
        self._visit, self._held = visit, list[Route]()
        visit.page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        return route.continue_() if self._held else self._held.append(route)

    def comes(self) -> None:
        """Wait until it is here."""
        while not self._held:
            self._visit.page.wait_for_timeout(20)

    def release(self) -> None:
        """Let it go on."""
        self.comes()
        self._held[0].continue_()


def changed(visit: Visit) -> Any:
    """The slider of the height, moved to its end."""
    slider = visit.at("[data-slider=height]")
    slider.press("End")
    expect(visit.at("#undo")).to_be_enabled()
    return slider


def test_undo_while_another_photo_is_shaped_brings_no_change_to_its_shape(visit: Visit) -> None:
    visit.shape()
    changed(visit)
    job = Held(visit, WAITS)
    visit.page.evaluate(GIVE, ["paste", "suv.jpg"])
    job.comes()
    visit.page.keyboard.press("Control+z")
    job.release()
    visit.shaped()
    expect(visit.at("#name")).to_have_text("suv.jpg")
    expect(visit.at("#undo")).to_be_disabled()
    expect(visit.at("#redo")).to_be_disabled()


def test_undo_changes_no_shape_that_is_not_seen(visit: Visit) -> None:
    visit.shape()
    slider = changed(visit)
    moved = slider.input_value()
    visit.at("#paint").press("Enter")
    expect(visit.at("#brush-said")).to_have_text("What was found is painted.")
    visit.page.keyboard.press("Control+z")
    expect(slider).to_have_value(moved)
    visit.page.keyboard.press("Escape")
    visit.page.click("#tab-many")
    visit.page.keyboard.press("Control+z")
    expect(slider).to_have_value(moved)
    visit.page.click("#tab-one")
    visit.page.keyboard.press("Control+z")
    expect(slider).to_have_value("0")


def test_nothing_to_put_back_is_nothing_to_undo(visit: Visit) -> None:
    visit.shape()
    slider = changed(visit)
    visit.page.keyboard.press("Control+z")
    expect(visit.at("#redo")).to_be_enabled()
    slider.press("Backspace")
    expect(visit.at("#undo")).to_be_disabled()
    expect(visit.at("#redo")).to_be_enabled()


def test_a_file_that_is_none_takes_no_shape_away(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    moved = changed(visit).input_value()
    whole = visit.download("#save", tmp_path).read_bytes()
    pack = re.search(rb'"pack":{[^}]*},', whole)
    assert pack
    for name, content, told in (
        ("cut.glb", whole[:-5000], "This GLB file is damaged."),
        ("head.glb", whole[:300], "This GLB file is damaged."),
        ("other.glb", whole.replace(pack[0], b" " * len(pack[0])), "it holds no code."),
    ):
        (tmp_path / name).write_bytes(content)
        visit.page.set_input_files("#file", tmp_path / name)
        expect(visit.at("#problem")).to_contain_text(told)
        visit.page.click("text=Back to sedan.jpg")
        visit.shaped()
        expect(visit.at("#problem")).to_be_hidden()
        expect(visit.at("[data-slider=height]")).to_have_value(moved)
        expect(visit.at("#undo")).to_be_enabled()
        expect(visit.at("#paint")).to_be_visible()


def test_a_second_photo_that_comes_late_leads_no_other_shape(visit: Visit) -> None:
    visit.shape()
    job = Held(visit, WAITS)
    visit.give("suv.jpg", to="#second-file")
    expect(visit.at("#second")).to_have_text("Shaping the second photo…")
    visit.page.evaluate(GIVE, ["paste", "fighter.jpg"])
    expect(visit.at("#name")).to_have_text("fighter.jpg")
    expect(visit.at("#second")).to_have_text("Second photo")
    with visit.page.expect_response("**/v1/paths"):
        job.release()
    visit.page.wait_for_timeout(500)
    expect(visit.at("#morph")).to_be_hidden()
    expect(visit.at("#name")).to_have_text("fighter.jpg")
    visit.page.reload()
    visit.shaped()
    expect(visit.at("#morph")).to_be_hidden()


def test_a_second_photo_waits_for_a_lost_connection_and_a_crowd(visit: Visit) -> None:
    visit.shape()
    met: list[str] = []

    def hinder(route: Route) -> None:
        """Each address is lost at first, then crowded, then there."""
        place = route.request.url.rpartition("/")[2]
        met.append(place)
        if met.count(place) == 1:
            return route.abort("connectionreset")
        if met.count(place) == 2:
            return route.fulfill(status=429, json={"detail": "others shape at this moment; try again"})
        return route.continue_()

    visit.page.route("**/v1/reconstructions", hinder)
    visit.page.route("**/v1/paths", hinder)
    visit.give("suv.jpg", to="#second-file")
    expect(visit.at("#second")).to_have_text("Connection lost. Trying again…")
    visit.page.evaluate(HURRY)
    expect(visit.at("#way")).to_be_visible()
    expect(visit.at("#morph-problem")).to_be_hidden()
    assert met == ["reconstructions"] * 3 + ["paths"] * 3
    assert len(visit.errors) == 4
    visit.errors.clear()


def test_a_server_that_is_about_to_end_or_full_is_waited_for(visit: Visit) -> None:
    told = {"detail": "the server is about to end"}
    ending = {"status": 503, "json": told, "headers": {"Retry-After": "10"}}
    full = {"status": 503, "body": "Service Unavailable", "content_type": "text/plain"}
    late = {"status": 503, "json": {"detail": "took longer than 60 s"}}
    left: dict[str, list[Any]] = {
        part: [ending, full] for part in ("?wait=", "/result", "/v1/shapes", "/v1/reconstructions")
    }

    def hinder(route: Route) -> None:
        part = next((part for part in left if part in route.request.url), "")
        return route.fulfill(**answers.pop(0)) if (answers := left.get(part)) else route.continue_()

    visit.page.evaluate(HURRY)
    visit.page.route("**/v1/**", hinder)
    visit.shape()
    changed(visit)
    expect(visit.at("#said")).to_have_text("The shape is refined.")
    assert not any(left.values()) and len(visit.errors) == 8
    left["/v1/shapes"] = [late]
    visit.at("[data-slider=height]").press("Home")
    expect(visit.at("#toast")).to_contain_text("Took longer than 60 s")
    visit.errors.clear()


def test_an_answer_that_breaks_off_is_asked_for_again(visit: Visit) -> None:
    """Its head has come when the server is gone, and what reads the rest fails in words for programmers."""
    visit.page.evaluate(
        """() => {
          const whole = window.fetch;
          window.fetch = (path, options) => {
            if (options?.method !== "POST") return whole(path, options);
            window.fetch = whole;
            const start = (body) => body.error(new TypeError("Failed to fetch"));
            return Promise.resolve(new Response(new ReadableStream({ start }), { status: 202 }));
          };
        }"""
    )
    visit.shape()
    expect(visit.at("[role=alert]:visible")).to_have_count(0)


def test_many_photos_wait_for_a_lost_connection(visit: Visit) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and len(lost) < 3:
            lost.append(route.request.url)
            return route.abort("connectionreset")
        return route.continue_()

    visit.page.evaluate(HURRY)
    visit.page.route("**/v1/reconstructions", lose)
    visit.page.click("#tab-many")
    visit.give("suv.jpg", "sedan.jpg", to="#files")
    expect(visit.at("#batch-told")).to_have_text("2 of 2 done, 2 with a shape")
    assert len(lost) == len(visit.errors) == 3
    visit.errors.clear()


def test_more_photos_than_a_browser_keeps_pictures_of_are_remembered(visit: Visit) -> None:
    kept = visit.page.evaluate("""async () => {
      const { keepBatch, keptBatch } = await import("/session.js");
      const thumb = "x".repeat(30_000);
      keepBatch(Array.from({ length: 400 }, (_, id) => ({ name: "a", id: `${id}`, thumb })));
      const found = keptBatch().map(({ id }) => id);
      keepBatch([]);
      return found;
    }""")
    assert kept == [str(number) for number in range(400)]


def test_a_photo_that_is_read_late_replaces_none_of_a_newer_shape(visit: Visit) -> None:
    kept = visit.page.evaluate("""async () => {
      const { keepAnew, keepPhoto, keptPhoto } = await import("/session.js");
      const [read, photo] = [createImageBitmap, await (await fetch("/examples/sedan.jpg")).blob()];
      let release;
      const held = new Promise((resolve) => (release = resolve));
      window.createImageBitmap = async (picture) => (await held, read(picture));
      keepAnew({ name: "large.jpg" });
      const large = [photo, new Uint8Array(2_300_000)];
      const late = keepPhoto(new File(large, "large.jpg", { type: "image/jpeg" }));
      keepAnew({ name: "small.jpg" });
      await keepPhoto(new File([photo], "small.jpg", { type: "image/jpeg" }));
      release();
      await late;
      const { name } = keptPhoto();
      keepAnew({});
      return name;
    }""")
    assert kept == "small.jpg"
