"""The analytic pack, with and without sliders."""

from pathlib import Path

import pytest

from latentmapper.editing import Editor
from tests.editing.axes_pack import write_axes_pack, write_exact_sliders


@pytest.fixture(scope="session")
def bare_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack without sliders; to be read only."""
    return write_axes_pack(tmp_path_factory.mktemp("bare") / "pack")


@pytest.fixture(scope="session")
def axes_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with exact sliders; to be read only."""
    path = write_axes_pack(tmp_path_factory.mktemp("axes") / "pack")
    write_exact_sliders(path)
    return path


@pytest.fixture(scope="session")
def editor(axes_pack: Path) -> Editor:
    return Editor(axes_pack)
