"""The feature table rests on what was measured."""

import pytest

from latentmapper.make.evaluation.azimuths import Curve
from latentmapper.make.report import paper
from latentmapper.make.report.blocks import Table
from latentmapper.make.report.features import features, unshown_ratio
from latentmapper.make.report.runtimes import runtimes
from tests.make.report.made import panel, results, shape, texts


def seconds(wall: float) -> dict[str, float]:
    return {"wall": wall, "processor": 2 * wall}


def timed(method: str, answer: float, mesh: float | None) -> dict:
    return {
        "method": method,
        "pictures": 8,
        "total": seconds(answer + (mesh or 0)),
        "late": 2.0,
        "answer": seconds(answer),
        "mesh": seconds(mesh) if mesh is not None else None,
        "failed": 1,
    }


TIMES = {
    "machine": {"processor": "a processor", "cores": 2, "system": "Linux x86_64", "python": "3.11"},
    "threads": 2,
    "condition": "cluttered",
    "resolution": 96,
    "methods": [
        timed("pack", 0.1, 0.05),
        timed("AtlasNet", 0.5, 0.2),
        timed("nearest training shape", 0.1, None),
    ],
    "pack": {"resolution": 96, "stages": {"map": 0.01}, "warm": seconds(0.2), "cold": seconds(1.1)},
}


def line(table: Table, method: str) -> dict[str, str]:
    row = next(row for row in texts(table) if row[0] == method)
    return dict(zip(list(table.titles)[1:], row[1:], strict=True))


def whole(name: str, pack: float, closed: float) -> dict:
    """A shape on which everything was measured."""
    made = shape(name, pack, AtlasNet=pack + 9, nearest_training_shape=pack + 5, floor=0.5)
    normals = {"pack": 0.85, "AtlasNet": 0.8, "nearest training shape": 0.95, "floor": 0.9}
    for method, cells in made["samples"].items():
        for cell in cells.values():
            cell["normal_consistency"] = [normals[method]] * len(cell["view"])
            cell["watertight"] = [closed if method == "pack" else 0.0] * len(cell["view"])
    return made


def test_every_cell_names_its_figure(tmp_path):
    found = panel(tmp_path, results([whole("a", 1.0, 1.0), whole("b", 2.0, 1.0)], times=TIMES))
    (table,) = features(found)
    assert isinstance(table, Table)
    ours, atlas, nearest = (line(table, row[0]) for row in texts(table))
    assert list(ours) == list(paper.FEATURES)
    assert ours["Real-time generation"] == "yes: 0.150 s from picture to mesh"
    assert atlas["Real-time generation"] == "no: 0.700 s from picture to mesh"
    assert atlas["Real-time manipulation"] == "yes: 0.200 s from code to mesh"
    assert nearest["Real-time manipulation"] == "no: it has no code to change"
    assert ours["High-quality surface"] == "yes: 100% closed, normals 0.850 (floor 0.900)"
    assert atlas["High-quality surface"].startswith("no: 0% closed, normals 0.800")
    assert ours["High-quality reconstruction"] == "yes: -5.00 [-5.00, -5.00] against retrieval"
    assert atlas["High-quality reconstruction"].startswith("no: 4.00")
    assert nearest["High-quality reconstruction"] == "it is what others are held against"
    assert ours["View-agnostic reconstruction"].startswith("yes: 1.00 x [1.00, 1.00] at 270 to 330")


def test_what_was_not_measured_is_not_claimed(tmp_path):
    (table,) = features(panel(tmp_path, results([shape("a", 1.0)])))
    assert isinstance(table, Table)
    values = list(line(table, "pack-1").values())
    assert values[:4] == ["not timed", "not timed", *values[2:4]]
    assert [value.split(" (")[0] for value in values[2:4]] == ["not measured", "not measured"]
    assert [cell.tone for cell in table.cells[0][1:5]] == ["open"] * 4


def test_a_floor_without_normals_holds_no_surface_against_it(tmp_path):
    one = whole("a", 1.0, 1.0)
    for cell in one["samples"]["floor"].values():
        del cell["normal_consistency"]
    (table,) = features(panel(tmp_path, results([one])))
    assert isinstance(table, Table)
    assert line(table, "pack-1")["High-quality surface"].startswith("not measured (--metrics watertight")


def test_a_method_that_is_worse_from_the_side_is_not_view_agnostic(tmp_path):
    one = shape("a", 1.0)
    one["samples"]["pack"]["cluttered"]["chamfer"] = [1.0, 1.0, 1.0, 3.0]  # the last is seen from 285 degrees
    (table,) = features(panel(tmp_path, results([one])))
    assert isinstance(table, Table)
    assert line(table, "pack-1")["View-agnostic reconstruction"].startswith(
        "no: 3.00 x [3.00, 3.00] at 270 to 330"
    )


def test_the_papers_yaws_turn_the_shape_so_the_camera_goes_the_other_way():
    assert paper.AZIMUTHS == (0, 120, 150, 180, 210, 240, 270, 300, 330)
    azimuths = [15.0 * i for i in range(24)]
    errors = [4.0 if 30 <= azimuth <= 90 else 2.0 for azimuth in azimuths]
    curve = Curve("mesh", "plain", "pack", azimuths, errors, [3] * 24, [], None)
    assert unshown_ratio(curve) == pytest.approx(2.0)
    shown = Curve("mesh", "plain", "pack", [0.0, 120.0], [1.0, 2.0], [1, 1], [], None)
    assert unshown_ratio(shown) is None


def test_run_times_are_told_by_method_and_stage(tmp_path):
    methods, pack = runtimes(panel(tmp_path, results([whole("a", 1.0, 1.0)], times=TIMES)))
    assert isinstance(methods, Table) and isinstance(pack, Table)
    assert texts(methods)[0] == ["pack-1", "0.150", "2.000", "0.100", "0.050", "0.300", "8", "1"]
    assert texts(methods)[2][4] == "finds it"
    assert "a processor, 2 cores, Linux x86_64" in methods.caption
    assert texts(pack)[-1] == ["a process of its own, start to end", "1.100", "2.200"]
    assert runtimes(panel(tmp_path, results([shape("a", 1.0)]))) == []
