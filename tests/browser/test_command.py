"""The lines that "Copy as command" gives, run in a terminal."""

import shlex
import shutil
from pathlib import Path

import pytest
import trimesh
from playwright.sync_api import expect

from latentmapper import cli

from .conftest import EXAMPLES, Visit
from .test_flow import GIVE


def run_lines(line: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> trimesh.Trimesh:
    """What lines of a terminal make of the photos."""
    for name in ("sedan.jpg", "suv.jpg"):
        shutil.copy(EXAMPLES / name, place)
    monkeypatch.chdir(place)
    words = [shlex.split(each) for each in line.split(" && ")]
    for program, *arguments in words:
        assert program == "latentmapper" and cli.run(arguments) == 0
    return trimesh.load_mesh(place / words[-1][words[-1].index("-o") + 1])


def led(visit: Visit, way: float) -> None:
    """The morph's slider, let go on the way."""
    expect(visit.at("#way")).to_be_visible()
    visit.at("#said").evaluate("each => each.replaceChildren()")
    visit.at("#way").fill(str(way))
    visit.at("#way").dispatch_event("change")
    expect(visit.at("#said")).to_have_text("The shape is refined.")


def test_the_command_makes_the_same(visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visit.shape()
    slider = visit.at("[data-slider=width]")
    slider.press("End")
    expect(visit.at("#said")).to_have_text("The shape is refined.")
    visit.page.click("#command")
    line = visit.at("#command-text").inner_text()
    assert line == (
        "latentmapper reconstruct sedan.jpg -o sedan.glb --category car"
        f" && latentmapper edit sedan.glb --move width={slider.get_attribute('max')} -o sedan.edited.glb"
    )
    made = run_lines(line, tmp_path, monkeypatch)
    length, width, height = visit.size
    assert made.extents == pytest.approx([width, height, length], abs=0.01)


def test_the_command_of_a_morph_makes_the_same(
    visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.shape()
    visit.give("suv.jpg", to="#second-file")
    led(visit, 0.40625)
    visit.at("#length").fill("4.4")
    visit.page.click("#command")
    way = (
        "latentmapper reconstruct sedan.jpg -o sedan.glb --category car"
        " && latentmapper reconstruct suv.jpg -o suv.glb --category car"
        " && latentmapper morph sedan.glb suv.glb --at 0.40625 -o sedan.morph.{} --length 4.4"
    )
    expect(visit.at("#command-text")).to_have_text(way.format("glb"))
    slider = visit.at("[data-slider=height]")
    visit.at("#said").evaluate("each => each.replaceChildren()")
    slider.press("End")
    expect(visit.at("#said")).to_have_text("The shape is refined.")
    visit.at("input[name=format][value=stl]").check(force=True)
    visit.page.click("#command")
    line = visit.at("#command-text").inner_text()
    edit = f"edit sedan.morph.glb --move height={slider.get_attribute('max')} -o sedan.edited.stl"
    assert line == f"{way.format('glb')} && latentmapper {edit}"
    made = run_lines(line, tmp_path, monkeypatch)
    length, width, height = visit.size
    assert length == 4.4 and made.extents == pytest.approx([1000 * width, 1000 * height, 4400], abs=11)
    expect(visit.at("#save-problem")).to_be_hidden()


def test_the_command_of_a_morph_takes_a_file_as_it_is(
    visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.shape("suv.jpg")
    path = visit.download("#save", tmp_path)
    visit.page.click("#again")
    visit.shape()
    visit.page.set_input_files("#second-file", path)
    led(visit, 0.5)
    visit.page.click("#command")
    line = visit.at("#command-text").inner_text()
    assert line == (
        "latentmapper reconstruct sedan.jpg -o sedan.glb --category car"
        " && latentmapper morph sedan.glb suv.glb --at 0.5 -o sedan.morph.glb"
    )
    made = run_lines(line, tmp_path, monkeypatch)
    length, width, height = visit.size
    assert made.extents == pytest.approx([width, height, length], abs=0.011)
    visit.page.reload()
    visit.shaped()
    visit.page.click("#command")
    expect(visit.at("#command-text")).to_have_text(line)


def test_the_lines_of_a_morph_replace_none_of_its_files(visit: Visit) -> None:
    lines = visit.page.evaluate("""async () => {
      const { commandFor } = await import("/command.js");
      const about = { category: "car", format: "glb", length: null, forced: true, mask: null, way: 1 };
      return [
        commandFor({ ...about, name: "a.jpg", second: "A.glb", sliders: {} }),
        commandFor({ ...about, name: "a.jpg", second: "a.png", sliders: { height: 1 } }),
        commandFor({ ...about, name: "a.glb", second: "a.morph.glb", sliders: {} }),
      ];
    }""")
    program = "latentmapper "
    assert lines == [
        f"{program}reconstruct a.jpg -o a.2.glb --category car --force"
        f" && {program}morph a.2.glb A.glb --at 1 -o a.morph.glb",
        f"{program}reconstruct a.jpg -o a.glb --category car --force"
        f" && {program}reconstruct a.png -o a.2.glb --category car"
        f" && {program}morph a.glb a.2.glb --at 1 -o a.morph.glb"
        f" && {program}edit a.morph.glb --move height=1 -o a.edited.glb",
        f"{program}morph a.glb a.morph.glb --at 1 -o a.2.morph.glb",
    ]


def test_two_photos_of_one_name_are_told(visit: Visit) -> None:
    """As pasted ones are: all of them are called image.png."""
    visit.shape()
    visit.page.evaluate(GIVE.replace('"stage"', '"morph-card"'), ["paste", "sedan.jpg"])
    led(visit, 0.5)
    visit.page.click("#command")
    told = "Both files are called sedan.jpg: give the second another name, in the lines as well."
    expect(visit.at("#save-problem")).to_have_text(told)


def test_the_command_takes_no_file_for_an_option(visit: Visit) -> None:
    lines = visit.page.evaluate("""async () => {
      const { commandFor } = await import("/command.js");
      const about = { category: "car", format: "stl", length: null, forced: false };
      return [
        commandFor({ ...about, name: "-o.jpg", sliders: {}, mask: "-o.mask.png" }),
        commandFor({ ...about, name: "-a b.jpg", sliders: { height: 1 }, mask: null }),
        commandFor({ ...about, name: "-.glb", sliders: { height: -1 }, mask: null }),
      ];
    }""")
    assert lines == [
        "latentmapper reconstruct ./-o.jpg -o ./-o.stl --category car --mask ./-o.mask.png",
        "latentmapper reconstruct './-a b.jpg' -o './-a b.glb' --category car"
        " && latentmapper edit './-a b.glb' --move height=1 -o './-a b.edited.stl'",
        "latentmapper edit ./-.glb --move height=-1 -o ./-.edited.stl",
    ]
