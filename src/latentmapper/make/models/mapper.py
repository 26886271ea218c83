"""Mappers: a picture's descriptor becomes a latent code of the shape model.

Three heads can be compared: `direct` regresses the code, as the paper does (section 3.2); `bank`
answers with softmax weights over the known codes, which keeps pictures unlike any render from
becoming debris; `residual` adds to that mixture a bounded change that sharpens it.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from latentmapper.errors import RecipeError
from latentmapper.make.models.blocks import LastBlocks
from latentmapper.make.models.sizes import require_dropped, require_sizes


@dataclass(frozen=True)
class MapperShape:
    """Sizes of a mapper."""

    head: Literal["direct", "bank", "residual"] = "direct"
    """What the answer is made of."""
    body: Literal["whitened", "blocks", "dense"] = "blocks"
    """How the descriptor is read: hidden tokens by the last blocks of their ViT, the whitened principal
    components of pooled tokens by dense layers, or any descriptor, best compressed, by the paper's dense
    layers with tanh."""
    components: int = 384
    """Principal components of the descriptor that are kept (whitened)."""
    grid: int = 4
    """Cells a side that the descriptor's cells are averaged to before that."""
    noise: float = 0.2
    """Noise added to the whitened components in training, in their standard deviations."""
    layers: int = 4
    """Dense layers; of blocks, as many as the ViT has after the hidden tokens."""
    queries: int = 4
    """Learned tokens beside the picture's own (blocks)."""
    skipped: float = 0.1
    """How often a picture skips a branch of a block in training (blocks)."""
    hidden: int = 512
    """Width of the dense layers and of what the head reads."""
    dropout: float = 0.2
    """Dropout inside."""
    token_dropout: float = 0.6
    """Share of tokens hidden from the network in training, as an occluder would (blocks)."""
    sharpness: float = 1.0
    """In use, logits are multiplied by this: above 1 mixtures are of fewer shapes, below 1 of more."""
    bound: float = 0.5
    """Largest residual, in standard deviations of the known codes."""

    def __post_init__(self) -> None:
        """Raise `RecipeError` on sizes and shares that the network cannot have."""
        require_sizes(self, "components", "grid", "layers", "hidden")
        require_dropped(self, "skipped", "dropout", "token_dropout")
        for name in ("noise", "queries", "sharpness", "bound"):
            if not (value := getattr(self, name)) >= 0:
                raise RecipeError(f"--shape.{name} must be at least 0, not {value}")


class Mapper(nn.Module):
    """Descriptor (b, T * C) -> code (b, d) and weights over the bank (b, N).

    Parameters
    ----------
    shape : sizes.
    bank : (N, d) the known codes.
    tokens, channels : how a descriptor is laid out: T tokens of C channels.
    """

    def __init__(self, shape: MapperShape, bank: torch.Tensor, tokens: int, channels: int) -> None:
        super().__init__()
        self.bank: torch.Tensor
        self.code_mean: torch.Tensor
        self.code_std: torch.Tensor
        self.shape, self.tokens, self.channels = shape, tokens, channels
        self.register_buffer("bank", bank.clone())
        self.register_buffer("code_mean", bank.mean(0))
        self.register_buffer("code_std", bank.std(0) + 1e-6)
        if shape.body == "whitened":
            self.whitening = Whitening(tokens, channels, shape.grid, shape.components)
            self.body, read = _dense(shape), shape.hidden
        elif shape.body == "dense":
            self.standard = Standard(tokens * channels)
            self.body, read = _tanh_layers(shape, tokens * channels), 0
        else:
            shown = 1 - shape.token_dropout
            self.body = LastBlocks(channels, shape.layers, shape.queries, shown, shape.skipped)
            read = (2 + shape.queries) * channels
        self.drop = nn.Dropout(shape.dropout if shape.body == "blocks" else 0.0)
        # The paper's layers end with the last tanh.
        layers = [nn.LayerNorm(read), nn.Linear(read, shape.hidden), nn.GELU()] if read else []
        self.read = nn.Sequential(*layers)
        self.logits = nn.Linear(shape.hidden, len(bank))
        self.change = nn.Linear(shape.hidden, bank.shape[1])
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def forward(self, descriptor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Code and bank weights; see the class."""
        return self.answer(self.hidden(self.encode(descriptor)))

    def encode(self, descriptor: torch.Tensor) -> torch.Tensor:
        """The part of the network that is never trained: the whitening or scaling, where there is one."""
        if self.shape.body == "dense":
            return self.standard(descriptor)
        return self.whitening(descriptor) if self.shape.body == "whitened" else descriptor

    def hidden(self, encoded: torch.Tensor) -> torch.Tensor:
        """(b, hidden) what the head reads of what `encode` gave: nearly all the work is done here."""
        return self.drop(self.read(self.drop(self._body(encoded))))

    def answer(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Code and bank weights of what `hidden` gave."""
        logits = self.logits(hidden)
        weights = (logits if self.training else logits * self.shape.sharpness).softmax(-1)
        change = self.change(hidden)
        if self.shape.head == "direct":
            code = self.code_mean + change * self.code_std
            # The paper trains no mixture beside the code.
            return code, self._nearness(code) if self.shape.body == "dense" else weights
        code = weights @ self.bank
        if self.shape.head == "residual":
            code = code + self.shape.bound * torch.tanh(change) * self.code_std
        return code, weights

    def take(self, other: "Mapper", rows: torch.Tensor) -> None:
        """Begin with the weights of another mapper, of which known code i is number `rows[i]` here."""
        own, theirs = self.state_dict(), other.state_dict()
        for name in ("logits.weight", "logits.bias"):
            theirs[name] = own[name].index_copy(0, rows, theirs[name])
        known = {name: own[name] for name in ("bank", "code_mean", "code_std")}
        self.load_state_dict(theirs | known)

    def limit_bank(self, kept: torch.Tensor) -> None:
        """Know some of the codes alone from now on, by their numbers (k,)."""
        self.bank = self.bank[kept]
        limited = nn.Linear(self.logits.in_features, len(kept))
        limited.load_state_dict({name: value[kept] for name, value in self.logits.state_dict().items()})
        self.logits = limited.requires_grad_(False)

    def matrices(self) -> list[torch.Tensor]:
        """The weights (rows, n) of all products, one row an output: what may be stored as int8."""
        dense = [module.weight for module in self.modules() if isinstance(module, nn.Linear)]
        return [*dense, self.whitening.projection.T] if self.shape.body == "whitened" else dense

    def _nearness(self, code: torch.Tensor) -> torch.Tensor:
        """(b, N) how near the known codes are to codes (b, d)."""
        codes, bank = code / self.code_std, self.bank / self.code_std
        apart = codes.square().sum(1, keepdim=True) - 2 * codes @ bank.T + bank.square().sum(1)
        return (-0.5 * apart / self.bank.shape[1] ** 0.5).softmax(-1)

    def _body(self, encoded: torch.Tensor) -> torch.Tensor:
        if self.shape.body == "blocks":
            return self.body(encoded.view(-1, self.tokens, self.channels))
        if self.training and self.shape.noise and self.shape.body == "whitened":
            encoded = encoded + self.shape.noise * torch.randn_like(encoded)
        return self.body(encoded)


class Whitening(nn.Module):
    """Descriptor (b, T * C) -> its principal components (b, k), each of unit variance.

    The tokens are the class token, the mean, and the cells of a square grid; the cells are first
    averaged to a coarser grid, so that the projection stays small.
    """

    def __init__(self, tokens: int, channels: int, grid: int, components: int) -> None:
        super().__init__()
        self.tokens, self.channels = tokens, channels
        self.side = round((tokens - 2) ** 0.5)
        self.grid = min(grid, self.side)
        length = (2 + self.grid**2) * channels
        self.offset: torch.Tensor
        self.projection: torch.Tensor
        self.register_buffer("offset", torch.zeros(length))
        self.register_buffer("projection", torch.zeros(length, components))

    def forward(self, descriptor: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return (self.coarse(descriptor) - self.offset) @ self.projection

    def coarse(self, descriptor: torch.Tensor) -> torch.Tensor:
        """(b, (2 + grid^2) C): the descriptor with its cells averaged."""
        tokens = descriptor.view(-1, self.tokens, self.channels)
        step = self.side // self.grid
        cells = tokens[:, 2:].reshape(-1, self.grid, step, self.grid, step, self.channels).mean((2, 4))
        return torch.cat([tokens[:, :2].flatten(1), cells.flatten(1)], 1)

    def fit(self, descriptors: torch.Tensor) -> None:
        """Find offset and projection from training descriptors (p, T * C), any float type."""
        coarse = torch.cat([self.coarse(part.float()) for part in descriptors.split(512)])
        self.offset.copy_(coarse.mean(0))
        kept = min(self.projection.shape[1], *coarse.shape)
        _, strengths, vectors = torch.pca_lowrank(coarse, q=kept, center=True, niter=2)
        spread = strengths / len(coarse) ** 0.5
        self.projection[:, :kept] = vectors / (spread + 1e-3 * spread[0])


class Standard(nn.Module):
    """Descriptor (b, n) -> the same with the mean and variance of each number taken out."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.offset: torch.Tensor
        self.scale: torch.Tensor
        self.register_buffer("offset", torch.zeros(length))
        self.register_buffer("scale", torch.ones(length))

    def forward(self, descriptor: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return (descriptor - self.offset) * self.scale

    def fit(self, descriptors: torch.Tensor) -> None:
        """Find mean and variance of training descriptors (p, n), any float type."""
        spread = descriptors.float().std(0, correction=0)
        self.offset.copy_(descriptors.float().mean(0))
        # Numbers that hardly vary are left as small as they are.
        self.scale.copy_(1 / spread.clamp_min(1e-3 * float(spread.max()) + 1e-9))


def _tanh_layers(shape: MapperShape, length: int) -> nn.Module:
    """The paper's dense layers (section 3.2)."""
    layers: list[nn.Module] = []
    for before in (length, *[shape.hidden] * (shape.layers - 1)):
        layers += [nn.Linear(before, shape.hidden), nn.Tanh(), nn.Dropout(shape.dropout)]
    return nn.Sequential(*layers)


def _dense(shape: MapperShape) -> nn.Module:
    layers: list[nn.Module] = []
    before = shape.components
    for _ in range(shape.layers):
        layers += [nn.Linear(before, shape.hidden), nn.GELU(), nn.Dropout(shape.dropout)]
        before = shape.hidden
    return nn.Sequential(*layers)
