"""Tables of errors."""

from latentmapper.make.report import quantities
from latentmapper.make.report.blocks import Beside, Chart, Table
from latentmapper.make.report.panels import panels
from tests.make.report.made import panel, results, runs, shape, texts

THREE = [
    shape(name, error, AtlasNet=error + 4, mean_shape=20.0)
    for name, error in zip("abc", (1, 2, 3), strict=True)
]


def test_each_method_has_its_line_and_the_papers_figures_stand_beside(tmp_path):
    found = panel(tmp_path, results(THREE))
    chart, beside, against = quantities.quantitative(found, True)
    assert isinstance(chart, Chart) and isinstance(beside, Beside) and isinstance(against, Table)
    ours, theirs = beside.blocks
    assert isinstance(ours, Table) and isinstance(theirs, Table)
    assert [row[0] for row in texts(ours)] == ["pack-1", "AtlasNet", "mean shape"]
    assert texts(ours)[0] == ["pack-1", "4.00 [3.00, 5.00]", "4.00", "5.00", "0.206", "12", "0"]
    assert "cluttered pictures; protocol lm1-4x96-" in ours.caption
    assert theirs.foreign and not ours.foreign
    assert texts(theirs)[-1] == ["3D-LatentMapper", "2.438", "2.62"]
    assert texts(against) == [
        ["AtlasNet", "original meshes", "-4.00 [-4.00, -4.00] ahead"],
        ["mean shape", "original meshes", "-16.00 [-17.00, -15.00] ahead"],
    ]
    assert isinstance(quantities.quantitative(found, False)[1], Table)


def test_failures_are_in_the_table(tmp_path):
    failing = shape("a", 1.0)
    failing["failures"] = [{"method": "pack", "condition": "cluttered", "view": 3, "error": "MeshError: no"}]
    table = quantities.main(panel(tmp_path, results([failing])), "mesh", "cluttered")
    assert (table.titles[-1], texts(table)[0][-2:]) == ("failed", ["4", "1"])


def test_a_worse_pack_is_behind_and_an_even_one_open(tmp_path):
    worse = [shape("a", 5.0, AtlasNet=1.0), shape("b", 6.0, AtlasNet=1.0)]
    even = [shape("a", 1.0, AtlasNet=2.0), shape("b", 2.0, AtlasNet=1.0)]
    for shapes, verdict in ((worse, "behind"), (even, "open"), (worse[:1], "open")):
        table = quantities.compared(panel(tmp_path, results(shapes)))
        assert table and {row[-1].split()[-1] for row in texts(table)} == {verdict}
        assert {row[-1].tone for row in table.cells} == {quantities.TONES[verdict]}
        assert table.caption.endswith("Open: the interval holds zero, or all shapes are of one group.")


def test_what_knows_the_truth_is_no_rival(tmp_path):
    found = panel(tmp_path, results([shape("a", 1.0, best_training_shape=0.5, ceiling=0.2, floor=0.1)]))
    assert quantities.compared(found) is None


def test_a_pack_alone_is_held_against_nothing(tmp_path):
    assert quantities.compared(panel(tmp_path, results([shape("a", 1.0)]))) is None


def test_seen_shapes_stand_beside_unseen_ones_of_the_same_pack_and_protocol(tmp_path):
    test, other = results(THREE), results(THREE, "pack-2")
    train = results([shape("t", 0.0, AtlasNet=1.0)], split="train")
    (table,) = quantities.seen(panels(runs(tmp_path, test, train)))
    assert isinstance(table, Table)
    assert texts(table) == [
        ["car, original meshes", "pack-1", "2.00", "4.00", "2.00"],
        ["car, original meshes", "AtlasNet", "3.00", "8.00", "2.67"],
    ]
    assert quantities.seen(panels(runs(tmp_path, other, train))) == []


def test_what_has_been_learned_from_or_was_looked_at_otherwise_is_no_unseen_row(tmp_path):
    train = results([shape("t", 0.0)], split="train", way={"precision": "float32", "looks": 1})
    closer = results(THREE, way={"precision": "float32", "looks": 4})
    assert quantities.seen(panels(runs(tmp_path, closer, train))) == []
    every = results(THREE, split="all", way=train["way"])
    assert len(quantities.seen(panels(runs(tmp_path, every, train)))) == 1
    every["store"]["known"] = 2
    assert quantities.seen(panels(runs(tmp_path, every, train))) == []


def test_the_papers_way_is_apart_from_the_main_tables(tmp_path):
    found = panel(tmp_path, results([*THREE, shape("a", 0.0, "decoded")]))
    assert found.origins == ["mesh"]
    cluttered, plain = quantities.own_way(found)
    assert isinstance(cluttered, Table) and isinstance(plain, Table)
    assert texts(plain)[0][1] == "0.00 [0.00, 0.00]" and texts(cluttered)[0][1] == "2.00 [2.00, 2.00]"
    assert texts(quantities.main(found, "mesh", "cluttered"))[0][-2] == "12"
    assert quantities.own_way(panel(tmp_path, results(THREE))) == []


def test_conditions_are_held_against_the_first(tmp_path):
    (table,) = quantities.conditions(panel(tmp_path, results(THREE)))
    assert isinstance(table, Table)
    assert list(table.titles) == ["method", "cluttered", "plain"]
    assert texts(table)[0] == ["pack-1", "4.00 (1.00 x)", "2.00 (0.50 x)"]


def test_all_rows_of_all_runs_are_at_hand(tmp_path):
    tables = quantities.everything(panel(tmp_path, results(THREE), results(THREE, "pack-2")))
    assert [isinstance(t, Table) and (t.folded, len(t.rows)) for t in tables] == [(True, 5), (True, 5)]
