"""The page and its twin, from evaluations with kept cases."""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from latentmapper.make.evaluation.cases import Case
from latentmapper.make.evaluation.shown import Shown, write_shown
from latentmapper.make.report.blocks import Page, Table, Text
from latentmapper.make.report.chosen import UNKNOWN
from latentmapper.make.report.page import as_html, as_markdown, build, write
from latentmapper.make.report.runs import Run
from latentmapper.make.report.worst import CAUSES
from latentmapper.shapes.mesh import Mesh
from tests.make.report.made import results, runs, shape

HOSTILE = '<img src=x onerror="alert(1)">|`](http://x)</script>'
"""Name of a shape."""
EXAMPLE = Case("example", 50, HOSTILE, "mesh", "cluttered", 27)
WORST = Case("worst", 1, HOSTILE, "mesh", "cluttered", 3)


def ball(radius: float) -> Mesh:
    made = trimesh.creation.icosphere(subdivisions=2, radius=radius)
    return Mesh(np.asarray(made.vertices, np.float32), np.asarray(made.faces, np.int32))


def shown(case: Case, license_: str = "CC0-1.0", **answers: Mesh) -> Shown:
    picture = np.full((32, 48, 3), 200, np.uint8)
    return Shown(
        case, picture, 135.0, 15.0, license_, "kenney", ball(1.0), answers, {"AtlasNet": "MeshError: <none>"}
    )


@pytest.fixture
def two(tmp_path: Path) -> list[Run]:
    """Two packs on the same shape; the second one has kept the first one's example alone."""
    shapes = [shape(HOSTILE, 1.0, AtlasNet=3.0, floor=0.1)]
    cases = [vars(EXAMPLE), vars(WORST)]
    made = runs(tmp_path, results(shapes, cases=cases), results(shapes, "pack-2", cases=cases[:1]))
    for case in (EXAMPLE, WORST):
        write_shown(made[0].folder / case.file, shown(case, pack=ball(0.9), floor=ball(1.0)), "key")
    write_shown(made[1].folder / EXAMPLE.file, shown(EXAMPLE, pack=ball(0.5)), "key")
    return made


def table_in(page: Page, anchor: str) -> Table:
    """The only table of a section."""
    (section,) = (section for section in page.sections if section.anchor == anchor)
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    return table


class Reader(HTMLParser):
    """Attributes of all elements, and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        if self._in_script:
            self.scripts[-1] += data


def test_the_page_refers_to_nothing_outside_of_itself(two):
    text = as_html(build(two))
    page = Reader(text)
    loading = ("src", "href", "srcset", "data", "action", "poster", "xlink:href", "formaction", "background")
    for _, attributes in page.found:
        for name in loading:
            value = attributes.get(name)
            assert value is None or value.startswith(("data:image/jpeg;base64,", "#")), value
        assert not [name for name in attributes if name.startswith("on")]
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {"#" + name for name in ids if name} >= {a["href"] for tag, a in page.found if tag == "a"}
    tags = {tag for tag, _ in page.found}
    assert not tags & {"link", "iframe", "object", "embed", "base", "form", "audio", "video"}
    policy = next(a["content"] for _, a in page.found if a.get("http-equiv") == "Content-Security-Policy")
    assert (
        policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    )
    css = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in css[0] and "@import" not in css[0]
    assert not re.search(r"fetch|XMLHttp|import\(|WebSocket|https?:", page.scripts[1])


def test_names_stay_text_and_scenes_stay_data(two):
    text = as_html(build(two))
    assert HOSTILE not in text and "&lt;img src=x onerror=" in text
    page = Reader(text)
    assert not [tag for tag, attributes in page.found if attributes.get("src") == "x"]
    (scene,) = json.loads(page.scripts[0])
    assert scene["title"].startswith(HOSTILE)
    assert [model["title"] for model in scene["models"]] == ["pack-1", "pack-2", "truth"]
    (canvas,) = (attributes for tag, attributes in page.found if tag == "canvas")
    # Without a role its label is not read out, and arrow keys do not reach it.
    assert canvas["role"] == "application" and "arrow keys" in str(canvas["aria-label"])


def test_the_grid_has_every_method_from_the_front_and_from_behind(two):
    page = build(two)
    table = table_in(page, "made")
    assert list(table.titles) == ["picture", "pack-1", "pack-2", "AtlasNet", "truth"]
    ((picture, first, second, atlas, truth),) = table.cells
    assert [len(cell.pictures) for cell in (picture, first, second, atlas, truth)] == [1, 2, 2, 0, 2]
    assert atlas.text == "failed: MeshError: <none>"
    assert picture.text == "percentile 50, from 135 degrees"
    sides = [np.asarray(Image.open(io.BytesIO(p.data))).astype(int) for p in truth.pictures]
    assert sides[0].shape == (144, 144, 3)
    names = [p.name for cell in (picture, first, second, truth) for p in cell.pictures]
    assert len(set(names)) == 7


def test_the_worst_have_their_reason(two):
    (row,) = table_in(build(two), "worst").cells
    assert row[0].text.startswith("1. ") and row[3].text.startswith("error 3.0")
    assert row[4].text == CAUSES["plain background"]
    assert [len(cell.pictures) for cell in row] == [1, 2, 2, 0, 0]


@pytest.mark.parametrize(
    ("told", "chooser"),
    [
        ({"chooser": {"id": "pack-9", "hash": "9"}}, "pack-9"),
        ({"chooser": {"id": "pack-1", "hash": "9"}}, "pack-1 in another evaluation"),
        ({"command": "latentmapper evaluate pack-1 store --cases other/results.json"}, UNKNOWN),
        ({"command": "latentmapper evaluate pack-1 store --cases=other/results.json"}, UNKNOWN),
        ({}, "pack-1"),
        ({"command": "latentmapper evaluate pack-1 store -o cases"}, "pack-1"),
    ],
)
def test_captions_tell_whose_errors_chose_the_pictures(two, told, chooser):
    """Results that do not tell are of before they did: their command does."""
    two[0].report.update(told)
    of = "" if chooser == "pack-1" else f" of {chooser}"
    page = build(two[:1])
    made, worst = table_in(page, "made"), table_in(page, "worst")
    assert f"at even percentiles of the error of {chooser}: nobody chose them" in made.caption
    assert made.cells[0][0].text == f"percentile 50{of}, from 135 degrees"
    assert f"the shapes on which {chooser} is worst, by its worst view" in worst.caption
    assert ("errors are those of pack-1" in worst.caption) == bool(of)
    (scene,) = json.loads(Reader(as_html(page)).scripts[0])
    assert scene["title"] == f"{HOSTILE}, percentile 50{of}"


def test_a_pack_of_the_page_that_chose_the_pictures_has_its_name_there(two):
    """Also where the results that show its pictures are of before they told."""
    borrowing = two[1]
    borrowing.report["command"] += " --cases run-0/results.json"
    page = build([borrowing, two[0]])
    assert "percentiles of the error of pack-1: nobody" in table_in(page, "made").caption
    two[0].report["command"] += " --cases run-1/results.json"
    page = build([borrowing, two[0]])
    assert f"percentiles of the error of {UNKNOWN}: nobody" in table_in(page, "made").caption


def test_shapes_that_may_not_be_passed_on_are_not_shown_but_in_private(two):
    secret = shown(EXAMPLE, "research use only", pack=ball(0.9))
    write_shown(two[0].folder / EXAMPLE.file, secret, "key")
    write_shown(two[0].folder / WORST.file, replace(secret, case=WORST), "key")
    hidden, private = as_html(build(two[:1])), as_html(build(two[:1], private=True))
    assert "data:image" not in hidden and "canvas" not in {tag for tag, _ in Reader(hidden).found}
    assert "2 cases are not shown, since their shapes may not be passed on (research use only)" in hidden
    (row,) = table_in(build(two[:1]), "worst").cells  # in words alone
    assert [cell.text for cell in row[1:3]] == ["not to be shown", ""] and row[4].text
    assert not any(cell.pictures for cell in row)
    assert "data:image" in private
    (scene,) = json.loads(Reader(private).scripts[0])
    assert [model["title"] for model in scene["models"]] == ["pack-1"]  # the truth is in pictures alone


@pytest.mark.parametrize(
    ("license_", "columns", "told"),
    [
        ("CC-BY-3.0", 4, "Training shapes: Kenney.* [(]CC-BY-3.0[)]"),
        ("research only", 3, "Training shapes that may not be passed on are left out [(]research only[)]"),
    ],
)
def test_training_shapes_that_were_found_are_shown_where_they_may_be(two, license_, columns, told):
    origins = {"AtlasNet": ("kenney", license_)}
    found = replace(shown(EXAMPLE, pack=ball(0.9), AtlasNet=ball(0.8)), origins=origins, errors={})
    write_shown(two[0].folder / EXAMPLE.file, found, "key")
    page = build(two[:1])
    (row,) = table_in(page, "made").cells
    assert len(row) == columns and all(len(cell.pictures) == 2 for cell in row[1:])
    assert re.search(told, as_html(page))


@pytest.mark.parametrize(
    ("license_", "pictures", "truths"),
    [("CC-BY-4.0", 10, 1), ("CC-BY-SA-4.0", 10, 0), ("CC-BY-NC-4.0", 0, 0), ("CC-BY-ND-4.0", 0, 0)],
)
def test_conditions_of_creative_commons_are_kept(two, license_, pictures, truths):
    for case in (EXAMPLE, WORST):
        write_shown(two[0].folder / case.file, shown(case, license_, pack=ball(0.9)), "key")
    text = as_html(build(two[:1]))
    assert (text.count("data:image"), text.count('"title": "truth"')) == (pictures, truths)


def test_a_case_without_meshes_that_may_be_turned_is_none_to_be_turned(two):
    write_shown(two[0].folder / EXAMPLE.file, shown(EXAMPLE, "GPL-2.0"), "key")  # the pack failed on it
    page = build(two[:1])
    assert "made" in {section.anchor for section in page.sections}
    assert "scenes" not in {section.anchor for section in page.sections}


def test_what_is_missing_or_of_another_evaluation_is_told(two):
    (two[0].folder / WORST.file).write_text("none")
    write_shown(two[0].folder / EXAMPLE.file, shown(replace(EXAMPLE, view=57), pack=ball(0.9)), "key")
    text = as_html(build(two[:1]))
    assert "2 files of cases are left out: " in text and "data:image" not in text


def test_results_without_cases_and_times_make_a_page_that_says_how_to_get_them(tmp_path):
    text = as_html(build(runs(tmp_path, results([shape("a", 1.0)]))))
    for said in (
        "No pictures were kept",
        "evaluate --timed 8",
        "evaluate --decoded",
        "--split train",
        "--hold-out",
    ):
        assert said in text


def test_both_forms_are_written_and_pictures_are_small_files(two, tmp_path):
    page = write(build(two), tmp_path / "out")
    assert page == tmp_path / "out" / "index.html" and page.stat().st_size < 500_000
    text = (tmp_path / "out" / "report.md").read_text()
    linked = set(re.findall(r"\]\((pictures/[\w.-]+)\)", text))
    written = {f"pictures/{path.name}" for path in (tmp_path / "out" / "pictures").iterdir()}
    assert linked == written and len(linked) == 14
    assert max(path.stat().st_size for path in (tmp_path / "out" / "pictures").iterdir()) < 20_000
    assert not re.search(r"(?<!\\)(<img|\]\(http|<none>)", text) and "\\<img" in text
    assert "**Other data: the paper's own figures**" in text
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if line.startswith("|---"):
            columns = [len(re.findall(r"(?<!\\)\|", lines[j])) for j in (i - 1, i, i + 1)]
            assert len(set(columns)) == 1, lines[i - 1]
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    write(build(two), tmp_path / "out")
    assert before == {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}


def test_pictures_of_an_earlier_page_do_not_stay(two, tmp_path):
    folder = tmp_path / "out" / "pictures"
    secret = shown(EXAMPLE, "research use only", pack=ball(0.9))
    write_shown(two[0].folder / EXAMPLE.file, secret, "key")
    write(build(two[:1], private=True), tmp_path / "out")
    assert list(folder.glob("grid-*.jpg"))
    (folder / "grid-of-mine.jpg").write_bytes(b"")
    with (tmp_path / "out" / "report.md").open("a") as file:
        file.write("\\](pictures/grid-of-mine.jpg)")  # as a hostile name is written
    write(build(two[:1]), tmp_path / "out")
    assert [path.name for path in folder.glob("grid-*.jpg")] == ["grid-of-mine.jpg"]


def test_names_are_no_emphasis_and_no_entities(tmp_path):
    made = runs(tmp_path, results([shape("a", 1.0)], "_a_ ~~b~~ &lt;"))
    assert "\\_a\\_ \\~\\~b\\~\\~ \\&lt;" in as_markdown(build(made))


def test_protocols_and_commands_stand_at_the_end(two):
    text = as_html(build(two))
    assert text.count(two[0].protocol["id"]) == 2
    assert "<code>latentmapper evaluate pack-1 store</code>" in text
    assert "1 shapes of data dddddddddddd, split test, 0 of which the pack has learned from" in text


def test_how_the_pack_looked_is_told_where_it_is_known(tmp_path):
    way = {"precision": "int8", "looks": 4}
    made = runs(tmp_path, results([shape("a", 1.0)], way=way), results([shape("a", 1.0)], "pack-2"))
    (section,) = (each for each in build(made).sections if each.anchor == "protocols")
    told = [block.text for block in section.blocks if isinstance(block, Text) and "split test" in block.text]
    assert ", precision int8, looks 4, 1 shapes" in told[0] and "precision" not in told[1]
