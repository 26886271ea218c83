"""What a run says while it runs: JSON lines, TensorBoard where installed, and a progress line."""

import json
import logging
import time
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)
NAME = "log.jsonl"


class RunLog:
    """Appends measurements to `log.jsonl` and logs a line with rate and time left.

    Every line holds `seconds`, the time that the run has taken so far, which goes on where it was resumed.

    Parameters
    ----------
    folder : the run's folder.
    start, steps : where this process starts, and the step the run ends at.
    writes : whether it is the process that tells; otherwise nothing happens.
    shorter : times by which steps count now what they did before; see `loop.train`.
    """

    def __init__(
        self, folder: Path, start: int, steps: int, writes: bool = True, shorter: float = 1.0
    ) -> None:
        self._path = folder / NAME
        self._start, self._steps, self._writes = start, steps, writes
        self._board = _tensorboard(folder) if writes else None
        self._before = _forget_after(self._path, start, shorter) if writes else 0.0
        self._began = time.monotonic()

    def write(self, step: int, **values: float) -> None:
        """Record measurements of a step."""
        if not self._writes:
            return
        seconds = round(self._before + time.monotonic() - self._began, 1)
        entry = {"step": step, "seconds": seconds, **{key: float(value) for key, value in values.items()}}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        if self._board is not None:
            for key, value in values.items():
                self._board.add_scalar(key, value, step)
        logger.info("%s", self._line(step, values))

    def _line(self, step: int, values: dict[str, float]) -> str:
        rate = (step - self._start) / max(time.monotonic() - self._began, 1e-9)
        left = (self._steps - step) / rate if rate > 0 else 0.0
        measured = "  ".join(f"{key} {value:.5g}" for key, value in values.items())
        return f"step {step}/{self._steps}  {measured}  {rate:.2f} steps/s  {left / 60:.1f} min left"


def _tensorboard(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"))


def read_log(path: Path) -> list[dict[str, float]]:
    """The lines of a `log.jsonl` in their order, up to an unfinished one; none without a file."""
    lines: list[dict[str, float]] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            lines.append(json.loads(line))
    except (OSError, ValueError):
        pass
    return lines


def seconds_of(folder: Path) -> float | None:
    """What the run in a folder has taken so far, by its log; None where that does not tell."""
    lines = read_log(folder / NAME)
    return lines[-1].get("seconds") if lines else None


def _forget_after(path: Path, step: int, shorter: float) -> float:
    """Drop lines that a killed run wrote after its last checkpoint, which will be written again.

    Returns the seconds that what is left took; logs of earlier versions do not tell them.
    """
    from latentmapper import files

    counted = [entry | {"step": round(entry["step"] * shorter)} for entry in read_log(path)]
    kept = [entry for entry in counted if entry["step"] <= step]
    if path.is_file():
        files.write_text(path, "".join(f"{json.dumps(entry)}\n" for entry in kept))
    return kept[-1].get("seconds", 0.0) if kept else 0.0
