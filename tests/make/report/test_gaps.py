"""What the report says is missing."""

from pathlib import Path
from typing import Any

from latentmapper.make.report.blocks import Table
from latentmapper.make.report.gaps import CONDITIONS
from latentmapper.make.report.page import build
from tests.make.report.made import results, runs, shape, texts

REST = "occluded-50, pixels-64, pixels-128, pixels-512, blur-2 and jpeg-10"


def of(category: str, *conditions: str) -> dict[str, Any]:
    """Results of one shape under these conditions."""
    told = results([shape(category, 1.0)])
    told["store"]["category"] = category
    (made,) = told["shapes"]
    for part in (made["presence"], made["samples"]["pack"]):
        plain = part["plain"]
        part.clear()
        part.update(dict.fromkeys(conditions, plain))
    return told


def untaken(folder: Path, *reports: dict[str, Any]) -> dict[str, str]:
    """What the page says of pictures: what is missing -> what takes it."""
    (section,) = (each for each in build(runs(folder, *reports)).sections if each.anchor == "missing")
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    return {row[0]: row[1] for row in texts(table) if row[0].startswith("Pictures of ")}


def test_conditions_that_nothing_of_a_category_was_measured_under_are_named(tmp_path):
    """Also where there are others, and by category, whichever evaluation took them."""
    planes = of("airplane", "cluttered", "plain"), of("airplane", "cluttered", "occluded-25")
    said = untaken(tmp_path, of("car", "cluttered", "plain"), *planes)
    assert list(said) == [
        f"Pictures of car shapes: occluded-25, {REST}",
        f"Pictures of airplane shapes: {REST}",
    ]
    assert set(said.values()) == {f"evaluate --conditions {' '.join(CONDITIONS)}"}


def test_nothing_is_missing_where_all_conditions_were_measured(tmp_path):
    assert untaken(tmp_path, of("car", *CONDITIONS)) == {}
    assert "occluded" not in CONDITIONS, "how much it hides is not known of a picture"
