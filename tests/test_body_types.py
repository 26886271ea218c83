"""Bodies of cars by their meshes: what the classifier is asked, what is kept."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return runpy.run_path(str(SCRIPTS / "body_types.py"))


def _photos(script: dict) -> list:
    words = ("Sedan", "Wagon", "SUV", "Cab", "Convertible")
    return [script["Photo"](f"{i}.jpg", f"Model{i} {words[i % 5]} 2000", words[i % 5]) for i in range(200)]


def test_bodies_that_measure_differently_are_told_apart_on_models_not_seen(script: dict) -> None:
    photos, rng = _photos(script), np.random.default_rng(0)
    apart = np.eye(5)[np.arange(200) % 5] + rng.normal(0, 0.05, (200, 5))
    rows = list(script["recalls"](apart, photos))
    assert [name for name, *_ in rows] == [*script["GROUPS"], "mean of these"]
    assert rows[-1][1] == sum(script["is_tested"](photo.label) for photo in photos) < 100
    assert rows[-1][2] == 1
    alike = list(script["recalls"](rng.normal(0, 1, (200, 5)), photos))
    assert alike[-1][2] < 0.5


def test_what_was_measured_is_kept_but_for_a_torn_line(script: dict, tmp_path: Path) -> None:
    keep = tmp_path / "kept.jsonl"
    keep.write_text(json.dumps(["a.jpg", {"height": 0.3}]) + "\n" + '["b.jpg", {"hei')
    assert script["_kept"](keep) == {"a.jpg": {"height": 0.3}}
    assert keep.read_text() == json.dumps(["a.jpg", {"height": 0.3}]) + "\n"
    assert script["_kept"](tmp_path / "none.jsonl") == {}
