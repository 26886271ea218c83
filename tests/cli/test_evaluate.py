"""`latentmapper evaluate`, from store and pack to its two files."""

import json
import shlex
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from latentmapper.cli import run
from latentmapper.cli.evaluate import Condition, Metric
from latentmapper.make.dataset.voxels import occupied
from latentmapper.make.evaluation import surface
from latentmapper.make.evaluation.comparison import METRICS
from latentmapper.make.evaluation.conditions import SETTINGS
from latentmapper.make.training.codes import save_codes
from tests.make.evaluation.fakes import write_balls
from tests.tiny_pack import write_tiny_pack


@pytest.fixture
def inputs(tmp_path: Path, monkeypatch) -> Path:
    write_balls(tmp_path / "store", {"a": "test", "b": "train"})
    write_balls(tmp_path / "empty", {"c": "test"})
    write_tiny_pack(tmp_path / "pack")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_writes_numbers_and_table_and_takes_them_again(inputs, capsys):
    conditions = "pixels-64 occluded-50"
    command = f"evaluate pack store -o out --views-per-shape 1 --resolution 32 --conditions {conditions}"
    save_codes(inputs / "codes", ["a"], np.zeros((1, 4)))
    arguments = [*command.split(), "--ceiling", "codes"]
    assert run(arguments) == 0
    report = json.loads((inputs / "out" / "results.json").read_text())
    rows = {(row["condition"], row["method"]): row for row in report["rows"]}
    assert list(rows) == [
        ("occluded-50", "pack"),
        ("pixels-64", "pack"),
        ("any", "mean shape"),
        ("any", "ceiling"),
    ]
    # The tiny pack answers every picture with one ellipsoid, which is far from a ball.
    assert rows["any", "ceiling"]["chamfer"]["mean"] == pytest.approx(
        rows["pixels-64", "pack"]["chamfer"]["mean"]
    )
    assert rows["any", "ceiling"]["chamfer"]["mean"] > 50
    assert report["command"] == f"latentmapper {command} --ceiling codes"
    assert report["pack"]["id"] == "tiny-car"
    table = (inputs / "out" / "results.md").read_text()
    assert "done by an earlier run" not in capsys.readouterr().err
    before = (inputs / "out" / "shapes" / "a.json").stat().st_mtime_ns
    assert run(arguments) == 0
    assert "1 of 1 shapes were done by an earlier run" in capsys.readouterr().err
    assert (inputs / "out" / "shapes" / "a.json").stat().st_mtime_ns == before
    assert (inputs / "out" / "results.md").read_text() == table


def test_further_metrics_conditions_and_references_have_their_rows_and_columns(inputs, monkeypatch):
    # Balls and ellipsoids have common volumes on coarse cells too, whose 128^3 take seconds a shape.
    monkeypatch.setattr(surface, "occupied", lambda mesh, cells, *how: occupied(mesh, cells // 4, *how))
    command = (
        "evaluate pack store -o out --views-per-shape 2 --resolution 32 --conditions pixels-64"
        " --metrics chamfer f_score_02 emd iou normal_consistency --aligned chamfer"
        " --emd-points 200 --emd-views 1 --floor --oracle"
    )
    assert run(shlex.split(command)) == 0
    report = json.loads((inputs / "out" / "results.json").read_text())
    rows = {(row["condition"], row["method"]): row for row in report["rows"]}
    assert list(rows) == [
        ("pixels-64", "pack"),
        ("any", "mean shape"),
        ("any", "best training shape"),
        ("any", "floor"),
    ]
    floor, pack = rows["any", "floor"], rows["pixels-64", "pack"]
    assert (floor["chamfer"]["mean"], floor["iou"]["mean"]) < (3, 1.001)
    assert floor["iou"]["mean"] > 0.98
    assert floor["emd"]["mean"] < pack["emd"]["mean"]
    assert pack["aligned_chamfer"]["mean"] < pack["chamfer"]["mean"]
    # The only training shape is a ball as well.
    assert rows["any", "best training shape"]["chamfer"]["mean"] == pytest.approx(floor["chamfer"]["mean"])
    assert report["shapes"][0]["samples"]["pack"]["pixels-64"]["emd"][1] is None
    assert {(c["condition"], c["method"]) for c in report["azimuths"]} == set(list(rows)[:1])
    assert sum(report["azimuths"][0]["samples"]) == 2
    table = (inputs / "out" / "results.md").read_text()
    assert "| F-score | F@0.02 | EMD | IoU | normals | Chamfer (aligned) |" in table
    assert f"| pixels-64 | pack | 1 (1) | 2 | 0 | {pack['chamfer']['mean']:.2f} [" in table
    assert "| pictures | method | 0 | 45 | 90 | 135 | 180 | 225 | 270 | 315 | 270-330 / rest |" in table
    legend = " ".join(table.split("Pictures that")[1].split())
    assert "of 200 points on 1 views a shape." in legend
    assert "IoU: common volume by that of both, on 128^3 cells" in legend


def test_the_papers_way_has_a_table_of_its_own_and_seen_shapes_too(inputs, capsys):
    save_codes(inputs / "codes", ["a", "b"], np.zeros((2, 4)))
    options = "--views-per-shape 1 --resolution 32 --conditions plain --decoded --ceiling codes --floor"
    assert run(["evaluate", "pack", "store", "-o", "out", *options.split()]) == 0
    report = json.loads((inputs / "out" / "results.json").read_text())
    rows = {(row["origin"], row["method"]): row["chamfer"]["mean"] for row in report["rows"]}
    assert list(rows) == [
        *(("mesh", name) for name in ("pack", "mean shape", "ceiling", "floor")),
        *(("decoded", name) for name in ("pack", "mean shape", "ceiling")),
    ]
    # The tiny pack gives one ellipsoid for every code: in its own space it is perfect, and far from the ball.
    assert rows["decoded", "pack"] < 3 < 50 < rows["mesh", "pack"]
    assert "## Decoded meshes" in (inputs / "out" / "results.md").read_text()
    capsys.readouterr()
    assert run(["evaluate", "pack", "store", "-o", "out", "--split", "train", *options.split()]) == 0
    assert [s["id"] for s in json.loads((inputs / "out" / "results.json").read_text())["shapes"]] == [
        "b",
        "b",
    ]
    assert "shapes it has learned from" in capsys.readouterr().out
    assert (
        run(["evaluate", "pack", "store", "-o", "out", "--views-per-shape", "2", *options.split()[2:]]) == 0
    )
    told = "out: 2 earlier results do not count, since they were made with other protocol; they are made anew"
    assert told in capsys.readouterr().err


def test_refused_pictures_are_told_in_a_row_of_their_own(inputs):
    write_tiny_pack(inputs / "pack", presence=-1.0)
    command = "evaluate pack store -o out --views-per-shape 2 --resolution 32 --conditions plain"
    assert run([*command.split()]) == 0
    report = json.loads((inputs / "out" / "results.json").read_text())
    failed = {row["method"]: row["failed"] for row in report["rows"]}
    assert failed == {"pack": 0, "pack, refusals failed": 2, "mean shape": 0}
    assert report["recognised"] == {"plain": 0.0}
    assert "| plain | pack, refusals failed | 1 (1) | 2 | 2 | " in (inputs / "out" / "results.md").read_text()


def test_the_choices_of_the_command_line_are_those_of_the_protocol():
    assert get_args(Condition) == tuple(SETTINGS)
    assert get_args(Metric) == tuple(METRICS)


def test_two_workers_give_what_one_gives(inputs):
    write_balls(inputs / "store", {"a": "test", "c": "test"})
    options = "--views-per-shape 1 --resolution 64 --conditions plain"
    for workers in (1, 2):
        command = f"evaluate pack store -o out{workers} --workers {workers} {options}"
        assert run(command.split()) == 0
    one, two = (json.loads((inputs / f"out{n}" / "results.json").read_text())["rows"] for n in (1, 2))
    assert [(row["method"], row["shapes"]) for row in two] == [("pack", 2), ("mean shape", 2)]
    for expected, row in zip(one, two, strict=True):
        assert row["chamfer"]["mean"] == pytest.approx(expected["chamfer"]["mean"], rel=1e-3)


@pytest.mark.parametrize(
    ("extra", "code", "message"),
    [
        ("--views-per-shape 99", 2, "--views-per-shape must lie in 1..72, not 99"),
        ("--workers 0", 2, "--workers must be at least 1, not 0"),
        ("--limit-shapes 0", 2, "--limit-shapes must be at least 1, not 0"),
        ("--features nowhere", 3, "--features: nowhere does not exist"),
        ("--ceiling nowhere", 3, "--ceiling: nowhere does not exist"),
        ("--emd-views 5", 2, "--emd-points and --emd-views go with emd or emd_manhattan in --metrics"),
        ("--metrics emd --emd-views 0", 2, "--emd-views must be at least 1, not 0"),
        ("--metrics emd --emd-points 5001", 2, "--emd-points must lie in 1..5000, not 5001"),
        ("--aligned iou", 2, "--aligned: iou compares volumes as they stand; leave it to --metrics"),
        (
            "--aligned watertight",
            2,
            "--aligned: watertight does not depend on where the shape is; leave it to",
        ),
        (
            "--decoded",
            2,
            "--decoded: no code is known of a (1 of 1 shapes); make them with latentmapper fit, and",
        ),
        ("--examples -1", 2, "--examples must be at least 0, not -1"),
        ("--cases nowhere", 3, "--cases: nowhere does not exist"),
        ("--conditions", 2, "--conditions needs at least one of cluttered, plain, occluded, occluded-25"),
        ("--conditions plain blur-2 plain", 2, "--conditions: plain is named twice"),
        ("--resolution 0", 2, "--resolution must be between 16 and 512, not 0"),
        ("--features store", 1, "--features: store/features.json cannot be read (No such file or directory)"),
        (
            "--oracle --training pack",
            1,
            "pack/manifest.jsonl cannot be read (No such file or directory); make",
        ),
        ("--ceiling pack", 1, "--ceiling: pack cannot be read (Is a directory); make it with: latentmapper"),
        (
            "--ceiling wide",
            1,
            "--ceiling: wide holds codes of 9 numbers, and pack tiny-car has codes of 4; fit those of",
        ),
        ("--cases store", 2, "--cases: store is a folder; name the results.json in it"),
        ("--oracle --training empty", 1, "--oracle: no store of --training holds a training shape"),
        ("--split validation", 1, "store has no usable shape in split 'validation'"),
        ("--ceiling pack/arrays.safetensors", 1, "pack/arrays.safetensors holds no codes"),
    ],
)
def test_errors_are_one_line_with_their_exit_code(inputs, capsys, extra, code, message):
    save_codes(inputs / "wide", ["a"], np.zeros((1, 9)))
    assert run(["evaluate", "pack", "store", *extra.split()]) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_a_pack_for_another_vit_is_refused(inputs, capsys):
    write_tiny_pack(inputs / "other", vit="0" * 64)
    assert run(["evaluate", "other", "store", "-o", "out"]) == 3
    assert "pack tiny-car was made for another ViT (SHA-256 000000000000..." in capsys.readouterr().err


def test_a_pack_for_pictures_that_are_prepared_in_another_way_is_refused(inputs, capsys):
    metadata = json.loads((inputs / "pack" / "pack.json").read_text())
    metadata["vit"]["size"] = 336
    (inputs / "pack" / "pack.json").write_text(json.dumps(metadata))
    assert run(["evaluate", "pack", "store", "-o", "out"]) == 3
    assert (
        "pack tiny-car wants pictures whose size is 336, this version shows those of 224"
        in capsys.readouterr().err
    )


def test_shapes_of_another_category_are_refused(inputs, capsys):
    header = json.loads((inputs / "empty" / "store.json").read_text())
    (inputs / "empty" / "store.json").write_text(json.dumps(header | {"category": "boat"}))
    assert run(["evaluate", "pack", "empty", "-o", "out"]) == 2
    assert "pack tiny-car knows car shapes, and empty holds boat ones" in capsys.readouterr().err
    assert not (inputs / "out").exists()


def test_a_missing_pack_is_named(inputs, capsys):
    assert run(["evaluate", "nowhere", "store"]) == 3
    assert "no pack at nowhere" in capsys.readouterr().err
