"""Letting the library's log lines through to the terminal."""

import logging


def show_logs(level: int = logging.INFO) -> None:
    """Print the package's own log lines on standard error, plainly, from a level on."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("latentmapper")
    logger.addHandler(handler)
    logger.setLevel(level)
