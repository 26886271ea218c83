"""What is understood of plain words, and what is not."""

import pytest

from latentmapper.editing.text import read_text
from latentmapper.errors import UsageError

CAR = (
    "length",
    "height",
    "width",
    "wheels",
    "bonnet",
    "bonnet_height",
    "boot_height",
    "rear_window",
    "sporty",
)
LABELS = ("suv", "van", "twin-engine", "t-tail")


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("a longer, lower car", {"length": 1.0, "height": -1.0}),
        (
            "Much LONGER and slightly lower, with bigger wheels",
            {"length": 2.0, "height": -0.5, "wheels": 1.0},
        ),
        ("a longer and lower bonnet", {"bonnet": 1.0, "bonnet_height": -1.0}),
        ("an SUV with a flatter rear window", {"suv": 1.0, "rear_window": -1.0}),
        ("a higher rear", {"boot_height": 1.0}),
        ("not a van, less sporty", {"van": -1.0, "sporty": -1.0}),
        ("a bit taller and taller", {"height": 1.5}),
        ("a sports car", {"sporty": 1.5}),
        ("SUVs", {"suv": 1.0}),
    ],
)
def test_cars(text: str, moves: dict[str, float]) -> None:
    assert read_text(text, "car", CAR + LABELS).moves == moves


def test_airplanes() -> None:
    found = read_text("a twin-engine airplane with a T-tail", "airplane", LABELS)
    assert found.moves == {"twin-engine": 1.0, "t-tail": 1.0}
    assert found.ignored == ()


def test_it_tells_what_it_understood_and_what_not() -> None:
    found = read_text("a much longer red car with bigger wheels and wings", "car", CAR)
    assert found.understood == ("much longer: length +2", "bigger wheels: wheels +1")
    assert found.ignored == ("red", "wings")


def test_words_about_sliders_that_the_pack_lacks_are_not_understood() -> None:
    found = read_text("a longer car, an SUV", "car", ("length",))
    assert found.moves == {"length": 1.0} and found.ignored == ("suv",)


@pytest.mark.parametrize("text", ["", "red", "much", "a car", "лимузин"])
def test_nothing_understood_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"nothing in .* was understood; words such as these are: longer, .*bonnet"
    ):
        read_text(text, "car", CAR)


def test_other_categories_have_proportions() -> None:
    assert read_text("a taller, wider chair", "chair", ("height", "width")).moves == {
        "height": 1.0,
        "width": 1.0,
    }
