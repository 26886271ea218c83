"""Codes as a table that is shared out: each process holds some of its rows, and their optimiser's state."""

import torch
import torch.distributed as dist
from torch import nn

from latentmapper.make.training.collectives import Sum
from latentmapper.make.training.distributed import Process


def share_out(table: nn.Embedding, process: Process) -> nn.Embedding:
    """What one process keeps of a table; all of it where there is no other."""
    return table.to(process.device) if process.world == 1 else ShardedEmbedding(table, process)


class ShardedEmbedding(nn.Embedding):
    """Rows `first`, `first` + 1, ... of a table; looked up together with those of the other processes.

    Parameters
    ----------
    table : all rows, the same in every process; they are let go.
    """

    def __init__(self, table: nn.Embedding, process: Process) -> None:
        count = len(table.weight)
        self.count, self._each = count, -(-count // process.world)
        self.first = process.rank * self._each
        rows = table.weight.detach()[self.first : self.first + self._each].clone()
        sizes = {"max_norm": table.max_norm, "sparse": table.sparse, "_weight": rows}
        super().__init__(len(rows), table.embedding_dim, **sizes)
        self.to(process.device)
        self._process = process

    @property
    def own(self) -> slice:
        """The rows that this process holds."""
        return slice(self.first, self.first + len(self.weight))

    def forward(self, input: torch.Tensor) -> torch.Tensor:  # noqa: A002 (PyTorch's name)
        """Codes (b, d) of this process's slots of a step, of the rows (n b,) of all its slots.

        Gradients go back to the owners, averaged over processes as those of the network are.
        """
        mine = (input >= self.first) & (input < self.first + len(self.weight))
        found = super().forward(input[mine] - self.first)
        if found.requires_grad:
            found.register_hook(lambda gradient: gradient / self._process.world)
        empty = found.new_zeros(len(input), self.embedding_dim)
        return Sum.apply(empty.index_put((mine,), found))[self._process.own]

    def whole(self, part: torch.Tensor) -> torch.Tensor:
        """All rows (count, ...) of what each process has some of; in the main process alone."""
        padded = torch.zeros(self._each, *part.shape[1:], dtype=part.dtype)
        padded[: len(part)] = part.cpu()
        parts = [torch.empty_like(padded) for _ in range(self._process.world)]
        dist.gather(padded, parts if self._process.is_main else None)
        return torch.cat(parts)[: self.count]
