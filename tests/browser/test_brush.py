"""The mask's brush, led by keys alone."""

from playwright.sync_api import expect

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
    visit.at("#use-mask").press("Enter")
    expect(visit.at("#origin")).to_contain_text("By a mask, ")


def _painted(visit: Visit) -> float:
    """Which share of the photo the mask covers."""
    return visit.at("#easel-mask").evaluate(PAINTED)
