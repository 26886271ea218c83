"""What stands below a table: each of its columns has its meaning there, whatever else is measured."""

import pytest

from latentmapper.make.evaluation.comparison import ALIGNED, ALWAYS, METRICS
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.tables import as_markdown, legend, markdown_table
from tests.make.report.made import results, shape


@pytest.mark.parametrize("before", ["", ALIGNED])
@pytest.mark.parametrize("name", [name for name in METRICS if name not in ALWAYS])
def test_a_metric_is_defined_by_itself(name: str, before: str) -> None:
    told = " ".join(legend(Rules().record(), [before + name]).split())
    _, _, meaning = told.lower().partition("code fitted to the true mesh. ")
    assert METRICS[name].title.lower() in meaning.split(":")[0] and "the same" not in meaning
    assert ("after the similarity" in meaning) == bool(before)


def test_shapes_are_called_unseen_only_where_the_pack_knows_none_of_them() -> None:
    told = results([shape("a", 1.0)])
    assert as_markdown(told, [], told["shapes"]).startswith("# pack-1 on car shapes it has not seen\n")
    told["store"]["known"] = 1
    assert as_markdown(told, [], told["shapes"]).startswith("# pack-1 on car shapes\n")


def test_a_bar_in_a_name_is_no_border() -> None:
    assert markdown_table(["name"], [["a|b"]]) == "| name |\n|---|\n| a\\|b |"
