"""Sliders as packs hold them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from latentmapper import files
from latentmapper.editing import Directions
from latentmapper.errors import MissingError, PackError, UsageError
from latentmapper.pack import Pack
from latentmapper.pack_folder import DIRECTIONS
from tests.editing.axes_pack import write_axes_pack, write_exact_sliders


def test_they_come_back_as_they_were_written(axes_pack: Path) -> None:
    read = Directions.of(Pack.open(axes_pack))
    rows, arrays = read.to_entry()
    again = Directions.from_entry({"sliders": json.loads(json.dumps(rows))}, arrays, 6)
    assert again.sliders == read.sliders and [each.name for each in read.sliders] == [
        "height",
        "width",
        "length",
    ]
    np.testing.assert_array_equal(again.matrix, read.matrix)


def test_a_pack_without_them_names_the_command(bare_pack: Path) -> None:
    with pytest.raises(
        MissingError, match=r"pack tiny-thing has no sliders yet; make them with: latentmapper packs"
    ):
        Directions.of(Pack.open(bare_pack))


def test_they_leave_the_hash_of_the_pack_and_are_checked_themselves(tmp_path: Path) -> None:
    folder = write_axes_pack(tmp_path / "pack")
    before = Pack.open(folder).hash
    write_exact_sliders(folder)
    assert Pack.open(folder).hash == before
    (folder / DIRECTIONS).write_bytes(b"other")
    with pytest.raises(PackError, match=f"{DIRECTIONS} differs from its recorded SHA-256"):
        Pack.open(folder)


@pytest.mark.parametrize("damage", ["count", "missing", "text", "twice", "name", "nothing", "arrays", "kind"])
def test_what_does_not_fit_together_is_refused(axes_pack: Path, tmp_path: Path, damage: str) -> None:
    folder = shutil.copytree(axes_pack, tmp_path / "pack")
    metadata = json.loads((folder / "pack.json").read_text())
    rows = metadata["directions"]["sliders"]
    if damage == "count":
        rows.pop()
    elif damage == "missing":
        del rows[0]["unit"]
    elif damage == "text":
        metadata["directions"] = "none"
    elif damage in ("arrays", "kind"):
        # Numbers of a kind that NumPy does not know.
        header = b'{"matrix": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}'
        data = b"no arrays" if damage == "arrays" else len(header).to_bytes(8, "little") + header + b"0"
        (folder / DIRECTIONS).write_bytes(data)
        metadata["files"][DIRECTIONS] = files.sha256_of_bytes(data)
    else:
        rows[0] |= {"twice": {"name": "width"}, "name": {"name": [1]}, "nothing": {"deviation": 0}}[damage]
    files.write_json(folder / "pack.json", metadata)
    told = "'directions' that is not an object" if damage == "text" else "sliders of pack tiny-thing cannot"
    with pytest.raises(PackError, match=told):
        Directions.of(Pack.open(folder))


def test_steps_add_up(axes_pack: Path) -> None:
    directions = Directions.of(Pack.open(axes_pack))
    np.testing.assert_allclose(
        directions.step({"height": 2, "width": -1}),
        2 * directions.matrix[0] - directions.matrix[1],
        atol=1e-6,
    )
    with pytest.raises(UsageError, match=r"no slider 'depth'; there are: height, width, length"):
        directions.step({"depth": 1})
    with pytest.raises(UsageError, match="height=nan: a slider moves by a number"):
        directions.step({"height": float("nan")})
