"""How scripts begin and end: as commands do, kindly where the user can mend what is wrong."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import tyro

from latentmapper.cli import ended

C = TypeVar("C")


def run(main: Callable[[C], None], config: type[C], about: str | None = None) -> NoReturn:
    """Run a script on the options of the command line, and end the process.

    Parameters
    ----------
    config : the dataclass of the options.
    about : what `--help` says; by default what the dataclass says of itself.
    """

    def work() -> int:
        main(tyro.cli(config, description=about))
        return 0

    sys.exit(ended(Path(sys.argv[0]).name, work))
