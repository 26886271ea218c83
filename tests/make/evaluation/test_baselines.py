"""Trained baselines stand in the same results as the pack, by the same rules."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from latentmapper.cli import run
from latentmapper.errors import MeshError, UsageError
from latentmapper.make.evaluation import baselines as module
from latentmapper.make.evaluation.baselines import TrainedMethod, baseline_histories, baseline_records
from latentmapper.make.evaluation.methods import Description, Maker
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.session import Session
from latentmapper.make.evaluation.setup import Sources
from latentmapper.make.training.baseline_run import TrainedBaseline
from latentmapper.shapes.mesh import Mesh
from tests.make.evaluation.fakes import ball, write_balls
from tests.make.training.baselines import ATLASNET, SQUARES, write_run
from tests.tiny_pack import write_tiny_pack

COMMAND = "evaluate pack store -o out --views-per-shape 1 --resolution 32 --conditions cluttered plain"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a test shape, a pack, and a finished run in a folder that its inputs share."""
    root = tmp_path_factory.mktemp("made")
    write_balls(root / "store", {"a": "test"})
    write_tiny_pack(root / "pack")
    write_run(root / "made" / "sphere", ATLASNET, "sphere")
    return root


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, for one test to write to."""
    monkeypatch.chdir(shutil.copytree(made, tmp_path / "place"))
    return Path.cwd()


def test_every_stage_that_reads_pictures_may_have_its_row(place: Path) -> None:
    assert run([*COMMAND.split(), "--baselines", "made/sphere", "made/sphere/encoder"]) == 0
    report = json.loads((place / "out" / "results.json").read_text())
    rows = {(row["condition"], row["method"]): row for row in report["rows"]}
    for condition in ("cluttered", "plain"):
        for name in ("pack", "sphere (fine-tuned)", "sphere (decoder frozen)"):
            assert (rows[condition, name]["samples"], rows[condition, name]["failed"]) == (1, 0)
    assert [each["name"] for each in report["baselines"]] == [
        "sphere (fine-tuned)",
        "sphere (decoder frozen)",
    ]
    assert [each["recipe"] for each in report["baselines"]] == ["atlasnet-sphere-small"] * 2
    assert [each["known"] for each in report["baselines"]] == [0, 0]
    whole, frozen = (each["training"] for each in report["baselines"])
    assert [stage["stage"] for stage in whole["stages"]] == ["auto-encoder", "encoder", "joint"]
    assert frozen["stages"] == whole["stages"][:2] and whole["yaws"] == []
    first = whole["stages"][0]
    assert first["steps"] == 4 and first["hours"] >= 0
    assert [step for step, _ in first["curve"]] == [2, 4]
    assert run(["compare", "out/results.json", "--against", "sphere (fine-tuned)"]) == 0


class Answers:
    """A baseline whose code is the mean of the picture, and whose mesh a ball of that radius, if any."""

    closed = True

    def code(self, picture: np.ndarray) -> np.ndarray:
        return np.array([picture.mean() / 255], np.float32)

    def mesh(self, code: np.ndarray, resolution: int) -> Mesh:
        if code[0] == 0:
            raise MeshError("black")
        return Mesh(ball(float(code[0])).vertices, ball().faces)


def test_a_baseline_sees_the_picture_itself_and_is_compared_at_unit_radius() -> None:
    rules = Rules(points=300, viewpoints=8)
    method = TrainedMethod(TrainedBaseline("mean", Answers()), rules)
    picture = Description(np.zeros(1, np.float32), np.zeros(1, np.float32), np.full((8, 8, 3), 51, np.uint8))
    answer = method.answer("any", picture)
    assert answer == np.array([0.2], np.float32).tobytes()
    np.testing.assert_allclose(np.linalg.norm(method.surface(answer).points, axis=1), 1, atol=0.02)
    black = Description(np.zeros(1, np.float32), np.zeros(1, np.float32), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(MeshError, match="black"):
        method.surface(method.answer("any", black))
    assert isinstance(method, Maker) and method.mesh(answer).vertices.max() == pytest.approx(0.2)


def test_shapes_that_a_baseline_has_learned_from_are_counted(place: Path) -> None:
    run_ = place / "made" / "sphere"
    ids = json.loads((run_ / "baseline.json").read_text())["ids"]
    (told,) = baseline_histories([run_ / "joint"], [*ids[:2], "another"])
    assert told["known"] == 2 and told["training"]["shapes"] == len(ids)


def test_errors_that_are_no_numbers_have_no_place_on_a_curve(place: Path) -> None:
    log = place / "made" / "sphere" / "joint" / "log.jsonl"
    log.write_text(log.read_text() + '{"step": 5, "seconds": 9.0, "held_out_error": NaN}\n')
    (told,) = baseline_histories([place / "made" / "sphere"], [])
    assert [step for step, _ in told["training"]["stages"][-1]["curve"]] == [2, 4]
    json.dumps(told, allow_nan=False)


def test_results_of_other_weights_are_not_taken(place: Path) -> None:
    sources = Sources(place / "pack", baselines=(place / "made" / "sphere",))
    session = Session(place / "store", Rules(), ("plain",), sources, place / "out", threads=1)
    key, (record,) = session.key, baseline_records(sources.baselines)
    assert record["sha256"] and session.key == key
    assert replace(session, sources=Sources(place / "pack")).key != key
    best = place / "made" / "sphere" / "joint" / "best" / "checkpoint.safetensors"
    best.write_bytes(best.read_bytes() + b" ")
    assert session.key != key


@pytest.mark.parametrize(
    ("baselines", "code", "message"),
    [
        ("nowhere", 3, "--baselines: nowhere does not exist"),
        ("store", 1, "no baseline in store; make one with: latentmapper train baseline"),
        (
            "made/sphere/auto-encoder",
            1,
            "made/sphere/auto-encoder reads no pictures; choose made/sphere/encoder or",
        ),
        (
            "made/sphere made/sphere/joint",
            2,
            "--baselines: two are called 'sphere (fine-tuned)'; give each its",
        ),
    ],
)
def test_errors_are_one_line_with_their_exit_code(place: Path, capsys, baselines, code, message) -> None:
    assert run([*COMMAND.split(), "--baselines", *baselines.split()]) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_a_run_that_is_not_finished_has_no_row(place: Path, capsys) -> None:
    write_run(place / "made" / "squares", replace(SQUARES, joint_steps=0))
    (place / "made" / "squares" / "encoder" / "checkpoint.safetensors").unlink()
    assert run([*COMMAND.split(), "--baselines", "made/squares"]) == 1
    assert (
        "made/squares/encoder is not finished; go on with: latentmapper train base" in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", ["pack", "floor", "nearest training shape", "pack, refusals failed"])
def test_a_baseline_is_not_taken_for_another_row(name: str, tmp_path: Path, monkeypatch) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(b"1")
    monkeypatch.setattr(module, "weights_at", lambda _: ({"name": name, "recipe": "imnet-small"}, weights))
    with pytest.raises(UsageError, match=f"--baselines: imnet is called '{name}', as another row is; give"):
        baseline_records([Path("imnet")])
