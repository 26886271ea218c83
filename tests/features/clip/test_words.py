"""Words to ids, and the paper's templates."""

from latentmapper.features.clip import TEMPLATES, prompts
from latentmapper.features.clip.words import Words, split


def test_texts_are_split_into_words_and_numbers() -> None:
    assert split("An Airbus A320 with a T-tail, 1.4 times.") == [
        "an", "airbus", "a", "320", "with", "a", "t", "tail", "1.4", "times"
    ]  # fmt: skip


def test_ids_are_padded_cut_and_unknown() -> None:
    words = Words.of(["a car", "a plane"], length=3)
    assert words.vocabulary == ("a", "car", "plane")
    assert words(["a car", "a boat of a plane", ""]).tolist() == [[2, 3, 0], [2, 1, 1], [0, 0, 0]]


def test_the_templates_are_the_papers() -> None:
    assert len(set(TEMPLATES)) == 74
    assert {"a photo of a", "itap of my", "the plushie", "a in a video game."} <= set(TEMPLATES)
    assert prompts("car")[TEMPLATES.index("a photo of a")] == "a photo of a car"
    assert len(prompts("car")) == 74
