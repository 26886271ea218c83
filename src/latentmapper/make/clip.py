"""Choosing a contrastive pair by name: ours, or OpenAI's CLIP with its ViT or its ResNet."""

from pathlib import Path

from latentmapper.errors import UsageError
from latentmapper.extras import require
from latentmapper.features.clip import Clip
from latentmapper.features.clip.bundled import BundledClip

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
