"""How much the server takes on."""

import math
from dataclasses import dataclass

from latentmapper.errors import UsageError

LONGEST = {
    "timeout": (86_400, "seconds, a day"),
    "keep": (525_600, "minutes, a year"),
    "grace": (3_600, "seconds, an hour"),
}
"""The most of each: far beyond, dates and the system's timers end."""


@dataclass(frozen=True)
class Limits:
    """What the server does not go beyond."""

    queue: int = 64
    """Jobs that may wait; further photos are answered with 429 and a time to come back."""
    upload: int = 32
    """Megabytes of one request (of 2^20 bytes), found before anything is decoded."""
    timeout: float = 60.0
    """Seconds that a request may take to arrive, and a reconstruction or the shape of a code to be made."""
    keep: float = 60.0
    """Minutes that a finished job and its mesh are kept."""
    results: int = 1000
    """Finished jobs that are kept; above it the oldest go first."""
    grace: float = 20.0
    """Seconds that the job at work has to finish when the server is told to end."""

    def require(self) -> None:
        """Raise `UsageError`, naming the flag, where a limit makes no sense."""
        for name in ("queue", "upload", "results"):
            if (value := getattr(self, name)) < 1:
                raise UsageError(f"--{name} {value}: choose at least 1")
        for name in ("timeout", "keep"):
            if not (math.isfinite(value := getattr(self, name)) and value > 0):
                raise UsageError(f"--{name} {value}: choose a positive number")
        if not (math.isfinite(self.grace) and self.grace >= 0):
            raise UsageError(f"--grace {self.grace}: choose 0 or more seconds")
        for name, (most, unit) in LONGEST.items():
            if (value := getattr(self, name)) > most:
                raise UsageError(f"--{name} {value}: choose at most {most} {unit}")

    @property
    def upload_bytes(self) -> int:
        """`upload` in bytes."""
        return self.upload << 20
