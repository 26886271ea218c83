"""A stand-in for the reconstructor, and one call that runs a batch."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from PIL import Image

from latentmapper.batch import Batch, Journal, Options, Outcome, Target, assign, expand
from latentmapper.photo import Photo, Source
from latentmapper.photo.foreground import Alpha, Foreground
from latentmapper.reconstruction import Reconstruction
from latentmapper.reconstructor import Reconstructor
from latentmapper.shapes.checks import checks
from latentmapper.shapes.mesh import Mesh

TETRAHEDRON = Mesh(
    np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
    np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32),
)


class Quick(Reconstruction):
    """A reconstruction whose preview takes no time."""

    def preview(self, photo: Source | None = None) -> Image.Image:
        return Image.new("RGB", (4, 4))


class FakeReconstructor:
    """Every photo is a tetrahedron; remembers what it was asked for."""

    def __init__(self) -> None:
        self.packs = {"car": SimpleNamespace(id="fake", category="car", hash="0" * 64)}
        self.translator = None
        self.precision = "float32"
        self.seen: list[str] = []
        self.foreground: Foreground = Alpha()
        self.before: Callable[[Photo], object] = lambda photo: None

    def reconstruct(
        self, photo: Photo, *options: Any, instance: int = 1, looks: int = 1, refine: int = 0
    ) -> Reconstruction:
        self.seen.append(photo.name)
        self.before(photo)
        code = np.array([int(photo.sha256[:4], 16), hash(options) % 1000], np.float32)
        return Quick(
            TETRAHEDRON, code, "car", 0.9, checks(TETRAHEDRON), (), {"load": 0.0}, (),
            pack_id="fake", pack_hash="0" * 64, vit_sha256="1" * 64, photo_sha256=photo.sha256,
        )  # fmt: skip


def run(
    names: list[Path],
    out: Path | str,
    fake: FakeReconstructor | None = None,
    overwrite: bool = False,
    **options: Any,
) -> list[Outcome]:
    target = Target.of(out, None, several=len(names) > 1 or Path(names[0]).is_dir())
    journal = Journal(target.folder)
    reconstructor = cast(Reconstructor, fake or FakeReconstructor())
    batch = Batch(reconstructor, Options(**options), journal, overwrite)
    return list(batch.run(assign(expand([str(name) for name in names]), journal, target.name)))


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]
