"""The ViT of a pack in PyTorch, with bfloat16 products: for describing training pictures in bulk.

ONNX Runtime has no bfloat16 on processors; PyTorch has, and processors with AMX instructions describe
pictures so at several times the speed, with tokens whose cosine to the exact ones is above 0.99. On
processors without instructions for it, it takes many times as long.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.features import dense as dense_graph
from latentmapper.features import graph
from latentmapper.features.dense import Dense
from latentmapper.features.vit import BUNDLED_SHA256, MEAN, STD, Tokens, bundled_path
from latentmapper.files import sha256_of_file
from latentmapper.make.device import choose
from latentmapper.make.models.blocks import blocks_of

PATCH = 14
PREFIX = "backbone."
PICTURE = 224


class HalfViT:
    """Pictures to final tokens, as `features.vit.ViT` gives them but faster and less exact.

    Parameters
    ----------
    path : the ONNX file that `transformers` exported of a DINOv2; None takes the bundled one.
    device : where it computes; see `device.choose`.

    Raises
    ------
    MissingError : the bundled ViT is not installed.
    PackError : the file is not a DINOv2 that can be recognised.
    UsageError : there is no such device.
    """

    def __init__(self, path: Path | None = None, device: str = "cpu") -> None:
        path = path or bundled_path()
        self.sha256 = sha256_of_file(path)
        if path == bundled_path() and self.sha256 != BUNDLED_SHA256:
            raise PackError(f"{path} is not the ViT expected (SHA-256 {self.sha256[:12]})")
        self._path, self._device = path, choose(device)
        self._model: Any = _load(path).eval().requires_grad_(False).to(self._device, torch.bfloat16)
        self._positions: dict[Dense, torch.Tensor] = {}

    @property
    def blocks(self) -> int:
        """How many blocks it has."""
        return len(self._model.encoder.layer)

    @property
    def patch(self) -> int:
        """Side of a patch, pixels."""
        return PATCH

    def describe(self, images: NDArray[np.float32]) -> Tokens:
        """Final tokens of pictures (b, 224, 224, 3), float32 RGB 0..1, row 0 on top."""
        tokens = self._run(images, self.blocks, self._model.layernorm)
        side = int(np.sqrt(tokens.shape[1] - 1))
        return Tokens(tokens[:, 0], tokens[:, 1:].reshape(len(images), side, side, -1))

    def hidden(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Hidden tokens (b, 1 + patches, width), as `features.vit.ViT.hidden` gives them."""
        return self._run(images, graph.trunk_blocks(self.blocks), torch.nn.Identity())

    @torch.inference_mode()
    def dense(self, images: NDArray[np.float32], dense: Dense) -> NDArray[np.float32]:
        """Features (b, rows, columns, D) of every patch, as `features.vit.ViT.dense` gives them.

        Raises
        ------
        PackError : this ViT has no such block, or patches of another size.
        """
        if dense not in self._positions:
            self._positions[dense] = _positions(dense_graph.cut(self._path, dense)).to(self._device)
        tokens = self._embed(images, dense)
        found = {}
        for i, layer in enumerate(self._model.encoder.layer[: max(dense.blocks) + 1]):
            before, tokens = tokens, _passed(layer, tokens)
            if i in dense.blocks:
                keys = dense.facet == "keys"
                found[i] = _key(layer)(layer.norm1(before)) if keys else tokens
        features = torch.cat([found[block] for block in dense.blocks], 2)[:, 1:].float()
        return features.reshape(len(images), dense.rows, dense.columns, -1).cpu().numpy()

    def _embed(self, images: NDArray[np.float32], dense: Dense) -> torch.Tensor:
        """Tokens (b, 1 + patches, width) before the first block, of patches that lie as `dense` says."""
        inside = self._model.embeddings
        cut = inside.patch_embeddings.projection
        batch = self._batch(images)
        patches = torch.nn.functional.conv2d(batch, cut.weight, cut.bias, dense.stride).flatten(2).mT
        tokens = torch.cat([inside.cls_token.expand(len(batch), -1, -1), patches], 1)
        return tokens + self._positions[dense].to(tokens.dtype)

    def _batch(self, images: NDArray[np.float32]) -> torch.Tensor:
        pixels = torch.from_numpy(((images - MEAN) / STD).transpose(0, 3, 1, 2))
        return pixels.to(self._device, torch.bfloat16)

    @torch.inference_mode()
    def _run(self, images: NDArray[np.float32], layers: int, norm: torch.nn.Module) -> NDArray[np.float32]:
        tokens = self._model.embeddings(self._batch(images))
        for layer in self._model.encoder.layer[:layers]:
            tokens = _passed(layer, tokens)
        return norm(tokens).float().cpu().numpy()


def _passed(layer: torch.nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    """Tokens (b, n, width) after one block."""
    made = layer(tokens)
    return made[0] if isinstance(made, tuple) else made  # transformers 4 returns a tuple


def _key(layer: torch.nn.Module) -> torch.nn.Module:
    """What gives a block's keys, by its name in transformers 5 or 4."""
    named = dict(layer.attention.named_modules())  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
    return named.get("k_proj") or named["attention.key"]


def checkpoint_weights(path: Path | None, expected_sha256: str) -> dict[str, torch.Tensor]:
    """The weights of an ONNX file, the bundled ViT's if None, by their names in DINOv2's checkpoints.

    Parameters
    ----------
    expected_sha256 : of the file that the features were made with.

    Raises
    ------
    MissingError : the bundled ViT is not installed.
    PackError : another file than expected, or no ONNX graph.
    """
    path = path or bundled_path()
    if (found := sha256_of_file(path)) != expected_sha256:
        hashes = f"SHA-256 {expected_sha256[:12]}..., not {found[:12]}..."
        raise PackError(f"the features were made with another ViT than {path} ({hashes}); name it with --vit")
    return _weights(graph.load(path))


def _load(path: Path) -> torch.nn.Module:
    """The DINOv2 of `transformers` with the weights of an ONNX file."""
    from transformers import Dinov2Config, Dinov2Model
    from transformers.utils import logging

    logging.disable_progress_bar()
    exported = graph.load(path)
    try:
        weights = _weights(exported)
        width = weights["embeddings.cls_token"].shape[-1]
        config = Dinov2Config(
            hidden_size=width,
            num_hidden_layers=blocks_of(weights),
            num_attention_heads=width // 64,
            image_size=PICTURE,
            patch_size=PATCH,
        )
        # The mask token hides patches while a ViT is pre-trained; exported graphs lack it.
        weights["embeddings.mask_token"] = torch.zeros(1, width)
        weights["embeddings.position_embeddings"] = _positions(exported)
        # `from_pretrained` knows the names that weights had in every release; `load_state_dict` does not.
        model = Dinov2Model.from_pretrained(None, config=config, state_dict=weights)
    except (KeyError, ValueError, RuntimeError) as error:
        raise PackError(f"{path.name} is not a DINOv2 that can be recognised: {error}") from None
    return model


def _weights(model: Any) -> dict[str, torch.Tensor]:
    """The backbone's weights by their names in `transformers`.

    Biases kept their names in the export; the matrices of products go by the name of the node.
    """
    from onnx import numpy_helper

    arrays = {entry.name: numpy_helper.to_array(entry) for entry in model.graph.initializer}
    found = {name: array for name, array in arrays.items() if name.startswith(PREFIX)}
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays:
            module = node.name.strip("/").replace("/", ".").removesuffix(".MatMul")
            found[f"{module}.weight"] = arrays[node.input[1]].T
    return {
        name.removeprefix(PREFIX): torch.from_numpy(np.array(array))
        for name, array in found.items()
        if name.startswith(PREFIX)
    }


def _positions(model: Any) -> torch.Tensor:
    """(1, 1 + patches, width) position embeddings of a graph's size of picture, as it interpolates them.

    A black picture's embeddings are the positions plus what the first layer adds.
    """
    import onnx
    import onnxruntime

    weights = _weights(model)
    # Sum of tokens and positions; whatever the first block normalises.
    name = next(node for node in model.graph.node if "layer.0/norm1" in node.name).input[0]
    model.graph.output.append(onnx.helper.make_tensor_value_info(name, 1, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    picture = session.get_inputs()[0]
    black = np.zeros([1, 3, *(side if isinstance(side, int) else PICTURE for side in picture.shape[2:])])
    embedded = torch.from_numpy(session.run([name], {picture.name: black.astype(np.float32)})[0])
    embedded[:, 1:] -= weights["embeddings.patch_embeddings.projection.bias"]
    embedded[:, :1] -= weights["embeddings.cls_token"]
    return embedded
