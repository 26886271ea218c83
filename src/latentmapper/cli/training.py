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
def training(device: str, bfloat16: bool = False) -> Iterator["Process"]:
    """The process that a command trains in; of several, one alone tells how far it is.

    bfloat16 : whether it was told so, which is warned of where it is slow.

    Raises
    ------
    UsageError : there is no such device.
    """
    from latentmapper.make.device import warn_of_bfloat16
    from latentmapper.make.training.distributed import started

    with started(device) as process:
        show_logs(logging.INFO if process.is_main else logging.WARNING)
        if bfloat16 and process.is_main:
            warn_of_bfloat16(process.device, "--bfloat16")
        yield process
