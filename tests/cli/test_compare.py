"""`latentmapper compare`, from results to its table."""

import json
from pathlib import Path

import pytest

from latentmapper.cli import run
from latentmapper.files import write_json


def results(errors: list[float], protocol: str = "lm1-2x64-0") -> dict:
    """What `evaluate` leaves of shapes of two views each; the mean shape is always at 5."""
    shapes = [
        {
            "id": f"shape-{i}",
            "group": f"shape-{i}",
            "origin": "mesh",
            "sha256": str(i),
            "samples": {
                "pack": {"plain": {"view": [0, 1], "chamfer": [error, error + 1]}},
                "mean shape": {"any": {"view": [0], "chamfer": [5.0]}},
            },
        }
        for i, error in enumerate(errors)
    ]
    return {"format": 1, "protocol": {"id": protocol}, "pack": {"hash": "f" * 64}, "shapes": shapes}


@pytest.fixture
def files(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_json(tmp_path / "a.json", results([1.0, 2.0, 3.0]))
    write_json(tmp_path / "b.json", results([1.5, 2.7, 3.9]))
    write_json(tmp_path / "other.json", results([1.0], "lm1-6x96-1"))
    (tmp_path / "text.json").write_text("[]")
    write_json(tmp_path / "old.json", {"format": 0, "pack": {"hash": "0"}})
    return tmp_path


def test_two_files_and_the_same_method(files, capsys):
    assert run(["compare", "a.json", "b.json", "--json", "out.json"]) == 0
    shown = capsys.readouterr().out
    assert "First: pack of a.json\nSecond: pack of b.json\nProtocol: lm1-2x64-0\n" in shown
    assert "| mesh | plain | Chamfer | 3 (3) | 6 | 2.50 | 3.20 | -0.70 [-0.90, -0.50] * | 100% |" in shown
    document = json.loads((files / "out.json").read_text())
    assert document["second"] == {"file": "b.json", "method": "pack", "pack": "f" * 64}
    assert document["rows"][0]["difference"] == pytest.approx(-0.7)


def test_two_methods_of_one_file_without_a_clear_difference(files, capsys):
    write_json(files / "c.json", results([4.0, 4.5, 5.5]))
    assert run(["compare", "c.json", "--against", "mean shape"]) == 0
    shown = capsys.readouterr().out
    assert "Second: mean shape of c.json" in shown
    assert "| mesh | plain | Chamfer | 3 (3) | 6 | 5.17 | 5.00 | 0.17 [-0.50, 1.00] | 33% |" in shown


def test_the_interval_of_a_single_group_marks_nothing(files, capsys):
    copies = [results(errors) for errors in ([1.0, 2.0], [1.5, 2.7])]
    for name, told in zip("ab", copies, strict=True):
        for shape in told["shapes"]:
            shape["group"] = "copies"
        write_json(files / f"{name}.json", told)
    assert run(["compare", "a.json", "b.json"]) == 0
    assert "| 2 (1) | 4 | 2.00 | 2.60 | -0.60 [-0.60, -0.60] | 100% |" in capsys.readouterr().out


def test_some_shapes_alone(files, capsys):
    assert run(["compare", "a.json", "b.json", "--shapes", "*-0", "shape-[2-9]"]) == 0
    assert "| mesh | plain | Chamfer | 2 (2) | 4 | 2.50 | 3.20 | -0.70" in capsys.readouterr().out
    assert run(["compare", "a.json", "b.json", "--shapes", "shape-1"]) == 0
    assert "| mesh | plain | Chamfer | 1 (1) | 2 | 2.50 | 3.20 | -0.70" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            "a.json other.json",
            2,
            "a.json follows protocol lm1-2x64-0, other.json protocol lm1-6x96-1: these do",
        ),
        ("a.json", 2, "nothing to compare with: name a second results.json, or a method by --against"),
        ("a.json b.json a.json", 2, "one or two results.json are compared, not 3"),
        ("a.json nowhere.json", 3, "nowhere.json does not exist; make it with: latentmapper evaluate"),
        ("a.json text.json", 2, "text.json is no results.json of latentmapper evaluate"),
        ("a.json old.json", 2, "old.json has format 0, this version reads format 1"),
        ("a.json b.json --shapes x y*", 2, "--shapes: a.json has no x or y*, but shape-0 and others"),
        ("a.json b.json --metrics emd", 2, "a.json has no emd; it has: chamfer"),
        ("a.json b.json --method atlasnet", 2, "a.json has no method 'atlasnet'; it has: pack, mean shape"),
    ],
)
def test_errors_are_one_line_with_their_exit_code(files, capsys, arguments, code, message):
    assert run(["compare", *arguments.split()]) == code
    error = capsys.readouterr().err
    assert f"latentmapper compare: {message}" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "harm",
    [
        lambda told: told.update(shapes=[1]),
        lambda told: told.update(protocol=[]),
        lambda told: told["shapes"][0].pop("sha256"),
        lambda told: told["shapes"][1]["samples"]["pack"]["plain"].update(view=[0]),
        lambda told: told["shapes"][1]["samples"]["pack"]["plain"].update(chamfer=["1", "2"]),
    ],
)
def test_what_is_no_evaluation_is_told(files, capsys, harm):
    told = results([1.0, 2.0, 3.0])
    harm(told)
    write_json(files / "harmed.json", told)
    assert run(["compare", "a.json", "harmed.json"]) == 2
    error = capsys.readouterr().err
    assert error == "latentmapper compare: harmed.json is no results.json of latentmapper evaluate\n"


def test_a_measure_of_some_shapes_alone_is_compared_on_these(files, capsys):
    for name in "ab":
        told = json.loads((files / f"{name}.json").read_text())
        told["shapes"][0]["samples"]["pack"]["plain"]["iou"] = [0.5, 0.5]
        write_json(files / f"{name}.json", told)
    assert run(["compare", "a.json", "b.json", "--metrics", "iou"]) == 0
    assert "| mesh | plain | IoU | 1 (1) | 2 | 0.500 | 0.500 |" in capsys.readouterr().out
