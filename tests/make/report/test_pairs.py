"""How well contrastive pairs name what they have not seen, as a section of the report."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from latentmapper.errors import MissingError, StoreError
from latentmapper.features.clip.bundled import SHIPPED
from latentmapper.make.evaluation.zero_shot import Answer
from latentmapper.make.report.blocks import Heading, Table, Text
from latentmapper.make.report.pairs import pairs

TAILS = Answer("airplane tail", 3, 1200, 0.5, 0.4, 0.45)
BODIES = Answer("car body, on photographs", 5, 40, 0.25, 0.35, 0.3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pair that was asked about tails."""
    shutil.copytree(SHIPPED, tmp_path / "pair")
    write(tmp_path / "pair" / "zero-shot.json", TAILS)
    (tmp_path / "pair" / "photographs.json").unlink(missing_ok=True)
    return tmp_path / "pair"


def write(path: Path, *answers: Answer) -> None:
    path.write_text(json.dumps([asdict(each) for each in answers]))


def test_a_row_tells_how_one_question_was_answered(folder: Path) -> None:
    about, name, table = pairs([folder])
    assert isinstance(about, Text) and isinstance(name, Heading) and isinstance(table, Table)
    assert name.text == "latentmapper contrastive pair (not OpenAI's CLIP)"
    assert table.rows == [["airplane tail", "3", "1,200", "40.0%", "50.0%", "45.0%"]]
    write(folder / "photographs.json", BODIES)
    (*_, table) = pairs([folder])
    assert isinstance(table, Table) and [row[0] for row in table.rows] == [TAILS.question, BODIES.question]
    assert pairs([]) == []


DAMAGED = json.dumps([{**asdict(TAILS), "accuracy": "x"}])


@pytest.mark.parametrize("content", ["", "{", "[{}]", "[1]", '[{"question": "x"}]', DAMAGED])
def test_answers_that_cannot_be_read_are_told(folder: Path, content: str) -> None:
    (folder / "zero-shot.json").write_text(content)
    with pytest.raises(StoreError, match=r"zero-shot\.json cannot be read \("):
        pairs([folder])


def test_what_is_missing_is_told(folder: Path, tmp_path: Path) -> None:
    (folder / "zero-shot.json").unlink()
    with pytest.raises(StoreError, match=r"zero-shot\.json is missing; train clip writes it: run it again"):
        pairs([folder])
    with pytest.raises(MissingError, match="no contrastive pair in"):
        pairs([tmp_path])


def test_the_pair_that_ships_says_how_well_it_does() -> None:
    (*_, table) = pairs([SHIPPED])
    assert isinstance(table, Table) and {row[0] for row in table.rows} >= {"car body", "airplane tail"}
