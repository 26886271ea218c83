"""Pictures kept one by one."""

from pathlib import Path

import pytest

from latentmapper.make.evaluation.journal import Journal

NAME = {"key": "k", "sha256": "s"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of two pictures."""
    journal = Journal(tmp_path / "shapes" / "a.jsonl", NAME)
    journal.add({"value": 0.1 + 0.2})
    journal.add({"value": None})
    return tmp_path / "shapes" / "a.jsonl"


def test_entries_come_back_exactly(path):
    assert Journal(path, NAME).entries == [{"value": 0.1 + 0.2}, {"value": None}]


def test_an_entry_that_was_being_written_is_cut_off_and_can_be_written_again(path):
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"val')
    journal = Journal(path, NAME)
    assert len(journal.entries) == 2
    journal.add({"value": 3})
    assert Journal(path, NAME).entries[2:] == [{"value": 3}]


def test_what_follows_a_damaged_entry_is_not_taken(path):
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], "{]\n", lines[2]]))
    assert Journal(path, NAME).entries == []


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\n", b"[1]\n", b'{"key":"k","sha256":"other"}\n{"value":1}\n']
)
def test_entries_of_another_name_are_not_taken_and_removed(path, content):
    path.write_bytes(content)
    assert Journal(path, NAME).entries == []
    assert not path.exists()


def test_two_runs_at_one_shape_do_not_mix_up_its_pictures(path):
    first, second = Journal(path, NAME), Journal(path, NAME)
    for value in (3, 4):
        first.add({"value": value})
        second.add({"value": value})
    assert [entry["value"] for entry in Journal(path, NAME).entries[2:]] == [3, 4]
    first.remove()  # finished, while the second goes on
    second.add({"value": 5})
    assert Journal(path, NAME).entries == []


def test_a_finished_journal_leaves_nothing(path):
    Journal(path, NAME).remove()
    assert list(path.parent.iterdir()) == []
    assert Journal().add({"value": 1}) == {"value": 1}
