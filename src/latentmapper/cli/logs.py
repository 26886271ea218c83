"""Letting the library's log lines through to the terminal."""

import logging


def show_logs() -> None:
    """Print the package's own log lines on standard error, plainly."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("latentmapper")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
