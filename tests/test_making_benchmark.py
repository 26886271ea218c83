"""The benchmark of making packs: its references are right and agree with what it measures."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
import trimesh

pytest.importorskip("torch")
pytest.importorskip("igl")

from measuring.spread import Spread, alternately
from reference.triangles import first_depths, signed_distances

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "making.py"


def test_a_spread_is_told_beside_its_median() -> None:
    assert f"{Spread.of([3.0, 1.0, 2.25]):.1f} s" == "2.2 [1.0, 3.0] s"
    assert f"{Spread.of([7.0]):.2f}" == "7.00"


def test_what_is_compared_takes_turns_and_a_first_round_does_not_count() -> None:
    turns: list[str] = []
    seconds = alternately([lambda: turns.append("a"), lambda: turns.append("b")], repeats=2)
    assert "".join(turns) == "ababab"
    assert [len(each) for each in seconds] == [2, 2]


def test_every_triangle_tells_the_distance_to_a_box() -> None:
    points = np.random.default_rng(0).uniform(-1, 1, (500, 3))
    outside = np.abs(points) - [0.5, 0.3, 0.7]
    truth = np.linalg.norm(outside.clip(0), axis=1) + outside.max(axis=1).clip(max=0)
    box = trimesh.creation.box([1.0, 0.6, 1.4])
    np.testing.assert_allclose(signed_distances(points, np.asarray(box.triangles)), truth, atol=1e-12)


def test_every_triangle_tells_what_a_ray_meets_first() -> None:
    across = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    origins = np.column_stack([across, np.full(500, 2.0)])
    directions = np.broadcast_to([0.0, 0.0, -1.0], origins.shape)
    truth = np.where((np.abs(across) < [0.5, 0.3]).all(axis=1), 1.3, np.inf)
    box = trimesh.creation.box([1.0, 0.6, 1.4])
    np.testing.assert_allclose(
        first_depths(origins, directions, np.asarray(box.triangles)), truth, atol=1e-12
    )


def test_it_measures_what_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    benchmark, report = runpy.run_path(str(SCRIPT)), tmp_path / "figures.json"
    tiny = {"source": "parametric:airplanes:1", "samples": 200, "side": 16, "views": 1, "batch": (2, 64)}
    benchmark["main"](benchmark["Config"](**tiny, share=0.1, repeats=1, json=report))
    rows = json.loads(report.read_text())
    assert [row["differing"] for row in rows] == [None, [0, 2], [0, 20], [0, 26], None, None]
    assert all(row["ours"]["least"] > 0 for row in rows)
    slow = [row for row in rows if row["ratio"]]
    assert all(row["ratio"]["median"] > 1 for row in slow if row["unit"] == "s"), slow
    shown = capsys.readouterr().out.splitlines()
    assert shown[3].startswith("| training step, dit-small | points/s | ")
    assert shown[3].endswith(" | 0 of 2 |")
    assert shown[4].startswith("| 200 signed distances to ") and shown[-1] == "median [least, most]"
