"""What a text asks of a shape: read by the vocabulary, or by the contrastive pair that --clip names."""

from typing import TYPE_CHECKING

from latentmapper.cli.options import naming

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from latentmapper.editing import Editor
    from latentmapper.editing.requests import Wish


def wish_of(editor: "Editor", code: "NDArray[np.float32]", text: str, clip: str | None) -> "Wish":
    """What a text asks of the shape of a code (d,).

    Parameters
    ----------
    clip : names the pair, as `make.clip.load_clip` takes it; None for the vocabulary.

    Raises
    ------
    UsageError : the text asks for nothing that can be done, or there is no such pair.
    MissingError, PackError : the pair or the pack's sliders are not there, or damaged.
    """
    from latentmapper.editing.requests import in_words

    if clip is not None:
        return _steered(editor, code, text, clip)
    with naming("--text"):
        return in_words(editor, text)


def _steered(editor: "Editor", code: "NDArray[np.float32]", text: str, clip: str) -> "Wish":
    """By a pair, with progress."""
    import numpy as np

    from latentmapper.cli.progress import counted
    from latentmapper.editing.steering import effects, steer
    from latentmapper.make.clip import load_clip

    with naming("--clip"):
        pair = load_clip(clip)
    seen = counted(effects(editor, code, pair), len(editor.sliders), "sliders")
    responses = np.stack(list(seen))
    with naming("--text"):
        return steer(editor, code, text, pair, responses)[0]
