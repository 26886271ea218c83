"""One request to change a shape, as commands and pages make it: words, then moves, then target values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.editing.code_files import Found, code_record
from latentmapper.editing.editor import Editor
from latentmapper.editing.text import read_text
from latentmapper.shapes.provenance import generator


@dataclass(frozen=True)
class Request:
    """What is to be changed."""

    text: str | None = None
    """In plain words."""
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


def fulfil(editor: Editor, found: Found, request: Request) -> Fulfilled:
    """Change a code as asked.

    Raises
    ------
    UsageError : an unknown slider, a value that makes no sense, a text of which nothing is understood.
    MissingError : something is to be changed, and the pack has no sliders.
    """
    code, told, warnings = found.code, [], []
    moves = dict(request.moves)
    if request.text is not None:
        reading = read_text(request.text, editor.pack.category, list(editor.directions.numbers))
        for name, steps in reading.moves.items():
            moves[name] = moves.get(name, 0.0) + steps
        told += [_confidence(editor, phrase) for phrase in reading.understood]
        warnings += [f"not understood: {word}" for word in reading.ignored]
    if moves:
        edited = editor.move(code, moves)
        code, warnings = edited.code, [*warnings, *edited.warnings]
    if request.targets:
        edited = editor.set(code, request.targets, request.length)
        code, warnings = edited.code, [*warnings, *edited.warnings]
    changed = {"text": request.text, "moves": moves, "set": dict(request.targets), "length": request.length}
    edits = [*_earlier(found), {name: value for name, value in changed.items() if value}]
    origin = found.origin | {"generator": generator(), "edits": edits}
    return Fulfilled(code, tuple(told), tuple(warnings), code_record(code, editor.pack, origin))


def _confidence(editor: Editor, phrase: str) -> str:
    """What was understood, with the share of test shapes on which it did what it says."""
    slider = editor.directions.slider(phrase.rpartition(": ")[2].split()[0])
    return f"{phrase} ({slider.label}; right on {slider.right:.0%} of test shapes)"


def _earlier(found: Found) -> list[Any]:
    """The edits that a shape has behind it."""
    earlier = found.origin.get("edits", [])
    return earlier if isinstance(earlier, list) else []
