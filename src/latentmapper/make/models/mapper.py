"""Mappers: a picture's descriptor becomes a latent code of the shape model.

Three heads can be compared: `direct` regresses the code, as the paper does (section 3.2); `bank`
answers with softmax weights over the known codes, which keeps pictures unlike any render from
becoming debris; `residual` adds to that mixture a bounded change that sharpens it.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn


@dataclass(frozen=True)
class MapperShape:
    """Sizes of a mapper."""

    head: Literal["direct", "bank", "residual"] = "residual"
    """What the answer is made of."""
    body: Literal["attention", "mlp"] = "attention"
    """How the descriptor's tokens are read: by self-attention, or flattened by dense layers."""
    width: int = 192
    """Width of a token inside."""
    layers: int = 2
    """Attention (or dense) layers."""
    heads: int = 4
    """Attention heads."""
    hidden: int = 384
    """Width of what the head reads."""
    dropout: float = 0.1
    """Dropout inside."""
    token_dropout: float = 0.15
    """Share of tokens hidden from the network in training, as an occluder would."""
    bound: float = 0.5
    """Largest residual, in standard deviations of the known codes."""


class Mapper(nn.Module):
    """Descriptor (b, T * C) -> code (b, d) and weights over the bank (b, N).

    Parameters
    ----------
    shape : sizes.
    bank : (N, d) the known codes.
    tokens, channels : how a descriptor is laid out: T tokens of C channels.
    mean, std : (C,) statistics of the training descriptors' channels.
    """

    def __init__(
        self,
        shape: MapperShape,
        bank: torch.Tensor,
        tokens: int,
        channels: int,
        mean: torch.Tensor | None = None,
        std: torch.Tensor | None = None,
    ) -> None:
        super().__init__()
        self.bank: torch.Tensor
        self.code_mean: torch.Tensor
        self.code_std: torch.Tensor
        self.mean: torch.Tensor
        self.std: torch.Tensor
        self.shape, self.tokens, self.channels = shape, tokens, channels
        self.register_buffer("bank", bank.clone())
        self.register_buffer("code_mean", bank.mean(0))
        self.register_buffer("code_std", bank.std(0) + 1e-6)
        self.register_buffer("mean", torch.zeros(channels) if mean is None else mean)
        self.register_buffer("std", torch.ones(channels) if std is None else std)
        self.embed = nn.Linear(channels, shape.width)
        self.position = nn.Parameter(torch.randn(tokens, shape.width) * 0.02)
        self.body = _attention(shape) if shape.body == "attention" else _dense(shape, tokens)
        pooled = 2 * shape.width if shape.body == "attention" else shape.hidden
        self.read = nn.Sequential(nn.LayerNorm(pooled), nn.Linear(pooled, shape.hidden), nn.GELU())
        self.logits = nn.Linear(shape.hidden, len(bank))
        self.change = nn.Linear(shape.hidden, bank.shape[1])
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def forward(self, descriptor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Code and bank weights; see the class."""
        hidden = self.read(self._pool(self._tokens(descriptor)))
        weights = self.logits(hidden).softmax(-1)
        change = self.change(hidden)
        if self.shape.head == "direct":
            return self.code_mean + change * self.code_std, weights
        code = weights @ self.bank
        if self.shape.head == "residual":
            code = code + self.shape.bound * torch.tanh(change) * self.code_std
        return code, weights

    def _tokens(self, descriptor: torch.Tensor) -> torch.Tensor:
        tokens = descriptor.view(-1, self.tokens, self.channels)
        tokens = self.embed((tokens - self.mean) / self.std)
        if self.training and self.shape.token_dropout:
            kept = torch.rand(tokens.shape[:2]) >= self.shape.token_dropout
            tokens = tokens * kept[..., None]
        return tokens + self.position

    def _pool(self, tokens: torch.Tensor) -> torch.Tensor:
        if self.shape.body == "mlp":
            return self.body(tokens.flatten(1))
        tokens = self.body(tokens)
        return torch.cat([tokens[:, 0], tokens.mean(1)], -1)


class _Block(nn.Module):
    """A pre-norm transformer block, spelled out so that it exports to plain ONNX operators."""

    def __init__(self, shape: MapperShape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.drop(self._attend(self.norm1(x)))
        return x + self.drop(self.mlp(self.norm2(x)))

    def _attend(self, x: torch.Tensor) -> torch.Tensor:
        b, t, width = x.shape
        split = self.qkv(x).view(b, t, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = split.unbind(0)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value)
        return self.out(mixed.transpose(1, 2).reshape(b, t, width))


def _attention(shape: MapperShape) -> nn.Module:
    return nn.Sequential(*[_Block(shape) for _ in range(shape.layers)], nn.LayerNorm(shape.width))


def _dense(shape: MapperShape, tokens: int) -> nn.Module:
    layers: list[nn.Module] = []
    before = tokens * shape.width
    for _ in range(shape.layers):
        layers += [nn.Linear(before, shape.hidden), nn.GELU(), nn.Dropout(shape.dropout)]
        before = shape.hidden
    return nn.Sequential(*layers)
