"""`latentmapper clip similarity`: how well texts fit a picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from latentmapper.errors import UsageError


@dataclass(frozen=True)
class Similarity:
    """Print the cosine of a picture's embedding with that of each text, the best first."""

    image: Annotated[Path, tyro.conf.Positional]
    """A photograph."""
    text: tuple[str, ...]
    """One or more texts, such as "an airplane with a T-tail"."""
    clip: str = "bundled"
    """Which pair: bundled[:FOLDER], transformers[:HUB ID or FOLDER] or rn101[:FILE]."""

    def __post_init__(self) -> None:
        """Ask for at least one text."""
        if not self.text:
            raise UsageError("--text needs at least one text")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Similarity, args=argv, prog=f"latentmapper {verb}")
    from latentmapper.make.clip import load_clip
    from latentmapper.photo.framing import frame
    from latentmapper.photo.reading import read_photo

    clip = load_clip(config.clip)
    photo = read_photo(config.image)
    seen = clip.images(frame(photo, photo.alpha)[None])[0]
    cosines = clip.texts(config.text) @ seen
    for i in (-cosines).argsort():
        print(f"{cosines[i]:+.3f}  {config.text[i]}")
    return 0
