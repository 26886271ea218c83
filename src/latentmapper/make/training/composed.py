"""What a mapper of dense layers reads: descriptors, compressed, and a second block beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from latentmapper import files
from latentmapper.cache import local
from latentmapper.errors import StoreError
from latentmapper.features import efficientnet
from latentmapper.features.clip import image as clip
from latentmapper.make.dataset.features import Features
from latentmapper.make.models.autoencoder import Encoder
from latentmapper.make.training import checkpoint
from latentmapper.make.training.autoencoder import copy_encoder, keep_clusters, load_encoder
from latentmapper.make.training.pictures import Pictures

AUTOENCODER = "autoencoder"
"""Folder of a mapper's run that holds the encoder it reads through."""


@dataclass(frozen=True)
class Composition:
    """How descriptors become what the mapper reads (paper, section 3.2): the compressed descriptor, and
    beside it a second one, such as CLIP's embedding: 512 + 512 numbers."""

    features: Sequence[Features]
    """Of the first block."""
    autoencoder: Path | None
    """Run that compresses it; None takes it as it is."""
    beside: Sequence[Features] = ()
    """Of the second block, in the order of the first's; none leaves it out."""

    def check(self) -> None:
        """Make sure that everything is of the same pictures and means what it was trained on.

        Raises
        ------
        StoreError : it is not.
        """
        for each in (*self.features, *self.beside):
            if each.kind == efficientnet.KIND:
                told = f"features of --kind {each.kind}, which latentmapper train second alone reads"
                raise StoreError(f"{each.folder} holds {told}")
        if self.features[0].kind == clip.KIND and (self.autoencoder or self.beside):
            raise StoreError("--features of --kind clip stand alone: leave out --autoencoder and --beside")
        if self.autoencoder:
            self._check_autoencoder(self.autoencoder)
        elif self.features[0].kind == "labels":
            raise StoreError("labels are names, not amounts: compress them; name a run with --autoencoder")
        if self.beside and len(self.beside) != len(self.features):
            counts = f"{len(self.beside)} folders for {len(self.features)} of --features"
            raise StoreError(f"--beside: {counts}; name one for each, in the same order")
        for first, second in zip(self.features, self.beside, strict=False):
            if _shown(first) != _shown(second):
                raise StoreError(f"{second.folder} describes other pictures than {first.folder}")
            if second.kind == clip.KIND and second.vit_sha256 != first.vit_sha256:
                raise StoreError(f"{second.folder} was described beside another ViT than {first.folder}")

    def _check_autoencoder(self, run: Path) -> None:
        trained = load_encoder(run)[1]["meaning"]
        if differing := [
            name for name, value in self.features[0].meaning.items() if trained.get(name) != value
        ]:
            raise StoreError(
                f"the autoencoder in {run} reads features of another {differing[0]}"
                f" than {self.features[0].folder}"
            )

    def compose(
        self, pictures: Pictures, split: str, targets: dict[str, np.ndarray], at_most: int
    ) -> Pictures:
        """The same pictures with what the mapper reads of each in place of its descriptor."""
        if not len(pictures.codes):
            return pictures
        encoder = load_encoder(self.autoencoder)[0] if self.autoencoder else None
        blocks = [_all(pictures, encoder)]
        if self.beside:
            second = Pictures.gather(list(self.beside), split, targets, 0.5, at_most)
            blocks.append(_all(second, None))
        read = torch.cat(blocks, 1)
        return replace(pictures, descriptors=read, layout=(1, read.shape[1]))

    def keep(self, folder: Path) -> dict[str, Any]:
        """Copy into a run's folder what a pack needs of this; return what `mapper.json` says of it."""
        keep_clusters(self.features[0], folder)
        if self.autoencoder:
            copy_encoder(self.autoencoder, folder / AUTOENCODER)
        # An embedding alone stands where it would beside a descriptor: the first block is empty.
        alone = self.features[0].kind == clip.KIND
        second = self.features[0] if alone else next(iter(self.beside), None)
        if second and second.kind == clip.KIND:
            files.copy(local(second.folder / clip.GRAPH), folder / clip.GRAPH)
        places, numbers = (0, 0) if alone else self.features[0].layout
        return {
            "first": {"places": places, "numbers": numbers},
            "bag": self.features[0].meaning["bag"],
            **({"width": self.features[0].width} if alone else {}),
            "autoencoder": self.autoencoder and files.sha256_of_file(self.autoencoder / checkpoint.NAME),
            "beside": _entry(second) if second else None,
        }


def _all(pictures: Pictures, encoder: Encoder | None) -> torch.Tensor:
    """(P, E) float32 descriptors of all pictures, compressed where there is an encoder."""
    parts = []
    with torch.no_grad():
        for rows in pictures.parts(128):
            part = pictures.descriptors[rows].float()
            parts.append(encoder(part) if encoder else part)
    return torch.cat(parts)


def _shown(features: Features) -> list[tuple[str, int]]:
    """Which pictures are described: files are named by the hash of the views that they describe."""
    return [(record.file, features.pictures(record)) for record in features.records]


def _entry(features: Features) -> dict[str, Any]:
    """What a pack says of a second block."""
    places, numbers = features.layout
    return {
        "kind": features.kind,
        "length": places * numbers,
        "sha256": features.clip or features.vit_sha256,
        "closer": features.closer,
    }
