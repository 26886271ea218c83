"""A run over a store: which shapes, what is kept, what is done again."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from latentmapper.errors import StoreError, UsageError
from latentmapper.executors import ALONE
from latentmapper.files import write_json
from latentmapper.make.dataset.store import Record, Store
from latentmapper.make.evaluation import report, session, tables
from latentmapper.make.evaluation.bounds import Floor
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.methods import Description
from latentmapper.make.evaluation.protocol import Rules
from latentmapper.make.evaluation.session import Evaluation, Session, choose, decoded, finished
from latentmapper.make.evaluation.setup import Sources
from latentmapper.pack_folder import read_metadata
from tests.full_disk import fill_up, unfinished
from tests.make.evaluation.fakes import Shifted, ball, write_balls
from tests.tiny_pack import write_tiny_pack

RULES = Rules(points=200, viewpoints=8, views_per_shape=3)


@pytest.fixture
def balls(tmp_path: Path, monkeypatch) -> Session:
    """A session over three test balls, whose pack answers with moved balls."""
    write_balls(tmp_path / "store", {"a": "test", "b": "test", "c": "train", "d": "test"})
    write_tiny_pack(tmp_path / "pack")
    sources = Sources(tmp_path / "pack")
    monkeypatch.setattr(Sources, "evaluator", fake_evaluator)
    return Session(tmp_path / "store", RULES, ("cluttered",), sources, tmp_path / "out", threads=1)


def run(session: Session, records: list[Record]) -> Iterator[dict[str, Any]]:
    """Results of an evaluation in this process."""
    return (result for _, result in ALONE.map(Evaluation(session), records))


def fake_evaluator(self: Sources, rules: Rules, conditions, measures, threads: int) -> Evaluator:
    methods = [Shifted("pack", 0.1), Shifted("mean shape", 0.3, sees=False)]
    blank = np.zeros((8, 8, 3), np.uint8)
    nothing = Description(np.zeros(1, np.float32), np.zeros(1, np.float32), odds=lambda: 1.0)
    return Evaluator(rules, conditions, methods, lambda *_: blank, lambda _: nothing, measures)


def test_split_and_limit_choose_the_same_shapes_every_time(balls):
    store = Store.open(balls.store)
    assert [record.id for record in choose(store, "test", None)] == ["a", "b", "d"]
    assert len(choose(store, "all", None)) == 4
    two, one = choose(store, "test", 2), choose(store, "test", 1)
    assert len(two) == 2 and one[0] in two
    with pytest.raises(StoreError, match="no usable shape in split 'validation'"):
        choose(store, "validation", None)


def test_deformed_shapes_are_left_out(balls):
    store = Store.open(balls.store)
    store.records[0] = replace(store.records[0], origin="deformed")
    assert [record.id for record in choose(store, "test", None)] == ["b", "d"]


def test_a_second_run_takes_what_the_first_kept(balls, monkeypatch):
    records = choose(Store.open(balls.store), "test", None)
    first = next(run(balls, records))  # and the run is stopped here
    done: list[str] = []
    shape = Evaluator.shape
    monkeypatch.setattr(
        Evaluator, "shape", lambda self, name, *data: done.append(name) or shape(self, name, *data)
    )
    kept, missing = finished(balls, records)
    assert kept == [first]
    made = list(run(balls, missing))
    assert done == ["b", "d"] == [result["id"] for result in made]
    assert finished(balls, records) == ([first, *made], [])


def test_results_of_another_protocol_pack_or_shape_are_not_taken(balls):
    record = choose(Store.open(balls.store), "test", None)[0]
    next(run(balls, [record]))
    assert balls.kept(record)
    assert not replace(balls, rules=Rules(views_per_shape=2)).kept(record)
    assert not balls.kept(replace(record, sha256="other"))
    assert not replace(balls, measures=("chamfer", "f_score", "iou")).kept(record)
    assert not replace(balls, sources=replace(balls.sources, floor=True)).kept(record)
    write_tiny_pack(balls.sources.pack, presence=1.0)
    assert not balls.kept(record)


def test_a_damaged_result_is_made_again(balls):
    record = choose(Store.open(balls.store), "test", None)[0]
    next(run(balls, [record]))
    (balls.out / "shapes" / "a.json").write_text('{"key"')
    assert balls.kept(record) is None
    assert next(run(balls, [record]))["id"] == "a"


def test_a_shape_that_was_stopped_goes_on_at_its_next_picture(balls, monkeypatch):
    record = choose(Store.open(balls.store), "test", None)[0]
    whole = next(run(balls, [record]))
    balls._path(record).unlink()
    pictures: list[int] = []
    picture = Evaluator._picture

    def stopped_at_the_third(self, scoring, shape, wanted, number):
        pictures.append(number)
        if pictures == [0, 1, 2]:
            raise KeyboardInterrupt
        return picture(self, scoring, shape, wanted, number)

    monkeypatch.setattr(Evaluator, "_picture", stopped_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        next(run(balls, [record]))
    assert not balls.kept(record) and balls.begin([record]) == ""
    assert next(run(balls, [record])) == whole
    assert pictures == [0, 1, 2, 2]
    assert [path.name for path in balls._path(record).parent.iterdir()] == ["a.json"]


def test_what_a_killed_worker_left_half_written_is_removed(balls):
    records = choose(Store.open(balls.store), "test", None)
    (balls.out / "shapes").mkdir(parents=True)
    (balls.out / "shapes" / ".a.json.abc.partial").write_text("half")
    balls.begin(records)
    assert not unfinished(balls.out)


def test_a_full_disk_ends_the_evaluation_which_goes_on_when_there_is_room(balls, monkeypatch):
    records = choose(Store.open(balls.store), "test", None)
    with monkeypatch.context() as patch:
        fill_up(patch, room=3)  # the first journal and result, the second journal
        with pytest.raises(OSError, match=r"No space left on device: .*b\.json"):
            list(run(balls, records))
    assert not unfinished(balls.out)
    kept, missing = finished(balls, records)
    assert [record.id for record in missing] == ["b", "d"]
    made = list(run(balls, missing))
    whole = replace(balls, out=balls.out / "whole")
    assert [*kept, *made] == list(run(whole, records))


def test_pictures_of_another_evaluation_are_measured_again_and_it_says_why(balls):
    records = choose(Store.open(balls.store), "test", None)
    assert balls.begin(records) == ""
    next(run(balls, records[:1]))
    balls._journal(records[1]).add({"presence": 0.0, "samples": []})
    assert balls.begin(records) == ""
    other = replace(balls, conditions=("plain",), measures=("chamfer", "f_score", "chamfer_l1"))
    assert other.begin(records) == (
        "2 earlier results do not count, since they were made with other conditions, metrics;"
        " they are made anew"
    )
    assert len(next(run(other, records[1:2]))["samples"]["pack"]["plain"]["view"]) == 3
    write_tiny_pack(balls.sources.pack, presence=1.0)
    assert "2 earlier results do not count, since they were made with other pack;" in other.begin(records)


def test_a_changed_shape_and_results_of_unknown_making_are_told(balls):
    records = choose(Store.open(balls.store), "test", None)
    balls.begin(records)
    next(run(balls, records[:1]))
    changed = [replace(records[0], sha256="other"), *records[1:]]
    reason = balls.begin(changed)
    assert reason.startswith(
        "1 earlier results do not count, since their shapes or their files have changed;"
    )
    (balls.out / session.PARTS).unlink()
    assert "since it is not known how they were made" in balls.begin(changed)


def test_a_new_group_of_a_shape_is_taken_from_the_store(balls):
    record = choose(Store.open(balls.store), "test", None)[0]
    result = next(run(balls, [record]))
    assert balls.kept(replace(record, group="flock")) == {**result, "group": "flock"}


def test_decoded_shapes_stand_beside_the_originals(balls):
    records = choose(Store.open(balls.store), "test", 1)
    again = decoded(records, {records[0].id})
    with pytest.raises(UsageError, match=r"--decoded: no code is known of \w \(1 of 1 shapes\)"):
        decoded(records, {"other"})
    evaluator = replace(balls.evaluator(), decode=lambda name: ball(0.5))
    bound = Floor(lambda name: Shifted("", 0.0).surface(0))
    evaluator = replace(evaluator, methods=[*evaluator.methods, bound])
    original, made = (balls.evaluate(evaluator, record) for record in (*records, *again))
    assert (original["origin"], made["origin"]) == ("mesh", "decoded")
    assert list(original["samples"]) == ["pack", "mean shape", "floor"]
    assert list(made["samples"]) == ["pack", "mean shape"]
    assert finished(balls, [*records, *again]) == ([original, made], [])
    rows = report.rows([original, made])
    assert [row.origin for row in rows] == ["mesh"] * 3 + ["decoded"] * 2
    assert report.recognised([original, {**made, "presence": {"cluttered": [-1.0]}}]) == {"cluttered": 1.0}


def test_a_measure_that_a_condition_lacks_has_an_empty_cell(balls):
    (result, *_) = run(
        replace(balls, conditions=("cluttered", "plain")), choose(Store.open(balls.store), "test", 1)
    )
    for number, cell in enumerate(result["samples"]["pack"].values()):
        cell["emd_all"] = [None if number else 1.0] + [None] * (len(cell["view"]) - 1)
    first, second, mean = report.rows([result])
    assert first.numbers["emd_all"].mean == 1 and "emd_all" not in second.numbers
    titles, cells = tables.main_table([second, first, mean])
    assert titles[-1] == "EMD all points" and [row[-1] for row in cells] == ["", "1.00", ""]


def test_the_header_counts_the_shapes_that_the_pack_has_learned_from(balls):
    store = Store.open(balls.store)
    told = report.header(balls, store, "test", "", ["ball", "egg", "new"])
    assert told["store"]["known"] == 2  # the tiny pack knows ball, cigar and egg
    told["baselines"] = [{"name": "AtlasNet", "known": 1}, {"name": "IM-NET", "known": 0}]
    assert [warning.split(":")[0] for warning in report.warnings(told)] == [
        "pack tiny-car has learned from 2 of these shapes",
        "AtlasNet has learned from 1 of these shapes",
    ]
    assert report.warnings({**told, "store": {**told["store"], "split": "train"}}) == []


def test_shapes_that_a_pack_learned_from_without_keeping_their_codes_count_as_learned(balls):
    metadata = read_metadata(balls.sources.pack) | {"training_shapes": ["ball", "cigar", "egg", "toy"]}
    write_json(balls.sources.pack / "pack.json", metadata)
    told = report.header(balls, Store.open(balls.store), "test", "", ["ball", "toy", "new"])
    assert told["store"]["known"] == 2


def test_the_header_tells_how_the_store_was_split(balls):
    store = Store.open(balls.store)
    assert not {"split_by", "hold_out"} & set(report.header(balls, store, "test", "")["store"])
    store.header["recipe"] = {"split_by": "shape", "hold_out": ["tail=T"]}
    told = report.header(balls, store, "held-out", "")["store"]
    assert (told["split_by"], told["hold_out"]) == ("shape", ["tail=T"])


def test_report_has_a_row_for_every_method_with_its_numbers(balls):
    store = Store.open(balls.store)
    results = list(run(balls, choose(store, "test", None)))
    head = report.header(balls, store, "test", "latentmapper evaluate pack store")
    rows = report.rows(results)
    assert [(row.condition, row.method, row.shapes, row.samples, row.failed) for row in rows] == [
        ("cluttered", "pack", 3, 9, 0),
        ("any", "mean shape", 3, 3, 0),
    ]
    values = [v for result in results for v in result["samples"]["pack"]["cluttered"]["chamfer"]]
    assert rows[0].numbers["chamfer"].mean == pytest.approx(np.mean(values))
    loaded = json.loads(report.as_json(head, rows, results))
    assert loaded["protocol"]["id"] == RULES.id
    assert loaded["shapes"] == results
    assert loaded["recognised"] == {"cluttered": 1.0}
    text = tables.as_markdown(head, rows, results)
    assert RULES.id in text
    assert f"| cluttered | pack | 3 (3) | 9 | 0 | {rows[0].numbers['chamfer'].mean:.2f} [" in text
    assert "latentmapper evaluate pack store" in text
    assert loaded["way"] == {"precision": "float32", "looks": 1}
    assert ", precision float32, looks 1. Made by:" in text
    del head["way"]  # as earlier versions wrote it
    assert "precision" not in tables.as_markdown(head, rows, results)
