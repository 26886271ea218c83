"""What all commands that train have in common: `--device`, and the processes that `torchrun` starts."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import tyro

from latentmapper.cli.logs import show_logs

if TYPE_CHECKING:
    from latentmapper.make.training.distributed import Process

Device = Annotated[
    str,
    tyro.conf.arg(
        help="auto, cpu, cuda or cuda:N: auto is a GPU where PyTorch sees one; of the processes that"
        " torchrun starts each takes its own."
    ),
]


@contextmanager
def training(device: str) -> Iterator["Process"]:
    """The process that a command trains in; of several, one alone tells how far it is.

    Raises
    ------
    UsageError : there is no such device.
    """
    from latentmapper.make.training.distributed import started

    with started(device) as process:
        show_logs(logging.INFO if process.is_main else logging.WARNING)
        yield process
