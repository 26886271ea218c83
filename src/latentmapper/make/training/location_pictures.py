"""The pictures that a head learns to find objects in: which, what the ViT makes of them, and the truth."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from latentmapper import files
from latentmapper.errors import StoreError
from latentmapper.make.dataset.describer import Describe
from latentmapper.make.dataset.neighbours import with_neighbours
from latentmapper.make.dataset.shards import open_shard
from latentmapper.make.dataset.views import View, Views
from latentmapper.make.training.distributed import Process
from latentmapper.pace import Pace
from latentmapper.photo.framing import SIDE, extent
from latentmapper.photo.location import centres

ENOUGH = 0.25
"""Share of a patch that the object must cover to count in full: wings seen from the side are thin."""
BATCH = 8
"""Pictures in one pass of the ViT, and in a file of tokens."""


def drawn(views: Sequence[Views], training: bool, count: int, neighbours: float, seed: int) -> list[View]:
    """About `count` views of training or of held-out shapes, one shape after the other.

    neighbours : share of them in which the shape is seen a second time.
    """
    records = [(v, r) for v in views for r in v.records if (r.split == "train") == training]
    if not records or not count:
        return []
    rng = np.random.default_rng(seed)
    chosen = [records[i] for i in rng.permutation(len(records))[:count]]
    each = -(-count // len(chosen))
    shown = [with_neighbours(v.load(r), neighbours, rng)[:each] for v, r in chosen]
    return [view for some in shown for view in some][:count]


@dataclass(frozen=True)
class Described:
    """What the ViT makes of pictures; each process describes some of them.

    It is kept as float16, in files that are named by all that decides them: what a killed run has described
    counts for every one that asks for the same, by as many processes.
    """

    describe: Describe
    maker: str
    """Tells apart what describes."""
    folder: Path
    """Of the files."""
    process: Process

    def __call__(self, shown: Sequence[View]) -> np.ndarray:
        """(n, rows, columns, width) float32 final tokens of n >= 1 views."""
        own = self.process.even(np.arange(len(shown)))[self.process.own]
        batches = [own[start : start + BATCH] for start in range(0, len(own), BATCH)]
        names = [self._name(_images(shown, batch)) for batch in batches]
        missing = [pair for pair in zip(batches, names, strict=True) if not self._is_whole(pair[1])]
        pace = Pace(len(own), "pictures", len(own) - sum(len(batch) for batch, _ in missing))
        for batch, name in missing:
            tokens = self.describe(_images(shown, batch).astype(np.float32) / np.float32(255))
            files.write_arrays(self.folder / name, {"patches": tokens.patches.astype(np.float16)})
            pace.step(len(batch))
        # Copies: a file that is mapped stays open.
        kept = [np.array(open_shard(self.folder, name)["patches"]) for name in names]
        patches = torch.from_numpy(np.concatenate(kept, dtype=np.float32))
        return self.process.gather(patches).numpy()[: len(shown)]

    def _is_whole(self, name: str) -> bool:
        """Whether a file of tokens is there and sound: a power cut may leave one that is not."""
        try:
            return (self.folder / name).is_file() and "patches" in open_shard(self.folder, name)
        except StoreError:
            return False

    def _name(self, images: np.ndarray) -> str:
        """The file of the tokens of pictures (b, 224, 224, 3) uint8."""
        return f"{files.sha256_of_bytes(self.maker.encode(), images.tobytes())[:24]}.safetensors"


def forget(folder: Path) -> None:
    """Remove the files of tokens in a folder, and the folder where nothing else lies in it."""
    if not folder.is_dir():
        return
    files.remove_unfinished(folder)
    for path in folder.glob("*.safetensors"):
        path.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _images(shown: Sequence[View], batch: np.ndarray) -> np.ndarray:
    return np.stack([shown[i].image for i in batch])


def truth_of(view: View, rows: int) -> np.ndarray:
    """(rows, rows, 5) float32 what the head should say of a view."""
    found = extent(view.mask)
    reach = np.zeros((rows, rows, 4))
    if found is not None:
        reach = (np.array(found) / SIDE - centres(rows)) * (-1, -1, 1, 1)
    return np.concatenate([covered(view, rows)[..., None], reach], -1, dtype=np.float32)


def covered(view: View, rows: int) -> np.ndarray:
    """(rows, rows) float32 from 0, a patch without the object, to 1, one with enough of it."""
    # Patches of a glance are no whole number of the mask's pixels.
    mask = Image.fromarray(view.mask.astype(np.float32))
    return np.minimum(1, np.asarray(mask.resize((rows, rows), Image.Resampling.BOX)) / ENOUGH)
