"""Choosing a contrastive pair by name: ours, or OpenAI's CLIP with its ViT or its ResNet."""

from pathlib import Path
from typing import Any

from latentmapper import files
from latentmapper.errors import StoreError, UsageError
from latentmapper.extras import require
from latentmapper.features.clip import Clip
from latentmapper.features.clip.bundled import EMBEDDING, BundledClip
from latentmapper.features.clip.image import GRAPH, PICTURES, ClipImage
from latentmapper.runtime import DEFAULT_THREADS

BACKENDS = ("bundled", "transformers", "rn101")


def load_clip(spec: str) -> Clip:
    """The pair that `spec` names.

    Parameters
    ----------
    spec : "bundled[:FOLDER]", the pair that `latentmapper train clip` makes; "transformers[:ID]", a hub id or
        folder, ViT-B/32 by default; or "rn101[:PATH]", the published weights or their folder, by default in
        the user cache.

    Raises
    ------
    UsageError : another name.
    MissingError : its files are not there; the message names them.
    PackError : they hold something else.
    """
    backend, _, place = spec.partition(":")
    if backend == "bundled":
        return BundledClip(Path(place) if place else None)
    if backend not in BACKENDS:
        raise UsageError(f"no CLIP backend {backend!r}; choose one of: {', '.join(BACKENDS)}")
    require("torch", extra="train")
    if backend == "rn101":
        from latentmapper.make.models.clip_rn101_files import Rn101Clip

        return Rn101Clip(Path(place) if place else None)
    from latentmapper.make.models.clip_hub import DEFAULT, HubClip

    return HubClip(place or DEFAULT)


def keep_image_encoder(clip: Clip, folder: Path, vit_sha256: str) -> ClipImage:
    """Write the image side of a pair into a folder as one graph, as `features.clip.image` reads it.

    Parameters
    ----------
    vit_sha256 : of the ViT that describes pictures here; the bundled pair reads its tokens.

    Raises
    ------
    StoreError : the bundled pair reads the tokens of another ViT.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(clip, BundledClip):
        if clip.vit_sha256 != vit_sha256:
            hashes = f"SHA-256 {clip.vit_sha256[:12]}, not {vit_sha256[:12]}"
            raise StoreError(f"--clip: {clip.name} was made for another ViT ({hashes})")
        files.copy(clip.image_graph, folder / GRAPH)
    else:
        _export(clip, folder / GRAPH)
    return ClipImage(folder / GRAPH, DEFAULT_THREADS)


def _export(clip: Any, path: Path) -> None:
    import torch

    from latentmapper.make.models.clip_pixels import FromPictures
    from latentmapper.make.models.export import export_onnx

    encoder = FromPictures(clip.image_encoder).eval()
    export_onnx(encoder, torch.rand(1, 224, 224, 3), path, PICTURES, [EMBEDDING])
