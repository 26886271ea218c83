"""Which target values known shapes can be brought to, and what that takes.

    python scripts/target_values.py airplane --shapes 6

Prints a row a measured slider: how many of the pack's known shapes missed a value a little above and one a
little below their own, how many meshes were decoded for each on average, and for the hardest.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tyro
from endings import run

from latentmapper.cli.packs import find_pack
from latentmapper.editing import Editor
from latentmapper.editing.editor import Code
from latentmapper.errors import UsageError


@dataclass(frozen=True)
class Config:
    """What to ask for."""

    pack: tyro.conf.Positional[str]
    """Folder of a pack, or the id or category of a bundled one."""
    shapes: int = 6
    """Known shapes to change, spread over the pack."""
    by: float = 0.5
    """Standard deviations of a measure by which each is to change, up and down."""
    sliders: tuple[str, ...] = ()
    """Which measured sliders; all if none is named."""


class CountingEditor(Editor):
    """Counts the meshes that it measures."""

    def __init__(self, pack: Path) -> None:
        super().__init__(pack)
        self.meshes = 0

    def measure(self, code: Code, length: float | None = None) -> dict[str, float]:
        """As any editor does."""
        self.meshes += 1
        return super().measure(code, length)


@dataclass
class Outcome:
    """What came of one slider's targets."""

    missed: list[bool] = field(default_factory=list)
    meshes: list[int] = field(default_factory=list)

    def row(self, name: str) -> str:
        """One row of the table."""
        took = f"{np.mean(self.meshes):.1f} | {max(self.meshes)}"
        return f"| {name} | {sum(self.missed)} of {len(self.missed)} | {took} |"


def main(config: Config) -> None:
    """Ask, and print what came of it."""
    if config.shapes < 1:
        raise UsageError(f"--shapes must be at least 1, not {config.shapes}")
    editor = CountingEditor(find_pack(config.pack))
    measured = [each.name for each in editor.sliders if each.kind == "measured"]
    for name in config.sliders:
        editor.directions.slider(name)
    rows = np.linspace(0, len(editor.pack.bank) - 1, config.shapes).astype(int)
    codes = editor.pack.bank[rows]
    own = [editor.measure(code) for code in codes]
    print("| slider | missed | meshes | at most |\n| --- | --- | --- | --- |", flush=True)
    for name in config.sliders or measured:
        print(_asked(editor, codes, own, name, config.by).row(name), flush=True)


def _asked(editor: CountingEditor, codes: Code, own: list[dict[str, float]], name: str, by: float) -> Outcome:
    """Ask every shape that has such a measure for more and for less of it."""
    outcome, unit = Outcome(), editor.directions.slider(name).deviation
    for code, values in zip(codes, own, strict=True):
        for step in (by, -by) if name in values else ():
            editor.meshes = 0
            outcome.missed.append(bool(editor.set(code, {name: values[name] + step * unit}).warnings))
            outcome.meshes.append(editor.meshes)
    return outcome


if __name__ == "__main__":
    run(main, Config)
