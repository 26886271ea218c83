"""What is understood of plain words, and what is not."""

import pytest

from latentmapper.editing.text import Understood, read_text
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
    "clearance",
    "windscreen",
)
LABELS = ("suv", "van", "pickup", "twin-engine", "t-tail")


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
        ("a pickup truck", {"pickup": 1.0}),
        ("longer, with a not so long bonnet", {"length": 1.0}),
        ("lower and not at all long", {"height": -1.0}),
        ("not really a van", {"van": -1.0}),
        ("less long", {"length": -1.0}),
        ("much less long", {"length": -2.0}),
        ("too long", {"length": -1.0}),
        ("less short", {"length": 1.0}),
        ("taller, and the wheels bigger", {"height": 1.0, "wheels": 1.0}),
        ("make it longer and give it bigger wheels", {"length": 1.0, "wheels": 1.0}),
        ("the bonnet longer and lower", {"bonnet": 1.0, "bonnet_height": -1.0}),
        ("bigger wheels and longer", {"wheels": 1.0, "length": 1.0}),
        ("higher at the rear", {"boot_height": 1.0}),
        ("smaller rear wheels", {"wheels": -1.0}),
        ("larger front wheels and a lower rear roof", {"wheels": 1.0, "height": -1.0}),
        ("longer than a van", {"length": 1.0}),
        ("much redder and longer", {"length": 1.0}),
        ("less ground clearance", {"clearance": -1.0}),
        ("less clearance, more upright windscreen", {"clearance": -1.0, "windscreen": 1.0}),
    ],
)
def test_cars(text: str, moves: dict[str, float]) -> None:
    assert read_text(text, "car", CAR + LABELS).moves == moves


def test_airplanes() -> None:
    found = read_text("a twin-engine airplane with a T-tail", "airplane", LABELS)
    assert found.moves == {"twin-engine": 1.0, "t-tail": 1.0}
    assert found.ignored == ()


@pytest.mark.parametrize(
    ("text", "slider", "steps"),
    [
        ("a four engine airplane", "four-engine", 1.0),
        ("a twin-engined plane", "twin-engine", 1.0),
        ("landing gear up", "wheels-down", -1.0),
        ("an aircraft with its wheels down", "wheels-down", 1.0),
        ("wings further back", "wing_place", 1.0),
        ("engines under the wings", "jet-pods", 1.0),
        ("a jet with rear engines", "rear-jets", 1.0),
        ("propellers on the wing", "propellers-on-wing", 1.0),
    ],
)
def test_airplanes_have_names_for_where_things_are(text: str, slider: str, steps: float) -> None:
    found = read_text(text, "airplane", (slider,))
    assert (found.moves, found.lacking, found.ignored) == ({slider: steps}, (), ())


def test_swept_wings_are_told_to_have_no_slider() -> None:
    with pytest.raises(UsageError, match=r"^swept wings: no slider for that; "):
        read_text("swept wings", "airplane", ("span",))


def test_it_tells_what_it_understood_and_what_not() -> None:
    found = read_text("a much longer red car with bigger wheels and wings", "car", CAR)
    assert found.understood == (
        Understood("much longer", "length", 2.0),
        Understood("bigger wheels", "wheels", 1.0),
    )
    assert found.ignored == ("red", "wings")


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("longer than a van", ("than a van",)),
        ("longer than it is", ()),
        ("longer, much", ("much",)),
        ("much redder and longer", ("much redder",)),
        ("longer car and wheels", ("wheels",)),
        ("longer, slightly, taller", ("slightly",)),
    ],
)
def test_no_word_is_dropped_silently(text: str, ignored: tuple[str, ...]) -> None:
    assert read_text(text, "car", CAR + LABELS).ignored == ignored


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("a longer car with wider wheels", "wider wheels"),
        ("longer, and the wheels much wider", "much wider wheels"),
        ("longer and bigger", "bigger"),
        ("a longer car with a shorter wheelbase", "shorter wheelbase"),
    ],
)
def test_what_is_said_of_a_part_never_moves_the_whole(text: str, lacking: str) -> None:
    found = read_text(text, "car", CAR)
    assert (found.moves, found.lacking, found.ignored) == ({"length": 1.0}, (lacking,), ())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("wider, not longer", ("not longer",)),
        ("not much longer, wider", ("not much longer",)),
        ("not longer or taller, but wider", ("not longer", "not taller")),
        ("don't make it longer, wider", ("don't longer",)),
        ("not less long, wider", ("not less long",)),
        ("keep it as long, make it wider", ("long",)),
        ("as long as a van, wider", ("long",)),
    ],
)
def test_not_longer_is_no_wish_for_shorter(text: str, left: tuple[str, ...]) -> None:
    found = read_text(text, "car", (*CAR, "width"))
    assert (found.moves, found.left) == ({"width": 1.0}, left)


def test_words_about_sliders_that_the_pack_lacks_are_told() -> None:
    found = read_text("a longer car, an SUV", "car", ("length",))
    assert found.moves == {"length": 1.0} and (found.lacking, found.ignored) == (("suv",), ())
    found = read_text("a longer car with bigger wheels", "car", ("length",))
    assert found.moves == {"length": 1.0} and found.lacking == ("bigger wheels",)


@pytest.mark.parametrize("text", ["", "red", "much", "a car", "лимузин"])
def test_nothing_understood_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(
        UsageError, match=r"^nothing in .* was understood; what is understood: longer, .*bonnet"
    ):
        read_text(text, "car", CAR)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("wider wheels", "wider wheels: no slider for that; "),
        ("longer wheelbase", "longer wheelbase: no slider for that; "),
        ("not longer", "not longer: left as it is; "),
        ("a convertible", "convertible: no slider for that; "),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"^{reason}"):
        read_text(text, "car", CAR)


def test_other_categories_have_proportions() -> None:
    assert read_text("a taller, wider chair", "chair", ("height", "width")).moves == {
        "height": 1.0,
        "width": 1.0,
    }


def test_letters_beyond_ascii_belong_to_words() -> None:
    """The slider is called "like a coupé" wherever it is shown."""
    reading = read_text("a low coupé, größer, выше", "car", (*CAR, "coupe"))
    assert reading.moves == {"height": -1.0, "coupe": 1.0}
    assert reading.ignored == ("großer", "выше")
