"""Known shapes of the packs that ship with the package, against dense extraction."""

from pathlib import Path

import pytest

from latentmapper.pack import Pack
from latentmapper.pack_folder import bundled_packs
from latentmapper.shapes.extraction import extract, extract_dense
from latentmapper.shapes.manifold import refusal
from latentmapper.shapes.shell import shell_of
from latentmapper.stopwatch import Stopwatch
from tests.shapes.solids import assert_same_surface

SHAPES = 10
"""Of each pack, evenly from all."""


@pytest.mark.parametrize("folder", bundled_packs(), ids=lambda folder: folder.name)
def test_surfaces_are_those_of_dense_extraction_and_closed(folder: Path) -> None:
    pack = Pack(folder, threads=1)
    for code in pack.bank[:: len(pack.bank) // SHAPES][:SHAPES]:
        field = pack.field(code)
        assert_same_surface(extract(field, 64), extract_dense(field, 64))
        shell = shell_of(field, 64, None, Stopwatch())
        assert shell.checks.watertight and shell.checks.components == 1
        assert refusal(shell.mesh) is None
