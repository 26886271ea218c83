"""Kinds that nothing is trained on, and splits that take each shape for itself."""

from pathlib import Path
from typing import Any

import pytest

from latentmapper.errors import RecipeError, StoreError, UsageError
from latentmapper.make.dataset.held_out import hold_out, parse_kind
from latentmapper.make.dataset.joined import JoinedStore
from latentmapper.make.dataset.plan import BuildRecipe, settle
from latentmapper.make.dataset.store import USABLE, Record, Store

T_TAIL = [("tail", "T")]


def record(name: str, tail: str | None, split: str = "train", **more: Any) -> Record:
    options: dict[str, Any] = {"group": name, "source": "lab", "license": "CC0-1.0", "category": "airplane"}
    labels = {"tail": tail} if tail else {}
    return Record(name, split=split, labels=labels, **(options | more))


RECORDS = [
    record("t", "T"),
    record("t~1", None, origin="deformed", parent="t", group="t"),
    record("near", "conventional", "validation", group="t"),
    record("tested", "T", "test"),
    record("twin", "T", "test", group="tested"),
    record("plain", "conventional"),
    record("plain~1", None, origin="deformed", parent="plain", group="plain"),
    record("unknown", None),
    record("unknown test", None, "test"),
    record("unread", "T", verdict="cannot be read"),
]


def test_nothing_of_the_kind_or_near_it_or_that_may_be_it_is_trained_on() -> None:
    found = {r.id: (r.split, r.verdict) for r in hold_out(RECORDS, T_TAIL)}
    near = "a near-copy of a shape whose kind is held out"
    unknown = "its tail is not known, and tail=T is held out"
    assert found == {
        "t": ("held-out", USABLE),
        "t~1": ("train", near),
        "near": ("validation", near),
        "tested": ("held-out", USABLE),
        "twin": ("held-out", USABLE),
        "plain": ("train", USABLE),
        "plain~1": ("train", USABLE),
        "unknown": ("train", unknown),
        "unknown test": ("test", USABLE),
        "unread": ("train", "cannot be read"),
    }  # fmt: skip


def test_a_group_that_is_held_out_is_measured_once() -> None:
    settled = {r.id: r.verdict for r in settle(RECORDS, BuildRecipe(hold_out=("tail=T",)))}
    assert settled["tested"] == USABLE
    assert settled["twin"] == "its held-out group is represented by tested"


def test_parametric_shapes_are_known_by_their_labels() -> None:
    labels = {"body": "pickup"}
    car = record("p", None, category="car", origin="parametric", group="p")
    (held,) = hold_out([Record(**{**vars(car), "labels": labels})], [("body", "pickup")])
    assert held.split == "held-out"


def test_kinds_that_do_not_exist_are_refused_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="tail=X: no shape is of this kind; there are: T, conventional"):
        hold_out(RECORDS, [("tail", "X")])
    with pytest.raises(UsageError, match="there are: no colour is known of any shape"):
        hold_out(RECORDS, [("colour", "red")])


def test_stores_that_are_joined_hold_out_the_same_kinds() -> None:
    header = {"category": "airplane", "recipe": {"hold_out": ["tail=T"]}}
    apart = Store(Path("apart"), header, hold_out(RECORDS, T_TAIL))
    sound = Store(
        Path("sound"), {"category": "airplane"}, [record("other", "V"), record("late", "T", "test")]
    )
    leaking = Store(Path("leaking"), {"category": "airplane"}, [record("leak", "T", "validation")])
    assert len(JoinedStore([apart, sound]).split("held-out")) == 3
    message = "leaking trains on leak, but another of these stores holds out tail=T: build it with --hold-out"
    with pytest.raises(StoreError, match=message):
        JoinedStore([apart, leaking])


@pytest.mark.parametrize("text", ["T", "tail=", "=T", ""])
def test_a_kind_has_a_name_and_a_value(text: str) -> None:
    with pytest.raises(RecipeError, match="--hold-out takes kinds such as tail=T or body=pickup, not"):
        BuildRecipe(hold_out=(text,))
    assert parse_kind("tail=T") == ("tail", "T")


def test_near_copies_may_be_split_when_asked_for() -> None:
    records = [record("a", "T", "train", group="g"), record("b", "T", "test", group="g")]
    records += [record("c", "T", "test", group="g"), record("d", "T", "validation", group="g")]
    settled = settle(records, BuildRecipe(split_by="shape", validation_sources=("lab",)))
    assert {r.verdict for r in settled} == {USABLE}
