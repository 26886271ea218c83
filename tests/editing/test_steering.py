"""Words seen by a pair that measures outlines: taller must come out taller."""

import numpy as np
import pytest

from latentmapper.editing import Editor
from latentmapper.editing.steering import effects, look, steer
from latentmapper.errors import UsageError
from tests.editing.axes_pack import code_of
from tests.editing.silhouettes import SilhouetteClip

CODE = code_of((0.35, 0.3, 0.7))
CLIP = SilhouetteClip()


@pytest.fixture(scope="module")
def responses(editor: Editor) -> np.ndarray:
    return np.stack(list(effects(editor, CODE, CLIP)))


def test_effects_are_what_a_step_does(editor: Editor, responses: np.ndarray) -> None:
    """A step makes the half-axis a tenth longer; the pair sees height over width along its second number."""
    assert responses.shape == (3, 512)
    assert responses[0, 1] > 0 > max(responses[1, 1], responses[2, 1])
    there = editor.move(CODE, {"height": 0.5}).code
    seen = look(editor, there, CLIP) - look(editor, CODE, CLIP)
    assert seen[1] == pytest.approx(0.5 * responses[0, 1], rel=0.3)


@pytest.mark.parametrize(("text", "way"), [("a taller thing", 1), ("lower", -1)])
def test_taller_comes_out_taller(editor: Editor, responses: np.ndarray, text: str, way: int) -> None:
    wish, evidence = steer(editor, CODE, text, CLIP, responses)
    before, after = (editor.measure(code) for code in (CODE, editor.move(CODE, wish.moves).code))
    assert way * (after["height"] - before["height"]) > 0.05
    assert next(iter(wish.moves)) == "height" and way * wish.moves["height"] > 0
    assert evidence.cosine > 0.9 and not wish.warnings
    assert wish.told[0].startswith(f"{text}: height ") and wish.reader == "outlines"


def test_sliders_that_lead_the_same_way_do_not_add_up(editor: Editor, responses: np.ndarray) -> None:
    """All of them together go as far among the known shapes as one slider does in a step and a half."""
    wish, _ = steer(editor, CODE, "taller", CLIP, responses)
    assert len(wish.moves) > 1
    start, one, all_ = (
        editor.distribution.whitened(editor.move(CODE, moves).code)
        for moves in ({}, {"height": 1.5}, wish.moves)
    )
    assert np.linalg.norm(all_ - start) == pytest.approx(np.linalg.norm(one - start), rel=0.1)


def test_words_that_no_shape_answers_to_are_refused(editor: Editor, responses: np.ndarray) -> None:
    with pytest.raises(
        UsageError, match=r"^nothing brings the shape nearer to 'golden', as the pair sees it: "
    ):
        steer(editor, CODE, "golden", CLIP, responses)


def test_words_that_say_nothing_are_refused(editor: Editor, responses: np.ndarray) -> None:
    with pytest.raises(UsageError, match="sees no difference between 'a thing' and 'thing'"):
        steer(editor, CODE, "a thing", CLIP, responses)


def test_weak_evidence_is_said(
    editor: Editor, responses: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pair that takes some things that no shape is for tallness cannot be trusted about it."""
    said = ["taller thing", "lower thing", "rounder thing", "red thing", "wet thing"]
    monkeypatch.setattr("latentmapper.editing.steering.unrelated_texts", lambda category: said)
    wish, evidence = steer(editor, CODE, "taller", CLIP, responses)
    assert evidence.raised < 0.9 and wish.moves
    doubt = "'taller': the pair hardly tells this apart from sentences about other things"
    assert wish.warnings == (doubt,)
