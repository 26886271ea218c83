"""Which pictures are shown."""

import pytest

from latentmapper.make.evaluation.cases import borrowed, choose_cases, chosen_by


def result(name: str, errors: list[float], origin: str = "mesh") -> dict:
    cell = {"view": list(range(len(errors))), "chamfer": errors}
    return {"id": name, "origin": origin, "samples": {"pack": {"plain": cell}}}


TEN = [result(f"s{i}", [float(i), i + 0.5]) for i in range(10)]


def test_examples_stand_at_even_percentiles_and_the_worst_come_worst_first():
    cases = choose_cases(TEN, "plain", examples=5, worst=3)
    examples, worst = cases[:5], cases[5:]
    assert [(case.kind, case.number) for case in examples] == [("example", n) for n in (10, 30, 50, 70, 90)]
    assert [case.shape for case in examples] == ["s1", "s3", "s4", "s6", "s8"]
    assert [(case.shape, case.view, case.number) for case in worst] == [
        ("s9", 1, 1),
        ("s8", 1, 2),
        ("s7", 1, 3),
    ]
    assert worst[0].file == "cases/worst-01.safetensors"


def test_no_shape_is_shown_twice_and_there_may_be_fewer():
    lopsided = [result("easy", [1.0] * 50), result("hard", [9.0, 8.0])]
    cases = choose_cases(lopsided, "plain", examples=5, worst=10)
    assert [(case.kind, case.shape) for case in cases] == [
        ("example", "easy"),
        ("example", "hard"),
        ("worst", "hard"),
        ("worst", "easy"),
    ]
    assert cases[2].view == 0


def test_decoded_meshes_other_conditions_and_nothing_are_passed_over():
    assert choose_cases([result("a", [1.0], "decoded")], "plain", 5, 10) == []
    assert choose_cases(TEN, "cluttered", 5, 10) == []
    assert choose_cases(TEN, "plain", 0, 0) == []


OWN, OTHER = {"id": "one", "hash": "1"}, {"id": "two", "hash": "2"}


@pytest.mark.parametrize(
    ("told", "others", "chooser"),
    [
        ({}, False, OWN),
        ({"command": "latentmapper evaluate one store -o cases"}, False, OWN),
        (
            {"command": "latentmapper evaluate one store --cases two/results.json", "chooser": OTHER},
            True,
            OTHER,
        ),
        ({"command": "latentmapper evaluate one store --cases two/results.json"}, True, None),
        ({"command": "latentmapper evaluate one store --cases=two/results.json -o a"}, True, None),
    ],
)
def test_whose_errors_chose_the_cases_is_handed_on_where_it_is_known(told, others, chooser):
    """Results from before they told whose these were name --cases in their command."""
    report = {"pack": OWN | {"category": "car"}, **told}
    assert (borrowed(report), chosen_by(report)) == (others, chooser)
