"""`latentmapper edit --clip`: texts read by a contrastive pair."""

import json
from pathlib import Path

import pytest

from latentmapper.cli import run
from latentmapper.editing import Editor
from latentmapper.editing.code_files import code_record, read_code
from latentmapper.make import clip
from tests.editing.axes_pack import code_of, write_axes_pack, write_exact_sliders
from tests.editing.silhouettes import SilhouetteClip


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the analytic pack and, in code.json, the code of an ellipsoid."""
    write_exact_sliders(write_axes_pack(tmp_path / "pack"))
    record = code_record(code_of((0.35, 0.3, 0.7)), Editor(tmp_path / "pack").pack, {})
    (tmp_path / "code.json").write_text(json.dumps(record))
    monkeypatch.chdir(tmp_path)


def edit(*arguments: str) -> int:
    return run(["edit", "code.json", "--pack", "pack", "-o", "out.json", *arguments])


def test_the_pair_moves_the_shape_and_tells_how_surely(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip, "load_clip", lambda spec: SilhouetteClip())
    assert edit("--text", "a taller thing", "--clip", "bundled", "--move", "width=0.5") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("a taller thing: height +1.")
    assert told[1].startswith("the change goes along the text by a cosine of +")
    assert told[1].endswith("it raised the text more than 16 of 16 such sentences")
    editor, found = Editor("pack"), read_code(Path("out.json"))
    start = read_code(Path("code.json"))
    assert editor.measure(found.code)["height"] > editor.measure(start.code)["height"] + 0.05
    (done,) = found.origin["edits"]
    assert (done["text"], done["clip"]) == ("a taller thing", "outlines")
    assert 1 < done["moves"]["height"] < 1.5 and set(done["moves"]) == {"height", "width", "length"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--clip", "bundled", "--move", "height=1"], 2, "--clip reads the words of --text; give both"),
        (["--clip", "clap", "--text", "taller"], 2, "--clip: no CLIP backend 'clap'; choose one of: bundled"),
        (
            ["--clip", "bundled:nowhere", "--text", "taller"],
            3,
            "--clip: no contrastive pair in nowhere; make",
        ),
    ],
)
def test_pairs_that_are_not_there(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert edit(*arguments) == code
    assert message in capsys.readouterr().err and not Path("out.json").exists()


def test_what_the_pair_cannot_tell_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip, "load_clip", lambda spec: SilhouetteClip())
    assert edit("--text", "golden", "--clip", "bundled") == 2
    assert "--text: nothing brings the shape nearer to 'golden'" in capsys.readouterr().err
    assert not Path("out.json").exists()


def test_a_checkpoint_of_random_weights_is_not_believed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from tests.make.models.test_clip_hub import write_checkpoint

    write_checkpoint(tmp_path / "clip")
    code = edit("--text", "a car", "--clip", f"transformers:{tmp_path / 'clip'}")
    shown = capsys.readouterr()
    assert "the change goes along the text by a cosine of " in shown.out + shown.err
    doubts = ("the pair hardly tells this apart", "nothing brings the shape nearer")
    assert code in (0, 2) and any(doubt in shown.err for doubt in doubts)
