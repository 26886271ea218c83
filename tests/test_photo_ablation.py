"""The table of stages: who is told by whom, how sure the figures are, which ways there are, what is kept."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from latentmapper.editing.measuring import measures_of
from tests.tiny_pack import write_tiny_pack
from tests.tiny_translator import write_tiny_translator

pytest.importorskip("sklearn")
SCRIPTS = Path(__file__).parents[1] / "scripts"
WORDS = ("Sedan", "Wagon", "SUV", "Cab", "Convertible")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return runpy.run_path(str(SCRIPTS / "photo_ablation.py"))


def sample(script: dict, count: int = 100):
    words = [WORDS[i % 5] for i in range(count)]
    photos = [script["Photo"](f"{i}.jpg", f"Model{i % 50} {word} 2000", word) for i, word in enumerate(words)]
    truth = np.full((count, 2), np.nan)
    truth[::2] = 0.3, 0.4
    return script["Sample"](photos, truth)


def values(numbers: np.ndarray) -> list[dict[str, float]]:
    """Measures that tell the body by one number each, with the published proportions 10 % too large."""
    names = [measure.name for measure in measures_of("car")]
    every = np.zeros((len(numbers), len(names)))
    every[:, 2:7] = numbers
    made = [dict(zip(names, map(float, row), strict=True)) for row in every]
    return [each | {"height": 0.33, "width": 0.44} for each in made]


def test_a_body_is_told_by_photos_of_other_models_alone(script: dict) -> None:
    some = sample(script)
    assert {script["fold"](photo.label) for photo in some.photos} == set(range(script["FOLDS"]))
    bodies = np.array([script["group_of"](photo) for photo in some.photos])
    apart = np.eye(5)[bodies] + np.random.default_rng(0).normal(0, 0.05, (100, 5))
    assert (script["told"](values(apart), some, bodies) == bodies).all()
    one_model = np.array([photo.label == some.photos[0].label for photo in some.photos])
    odd = bodies.copy()
    odd[one_model] = (odd[one_model] + 1) % 5
    learned = script["told"](values(apart), some, odd)
    assert (learned[one_model] == bodies[one_model]).all(), "its own labels had no part in it"


def test_recall_counts_bodies_alike_however_many_photos_they_have(script: dict) -> None:
    bodies = np.array([0] * 8 + [1] * 2)
    right = np.array([True] * 8 + [False, True])
    once, without = np.ones(10, int), np.array([1] * 8 + [0, 0])
    found = script["recall"](right, bodies, np.stack([once, without]))
    np.testing.assert_allclose(found, [0.75, 1.0])


def test_models_are_drawn_whole(script: dict) -> None:
    some = sample(script)
    draws = some.draws()
    assert draws.shape == (script["DRAWS"], 100)
    assert (draws[:, :50] == draws[:, 50:]).all() and (draws[:, :50].sum(1) == 50).all()


def test_a_row_tells_errors_with_intervals_and_paired_differences(script: dict) -> None:
    some = sample(script)
    apart = np.eye(5)[[script["group_of"](photo) for photo in some.photos]]
    good, bad = values(apart), values(np.zeros((100, 5)))
    first, second = script["rows"]({"photo": good, "blind": bad}, some)
    assert len(first) == len(second) == len(script["COLUMNS"])
    assert first[:5] == ["photo", "100", "100.0 [100.0, 100.0]", "", "50"]
    assert first[5:7] == second[5:7] == ["10.00", "10.00 [10.0, 10.0]"]
    assert (first[7], second[7]) == ("", "[+0.0, +0.0]")
    low, high = (float(end) for end in second[3].strip("[]").split(","))
    assert low <= high < -50


def test_ways_are_those_that_the_options_allow(script: dict, tmp_path: Path) -> None:
    pack, translator = write_tiny_pack(tmp_path / "pack"), write_tiny_translator(tmp_path)
    few = script["Config"](tmp_path, tmp_path, tmp_path, tmp_path, pack=pack, steps=0)
    assert [name for name, *_ in script["_ways"](few)] == ["photo", "cut out"]
    every = script["Config"](
        tmp_path, tmp_path, tmp_path, tmp_path, pack=pack, plain=pack, translator=translator
    )
    named = [(name, made.foreground.name, steps) for name, made, steps in script["_ways"](every)]
    assert named == [
        ("photo", "alpha", 0),
        ("photo, plain renders", "alpha", 0),
        ("cut out", "bundled", 0),
        ("cut out, translated", "bundled", 0),
        ("cut out, refined", "bundled", 3),
    ]


def test_a_table_of_what_was_kept_makes_nothing_again(script: dict, tmp_path: Path, capsys) -> None:
    rows = [(f"{i}.jpg", f"Model{i % 20} {WORDS[i % 5]} 2000") for i in range(40)]
    (tmp_path / "labels.csv").write_text(
        "file,label\n" + "".join(f"{file},{label}\n" for file, label in rows)
    )
    (tmp_path / "known.csv").write_text(
        "label,height_to_length,width_to_length\nModel0 Sedan 2000,0.3,0.4\nModel1 Wagon 2000,0.3,0.4\n"
    )
    config = script["Config"](
        tmp_path, tmp_path / "labels.csv", tmp_path / "known.csv", tmp_path, steps=0, every=1
    )
    ways = {name: script["way_of"](made, steps, 64) for name, made, steps in script["_ways"](config)}
    taken = values(np.eye(5)[[i % 5 for i in range(40)]])
    for way in ("photo", "cut out"):
        lines = [json.dumps([file, each]) for (file, _), each in zip(rows, taken, strict=True)]
        if way == "cut out":
            lines[7] = json.dumps(["7.jpg", None])
        (tmp_path / f"{way}.jsonl").write_text("\n".join([json.dumps(ways[way]), *lines]) + "\n")
    script["main"](config)
    _, _, first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("| photo | 39 |") and second.startswith("| cut out | 39 |")
    # Draws without any of the two models that are measured have no mean, and do not count.
    assert "| 4 | 10.00 |" in first and "10.00 [10.0, 10.0] | [+0.0, +0.0] |" in second
