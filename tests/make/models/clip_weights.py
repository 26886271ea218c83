"""Tiny random checkpoints in the formats that CLIP is published in."""

import gzip
import json
from pathlib import Path

import torch

from latentmapper.make.models.clip_words import MERGES, _byte_letters

LINES = ["t h", "a r</w>", "c ar</w>", "p l", "pl a", "pla n", "plan e</w>", "th e</w>", "o f</w>"]
WORDS = 2 * 256 + len(LINES) + 2


def rn101_weights(blocks: tuple[int, ...] = (1, 2, 1, 1), text_layers: int = 2) -> dict[str, torch.Tensor]:
    """Random weights by OpenAI's names: stem of 2 channels, so 64 at the end; text width 64."""
    torch.manual_seed(0)
    shapes: dict[str, tuple[int, ...]] = {
        "positional_embedding": (77, 64),
        "text_projection": (64, 512),
        "logit_scale": (),
        "token_embedding.weight": (WORDS, 64),
        "ln_final.weight": (64,),
        "ln_final.bias": (64,),
        "visual.conv1.weight": (1, 3, 3, 3),
        "visual.conv2.weight": (1, 1, 3, 3),
        "visual.conv3.weight": (2, 1, 3, 3),
        "visual.attnpool.positional_embedding": (50, 64),
        "visual.attnpool.c_proj.weight": (512, 64),
        "visual.attnpool.c_proj.bias": (512,),
    }
    for name in ("q_proj", "k_proj", "v_proj"):
        shapes |= {
            f"visual.attnpool.{name}.weight": (64, 64),
            f"visual.attnpool.{name}.bias": (64,),
        }
    for name, channels in (("bn1", 1), ("bn2", 1), ("bn3", 2)):
        shapes |= _norm(f"visual.{name}", channels)
    inputs = 2
    for stage, count in enumerate(blocks):
        for block in range(count):
            shapes |= _bottleneck(f"visual.layer{stage + 1}.{block}", inputs, 2 * 2**stage, block == 0)
            inputs = 8 * 2**stage
    for layer in range(text_layers):
        shapes |= _text_block(f"transformer.resblocks.{layer}")
    weights = {name: 0.3 * torch.randn(shape) for name, shape in shapes.items()}
    for name in weights:
        if name.endswith("running_var"):
            weights[name] = weights[name].abs() + 0.5
        if name.endswith("num_batches_tracked"):
            weights[name] = torch.tensor(0)
    return weights


def write_merges(folder: Path) -> None:
    """A short list of merges in OpenAI's format."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MERGES).write_bytes(gzip.compress("\n".join(["#version", *LINES, ""]).encode()))


def write_hub_tokenizer(folder: Path) -> None:
    """The same vocabulary as the hub keeps it."""
    letters = _byte_letters()
    words = [*letters, *(f"{one}</w>" for one in letters), *("".join(line.split()) for line in LINES)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *LINES, ""]))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer"}))


def _norm(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    sizes: dict[str, tuple[int, ...]] = dict.fromkeys(
        ("weight", "bias", "running_mean", "running_var"), (channels,)
    )
    return {f"{name}.{part}": size for part, size in sizes.items()} | {f"{name}.num_batches_tracked": ()}


def _bottleneck(name: str, inputs: int, planes: int, first: bool) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        f"{name}.conv1.weight": (planes, inputs, 1, 1),
        f"{name}.conv2.weight": (planes, planes, 3, 3),
        f"{name}.conv3.weight": (4 * planes, planes, 1, 1),
    }
    for norm, channels in (("bn1", planes), ("bn2", planes), ("bn3", 4 * planes)):
        shapes |= _norm(f"{name}.{norm}", channels)
    if first:
        shapes |= {f"{name}.downsample.0.weight": (4 * planes, inputs, 1, 1)}
        shapes |= _norm(f"{name}.downsample.1", 4 * planes)
    return shapes


def _text_block(name: str) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}.attn.in_proj_weight": (192, 64),
        f"{name}.attn.in_proj_bias": (192,),
        f"{name}.attn.out_proj.weight": (64, 64),
        f"{name}.attn.out_proj.bias": (64,),
        f"{name}.ln_1.weight": (64,),
        f"{name}.ln_1.bias": (64,),
        f"{name}.ln_2.weight": (64,),
        f"{name}.ln_2.bias": (64,),
        f"{name}.mlp.c_fc.weight": (256, 64),
        f"{name}.mlp.c_fc.bias": (256,),
        f"{name}.mlp.c_proj.weight": (64, 256),
        f"{name}.mlp.c_proj.bias": (64,),
    }
