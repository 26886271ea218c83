"""Tables, attributes and the sentences made of them."""

from typing import Any

import pytest

from latentmapper.make.collections.parametric.airplanes import KINDS
from latentmapper.make.dataset.descriptions import phrases
from latentmapper.make.dataset.descriptions.attributes import attributes_of, kinds, known, of_car
from latentmapper.make.dataset.descriptions.measures import Proportions
from latentmapper.make.dataset.descriptions.sentences import phrase, sentences
from latentmapper.make.dataset.store import Record

VOCABULARY = {
    "place": {*phrases.FORMS, "none"},
    "tail": phrases.TAILS,
    "wing": phrases.WINGS,
    "wings": {"monoplane", *phrases.LEVELS},
    "propulsion": {"jet", "propeller", "none"},
    "planform": {"straight", "slightly swept", "swept", "delta"},
    "engines": set(map(str, range(9))),
    "canard": {"yes"},
    "radome": {"yes"},
    "body": {"sedan", "hatchback", "coupe", "convertible", "minivan", *phrases.BODIES},
}


def test_the_tables_use_words_that_sentences_know() -> None:
    rows = [row for category in ("airplane", "car") for row in known(category).values()]
    assert len(rows) > 250
    for row in rows:
        for name, value in row.items():
            assert name in ("name", "noun", "family", "kind") or value in VOCABULARY[name], row


def test_every_kind_of_parametric_airplane_is_called_something() -> None:
    assert set(kinds()) == set(KINDS)
    assert all(row["noun"] for row in kinds().values())


def test_what_is_said_of_a_known_airliner() -> None:
    record = Record("flightgear__A320", "g", "train", "flightgear", "GPL", "airplane")
    assert sentences(attributes_of(record), Proportions(0.9, 0.3)) == [
        "A narrow-body airliner.",
        "An Airbus A320 narrow-body airliner.",
        "An airliner.",
        "A narrow-body airliner with two jet engines under the wings.",
        "An airplane with two jet engines under the wings.",
        "An airplane with a low swept wing.",
        "An airplane with a conventional tail.",
        "An airplane with a low swept wing and a conventional tail.",
        "A narrow-body airliner with a low swept wing, a conventional tail and two jet engines under"
        " the wings.",
        "An airplane with a wingspan about as long as its body.",
        "An airplane with a wingspan of 0.9 times its length.",
    ]


def test_a_deformed_copy_is_what_its_parent_is() -> None:
    parent = Record("flightgear__c172", "g", "train", "flightgear", "GPL", "airplane")
    copy = Record("x~1", "g", "train", "flightgear", "GPL", "airplane", origin="deformed", parent=parent.id)
    assert attributes_of(copy, parent) == attributes_of(parent)
    assert attributes_of(parent)["name"] == "Cessna 172"


def test_a_parametric_airplane_is_described_by_its_labels() -> None:
    labels = {
        "kind": "glider",
        "wing_position": "high",
        "wings": "monoplane",
        "sweep": 1,
        "tail": "T",
        "canard": False,
        "engines": 0,
        "engine_place": "none",
        "propeller": False,
        "gear": "tricycle",
        "radome": False,
    }
    record = Record("p", "p", "train", "parametric", "CC0", "airplane", labels, origin="parametric")
    said = sentences(attributes_of(record), Proportions(2.2, 0.2))
    assert "A glider with a high straight wing, a T-tail and no engine." in said
    assert "An airplane with wings much longer than its body." in said


def test_a_flying_wing_whose_engines_do_not_show_is_not_said_to_have_none() -> None:
    labels = {
        "kind": "flying wing",
        "wing_position": "mid",
        "wings": "monoplane",
        "sweep": 30,
        "tail": "none",
        "canard": False,
        "engines": 0,
        "engine_place": "none",
        "propeller": False,
        "gear": "up",
        "radome": False,
    }
    record = Record("p", "p", "train", "parametric", "CC0", "airplane", labels, origin="parametric")
    assert not any("engine" in said for said in sentences(attributes_of(record), Proportions(2, 0.2)))


def test_what_is_said_of_a_car() -> None:
    attributes = {"category": "car"} | of_car(
        {"body": "suv", "rails": "yes", "sunroof": "no", "spoiler": "roof", "length": 4.6}
    )
    assert sentences(attributes, Proportions(0.45, 0.4)) == [
        "An SUV.",
        "An SUV with roof rails.",
        "An SUV with a roof spoiler.",
        "An SUV with roof rails and a roof spoiler.",
        "A tall car.",
        "A car 2.5 times as long as it is high.",
        "An SUV 2.5 times as long as it is high.",
    ]


def test_other_categories_are_called_by_their_name() -> None:
    assert sentences({"category": "chair"}, Proportions(1, 1)) == ["A chair."]


def test_a_phrase_fits_behind_a_template() -> None:
    assert phrase("An airplane with a T-tail.") == "airplane with a T-tail"
    assert phrase("Concorde") == "Concorde"


@pytest.mark.parametrize(
    "labels",
    [
        {"engines": "two", "place": "pods", "propulsion": "jet"},
        {"engines": "12", "place": "pods", "propulsion": "jet"},
        {"engines": "-1", "place": "pods", "propulsion": "jet"},
        {"engines": "2", "place": "somewhere", "propulsion": "jet"},
        {"engines": "2", "place": "pods", "propulsion": "rocket"},
        {"noun": " ", "category": "boat"},
    ],
)
def test_labels_of_a_manifest_may_say_anything(labels: dict[str, Any]) -> None:
    record = Record("mine", "g", "train", "mine", "unknown", "airplane", labels)
    assert sentences(attributes_of(record), Proportions(0.9, 0.3)) == [
        "An airplane.",
        "An airplane with a wingspan about as long as its body.",
        "An airplane with a wingspan of 0.9 times its length.",
    ]
