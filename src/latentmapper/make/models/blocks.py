"""The last blocks of a ViT as the body of a mapper, trained on where the others leave off.

Pooled descriptors say what kind of thing a picture shows but hardly its proportions, and a network that
reads them learns its training shapes by heart. Blocks that still see every patch can measure.
"""

import math
from collections.abc import Mapping

import torch
from torch import nn

HEAD_WIDTH = 64
"""Channels of an attention head in every size of DINOv2."""


class Block(nn.Module):
    """A block of DINOv2 (pre-norm attention and perceptron, each scaled by layer), in plain operators.

    Parameters
    ----------
    width : channels of a token.
    dropped : how often, in training, a picture skips a branch (stochastic depth; Huang et al., 2016).
    """

    def __init__(self, width: int, dropped: float = 0.0) -> None:
        super().__init__()
        self.heads, self.dropped = max(1, width // HEAD_WIDTH), dropped
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.scale1, self.scale2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Tokens (b, t, width) to tokens."""
        x = x + self._skip(self._attend(self.norm1(x)) * self.scale1)
        return x + self._skip(self.mlp(self.norm2(x)) * self.scale2)

    def _attend(self, x: torch.Tensor) -> torch.Tensor:
        b, t, width = x.shape
        split = self.qkv(x).view(b, t, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = split.unbind(0)
        # Spelled out: the fused attention of PyTorch is slow backwards on processors.
        weights = (query * (width // self.heads) ** -0.5) @ key.transpose(-1, -2)
        mixed = weights.softmax(-1).to(value.dtype) @ value
        return self.out(mixed.transpose(1, 2).reshape(b, t, width))

    def _skip(self, change: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.dropped:
            return change
        kept = torch.rand(len(change), 1, 1, device=change.device) >= self.dropped
        return change * kept / (1 - self.dropped)

    def take(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Copy the weights of a block, by their names below `encoder.layer.N.` in DINOv2's checkpoints."""
        renamed = {
            new + part: weights[old + part]
            for new, old in (
                ("norm1", "norm1"),
                ("norm2", "norm2"),
                ("out", "attention.output.dense"),
                ("mlp.0", "mlp.fc1"),
                ("mlp.2", "mlp.fc2"),
            )
            for part in (".weight", ".bias")
        }
        for part in (".weight", ".bias"):
            each = [weights[f"attention.attention.{name}{part}"] for name in ("query", "key", "value")]
            renamed["qkv" + part] = torch.cat(each)
        renamed["scale1"], renamed["scale2"] = (weights[f"layer_scale{i}.lambda1"] for i in (1, 2))
        self.load_state_dict(renamed)


class LastBlocks(nn.Module):
    """Hidden tokens (b, 1 + patches, width), class token first -> what they show (b, (2 + queries) width).

    Learned query tokens join the class token and the patches; the answer is the class token, the queries
    and the mean patch after the last block. In training only some of the patches are shown to the blocks: it
    takes less time, and hides parts of the object as an occluder would.

    Parameters
    ----------
    width, blocks, queries : sizes.
    shown : share of the patches seen in training.
    dropped : see `Block`.
    """

    def __init__(self, width: int, blocks: int, queries: int, shown: float, dropped: float) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*[Block(width, dropped) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.queries = nn.Parameter(0.5 * torch.randn(1, queries, width))
        self.shown = shown

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """See the class."""
        patches = self._some(hidden[:, 1:]) if self.training else hidden[:, 1:]
        # hidden.shape[0], not len(hidden): an exported graph then keeps its batch free.
        queries = self.queries.to(hidden.dtype).expand(hidden.shape[0], -1, -1)
        told = 1 + queries.shape[1]
        tokens = self.norm(self.blocks(torch.cat([hidden[:, :1], queries, patches], 1)))
        return torch.cat([tokens[:, :told].flatten(1), tokens[:, told:].mean(1)], 1)

    def take(self, weights: Mapping[str, torch.Tensor], first: int) -> None:
        """Start from a ViT's blocks `first`, `first` + 1, ... and its final norm.

        weights : by their names in DINOv2's checkpoints.
        """
        for i, block in enumerate(self.blocks, first):
            prefix = f"encoder.layer.{i}."
            assert isinstance(block, Block)
            block.take({key.removeprefix(prefix): value for key, value in weights.items() if prefix in key})
        self.norm.load_state_dict({part: weights[f"layernorm.{part}"] for part in ("weight", "bias")})

    def _some(self, patches: torch.Tensor) -> torch.Tensor:
        count = max(1, round(self.shown * patches.shape[1]))
        order = torch.rand(patches.shape[:2]) + behind_occluder(*patches.shape[:2])
        chosen = order.argsort(1)[:, :count, None].to(patches.device)
        return patches.gather(1, chosen.expand(-1, -1, patches.shape[2]))


def behind_occluder(pictures: int, patches: int) -> torch.Tensor:
    """(pictures, patches) bool: what an imagined occluder hides, up to half of every second picture.

    It hides the patches nearest to a random place: a disk where that lies inside, a side where it does not.
    Patches left out one by one hide nothing for long, since their neighbours tell the same.
    """
    side, index = math.ceil(math.sqrt(patches)), torch.arange(patches)
    place = torch.stack([index // side, index % side], -1) / side - 0.5
    distance = (place - (2 * torch.rand(pictures, 1, 2) - 1)).norm(dim=-1)
    rank = distance.argsort(1).argsort(1) / patches
    return rank < 0.5 * torch.rand(pictures, 1) * (torch.rand(pictures, 1) < 0.5)


def blocks_of(weights: Mapping[str, torch.Tensor]) -> int:
    """How many blocks a DINOv2 has, by the names of its weights."""
    return 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
