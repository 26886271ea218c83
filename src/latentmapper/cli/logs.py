"""Letting the library's log lines through to the terminal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

LOGGER = logging.getLogger("latentmapper")


def show_logs(level: int = logging.INFO) -> None:
    """Print the package's own log lines on standard error, plainly, from a level on."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(level)


@contextmanager
def logs_put_back() -> Iterator[None]:
    """Undo `show_logs` at the end: a program that runs command after command would show lines twice."""
    handlers, level = LOGGER.handlers.copy(), LOGGER.level
    try:
        yield
    finally:
        LOGGER.handlers[:] = handlers
        LOGGER.setLevel(level)
