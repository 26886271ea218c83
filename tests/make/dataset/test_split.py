"""The split: by the group's name alone."""

from collections import Counter

import pytest

from latentmapper.make.dataset.split import split_of

NAMES = ("car", "jeep", "jet", "bus", "truck")
SPLITS = ["train", "train", "validation", "test", "test"]


def test_the_split_of_a_name_never_changes():
    assert [split_of(name, (0.8, 0.1, 0.1)) for name in NAMES] == SPLITS


def test_shares_are_met():
    counts = Counter(split_of(f"group {i}", (0.7, 0.1, 0.2)) for i in range(5000))
    assert counts["train"] / 5000 == pytest.approx(0.7, abs=0.02)
    assert counts["test"] / 5000 == pytest.approx(0.2, abs=0.02)


def test_a_smaller_test_share_is_part_of_a_larger():
    for name in map(str, range(500)):
        if split_of(name, (0.8, 0.1, 0.1)) == "test":
            assert split_of(name, (0.7, 0.1, 0.2)) == "test"


def test_no_share_no_shape():
    assert {split_of(str(i), (1, 0, 0)) for i in range(200)} == {"train"}
