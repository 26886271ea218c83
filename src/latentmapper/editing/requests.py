"""One request to change a shape, as commands and pages make it: words, then moves, then target values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing.code_files import Found, code_record
from latentmapper.editing.editor import Editor
from latentmapper.editing.text import Understood, read_text
from latentmapper.shapes.provenance import generator, sized

OF_THE_MESH = ("dropped", "nearest", "refined")
"""What a file says of the mesh that was made of the photo, and that does not hold for a changed one."""


@dataclass(frozen=True)
class Wish:
    """What a text asks for, once it is read."""

    text: str
    moves: Mapping[str, float]
    """Slider -> steps."""
    told: tuple[str, ...]
    """What was understood, and how surely it does what it says."""
    warnings: tuple[str, ...] = ()
    """What was not understood, or is doubtful."""
    reader: str = ""
    """The contrastive pair that read it; empty for the vocabulary."""


@dataclass(frozen=True)
class Request:
    """What is to be changed."""

    wish: Wish | None = None
    """In words."""
    moves: Mapping[str, float] = field(default_factory=dict)
    """Slider -> steps."""
    targets: Mapping[str, float] = field(default_factory=dict)
    """Measured slider -> value."""
    length: float | None = None
    """Metres from front to rear."""


@dataclass(frozen=True, eq=False)
class Fulfilled:
    """A changed code, and what there is to say of it."""

    code: NDArray[np.float32]
    """(d,)."""
    told: tuple[str, ...]
    """What was understood, and how surely it does what it says."""
    warnings: tuple[str, ...]
    """What was not understood or not reached."""
    record: dict[str, Any]
    """What a file says of the code: where it comes from and what was changed."""
    reached: bool = True
    """Whether the mesh measures every target value."""


def in_words(editor: Editor, text: str) -> Wish:
    """What a text asks for, read by the vocabulary.

    Raises
    ------
    UsageError : nothing that can be done.
    MissingError : the pack has no sliders.
    """
    reading = read_text(text, editor.pack.category, list(editor.directions.numbers))
    told = [_confidence(editor, each) for each in reading.understood]
    told += [f"{words}: left as it is" for words in reading.left]
    warnings = [f"{words}: no slider for that" for words in reading.lacking]
    warnings += [f"not understood: {words}" for words in reading.ignored]
    return Wish(text, reading.moves, tuple(told), tuple(warnings))


def fulfil(editor: Editor, found: Found, request: Request) -> Fulfilled:
    """Change a code as asked.

    Raises
    ------
    UsageError : an unknown slider, a value that makes no sense, or a code that is none of the pack's.
    MissingError : something is to be changed, and the pack has no sliders.
    """
    wish = request.wish or Wish("", {}, ())
    code, warnings, reached = editor.checked(found.code), list(wish.warnings), True
    moves = dict(request.moves)
    for name, steps in wish.moves.items():
        moves[name] = moves.get(name, 0.0) + steps
    if moves:
        edited = editor.move(code, moves)
        code, warnings = edited.code, [*warnings, *edited.warnings]
    if request.targets:
        edited = editor.set(code, request.targets, request.length)
        # What `set` warns of is a target that it missed.
        code, warnings, reached = edited.code, [*warnings, *edited.warnings], not edited.warnings
    said = {"text": wish.text, "clip": wish.reader}
    changed = {**said, "moves": moves, "set": dict(request.targets), "length": request.length}
    edits = [*_earlier(found), {name: value for name, value in changed.items() if value}]
    kept = {name: value for name, value in found.origin.items() if name not in OF_THE_MESH}
    origin = sized(kept | {"generator": generator(), "edits": edits}, request.length)
    return Fulfilled(code, wish.told, tuple(warnings), code_record(code, editor.pack, origin), reached)


def _confidence(editor: Editor, each: Understood) -> str:
    """What was understood, with the share of test shapes on which it did what it says."""
    slider = editor.directions.slider(each.slider)
    sure = f"right on {slider.right:.0%} of test shapes"
    return f"{each.words}: {each.slider} {each.steps:+g} ({slider.label}; {sure})"


def _earlier(found: Found) -> list[Any]:
    """The edits that a shape has behind it."""
    earlier = found.origin.get("edits", [])
    return earlier if isinstance(earlier, list) else []
