"""Any words to moves of sliders: renders of a shape, seen by a contrastive pair."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing.clip_text import (
    FARTHEST,
    Evidence,
    distinct,
    reached,
    solve,
    text_directions,
    unrelated_texts,
)
from latentmapper.editing.editor import Code, Editor
from latentmapper.editing.requests import Wish
from latentmapper.errors import UsageError
from latentmapper.features.clip import Clip
from latentmapper.render.preview import Studio

VIEWS = ((35.0, 18.0), (90.0, 4.0), (215.0, 18.0))
"""Azimuth and elevation, degrees: front quarter, side, which tells lengths and heights, and rear quarter."""
SIDE = 224
"""Pixels of a picture, as pairs read them."""
SHORTEST = 0.1
"""Steps that a slider must have left for its effect to be seen."""


def look(editor: Editor, code: Code, clip: Clip) -> NDArray[np.float64]:
    """(d,) how a pair sees the shape of a code: the mean embedding of shaded views of its mesh at 64^3.

    Raises
    ------
    MeshError : the code has no surface.
    """
    surface = editor.surface(code)
    studio = Studio(surface.vertices, surface.faces, oriented=False)
    pictures = np.stack([studio.view(azimuth, elevation, SIDE) for azimuth, elevation in VIEWS])
    return clip.images((pictures / 255).astype(np.float32)).astype(np.float64).mean(axis=0)


def effects(editor: Editor, code: Code, clip: Clip) -> Iterator[NDArray[np.float64]]:
    """(d,) for each slider of the pack in turn, what one step does to `look`: a step up less one down.

    Where a slider cannot go a whole step, its effect is taken over what is left.

    Raises
    ------
    MissingError : the pack has no sliders.
    MeshError : a code on the way has no surface.
    """
    for slider, step in zip(editor.sliders, editor.directions.matrix, strict=True):
        codes = [editor.move(code, {slider.name: amount}).code for amount in (1.0, -1.0)]
        way = float(np.linalg.norm(codes[0] - codes[1]) / max(float(np.linalg.norm(step)), 1e-12))
        if way < SHORTEST:
            yield np.zeros_like(look(editor, code, clip))
        else:
            yield (look(editor, codes[0], clip) - look(editor, codes[1], clip)) / way


def steer(
    editor: Editor, code: Code, text: str, clip: Clip, responses: NDArray[np.float64]
) -> tuple[Wish, Evidence]:
    """What a text asks of a shape, and what the pair sees of it once it is done; see `editing.clip_text`.

    Parameters
    ----------
    responses : (k, d) the `effects` at this code.

    Raises
    ------
    UsageError : the pair makes no difference between the text and the category, or nothing brings the shape
        nearer to it.
    """
    category = editor.pack.category
    wanted, *others = text_directions(clip, [text, *unrelated_texts(category)], category)
    if not wanted.any():
        raise UsageError(
            f"the pair sees no difference between {text!r} and {category!r}; it may not know the words"
        )
    moves = _moves(editor, responses, wanted)
    unrelated = distinct(np.stack(others))
    change = look(editor, editor.move(code, moves).code, clip) - look(editor, code, clip)
    expected = float(reached(responses, wanted[None])[0])
    evidence = Evidence(change, wanted, unrelated, expected, reached(responses, unrelated))
    if evidence.none:
        raise UsageError(
            f"nothing brings the shape nearer to {text!r}, as the pair sees it: {evidence.told()}"
        )
    return _wish(text, clip, moves, evidence), evidence


def _moves(editor: Editor, responses: NDArray[np.float64], wanted: NDArray[np.float64]) -> dict[str, float]:
    """Steps by the names of the sliders that move, the farthest first."""
    low, high = np.array([(slider.low, slider.high) for slider in editor.sliders]).T
    steps = solve(responses, wanted, low, high)
    steps = steps * _share(editor, steps)
    order = [number for number in np.argsort(-np.abs(steps), kind="stable") if steps[number]]
    return {editor.sliders[number].name: round(float(steps[number]), 3) for number in order}


def _share(editor: Editor, steps: NDArray[np.float64]) -> float:
    """How much of the steps (k,) is together no farther, among known shapes, than one slider usually goes.

    Many sliders lead much the same way; each by its full step, they would add up to a caricature.
    """
    known = editor.distribution
    whitened = editor.directions.matrix.astype(np.float64) @ known.axes.T / known.deviations
    usual = FARTHEST * float(np.median(np.linalg.norm(whitened, axis=1)))
    return min(1.0, usual / max(float(np.linalg.norm(steps @ whitened)), 1e-12))


def _wish(text: str, clip: Clip, moves: dict[str, float], evidence: Evidence) -> Wish:
    asked = ", ".join(f"{name} {amount:+.2g}" for name, amount in moves.items())
    doubts = (f"{text!r}: {evidence.doubt}",) if evidence.doubt else ()
    return Wish(text, moves, (f"{text}: {asked}", evidence.told()), doubts, clip.name)
