"""OpenAI's CLIP with a ViT, through `transformers`: from a hub id or a local folder in the hub's format."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from latentmapper.errors import MissingError, PackError
from latentmapper.extras import require
from latentmapper.features.clip import DIMENSION
from latentmapper.make.models.clip_pixels import pixels, units
from latentmapper.make.models.weights import require_whole, sha256_of_weights

DEFAULT = "openai/clip-vit-base-patch32"
FILES = ("config.json", "model.safetensors or pytorch_model.bin", "tokenizer.json")
SIDE = 224


class HubClip:
    """A CLIP of `transformers`.

    Parameters
    ----------
    source : a hub id, or a folder with `config.json`, weights and the checkpoint's own tokenizer files.

    Raises
    ------
    MissingError : it is neither at hand nor can it be fetched; the message names files and place.
    PackError : it is no CLIP, is damaged, or has another picture size or embedding length than 224 and 512.
    """

    def __init__(self, source: str = DEFAULT, batch: int = 16) -> None:
        transformers = require("transformers", extra="train")
        transformers.utils.logging.disable_progress_bar()
        transformers.utils.logging.set_verbosity_error()
        self.name = f"transformers:{source}"
        self._batch = batch
        self._model: Any
        try:
            # weights_only: whatever the format, nothing but tensors is read from it
            self._model, told = transformers.CLIPModel.from_pretrained(
                source, weights_only=True, output_loading_info=True
            )
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(source)
        except (OSError, ValueError) as error:
            raise MissingError(_advice(source)) from error
        except Exception as error:  # whatever damaged weights, or those of another model, make it raise
            raise PackError(f"{source} cannot be read as a CLIP ({type(error).__name__})") from None
        require_whole(source, "a CLIP", told)
        self._model.eval().requires_grad_(False)
        self.sha256 = sha256_of_weights(self._model)
        config = self._model.config
        if (config.vision_config.image_size, config.projection_dim) != (SIDE, DIMENSION):
            made = f"{config.projection_dim} numbers of pictures of {config.vision_config.image_size} pixels"
            raise PackError(f"{source} gives {made}, not {DIMENSION} of {SIDE}")

    @torch.inference_mode()
    def images(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of pictures (n, 224, 224, 3) float32 RGB 0..1."""
        parts = [self._look(images[i : i + self._batch]) for i in range(0, len(images), self._batch)]
        return np.concatenate([np.zeros((0, DIMENSION), np.float32), *parts])

    @torch.inference_mode()
    def texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 512) unit vectors of texts; what is longer than the model reads is cut off."""
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        longest = self._model.config.text_config.max_position_embeddings
        read = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt"
        )
        made = self._model.text_model(input_ids=read["input_ids"], attention_mask=read["attention_mask"])
        return units(self._model.text_projection(made.pooler_output))

    @property
    def image_encoder(self) -> nn.Module:
        """Normalised pictures (n, 3, 224, 224) to (n, 512), for export."""
        return _Vision(self._model)

    def _look(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        return units(self.image_encoder(pixels(images)))


class _Vision(nn.Module):
    """The image side of a CLIP of `transformers`."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model, self.projection = model.vision_model, model.visual_projection

    def forward(self, pixel_values: torch.Tensor) -> torch.Tensor:
        """(n, 512) of normalised pictures (n, 3, 224, 224)."""
        return self.projection(self.model(pixel_values=pixel_values).pooler_output)


def _advice(source: str) -> str:
    return (
        f"no CLIP at {source}, nor can it be fetched; download {', '.join(FILES)} from"
        f" https://huggingface.co/{source if source.count('/') == 1 and source[0] != '.' else DEFAULT}"
        " into a folder and name that folder"
    )
