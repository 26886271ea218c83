"""The mask's brush, led by keys alone, by fingers, and over the whole photo."""

from pathlib import Path

from PIL import Image
from playwright.sync_api import Response, expect

from .conftest import Visit

PAINTED = """each => {
  const { data } = each.getContext("2d").getImageData(0, 0, each.width, each.height);
  return data.filter((value, place) => place % 4 === 3 && value > 127).length / (data.length / 4);
}"""


def test_keys_correct_the_mask(visit: Visit) -> None:
    visit.shape()
    visit.at("#paint").press("Enter")
    easel, said, ring = visit.at("#easel"), visit.at("#brush-said"), visit.at("#ring")
    expect(said).to_have_text("What was found is painted.")
    expect(easel).to_be_focused()
    expect(easel).to_have_accessible_name("Mask")
    expect(easel).to_have_accessible_description(visit.at("#easel-keys").inner_text())
    expect(ring).to_be_visible()
    visit.at("#wipe").press("Enter")
    expect(said).to_have_text("The mask is empty.")
    expect(ring).to_be_hidden()

    easel.press("Space")
    expect(said).to_have_text("50 % across, 50 % down, in the mask.")
    dab = _painted(visit)
    before = ring.bounding_box()
    for _ in range(8):
        easel.press("ArrowLeft")
    expect(said).to_have_text("26 % across, 50 % down, outside the mask.")
    after = ring.bounding_box()
    assert before and after and before["x"] - after["x"] > before["width"], "the ring goes along"
    assert _painted(visit) == dab > 0

    visit.page.keyboard.down("Space")
    for _ in range(8):
        easel.press("ArrowRight")
    visit.page.keyboard.up("Space")
    line = _painted(visit)
    assert line > 2 * dab
    easel.press("ArrowDown")
    assert _painted(visit) == line, "nothing is painted once space is let go"


def test_keys_size_the_brush_and_remove(visit: Visit) -> None:
    visit.shape()
    visit.at("#paint").press("Enter")
    easel, said, ring = visit.at("#easel"), visit.at("#brush-said"), visit.at("#ring")
    expect(said).to_have_text("What was found is painted.")
    visit.at("#wipe").press("Enter")
    easel.focus()
    narrow = ring.bounding_box()
    for _ in range(20):
        easel.press("+")
    expect(said).to_have_text("Size 40.")
    easel.press("-")
    expect(visit.at("#thick")).to_have_value("38")
    wide = ring.bounding_box()
    assert narrow and wide and wide["width"] > 3 * narrow["width"]
    easel.press("Space")
    dab = _painted(visit)
    for _ in range(20):
        easel.press("ArrowUp")
    expect(said).to_contain_text("50 % across, 0 % down")
    easel.press("x")
    expect(said).to_have_text("Removing.")
    expect(visit.at("input[name=brush][value=remove]")).to_be_checked()
    easel.press("ArrowDown")
    easel.press("Space")
    assert 0 < _painted(visit) < dab
    easel.press("X")
    expect(said).to_have_text("Adding.")
    visit.at("#brush-adds").press("Enter")
    expect(visit.at("#origin")).to_contain_text("By a mask, ")


def _painted(visit: Visit) -> float:
    """Which share of the photo the mask covers."""
    return visit.at("#easel-mask").evaluate(PAINTED)


def test_a_photo_that_is_painted_all_over_is_looked_at_as_a_whole(visit: Visit) -> None:
    visit.shape()
    visit.page.click("#paint")
    expect(visit.at("#brush-said")).to_have_text("What was found is painted.")
    visit.at("#thick").fill("40")
    box = visit.at("#easel").bounding_box()
    assert box is not None
    for share in (0.15, 0.5, 0.85):
        visit.page.mouse.move(box["x"], box["y"] + share * box["height"])
        visit.page.mouse.down()
        visit.page.mouse.move(box["x"] + box["width"] - 1, box["y"] + share * box["height"], steps=4)
        visit.page.mouse.up()
    assert _painted(visit) == 1
    visit.page.click("#use-mask")
    expect(visit.at("#origin")).to_contain_text("By a mask, 100 %")


def test_a_second_finger_draws_no_line(visit: Visit) -> None:
    visit.shape()
    visit.page.click("#paint")
    expect(visit.at("#brush-said")).to_have_text("What was found is painted.")
    visit.page.click("#wipe")
    box = visit.at("#easel").bounding_box()
    assert box is not None
    first = {"x": box["x"] + 0.1 * box["width"], "y": box["y"] + 0.5 * box["height"], "id": 1}
    second = {**first, "x": box["x"] + 0.9 * box["width"], "id": 2}
    fingers = visit.page.context.new_cdp_session(visit.page)
    touches: list[tuple[str, list[dict[str, float]]]] = [
        ("touchStart", [first]),
        ("touchStart", [first, second]),
        ("touchMove", [first, {**second, "y": second["y"] + 9}]),
        ("touchEnd", []),
    ]
    for kind, points in touches:
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert 0 < _painted(visit) < 0.03


def test_what_somebody_insisted_on_is_looked_for(visit: Visit, tmp_path: Path) -> None:
    """The photo shows none of the known things, or the mask would be proposed for another one of them."""
    Image.effect_noise((200, 400), 90).convert("RGB").save(tmp_path / "noise.png")
    visit.page.set_input_files("#file", tmp_path / "noise.png")
    visit.page.click("text=Shape it as a car")
    visit.shaped()
    with visit.page.expect_response(_takes_a_photo) as taken:
        visit.page.click("#paint")
    options = taken.value.json()["options"]
    assert [options[name] for name in ("foreground", "category", "force")] == ["bundled", "car", True]
    for part in ("#easel-photo", "#easel-mask"):
        box = visit.at(part).bounding_box()
        assert box is not None and abs(box["height"] / box["width"] - 2) < 0.02, "in its own proportions"
    expect(visit.at("#looking")).to_be_hidden()


def _takes_a_photo(response: Response) -> bool:
    return response.request.method == "POST" and response.url.endswith("/v1/reconstructions")
