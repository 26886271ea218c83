"""Bodies of cars on photos by a pair that has the word for them: what is printed, and which word counts."""

import json
import runpy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SCRIPT = Path(__file__).parents[1] / "scripts" / "photo_zero_shot.py"
GREYS = {"sedan": 0, "hatchback": 60, "SUV": 120, "pickup truck": 180, "convertible": 240}


class Grey:
    """A pair that calls pictures by how bright they are."""

    name, sha256 = "grey", ""

    def images(self, images: np.ndarray) -> np.ndarray:
        return np.stack([_towards(image.mean() * 255) for image in images])

    def texts(self, texts: Sequence[str]) -> np.ndarray:
        said = [[grey for word, grey in GREYS.items() if word in text] for text in texts]
        return np.stack([_towards(grey[0] if grey else 999) for grey in said])


def _towards(grey: float) -> np.ndarray:
    angle = np.radians(grey * 0.3)
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    made = runpy.run_path(str(SCRIPT))
    made["main"].__globals__["load_clip"] = lambda spec: {"bundled:grey": Grey()}[spec]
    return made


def test_every_group_is_told_and_recalls_are_averaged(
    script: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [("Sedan", 0), ("Coupe", 3), ("Wagon", 60), ("Van", 120), ("SUV", 180), ("Cab", 180)]
    lines = ["file,label"]
    for i, (body, grey) in enumerate([*shown, ("Convertible", 240)]):
        Image.new("L", (40, 40), grey).save(tmp_path / f"{i}.png")
        lines.append(f"{i}.png,Some {body} 2001")
    (tmp_path / "labels.csv").write_text("\n".join([*lines, "9.png,Some Thing 2001\n"]))
    kept = tmp_path / "photographs.json"
    script["main"](script["Config"](tmp_path, tmp_path / "labels.csv", "bundled:grey", json=kept))
    (answer,) = json.loads(kept.read_text())
    assert (answer["classes"], answer["pictures"]) == (5, 7)
    assert [answer[each] for each in ("accuracy", "balanced", "majority")] == pytest.approx(
        [6 / 7, 0.9, 2 / 7]
    )
    told = capsys.readouterr().out.splitlines()
    assert told[2:] == [
        "| sedan or coupe | 2 | 100.0% |",
        "| hatchback or wagon | 1 | 100.0% |",
        "| SUV, van or minivan | 2 | 50.0% |",
        "| pickup | 1 | 100.0% |",
        "| convertible | 1 | 100.0% |",
        "| mean of these | 7 | 90.0% |",
    ]


def test_a_group_that_no_photo_shows_has_no_part_in_the_mean(
    script: dict, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for i, grey in enumerate((0, 60)):
        Image.new("L", (40, 40), grey).save(tmp_path / f"{i}.png")
    (tmp_path / "labels.csv").write_text("file,label\n0.png,Some Sedan 2001\n1.png,Some Wagon 2001\n")
    script["main"](script["Config"](tmp_path, tmp_path / "labels.csv", "bundled:grey"))
    assert capsys.readouterr().out.splitlines()[2:] == [
        "| sedan or coupe | 1 | 100.0% |",
        "| hatchback or wagon | 1 | 100.0% |",
        "| mean of these | 2 | 100.0% |",
    ]


def test_groups_are_those_of_the_labels(script: dict) -> None:
    assert set(script["WORDS"]) == set(script["GROUPS"])
