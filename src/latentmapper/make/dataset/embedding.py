"""What a contrastive pair makes of pictures whose tokens are kept already: no second pass of the ViT."""

from typing import Any

import numpy as np

from latentmapper import files
from latentmapper.cache import local
from latentmapper.errors import UsageError
from latentmapper.features.clip import image as clip_image
from latentmapper.features.clip.bundled import TOKENS
from latentmapper.features.clip.image import ClipImage
from latentmapper.features.vit import Tokens
from latentmapper.make.dataset.feature_header import HEADER, check_header
from latentmapper.make.dataset.features import Features
from latentmapper.make.dataset.shards import open_shard
from latentmapper.places import Place


def embed_features(pooled: Features, output: Place, clip: ClipImage) -> None:
    """Features of kind clip, as `describe_views` makes them of the same pictures but for rounding.

    Parameters
    ----------
    pooled : averaged final tokens of the pictures.
    clip : the image encoder of a pair, whose graph lies in `output` already.

    Raises
    ------
    UsageError : the features are no averaged tokens, or the pair looks at pictures.
    StoreError : `output` holds features of another kind, or the features are of closer looks.
    """
    pooled.require_whole()
    if pooled.kind != "pooled":
        raise UsageError(f"--kind clip: {pooled.folder} holds features of --kind {pooled.kind}, not pooled")
    if clip.reads != TOKENS:
        raise UsageError(f"--kind clip: this pair looks at pictures; give it those of {pooled.folder}")
    width = pooled.channels
    header: dict[str, Any] = {
        "format": 1,
        "vit_sha256": pooled.vit_sha256,
        "kind": clip_image.KIND,
        "grid": 0,
        "located": False,
        "neighbours": 0.0,
        "clip": files.sha256_of_file(local(output / clip_image.GRAPH)),
    }
    check_header(output / HEADER, header)
    for record in pooled.records:
        if not (output / record.file).is_file():
            kept = open_shard(pooled.folder, record.file)
            made = _embed(kept["descriptors"], width, clip)
            files.write_arrays(output / record.file, {**kept, "descriptors": made})
    records = [vars(record) for record in pooled.records]
    files.write_json(output / HEADER, {**header, "records": records, "width": width})


def _embed(descriptors: np.ndarray, width: int, clip: ClipImage) -> np.ndarray:
    """Embeddings (n, 512) float16 of descriptors (n, D) that begin with the class and the mean token."""
    told = descriptors[:, : 2 * width].astype(np.float32)
    tokens = Tokens(told[:, :width], told[:, None, None, width:])
    return clip(np.empty((len(told), 0), np.float32), tokens).astype(np.float16)
