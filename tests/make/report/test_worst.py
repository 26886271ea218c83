"""What the measurements say about why."""

import pytest

from latentmapper.make.evaluation.cases import Case
from latentmapper.make.report.worst import CAUSES, LIMITS, RECOGNITION, UNEXPLAINED, causes
from tests.make.report.made import cell, results, shape

CASE = Case("worst", 1, "a", "mesh", "cluttered", 27)


def report(
    error: float = 10.0, others: float = 10.0, plain: float = 10.0, aligned: float = 10.0, **known: float
) -> dict:
    """One shape whose case has that error, and what is known besides."""
    made = shape("a", 0.0)
    cluttered = cell(others, (0, 3, 27))
    cluttered["chamfer"][2] = error
    cluttered["aligned_chamfer"] = [None, None, aligned]
    references = {name.replace("_", " "): {"any": cell(value, (0,))} for name, value in known.items()}
    made["samples"] = {"pack": {"cluttered": cluttered, "plain": cell(plain, (27,))}, **references}
    return results([made])


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"ceiling": 6.0, "others": 1.0}, LIMITS["ceiling"]),
        ({"ceiling": 2.0, "best_training_shape": 5.0}, LIMITS["best training shape"]),
        ({"ceiling": 2.0, "best_training_shape": 3.0, "plain": 4.0}, CAUSES["plain background"]),
        ({"aligned": 5.0, "others": 1.0}, CAUSES["aligned"]),
        ({"others": 4.0}, CAUSES["other views (median)"]),
        ({"ceiling": 2.0, "best_training_shape": 3.0, "others": 4.0}, CAUSES["other views (median)"]),
        ({"ceiling": 2.0, "best_training_shape": 3.0}, RECOGNITION["best training shape"]),
        ({"ceiling": 2.0}, RECOGNITION["ceiling"]),
        ({}, UNEXPLAINED),
    ],
)
def test_the_first_measured_cause_is_named(known, reason):
    assert causes(report(**known), CASE).reason == reason


def test_the_numbers_are_told():
    told = causes(report(others=4.0, plain=9.0, aligned=8.0, ceiling=1.0), CASE).numbers
    assert told == "error 10.0, other views (median) 4.0, plain background 9.0, aligned 8.0, ceiling 1.0"


def test_a_failure_is_its_own_reason():
    failing = report()
    failing["shapes"][0]["failures"] = [
        {"method": "pack", "condition": "cluttered", "view": 27, "error": "MeshError: no surface"}
    ]
    assert causes(failing, CASE).reason == "It failed: MeshError: no surface."


def test_other_origins_and_methods_do_not_count():
    made = report(others=4.0)
    made["shapes"].insert(0, shape("a", 99.0, "decoded"))
    assert causes(made, CASE).numbers.startswith("error 10.0, other views (median) 4.0")
