"""Which evaluations stand in one table, and under which names."""

from typing import Any

from latentmapper.make.report.panels import panels
from tests.make.report.made import panel, results, runs, shape


def test_runs_of_the_same_shapes_and_protocol_share_a_panel(tmp_path):
    other = results([shape("a", 1.0)], "pack-2")
    strict = results([shape("a", 1.0)])
    strict["protocol"]["id"] = "lm2"
    train = results([shape("b", 1.0)], split="train")
    found = panels(runs(tmp_path, results([shape("a", 1.0)]), strict, other, train))
    assert [[run.pack for run in each.runs] for each in found] == [
        ["pack-1", "pack-2"],
        ["pack-1"],
        ["pack-1"],
    ]
    assert len({each.anchor for each in found}) == 3
    assert [each.title for each in found] == [
        f"car, test split, original meshes, {found[0].first.protocol['id']} on data dddddd",
        "car, test split, original meshes, lm2 on data dddddd",
        "car, train split, original meshes",
    ]


def test_runs_of_one_store_that_measure_other_shapes_share_no_table(tmp_path):
    """One was limited, and one store was split another way: its test shapes are others."""
    whole = results([shape("a", 1.0), shape("b", 9.0)])
    limited = results([shape("a", 1.0)], "pack-2")
    resplit = results([shape("a", 1.0), shape("b", 9.0)], "pack-3")
    resplit["store"]["split_by"] = "shape"
    found = panels(runs(tmp_path, whole, limited, resplit))
    assert [[run.pack for run in each.runs] for each in found] == [["pack-1"], ["pack-2"], ["pack-3"]]
    assert [each.kind for each in found] == ["unseen", "unseen", "by shape"]
    assert len({each.anchor for each in found}) == len({each.title for each in found}) == 3
    assert ", 1 shapes (" in found[1].title
    measured_twice = results([shape("a", 1.0), shape("a", 2.0, origin="decoded")], "pack-4")
    (both,) = panels(runs(tmp_path, limited, measured_twice))
    assert len(both.runs) == 2, "decoded meshes are an option's"


def test_methods_have_names_of_their_own_packs_first(tmp_path):
    references: dict[str, Any] = {"mean_shape": 9.0, "nearest_training_shape": 8.0}
    first = results([shape("a", 1.0, **references)])
    references["mean_shape"] = 7.0
    second = results([shape("a", 4.0, **references, ceiling=0.5)], "pack-2")
    assert [e.label for e in panel(tmp_path, first).entries] == [
        "pack-1",
        "nearest training shape",
        "mean shape",
    ]
    both = panel(tmp_path, first, second)
    assert [entry.label for entry in both.entries] == [
        "pack-1",
        "pack-2",
        "nearest training shape",
        "mean shape of pack-1",
        "mean shape of pack-2",
        "ceiling of pack-2",
    ]
    assert [entry.label for entry in both.seeing] == ["pack-1", "pack-2", "nearest training shape"]
    rows = [entry.row("mesh", "cluttered") for entry in both.entries]
    assert [row and row.numbers["chamfer"].mean for row in rows] == [3.0, 6.0, 10.0, 9.0, 7.0, 0.5]


def test_what_packs_of_one_base_have_in_common_is_told_once(tmp_path):
    packs = [results([shape("a", float(i), mean_shape=9.0, ceiling=0.5)], f"pack-{i}") for i in (1, 2, 3)]
    packs.append(results([shape("a", 9.0, mean_shape=7.0)], "pack-4"))
    assert [entry.label for entry in panel(tmp_path, *packs).entries] == [
        *("pack-1", "pack-2", "pack-3", "pack-4"),
        *("mean shape of pack-1 and 2 more", "ceiling of pack-1 and 2 more", "mean shape of pack-4"),
    ]


def test_two_runs_of_one_pack_are_told_apart_by_their_folders(tmp_path):
    found = panel(tmp_path, results([shape("a", 1.0)]), results([shape("a", 2.0)]))
    assert [entry.label for entry in found.entries] == ["pack-1", f"pack-1 ({tmp_path / 'run-1'})"]


def test_what_was_made_otherwise_has_a_line_of_its_own(tmp_path):
    """Baselines of one name with other weights, and packs of one id that were made anew."""
    peer = {"name": "AtlasNet", "recipe": "atlasnet-25", "sha256": "1"}
    first = results([shape("a", 1.0, AtlasNet=3.0, mean_shape=9.0)], baselines=[peer])
    same = results([shape("a", 2.0, AtlasNet=3.0, mean_shape=9.0)], baselines=[peer])
    other = results([shape("a", 2.0, AtlasNet=5.0, mean_shape=8.0)], baselines=[peer | {"sha256": "2"}])
    other["pack"]["hash"] = "f" * 64
    again = f"({tmp_path / 'run-1'})"
    assert [entry.label for entry in panel(tmp_path, first, same).entries] == [
        "pack-1",
        f"pack-1 {again}",
        "AtlasNet",
        "mean shape",
    ]
    assert [entry.label for entry in panel(tmp_path, first, other).entries] == [
        "pack-1",
        f"pack-1 {again}",
        "AtlasNet",
        "mean shape",
        f"AtlasNet {again}",
        f"mean shape {again}",
    ]


def test_files_can_be_called_by_a_panel_that_holds_out_many_kinds(tmp_path):
    kinds = [f"family=of airplanes number {number}" for number in range(20)]
    reports = [results([shape("a", 1.0)], split="held-out") for _ in range(2)]
    for last, report in enumerate(reports):
        report["store"]["hold_out"] = [*kinds, f"tail=T{last}"]
        report["store"]["hash"] = "d" * 64
        report["protocol"]["id"] = f"lm{last}"
    found = panels(runs(tmp_path, *reports))
    anchors = {each.anchor for each in found}
    assert len(anchors) == 2 and all(len(anchor) < 150 for anchor in anchors)
