"""DETR's published checkpoints opened without `timm`: their backbone's names become those of `transformers`.

The checkpoints of the hub name the ResNet's weights as `timm` does, and `transformers` would ask for that
package, which pulls torchvision. The same network stands in `transformers` itself under other names.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from latentmapper.errors import MissingError, PackError
from latentmapper.extras import require
from latentmapper.files import parse_object

CONFIG = "config.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
STAGES = ("stage1", "stage2", "stage3", "stage4")
TIMM = ("backbone", "backbone_config", "backbone_kwargs", "use_timm_backbone", "use_pretrained_backbone")
BACKBONE = re.compile(r"^(.*backbone\.(?:conv_encoder\.)?model\.)(.*)$")
# What a name of timm becomes, of the part behind the backbone's prefix.
RENAMES = (
    (r"^conv1\.", "embedder.embedder.convolution."),
    (r"^bn1\.", "embedder.embedder.normalization."),
    (r"^layer(\d+)\.(\d+)\.conv(\d+)\.", "encoder.stages.{0}.layers.{1}.layer.{2}.convolution."),
    (r"^layer(\d+)\.(\d+)\.bn(\d+)\.", "encoder.stages.{0}.layers.{1}.layer.{2}.normalization."),
    (r"^layer(\d+)\.(\d+)\.downsample\.0\.", "encoder.stages.{0}.layers.{1}.shortcut.convolution."),
    (r"^layer(\d+)\.(\d+)\.downsample\.1\.", "encoder.stages.{0}.layers.{1}.shortcut.normalization."),
)


def load_detr(source: str) -> Any:
    """A `DetrForSegmentation` in evaluation mode.

    Parameters
    ----------
    source : id on the hub, or a folder with `config.json` and weights.

    Raises
    ------
    MissingError : its files are neither there nor to be fetched; the message names them.
    PackError : they hold something else than a DETR that segments.
    """
    transformers = require("transformers", extra="train")
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    config, weights = _read(source)
    if config.get("model_type") != "detr":
        raise PackError(f"{source} is no DETR, but a model of type {config.get('model_type')}")
    if config.get("dilation"):
        raise PackError(
            f"{source} is a DETR with a dilated backbone (DC5), which cannot be read without timm"
        )
    weights = {native_name(name): tensor for name, tensor in weights.items()}
    if not any(name.startswith("mask_head.") for name in weights):
        raise PackError(f"{source} is a DETR that does not segment; take one of those called panoptic")
    try:
        return _model(transformers, config, weights)
    except (KeyError, IndexError, RuntimeError, TypeError, ValueError) as error:
        raise PackError(f"{source} is not a DETR as published: {str(error).splitlines()[0]}") from None


def native_name(name: str) -> str:
    """The name that `transformers` gives a weight that may be named as `timm` does.

    Stages and the convolutions of a layer are counted from 0 rather than from 1.
    """
    found = BACKBONE.match(name)
    if found is None:
        return name
    prefix, rest = found.groups()
    for pattern, target in RENAMES:
        if match := re.match(pattern, rest):
            numbers = [int(number) for number in match.groups()]
            from_zero = [number - (i != 1) for i, number in enumerate(numbers)]
            return prefix + target.format(*from_zero) + rest[match.end() :]
    return name


def resnet_sizes(weights: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    """Arguments of a `ResNetConfig`, from the shapes of its weights by their names in `transformers`.

    Raises
    ------
    KeyError : there are no such weights.
    """
    short = {m[2]: tensor for name, tensor in weights.items() if (m := BACKBONE.match(name))}
    layers = [_stage(short, number) for number in range(len(STAGES))]
    convolutions = {int(name.split(".")[6]) for name in layers[0] if ".layer." in name}
    ends = [f"encoder.stages.{i}.layers.0.layer.{max(convolutions)}.convolution.weight" for i in range(4)]
    return {
        "embedding_size": short["embedder.embedder.convolution.weight"].shape[0],
        "hidden_sizes": [short[name].shape[0] for name in ends],
        "depths": [1 + max(int(name.split(".")[4]) for name in names) for names in layers],
        "layer_type": "bottleneck" if len(convolutions) == 3 else "basic",
        "out_features": list(STAGES),
    }


def _stage(names: Iterable[str], number: int) -> list[str]:
    found = [name for name in names if name.startswith(f"encoder.stages.{number}.")]
    if not found:
        raise KeyError(f"no weights of the backbone's stage {number + 1}")
    return found


def _model(transformers: Any, config: Mapping[str, Any], weights: dict[str, torch.Tensor]) -> Any:
    backbone = transformers.ResNetConfig(**resnet_sizes(weights))
    plain = {name: value for name, value in config.items() if name not in TIMM}
    made = transformers.DetrConfig(**plain, backbone_config=backbone, use_timm_backbone=False)
    model, told = transformers.DetrForSegmentation.from_pretrained(
        None, config=made, state_dict=weights, output_loading_info=True
    )
    missing = sorted(name for name in told["missing_keys"] if not name.endswith("num_batches_tracked"))
    if missing or told["mismatched_keys"]:
        raise KeyError(f"{missing[0]} is missing" if missing else f"{told['mismatched_keys'][0]} differs")
    return model.eval().requires_grad_(False)


def _read(source: str) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    config = _config(_file(source, CONFIG))
    for name in WEIGHTS:
        try:
            path = _file(source, name)
        except MissingError:
            if name == WEIGHTS[-1]:
                raise
            continue
        return config, _tensors(path)
    raise AssertionError("unreachable: the last name raises")


def _config(path: Path) -> dict[str, Any]:
    try:
        return parse_object(path.read_bytes())
    except ValueError as error:
        raise PackError(f"{path} cannot be read ({error})") from None


def _tensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        weights = torch.load(path, map_location="cpu", weights_only=True)
        return {str(name): torch.as_tensor(tensor) for name, tensor in weights.items()}
    except Exception as error:  # whatever a hostile or damaged file makes it raise
        problem = f"holds no state dict that can be read safely ({type(error).__name__})"
        raise PackError(f"{path} {problem}") from None


def _file(source: str, name: str) -> Path:
    """A file of a folder, of the hub's cache, or fetched. Raises `MissingError`."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HFValidationError

    if Path(source).is_dir():
        path = Path(source) / name
        if path.is_file():
            return path
        raise _missing(source)
    try:
        return Path(hf_hub_download(source, name))
    except (OSError, ValueError, HFValidationError):
        raise _missing(source) from None


def _missing(source: str) -> MissingError:
    hub = source if source.count("/") == 1 and source[0] not in "./" else "facebook/detr-resnet-50-panoptic"
    return MissingError(
        f"no DETR at {source}, nor can it be fetched; download {CONFIG} and {' or '.join(WEIGHTS)} from"
        f" https://huggingface.co/{hub} into a folder and name that: --foreground detr:FOLDER"
    )
