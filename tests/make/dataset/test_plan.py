"""What only the whole collection can tell: which meshes are lopsided in a symmetric category."""

from typing import Any

from latentmapper.make.dataset.plan import BuildRecipe, settle, symmetric
from latentmapper.make.dataset.store import USABLE, Record
from latentmapper.make.dataset.symmetry import MOST

LOPSIDED = "not mirror-symmetric (9.00, at most 0.7), while its category is"


def record(name: str, asymmetry: float | None, split: str = "train", **more: Any) -> Record:
    options: dict[str, Any] = {
        "group": name,
        "source": "lab",
        "license": "CC0-1.0",
        "category": "airplane",
    } | more
    return Record(name, split=split, asymmetry=asymmetry, **options)


def verdicts(records: list[Record]) -> dict[str, str]:
    return {r.id: r.verdict for r in settle(records, BuildRecipe()) if r.verdict != USABLE}


def test_lopsided_meshes_are_set_aside_with_their_copies() -> None:
    records = [
        record("plain", 0.0), record("swept", 9.0), record("gear", MOST),
        record("swept~1", 0.1, origin="deformed", parent="swept"),
        record("gear~1", 9.0, origin="deformed", parent="gear"),
    ]  # fmt: skip
    assert symmetric(records)
    assert verdicts(records) == {"swept": LOPSIDED, "swept~1": LOPSIDED}


def test_nothing_is_lopsided_where_the_category_is_not_symmetric() -> None:
    records = [record("plain", 0.0), record("left", 9.0), record("right", 9.0)]
    assert not symmetric(records)
    assert verdicts(records) == {}


def test_a_category_is_not_what_most_of_its_meshes_are_not() -> None:
    records = [record("plain", 0.0), record("left", MOST + 0.1), record("right", MOST + 0.2)]
    assert verdicts(records) == {} and not symmetric(records)


def test_copies_do_not_decide_what_a_category_is() -> None:
    copies = [record(f"left~{i}", 9.0, origin="deformed", parent="left") for i in range(9)]
    assert symmetric([record("plain", 0.0), record("other", 0.0), record("left", 9.0), *copies])


def test_generated_shapes_and_earlier_verdicts_stay() -> None:
    records = [
        record("plain", 0.0), record("made", 9.0, origin="parametric"), record("other", 0.0),
        record("made~1", 9.0, origin="deformed", parent="made"),
        record("unread", None, verdict="cannot be read"), record("unknown", None),
    ]  # fmt: skip
    assert verdicts(records) == {"unread": "cannot be read"}


def test_a_lopsided_mesh_does_not_stand_for_its_test_group() -> None:
    records = [record(name, value, "test", group="g") for name, value in (("swept", 9.0), ("a", 0), ("b", 0))]
    assert verdicts(records) == {"swept": LOPSIDED, "b": "its test group is represented by a"}
