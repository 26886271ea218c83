"""ViTs of the Hugging Face hub, or of a folder in its format, to the ONNX file that everything else reads.

DINO (ViT-S/8, S/16, B/8, B/16) and DINOv2 of any size, without register tokens, at most 2 GB.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from latentmapper import files
from latentmapper.errors import MissingError, PackError
from latentmapper.features import graph
from latentmapper.make.models.export import export_onnx
from latentmapper.make.models.weights import require_whole
from latentmapper.runtime import Session

KINDS = ("vit", "dinov2")
"""Model types, in the words of config.json."""
SPARE = ("embeddings.mask_token",)
"""Weights that only training needs."""
AGREEMENT = 1e-3
IMAGE = "image"


def export_vit(source: str, target: Path) -> None:
    """Write a ViT as ONNX, and check that it gives the tokens of its module.

    Parameters
    ----------
    source : id on the hub, such as facebook/dino-vits8, or a folder with config.json and weights.
    target : written atomically.

    Raises
    ------
    MissingError : neither in the cache of the hub, nor to be fetched, nor a folder with the files needed.
    PackError : another kind of model, damaged or missing weights, or the graph gives something else than the
        module.
    """
    model = _load(source)
    module = PlainViT(model).eval()
    # Not square: sizes stay free in the graph.
    size = (1, 3, 15 * module.patch, 17 * module.patch)
    example = torch.randn(size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        truth = model(example, interpolate_pos_encoding=True) if _interpolates(model) else model(example)
    with files.replacing(target) as temporary:
        export_onnx(module, example, temporary, IMAGE, module.outputs, {2: "height", 3: "width"})
        made = Session(temporary).run([graph.TOKENS], image=example.numpy())[0]
        worst = float(np.abs(made - truth.last_hidden_state.numpy()).max())
        if not worst <= AGREEMENT:
            raise PackError(f"{source} differs between ONNX Runtime and PyTorch by {worst:.2g}")


class PlainViT(nn.Module):
    """A ViT of `transformers` that gives what the package reads of it, from pictures of any size.

    Pictures (1, 3, height, width), standardised, to `outputs`: the keys of all blocks, what the blocks give,
    and the final tokens, each (1, 1 + patches, width), class token first.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        embeddings, table = model.embeddings, model.embeddings.position_embeddings.detach()
        side = round((table.shape[1] - 1) ** 0.5)
        places = table[:, 1:].reshape(1, side, side, -1).permute(0, 3, 1, 2).contiguous()
        self.project = embeddings.patch_embeddings.projection
        self.first = nn.Parameter(embeddings.cls_token.detach() + table[:, :1])
        self.places = nn.Parameter(places)
        # Where blocks are kept, and what their keys are called, differs between releases.
        self.layers = model.layers if hasattr(model, "layers") else model.encoder.layer
        self.norm = model.layernorm
        self._keys: list[Any] = []
        for layer in self.layers:
            _key_of(layer).register_forward_hook(lambda _, __, made: self._keys.append(made))

    @property
    def patch(self) -> int:
        """Side of a patch, pixels."""
        return self.project.kernel_size[0]

    @property
    def outputs(self) -> list[str]:
        """Names of what it gives, as `features.graph` knows them."""
        blocks = range(len(self.layers))
        return [*map(graph.KEYS.format, blocks), *map(graph.BLOCK.format, blocks), graph.TOKENS]

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """See the class."""
        self._keys.clear()
        cut = self.project(image)
        places = nn.functional.interpolate(self.places, cut.shape[2:], mode="bicubic", align_corners=False)
        tokens = torch.cat([self.first, (cut + places).flatten(2).transpose(1, 2)], 1)
        blocks = []
        for layer in self.layers:
            made = layer(tokens)
            tokens = made[0] if isinstance(made, tuple) else made  # transformers 4 returns a tuple
            blocks.append(tokens)
        return (*self._keys, *blocks, self.norm(tokens))


def _key_of(layer: nn.Module) -> nn.Module:
    for name, module in layer.named_modules():
        if name.endswith(("k_proj", "attention.key")):
            return module
    raise PackError("this version of transformers keeps a ViT's keys where they cannot be found")


def _load(source: str) -> Any:
    from transformers import AutoConfig, AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        kind = AutoConfig.from_pretrained(source).model_type
        if kind not in KINDS:
            raise PackError(f"{source} is no DINO or DINOv2, but a model of type {kind}")
        # Plain attention is what ONNX can express; the pooler, which DINO never had, is left out.
        options: dict[str, Any] = {"add_pooling_layer": False} if kind == "vit" else {}
        options |= {"attn_implementation": "eager", "output_loading_info": True}
        model, told = AutoModel.from_pretrained(source, **options)
    except (OSError, ValueError) as error:
        raise _missing(source, error) from None
    except PackError:
        raise
    except Exception as error:  # whatever damaged weights, or those of another model, make it raise
        raise PackError(f"{source} cannot be read as a DINO or DINOv2 ({type(error).__name__})") from None
    require_whole(source, "a DINO or DINOv2", told, SPARE)
    return model.eval().requires_grad_(False)


def _missing(source: str, error: Exception) -> MissingError:
    """What to fetch, and where to put it."""
    reason = str(error).splitlines()[0]
    wanted = "config.json and model.safetensors (or pytorch_model.bin)"
    if Path(source).is_dir():
        return MissingError(f"{source} needs {wanted} ({reason})")
    where = f"https://huggingface.co/{source}/tree/main"
    return MissingError(f"{source} cannot be fetched; put {wanted} of {where} into a folder and name that")


def _interpolates(model: Any) -> bool:
    """Whether pictures of another size have to be asked for: DINO's do, DINOv2 takes any."""
    return model.config.model_type == "vit"
