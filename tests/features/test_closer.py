"""What is read off a closer look, by the entry of a pack."""

import numpy as np
import pytest

from latentmapper.features.closer import closer_of
from latentmapper.photo.framing import SIDE


class Counting:
    """A ViT whose hidden tokens are 1, 2, ..., and that counts its passes."""

    passes = 0

    def hidden(self, pictures: np.ndarray) -> np.ndarray:
        self.passes += 1
        return np.arange(1, 7, dtype=np.float32).reshape(1, 3, 2) * pictures.mean()


def test_hidden_tokens_are_taken_where_they_are_known() -> None:
    vit, closer = Counting(), closer_of({"kind": "tokens"}, {})
    picture, known = np.ones((SIDE, SIDE, 3), np.float32), np.full((1, 3, 2), 9, np.float32)
    assert closer(vit, picture, None).tolist() == [1, 2, 3, 4, 5, 6]  # pyright: ignore[reportArgumentType]
    assert closer(vit, picture, known).tolist() == [9] * 6  # pyright: ignore[reportArgumentType]
    assert (vit.passes, closer.size) == (1, (SIDE, SIDE))


def test_nothing_is_empty() -> None:
    vit, closer = Counting(), closer_of({"kind": "none"}, {})
    assert closer(vit, np.ones((8, 8, 3), np.float32), None).shape == (0,)  # pyright: ignore[reportArgumentType]
    assert vit.passes == 0


@pytest.mark.parametrize("entry", [{"kind": "labels"}, {"kind": "soft", "blocks": 3, "size": [1, 2]}])
def test_half_an_entry_is_no_descriptor(entry: dict) -> None:
    with pytest.raises((KeyError, TypeError)):
        closer_of(entry, {})
