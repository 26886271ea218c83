"""`latentmapper data build` on meshes that are none, and stores that this version does not read."""

import json
from pathlib import Path

import pytest

from latentmapper.cli import run

FACE = "f 1 2 3\n"
CORNERS = "v 0 0 0\nv 1 0 0\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{CORNERS}v 0 nan 0\n{FACE}", "bad has vertices that are NaN or infinite"),
        (f"{CORNERS}v 2 0 0\n{FACE}", "bad has zero area"),
        (f"{CORNERS}v 0 1 0\n", "bad.obj has no faces"),
        ("no mesh\n", "bad.obj has no faces"),
    ],
)
def test_meshes_without_a_surface(tmp_path: Path, capsys, text: str, message: str) -> None:
    meshes = tmp_path / "meshes"
    meshes.mkdir()
    (meshes / "bad.obj").write_text(text)
    store = tmp_path / "store"
    assert run(["data", "build", str(meshes), "-o", str(store), "--category", "thing", "--workers", "1"]) == 2
    assert capsys.readouterr().err == f"latentmapper data build: no shape can be used; bad: {message}\n"
    assert not (store / "store.json").exists()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"format": 9}, "is a store of format 9, this version reads format 1; build it again with"),
        (None, "is not a finished store; make it with"),
    ],
)
@pytest.mark.parametrize("verb", [["data", "render"], ["data", "describe"], ["train", "shape"]])
def test_stores_that_are_not_read(tmp_path: Path, capsys, verb: list[str], header, message: str) -> None:
    store = tmp_path / "store"
    store.mkdir()
    if header:
        (store / "store.json").write_text(json.dumps(header))
    output = [] if verb[1] == "describe" else ["-o", str(tmp_path / "out")]
    assert run([*verb, str(store), *output]) == 1
    assert (
        capsys.readouterr().err
        == f"latentmapper {' '.join(verb)}: {store} {message}: latentmapper data build\n"
    )
    assert not (tmp_path / "out").exists()
