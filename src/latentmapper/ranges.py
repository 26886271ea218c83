"""What the numbers asked of a reconstruction may be."""

from latentmapper.errors import UsageError
from latentmapper.photo.windows import MOST
from latentmapper.shapes.decimation import FEWEST

RESOLUTIONS = (64, 256)
"""Cells along each side of the lattice, from and to."""
STEPS = 20
"""Of refinement, at most."""


def require_within(resolution: int, faces: int | None, instance: int, looks: int, refine: int) -> None:
    """Raise `UsageError`, naming the flag, where a number that `Reconstructor.reconstruct` takes is not."""
    low, high = RESOLUTIONS
    if not low <= resolution <= high:
        raise UsageError(f"--resolution {resolution}: choose {low} to {high}")
    if faces is not None and faces < FEWEST:
        raise UsageError(f"--faces {faces}: choose at least {FEWEST}")
    if not 0 <= looks <= MOST:
        raise UsageError(f"--looks {looks}: choose 0 to {MOST}")
    if not 0 <= refine <= STEPS:
        raise UsageError(f"--refine {refine}: choose 0 to {STEPS} steps")
    if instance < 1:
        raise UsageError(f"--instance {instance}: choose at least 1, the largest")
