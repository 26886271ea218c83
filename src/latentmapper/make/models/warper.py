"""The two halves of Deep Implicit Templates (Zheng et al., CVPR 2021): a warp and a template.

Products of hidden values may run in bfloat16; whatever holds coordinates or distances stays float32, since
rounded coordinates put terraces on every wing.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations

from latentmapper.make.models.written_out import cell, with_points

STAGES = 4
"""The warp gives its position after each quarter of its steps; each is trained."""


class Warper(nn.Module):
    """A point moves in small affine steps, p <- p (1 + a) + b, that an LSTM cell decides.

    The cell's input is the code beside the point. The code never changes, so its share of the gates is a
    matter of the shape, not of the point: `shares` computes it once. Gates are in PyTorch's order: input,
    forget, candidate, output.

    Parameters
    ----------
    code_size, hidden : length of the code and of the cell's state.
    steps : how often a point moves, a multiple of 4.
    """

    def __init__(self, code_size: int, hidden: int, steps: int) -> None:
        super().__init__()
        self.steps, self.rounds = steps, False
        self.shares = nn.Linear(code_size, 4 * hidden)
        self.point = nn.Linear(3, 4 * hidden, bias=False)
        self.state = nn.Linear(hidden, 4 * hidden, bias=False)
        self.affine = nn.Linear(hidden, 6)
        self._start()

    def _start(self) -> None:
        """As the published code begins: the warp is next to nothing, and the cell forgets little (Jozefowicz
        et al., 2015). PyTorch's cell, which it uses, has two biases of the forget gate, 1 each."""
        hidden = self.affine.in_features
        joint = nn.init.kaiming_normal_(torch.empty(4 * hidden, self.shares.in_features + 3))
        self.shares.weight.data, self.point.weight.data = joint[:, :-3].clone(), joint[:, -3:].clone()
        nn.init.orthogonal_(self.state.weight)
        nn.init.zeros_(self.shares.bias)
        self.shares.bias.data[hidden : 2 * hidden] = 2
        nn.init.uniform_(self.affine.weight, -1e-5, 1e-5)
        nn.init.zeros_(self.affine.bias)

    def sharpen(self) -> None:
        """Begin with gates that differ from place to place and from shape to shape: as published they hardly
        do, and short runs spend their time on that."""
        nn.init.normal_(self.point.weight, std=3)
        nn.init.normal_(self.shares.weight, std=0.3)

    def forward(self, shares: torch.Tensor, points: torch.Tensor) -> list[torch.Tensor]:
        """Positions (b, n, 3) after each quarter of the steps, of points (b, n, 3) given shares (b, 4 h)."""
        stages, state, hidden = [], None, None
        for step in range(1, self.steps + 1):
            if hidden is None:  # the state before the first step is zero, and so is its product
                base = shares[:, None].repeat(1, points.shape[1], 1)
            else:
                base = hidden_product(hidden, self.state, self.rounds).add_(shares[:, None])
            hidden, state = cell(with_points(base, points, self.point.weight), state)
            scale, offset = self.affine(hidden).chunk(2, -1)
            points = points * (1 + scale) + offset
            if step % (self.steps // STAGES) == 0:
                stages.append(points)
        return stages


class Template(nn.Module):
    """Signed distances of the category's template: weight-normed ReLU layers and a final tanh.

    Parameters
    ----------
    width, layers : of the hidden layers.
    dropout : how often, in training, a hidden value is dropped.
    """

    def __init__(self, width: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.dropout, self.rounds = dropout, False
        sizes = [3, *[width] * layers]
        self.hidden = nn.ModuleList(
            parametrizations.weight_norm(nn.Linear(before, width)) for before in sizes[:-1]
        )
        self.last = nn.Linear(width, 1)
        # Beyond the loss's clamp there is no gradient: the first distances must not lie there.
        nn.init.zeros_(self.last.bias)

    def sharpen(self) -> None:
        """Begin with a first layer that bends three times as sharply, see `Warper.sharpen`."""
        first = self.hidden[0]
        assert isinstance(first, nn.Linear)
        first.weight = 3 * first.weight

    def forward(self, points: torch.Tensor) -> torch.Tensor:
        """Distances (...) at warped points (..., 3), network units."""
        first, *others = self.hidden
        assert isinstance(first, nn.Linear)
        x = with_points(first.bias.repeat(*points.shape[:-1], 1), points, first.weight).relu()
        x = F.dropout(x, self.dropout, self.training)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=self.rounds):
            for layer in others:
                x = F.dropout(layer(x).relu(), self.dropout, self.training)
        return self.last(x.float())[..., 0].tanh()


def hidden_product(x: torch.Tensor, layer: nn.Module, bfloat16: bool) -> torch.Tensor:
    """`layer(x)` in float32, its product by way of bfloat16 if asked for."""
    if not bfloat16:
        return layer(x)
    with torch.autocast(x.device.type, torch.bfloat16):
        return layer(x).float()
