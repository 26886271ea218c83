"""A folder of photos judged: what is looked at, what the table and the sheet say, what is put where."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from latentmapper.batch import expand
from latentmapper.batch.collecting import collect, places
from latentmapper.batch.filtering import DROPPED, KEPT, UNREADABLE, Filtered, judge, write_filtered
from latentmapper.batch.looking import THUMBNAIL, look, thumbnail
from latentmapper.errors import PhotoError, UsageError
from latentmapper.features.clip.kept import KeptEmbeddings
from latentmapper.photo import read_photo
from tests.batch.colours import ColourClip

HOSTILE = "a<script>&'.png"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Nineteen red photos of two names, a blue one, and a file that is no picture."""
    root = tmp_path / "photos"
    (root / "sub").mkdir(parents=True)
    for number in range(19):
        Image.new("RGB", (40 + number, 40), (200 + number, 20, 20)).save(root / "sub" / f"{number}.png")
    Image.new("RGB", (300, 200), (0, 0, 255)).save(root / HOSTILE)
    (root / "notes.jpg").write_text("no picture")
    return root


def _judged(folder: Path, clip: ColourClip | None = None, sigma: float = 2.0) -> Filtered:
    clip = clip or ColourClip()
    with KeptEmbeddings(clip.sha256) as kept:
        seen = list(look(expand([str(folder)]), clip, kept))
    return judge(seen, clip, "car", sigma)


def test_what_is_unlike_the_category_is_dropped(folder: Path) -> None:
    filtered = _judged(folder)
    verdicts = {Path(each.seen.input.name).name: each.verdict for each in filtered.photos}
    assert verdicts.pop(HOSTILE) == DROPPED and verdicts.pop("notes.jpg") == UNREADABLE
    assert set(verdicts.values()) == {KEPT} and len(verdicts) == 19
    assert _judged(folder, sigma=6.0).count(DROPPED) == 0


def test_names_that_are_not_utf_8_are_told(folder: Path, tmp_path: Path) -> None:
    name = "caf\udce9.png"
    try:
        (folder / HOSTILE).rename(folder / name)
    except OSError:
        pytest.skip("this system has no such names")
    write_filtered(_judged(folder), tmp_path / "out")
    for file in ("distances.csv", "sheet.html"):
        assert "caf\\udce9.png" in (tmp_path / "out" / file).read_text()


def test_the_line_is_drawn_from_what_can_be_read(folder: Path) -> None:
    filtered = _judged(folder)
    known = np.array([each.distance for each in filtered.photos if each.distance is not None])
    assert len(known) == 20
    assert filtered.threshold.value == pytest.approx(known.mean() + 2 * known.std())


def test_what_was_described_once_is_not_described_again(folder: Path) -> None:
    first, second, other = ColourClip(), ColourClip(), ColourClip("d" * 64)
    before = _judged(folder, first)
    (folder / "sub" / "0.png").rename(folder / "sub" / "moved.png")
    after = _judged(folder, second)
    assert (first.described, second.described) == (20, 0)
    assert before.threshold.value == pytest.approx(after.threshold.value)
    _judged(folder, other)
    assert other.described == 20


def test_a_folder_of_nothing_readable_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    with pytest.raises(
        PhotoError, match=r"none of 1 pictures can be read; the first: .*a\.jpg: not an image"
    ):
        _judged(tmp_path)


def test_the_table_tells_all(folder: Path, tmp_path: Path) -> None:
    filtered = _judged(folder)
    write_filtered(filtered, tmp_path / "out")
    with (tmp_path / "out" / "distances.csv").open(newline="") as file:
        rows = {Path(row["file"]).name: row for row in csv.DictReader(file)}
    assert len(rows) == 21
    assert rows["notes.jpg"]["distance"] == "" and "not an image" in rows["notes.jpg"]["problem"]
    assert float(rows[HOSTILE]["distance"]) > filtered.threshold.value > float(rows["0.png"]["distance"])
    assert rows["0.png"]["sha256"] == read_photo(folder / "sub" / "0.png").sha256
    record = json.loads((tmp_path / "out" / "filter.json").read_text())
    assert (record["kept"], record["dropped"], record["unreadable"], record["clip"]) == (19, 1, 1, "colours")
    assert record["threshold"] == pytest.approx(record["mean"] + record["sigma"] * record["deviation"])


def test_the_sheet_is_sorted_and_needs_nothing_from_outside(folder: Path, tmp_path: Path) -> None:
    filtered = _judged(folder)
    write_filtered(filtered, tmp_path)
    html = (tmp_path / "sheet.html").read_text()
    assert "<script" not in html and "a&lt;script&gt;&amp;&#x27;.png" in html
    assert not re.search(r"https?:|url\(|<link|@import", html)
    sources = re.findall(r'src="([^"]*)"', html)
    assert len(sources) == 20 and all(source.startswith("data:image/jpeg;base64,") for source in sources)
    notes = re.findall(r"<figcaption>(.*?)<br>", html)
    distances = [float(note) for note in notes[:20]]
    assert distances == sorted(distances) and "not an image" in notes[20]


def test_a_thumbnail_is_small_and_grey_where_transparent() -> None:
    image = Image.new("RGBA", (640, 320), (255, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 320, 320))
    small = read_photo(thumbnail(read_photo(image)))
    assert small.rgb.shape == (THUMBNAIL // 2, THUMBNAIL, 3)
    np.testing.assert_allclose(small.rgb[32, 20], 0.5, atol=0.02)
    np.testing.assert_allclose(small.rgb[32, 100], [1, 0, 0], atol=0.02)


def test_links_lead_to_the_photos_and_copies_hold_them(folder: Path, tmp_path: Path) -> None:
    filtered, before = _judged(folder), sorted(folder.rglob("*"))
    linked, copied = tmp_path / "linked", tmp_path / "copied"
    assert collect(places(filtered.photos, linked), "link") == 20
    assert collect(places(filtered.photos, copied), "copy") == 20
    photo = folder / "sub" / "3.png"
    link, copy = (out / "kept" / "sub" / "3.png" for out in (linked, copied))
    assert link.is_symlink() and link.samefile(photo)
    assert not copy.is_symlink() and copy.read_bytes() == photo.read_bytes()
    assert (copied / "dropped" / HOSTILE).is_file() and not list(copied.rglob("notes*"))
    assert sorted(folder.rglob("*")) == before
    # A run that was stopped goes on, also where somebody has looked at the folder meanwhile.
    copy.unlink()
    (copy.parent / ".DS_Store").write_text("a file manager's")
    assert collect(places(filtered.photos, copied), "copy") == 1
    assert collect(places(filtered.photos, linked), "link") == 0


def test_nothing_is_overwritten_or_mixed(folder: Path, tmp_path: Path) -> None:
    filtered = _judged(folder)
    other = tmp_path / "out" / "kept" / "sub" / "3.png"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    with pytest.raises(UsageError, match=r"3\.png is there already and is not what would be put there; move"):
        places(filtered.photos, tmp_path / "out")
    assert other.read_text() == "mine"
    # A photo of another verdict than before is no longer at its place.
    other.unlink()
    collect(places(filtered.photos, tmp_path / "out"), "link")
    with pytest.raises(UsageError, match="is there already"):
        places(_judged(folder, sigma=9.0).photos, tmp_path / "out")
