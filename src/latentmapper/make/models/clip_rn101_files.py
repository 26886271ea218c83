"""The published weights of CLIP RN101, read without running anything that a file brings along."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from latentmapper.cache import cache_folder
from latentmapper.errors import MissingError, PackError
from latentmapper.features.clip import DIMENSION
from latentmapper.files import sha256_of_file
from latentmapper.make.models.clip_pixels import pixels, units
from latentmapper.make.models.clip_rn101 import ResNetClip
from latentmapper.make.models.clip_words import MERGES_URL, BytePairs

PUBLISHED_SHA256 = "8fa8567bab74a42d41c5915025a8e4538c3bdbe8804a470a72f30b0d94fab599"
URL = f"https://openaipublic.azureedge.net/clip/models/{PUBLISHED_SHA256}/RN101.pt"
NAMES = ("RN101.safetensors", "RN101.pt")
# Numbers that OpenAI's archive keeps beside the weights.
NOT_WEIGHTS = ("input_resolution", "context_length", "vocab_size")
PLACES = 50
"""Of the attention pooling over a picture of 224 pixels: 7 x 7 and their mean."""


class Rn101Clip:
    """OpenAI's CLIP RN101, the paper's image encoder, from a local file.

    Parameters
    ----------
    source : the weights, or a folder with them: `RN101.pt` as published, or a state dict of the same names
        as .pt or .safetensors; None looks into the user cache. The vocabulary lies beside them.

    Raises
    ------
    MissingError : no weights or no vocabulary there; the message names both addresses.
    PackError : the file cannot be read safely, or holds another model.
    """

    def __init__(self, source: Path | None = None, batch: int = 16) -> None:
        path = _find(source or cache_folder() / "clip")
        weights = read_weights(path)
        try:
            self._model = ResNetClip(weights)
            self._model.load_state_dict(weights)
        except (KeyError, IndexError, RuntimeError, ValueError) as error:
            raise PackError(f"{path} is not CLIP RN101: {str(error).splitlines()[0]}") from None
        places, outputs = (weights["visual.attnpool.positional_embedding"], weights["text_projection"])
        if len(places) != PLACES or outputs.shape[1] != DIMENSION:
            raise PackError(f"{path} is not CLIP RN101: not {DIMENSION} numbers of pictures of 224 pixels")
        self._model.eval().requires_grad_(False)
        self._words = BytePairs(path.parent, len(weights["positional_embedding"]))
        self.sha256, self._batch = sha256_of_file(path), batch
        self.name = f"rn101:{self.sha256[:12]}"

    @torch.inference_mode()
    def images(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of pictures (n, 224, 224, 3) float32 RGB 0..1."""
        batches = (images[i : i + self._batch] for i in range(0, len(images), self._batch))
        made = [units(self._model.encode_image(pixels(batch))) for batch in batches]
        return np.concatenate([np.zeros((0, DIMENSION), np.float32), *made])

    @property
    def image_encoder(self) -> nn.Module:
        """Normalised pictures (n, 3, 224, 224) to (n, 512), for export."""
        return self._model.visual

    @torch.inference_mode()
    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of texts; what is longer than 75 tokens is cut off."""
        return units(self._model.encode_text(torch.from_numpy(self._words(texts))))


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """The float32 state dict of a file.

    A TorchScript archive holds a program; none is opened but the very file that OpenAI published.

    Raises
    ------
    PackError : the file holds anything but tensors, or a program that is not known.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            weights = load_file(path)
        elif _is_program(path):
            if sha256_of_file(path) != PUBLISHED_SHA256:
                raise PackError(f"{path} is a TorchScript program, and not the one at {URL}")
            weights = torch.jit.load(path, map_location="cpu").state_dict()
        else:
            weights = torch.load(path, map_location="cpu", weights_only=True)
        return {name: value.float() for name, value in weights.items() if name not in NOT_WEIGHTS}
    except PackError:
        raise
    except Exception as error:
        raise PackError(
            f"{path} holds no state dict that can be read safely ({type(error).__name__})"
        ) from None


def _find(source: Path) -> Path:
    """The file of weights that is meant."""
    places = [source / name for name in NAMES] if source.suffix not in (".pt", ".safetensors") else [source]
    for path in places:
        if path.is_file():
            return path
    raise MissingError(
        f"no CLIP RN101 at {places[-1]}; download {URL} to that place, and {MERGES_URL} beside it"
    )


def _is_program(path: Path) -> bool:
    """Whether a file is a TorchScript archive, which has its constants beside its data."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())
