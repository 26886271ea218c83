"""Letting the library's log lines through to the terminal."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOGGER = logging.getLogger("latentmapper")


def show_logs(level: int = logging.INFO) -> None:
    """Print the package's own log lines on standard error, plainly, from a level on."""
    handler = _StandardError()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    LOGGER.addHandler(handler)
    LOGGER.setLevel(level)


class _StandardError(logging.Handler):
    """Looks standard error up for every line: while a progress bar is drawn, something stands in for it that
    writes above the bar."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print(self.format(record), file=sys.stderr, flush=True)
        except Exception:
            self.handleError(record)


@contextmanager
def logs_put_back() -> Iterator[None]:
    """Undo `show_logs` at the end: a program that runs command after command would show lines twice."""
    handlers, level = LOGGER.handlers.copy(), LOGGER.level
    try:
        yield
    finally:
        LOGGER.handlers[:] = handlers
        LOGGER.setLevel(level)
