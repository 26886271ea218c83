"""Embeddings of pictures that were looked at before: kept in the user cache by what the picture holds.

On disk: `clip-embeddings/PAIR/SHARD.safetensors` with `sha256` (n, 32) uint8, of the encoded pictures, and
`embeddings` (n, 512) float32. Shards are only added, each whole or not at all: runs may be killed or overlap.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentmapper import files
from latentmapper.cache import cache_folder
from latentmapper.features.clip import DIMENSION

PREPARED = "framed-1"
"""How pictures are prepared; another way asks for another name."""
SHARD = 64
"""New embeddings after which a shard is written: what a killed run loses at most."""


class KeptEmbeddings:
    """Embeddings by content hash, for one contrastive pair; a context that saves what is new.

    Parameters
    ----------
    pair : SHA-256 of the pair's weights.
    """

    def __init__(self, pair: str) -> None:
        self._folder = cache_folder() / "clip-embeddings" / f"{pair[:24]}.{PREPARED}"
        self._known: dict[bytes, NDArray[np.float32]] = {}
        self._new: list[bytes] = []
        for path in sorted(self._folder.glob("*.safetensors")):
            self._known |= _read(path)

    def __enter__(self) -> "KeptEmbeddings":
        return self

    def __exit__(self, *_: object) -> None:
        self.save()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, sha256: str) -> NDArray[np.float32] | None:
        """(512,) the embedding of a picture by the hash of its file; None where it is not known."""
        return self._known.get(bytes.fromhex(sha256))

    def add(self, sha256: str, embedding: NDArray[np.float32]) -> None:
        """Keep an embedding (512,)."""
        key = bytes.fromhex(sha256)
        if key not in self._known:
            self._known[key] = embedding.astype(np.float32)
            self._new.append(key)
        if len(self._new) >= SHARD:
            self.save()

    def save(self) -> None:
        """Write what is not on disk yet."""
        if not self._new:
            return
        keys = np.frombuffer(b"".join(self._new), np.uint8).reshape(-1, 32)
        arrays = {"sha256": keys, "embeddings": np.stack([self._known[key] for key in self._new])}
        name = files.sha256_of_bytes(*self._new)[:24]
        files.write_arrays(self._folder / f"{name}.safetensors", arrays)
        self._new.clear()


def _read(path: Path) -> dict[bytes, NDArray[np.float32]]:
    """What a shard holds; nothing where it is damaged, since what is missing is only made again."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(path)
        keys, embeddings = arrays["sha256"], arrays["embeddings"]
    except (OSError, KeyError, ValueError, SafetensorError):
        return {}
    sound = keys.dtype == np.uint8 and keys.shape == (len(embeddings), 32)
    if not sound or embeddings.shape[1:] != (DIMENSION,) or not np.isfinite(embeddings).all():
        return {}
    return {key.tobytes(): row.astype(np.float32) for key, row in zip(keys, embeddings, strict=True)}
