"""Photos that cannot be taken at once, and those that are taken at an odd moment."""

import shutil
from pathlib import Path

from playwright.sync_api import Route, expect

from .conftest import EXAMPLES, Visit
from .test_flow import GIVE

SENT = "**/v1/reconstructions"
LATE = """() => {
  const read = createImageBitmap;
  window.held = new Promise((resolve) => (window.release = resolve));
  window.createImageBitmap = async (picture) => {
    if (picture.name === "suv.jpg") await window.held;
    return read(picture);
  };
}"""


def test_a_file_that_is_gone_is_no_lost_connection(visit: Visit, tmp_path: Path) -> None:
    """Browsers do not send one that was changed after it was chosen, and no folder."""
    photo = tmp_path / "car.jpg"
    shutil.copy(EXAMPLES / "sedan.jpg", photo)

    def lose(route: Route) -> None:
        photo.write_bytes(photo.read_bytes() + b" ")
        route.abort("connectionreset")

    visit.page.route(SENT, lose)
    visit.page.set_input_files("#file", photo)
    expect(visit.at("#problem")).to_contain_text("car.jpg cannot be read: it is a folder, or was moved")
    assert len(visit.errors) == 1 and "ERR_CONNECTION_RESET" in visit.errors.pop()


def test_a_folder_that_is_dropped_is_no_lost_connection(visit: Visit, tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    visit.page.click("#tab-many")
    mouse = visit.page.context.new_cdp_session(visit.page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        mouse.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 200, "data": data})
    expect(visit.at(".gallery .bad")).to_contain_text("holiday cannot be read: it is a folder, or was moved")
    expect(visit.at("#batch-told")).to_have_text("1 of 1 done, 0 with a shape")


def test_a_full_server_is_waited_for_until_somebody_cancels(visit: Visit) -> None:
    sent: list[str] = []

    def crowd(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=429, json={"detail": "too many jobs wait; try again in 1 s"})

    visit.page.route(SENT, crowd)
    visit.give("sedan.jpg")
    expect(visit.at("#status")).to_have_text("The server is full. Waiting for room…")
    visit.page.click("#cancel")
    visit.page.wait_for_timeout(1200)
    before = len(sent)
    visit.page.wait_for_timeout(1500)
    assert len(sent) == before, "what nobody waits for is not sent again"
    visit.page.unroute(SENT)
    visit.shape()
    assert {"429" in error for error in visit.errors} == {True}
    visit.errors.clear()


def test_an_example_that_cannot_be_had_is_told(visit: Visit) -> None:
    visit.page.route("**/examples/sedan.jpg", lambda route: route.abort("connectionreset"))
    visit.page.click("#examples >> text=Sedan")
    expect(visit.at("#problem")).to_have_text("The server does not answer. Is it still running?")
    assert len(visit.errors) == 1 and "ERR_CONNECTION_RESET" in visit.errors.pop()


def test_a_photo_that_is_read_late_takes_no_page_away(visit: Visit) -> None:
    visit.page.evaluate(LATE)
    visit.give("suv.jpg")
    visit.shape()
    sent: list[str] = []
    visit.page.on("request", lambda request: sent.append(request.method))
    visit.page.evaluate("window.release()")
    visit.page.wait_for_timeout(500)
    expect(visit.at("#one")).to_have_attribute("data-state", "made")
    assert "POST" not in sent


def test_a_mesh_that_is_opened_has_no_changes_of_the_shape_before(visit: Visit, tmp_path: Path) -> None:
    visit.shape()
    path = visit.download("#save", tmp_path)
    visit.at("[data-slider=height]").press("End")
    expect(visit.at("#undo")).to_be_enabled()
    visit.page.set_input_files("#file", path)
    expect(visit.at("#name")).to_have_text("sedan.glb")
    visit.shaped()
    expect(visit.at("[data-slider=height]")).to_have_value("0")
    expect(visit.at("#undo")).to_be_disabled()


def test_a_photo_that_is_pasted_over_the_brush_closes_it(visit: Visit) -> None:
    visit.shape()
    visit.page.click("#paint")
    expect(visit.at("#brush-said")).to_have_text("What was found is painted.")
    visit.page.evaluate(GIVE, ["paste", "suv.jpg"])
    expect(visit.at("#brush")).to_be_hidden()
    expect(visit.at("#name")).to_have_text("suv.jpg")


def test_several_photos_that_are_dropped_are_not_passed_over_in_silence(visit: Visit) -> None:
    adds = "data.items.add(photo);"
    visit.page.evaluate(GIVE.replace(adds, 2 * adds), ["drop", "sedan.jpg"])
    expect(visit.at("#toast")).to_have_text("The first of 2 files is taken. “Many photos” takes them all.")
    visit.shaped()


def test_pictures_that_are_pasted_join_the_many(visit: Visit) -> None:
    visit.page.click("#tab-many")
    visit.page.evaluate(GIVE, ["paste", "suv.jpg"])
    expect(visit.at("#batch-told")).to_have_text("1 of 1 done, 1 with a shape")
    adds = "data.items.add(photo);"
    visit.page.evaluate(GIVE.replace(adds, 2 * adds), ["paste", "sedan.jpg"])
    expect(visit.at(".gallery .made strong")).to_have_text(["suv.jpg", "sedan.jpg", "sedan.jpg"])
    visit.at("#many-length").focus()
    visit.page.evaluate(
        "document.activeElement.dispatchEvent(new ClipboardEvent('paste', { bubbles: true }))"
    )
    expect(visit.at("#batch-told")).to_have_text("3 of 3 done, 3 with a shape")
    visit.page.click("#tab-one")
    expect(visit.at("#one")).to_have_attribute("data-state", "empty")
    visit.page.evaluate(GIVE, ["paste", "suv.jpg"])
    visit.shaped()
    visit.page.click("#tab-many")
    expect(visit.at(".gallery li")).to_have_count(3)
