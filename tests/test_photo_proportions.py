"""Proportions of cars: the photos that count, how a mesh is measured, and what the table says."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from latentmapper.errors import RefusedPhoto
from latentmapper.shapes.mesh import Mesh
from tests.shapes.solids import box_mesh
from tests.tiny_pack import write_tiny_pack
from tests.tiny_translator import write_tiny_translator

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return runpy.run_path(str(SCRIPTS / "photo_proportions.py"))


def test_only_photos_of_known_models_count(script, tmp_path) -> None:
    (tmp_path / "labels.csv").write_text(
        "file,label\na.jpg,Some Car 2001\nb.jpg,Other 2002\nc.jpg,Some Car 2001\n"
    )
    (tmp_path / "known.csv").write_text("label,height_to_length,width_to_length\nSome Car 2001,0.3,0.4\n")
    for name in "ab":
        (tmp_path / f"{name}.jpg").write_bytes(b"")
    config = script["Config"](tmp_path, tmp_path / "labels.csv", tmp_path / "known.csv")
    assert list(script["_known"](config)) == [(tmp_path / "a.jpg", (0.3, 0.4))]


def test_width_leaves_mirrors_out(script) -> None:
    body, mirrors = box_mesh((0.9, 0.75, 2.0)), box_mesh((1.1, 0.05, 0.05))
    vertices = np.concatenate([body.vertices, mirrors.vertices + np.array([0, 0.3, 0.5], np.float32)])
    made = SimpleNamespace(mesh=Mesh(vertices, body.faces))
    reconstructor = SimpleNamespace(reconstruct=lambda *_, **__: made)
    found = script["_proportions"](reconstructor, Path("a.jpg"), 64)
    assert found == pytest.approx((1.5 / 4, 1.8 / 4))


def test_a_photo_without_a_car_has_no_proportions(script) -> None:
    def refuse(*_, **__):
        raise RefusedPhoto("no car")

    found = script["_proportions"](SimpleNamespace(reconstruct=refuse), Path("a.jpg"), 64)
    assert np.isnan(found).all()


def test_every_provider_is_compared_with_and_without_translation(script, tmp_path) -> None:
    pack, translator = write_tiny_pack(tmp_path / "pack"), write_tiny_translator(tmp_path)
    config = script["Config"](tmp_path, tmp_path, tmp_path, (pack,), ("alpha", "bundled"), translator)
    ways = dict(script["_ways"](config, pack))
    assert list(ways) == ["alpha | no", "alpha | yes", "bundled | no", "bundled | yes"]
    assert [made.foreground.name for made in ways.values()] == ["alpha"] * 2 + ["bundled"] * 2
    assert [made.translator is None for made in ways.values()] == [True, False] * 2


def test_rows_are_about_the_photos_that_all_ways_can_tell_of(script, tmp_path, capsys, monkeypatch) -> None:
    (tmp_path / "labels.csv").write_text("file,label\na.jpg,X\nb.jpg,X\nc.jpg,Y\n")
    (tmp_path / "known.csv").write_text("label,height_to_length,width_to_length\nX,0.3,0.4\nY,0.2,0.5\n")
    for name in "abc":
        (tmp_path / f"{name}.jpg").write_bytes(b"")
    boxes = {"a": box_mesh((0.8, 0.6, 2.0)), "c": box_mesh((1.0, 0.4, 2.0))}

    def box(path: Path, **_):
        if path.stem not in boxes:
            raise RefusedPhoto("no car")
        return SimpleNamespace(mesh=boxes[path.stem])

    monkeypatch.setitem(
        script["main"].__globals__, "_ways", lambda *_: [("x | no", SimpleNamespace(reconstruct=box))]
    )
    config = script["Config"](tmp_path, tmp_path / "labels.csv", tmp_path / "known.csv", (Path("p"),))
    script["main"](config)
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [
        row.startswith(f"| p | x | no | 2 | {name}_to_length | 0.00 |")
        for row, name in zip(rows, script["RATIOS"], strict=True)
    ]
    assert all(row.endswith("| 1.00 |") and "| 0.00 |" in row for row in rows) and len(rows) == 2


def test_the_table_tells_errors_and_ranks(script) -> None:
    truth = np.array([0.2, 0.3, 0.4])
    assert script["_row"](truth, truth) == f"0.00 | {100 * (0.1 / 0.2 + 0.1 / 0.4) / 3:.2f} | 1.00"
    assert script["_row"](1.1 * truth[::-1], truth).endswith("-1.00")
