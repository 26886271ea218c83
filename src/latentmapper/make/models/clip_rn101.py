"""OpenAI's CLIP with a ResNet (RN101 is the paper's), compactly, for its published weights.

Radford et al., arXiv:2103.00020, sections 2.4 and 2.5. The ResNet is a ResNet-D with a stem of three
convolutions, averaging before every stride, and attention in place of the last pooling; the text encoder is a
causal transformer that is read at the end token. Modules carry the names of the published weights; sizes
follow from these.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD = 64
"""Channels of one attention head."""


class Bottleneck(nn.Module):
    """Three convolutions beside a shortcut; the stride averages (He et al., arXiv:1812.01187)."""

    def __init__(self, inputs: int, planes: int, stride: int) -> None:
        super().__init__()
        self.stride = stride
        self.conv1, self.bn1 = nn.Conv2d(inputs, planes, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = nn.Conv2d(planes, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes)
        self.downsample: nn.Module | None = None
        if stride > 1 or inputs != 4 * planes:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(b, c, h, w) to (b, 4 planes, h / stride, w / stride)."""
        y = functional.relu(self.bn1(self.conv1(x)))
        y = functional.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(self._shrunk(y)))
        shortcut = x if self.downsample is None else self.downsample(self._shrunk(x))
        return functional.relu(y + shortcut)

    def _shrunk(self, x: Tensor) -> Tensor:
        return functional.avg_pool2d(x, self.stride) if self.stride > 1 else x


class AttentionPool(nn.Module):
    """The mean of all places asks every place what it has to say."""

    def __init__(self, places: int, width: int, outputs: int) -> None:
        super().__init__()
        self.positional_embedding = nn.Parameter(torch.zeros(places + 1, width))
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(width, width) for _ in range(3))
        self.c_proj = nn.Linear(width, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(b, width, h, w) to (b, outputs)."""
        tokens = x.flatten(2).transpose(1, 2)
        tokens = torch.cat([tokens.mean(dim=1, keepdim=True), tokens], dim=1) + self.positional_embedding
        query, keys = self._heads(self.q_proj(tokens[:, :1])), self._heads(self.k_proj(tokens))
        heard = functional.scaled_dot_product_attention(query, keys, self._heads(self.v_proj(tokens)))
        return self.c_proj(heard.transpose(1, 2).flatten(1))

    @staticmethod
    def _heads(x: Tensor) -> Tensor:
        return x.unflatten(2, (-1, HEAD)).transpose(1, 2)


class ResNet(nn.Module):
    """Pictures (b, 3, s, s), normalised, to embeddings; s is 32 times the side of the last grid."""

    def __init__(self, blocks: tuple[int, ...], width: int, places: int, outputs: int) -> None:
        super().__init__()
        half = width // 2
        self.conv1, self.bn1 = nn.Conv2d(3, half, 3, 2, padding=1, bias=False), nn.BatchNorm2d(half)
        self.conv2, self.bn2 = nn.Conv2d(half, half, 3, padding=1, bias=False), nn.BatchNorm2d(half)
        self.conv3, self.bn3 = nn.Conv2d(half, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        inputs = width
        for stage, count in enumerate(blocks):
            planes = width * 2**stage
            strides = [1 if stage == 0 else 2] + [1] * (count - 1)
            layers = [Bottleneck(4 * planes if i else inputs, planes, s) for i, s in enumerate(strides)]
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
            inputs = 4 * planes
        self._stages = len(blocks)
        self.attnpool = AttentionPool(places, inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(b, outputs)."""
        for i in (1, 2, 3):
            x = functional.relu(getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)))
        x = functional.avg_pool2d(x, 2)
        for i in range(self._stages):
            x = getattr(self, f"layer{i + 1}")(x)
        return self.attnpool(x)


class TextBlock(nn.Module):
    """A transformer's block that looks back only; the activation is CLIP's x sigmoid(1.702 x)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(width, width // HEAD, batch_first=True)
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(width, 4 * width), "c_proj": nn.Linear(4 * width, width)})

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """(b, n, width) to the same."""
        normed = self.ln_1(x)
        x = x + self.attn(normed, normed, normed, attn_mask=mask, need_weights=False)[0]
        wide = self.mlp["c_fc"](self.ln_2(x))
        return x + self.mlp["c_proj"](wide * torch.sigmoid(1.702 * wide))


class Transformer(nn.Module):
    """Blocks one after the other."""

    def __init__(self, layers: int, width: int) -> None:
        super().__init__()
        self.resblocks = nn.ModuleList(TextBlock(width) for _ in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        """(b, n, width) to the same; no place sees those after it."""
        mask = torch.full((x.shape[1], x.shape[1]), float("-inf")).triu(1)
        for block in self.resblocks:
            x = block(x, mask)
        return x


class ResNetClip(nn.Module):
    """Both encoders, of the sizes that a state dict has. Raises `KeyError` where it is not one of these."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        width, outputs = weights["text_projection"].shape
        stem = weights["visual.layer1.0.conv1.weight"].shape[0]
        places = weights["visual.attnpool.positional_embedding"].shape[0] - 1
        blocks = tuple(_count(weights, f"visual.layer{i}.") for i in (1, 2, 3, 4))
        self.visual = ResNet(blocks, stem, places, weights["visual.attnpool.c_proj.weight"].shape[0])
        self.transformer = Transformer(_count(weights, "transformer.resblocks."), width)
        vocabulary = weights["token_embedding.weight"].shape[0]
        self.token_embedding = nn.Embedding(vocabulary, width)
        self.positional_embedding = nn.Parameter(torch.zeros(weights["positional_embedding"].shape))
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Parameter(torch.zeros(width, outputs))
        self.logit_scale = nn.Parameter(torch.zeros(()))

    def encode_image(self, pixels: Tensor) -> Tensor:
        """(b, d) of normalised pictures (b, 3, s, s)."""
        return self.visual(pixels)

    def encode_text(self, ids: Tensor) -> Tensor:
        """(b, d) of token ids (b, n); the end token has the highest id."""
        x = self.token_embedding(ids) + self.positional_embedding[: ids.shape[1]]
        x = self.ln_final(self.transformer(x))
        return x[torch.arange(len(x)), ids.argmax(dim=1)] @ self.text_projection

    def forward(self, pixels: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Both."""
        return self.encode_image(pixels), self.encode_text(ids)


def _count(weights: Mapping[str, Tensor], prefix: str) -> int:
    """How many numbered modules stand below a prefix."""
    return len({name[len(prefix) :].split(".")[0] for name in weights if name.startswith(prefix)})
