import pytest

from latentmapper.errors import RefusedPhoto
from latentmapper.photo.category import choose, percent, sigmoid


def test_the_likeliest_category_wins() -> None:
    choice = choose({"car": -2.0, "airplane": 3.0}, "auto", force=False, name="a.jpg")
    assert choice.category == "airplane" and choice.warnings == ()
    assert choice.confidence == pytest.approx(0.9526, abs=1e-4)


@pytest.mark.parametrize(
    ("odds", "category", "message"),
    [
        (
            {"airplane": -3.5, "car": -2.0},
            "auto",
            "wheel.jpg shows neither a car nor an airplane as far as I can tell (car 12 %, airplane 3 %); "
            "--category car --force takes it for one anyway",
        ),
        (
            {"car": -2.0},
            "auto",
            "wheel.jpg does not show a car as far as I can tell (car 12 %); --force takes it for one anyway",
        ),
        (
            {"airplane": -3.5, "car": 2.0},
            "airplane",
            "wheel.jpg does not show an airplane as far as I can tell (airplane 3 %); "
            "--force takes it for one anyway",
        ),
        (
            {"car": -1.0, "airplane": -2.0, "chair": -3.0},
            "auto",
            "wheel.jpg shows neither a car, nor an airplane nor a chair as far as I can tell "
            "(car 27 %, airplane 12 %, chair 5 %); --category car --force takes it for one anyway",
        ),
    ],
)
def test_what_shows_none_of_it_is_refused(odds: dict[str, float], category: str, message: str) -> None:
    with pytest.raises(RefusedPhoto) as caught:
        choose(odds, category, force=False, name="wheel.jpg")
    assert str(caught.value) == message and caught.value.exit_code == 1
    assert choose(odds, category, force=True, name="wheel.jpg").category in odds


def test_a_refusal_tells_what_to_try() -> None:
    doubts = ("the picture is dark: brighten it",)
    with pytest.raises(RefusedPhoto, match=r"\(car 12 %\); the picture is dark: brighten it; --force takes"):
        choose({"car": -2.0}, "auto", force=False, name="a.jpg", doubts=lambda: doubts)


def test_a_named_category_is_refused_only_where_the_features_are_clearly_against_it() -> None:
    choice = choose({"car": -1.0, "airplane": 2.0}, "car", force=False, name="a.jpg")
    assert choice.category == "car"
    assert choice.warnings == (
        "only 27 % sure that this is a car",
        "looks like an airplane too (88 %)",
    )


def test_probabilities_never_overflow_nor_promise() -> None:
    assert sigmoid(0) == 0.5 and sigmoid(1e4) == 1 and sigmoid(-1e4) == 0
    assert [percent(chance) for chance in (0, 0.004, 0.5, 0.97, 1)] == ["1 %", "1 %", "50 %", "97 %", "99 %"]
