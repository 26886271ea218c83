"""Fewer faces for the same shape."""

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.shapes.components import largest_shell
from latentmapper.shapes.manifold import accepted
from latentmapper.shapes.mesh import Mesh
from latentmapper.shapes.parting import parted

FEWEST = 100
"""Faces below which no vehicle is recognisable."""

TOLERANCE = 0.02
"""How far from the budget a result may be, as a share of it, before that is said."""

EAGERNESS = (7.0, 5.0, 3.0, 1.0)
"""Values of fast-simplification's `agg` to try: the lower, the more careful and the slower."""


def decimate(mesh: Mesh, budget: int) -> tuple[Mesh, list[str]]:
    """Reduce a manifold mesh to `budget` faces by quadric edge collapse (fast-simplification).

    Parameters
    ----------
    mesh : Mesh
    budget : int
        Number of faces wanted; a mesh that has fewer is returned as it is.

    Returns
    -------
    mesh : Mesh
        The manifold result nearest to the budget, or the mesh as it was if there is none.
    warnings : list of str
        Says so if the result is more than 2 % from the budget.

    Raises
    ------
    UsageError
        If the budget is below 100 faces.
    """
    if budget < FEWEST:
        raise UsageError(f"--faces must be at least {FEWEST}, not {budget}")
    if len(mesh.faces) <= budget:
        return mesh, []
    best = mesh
    for eagerness in EAGERNESS:
        candidate = _collapse(mesh, budget, eagerness)
        if candidate and abs(len(candidate.faces) - budget) < abs(len(best.faces) - budget):
            best = candidate
        if abs(len(best.faces) - budget) <= TOLERANCE * budget:
            return best, []
    return best, [f"decimation to {budget} faces stopped at {len(best.faces)} to keep the mesh manifold"]


def _collapse(mesh: Mesh, budget: int, eagerness: float) -> Mesh | None:
    """One attempt; None if it is not manifold. What collapsing pinched off is dropped, and sides that it
    brought together are drawn apart."""
    from fast_simplification import simplify

    vertices, faces = simplify(mesh.vertices, mesh.faces, target_count=budget, agg=eagerness)[:2]
    manifold = accepted(Mesh(np.asarray(vertices, np.float32), np.asarray(faces, np.int32)))
    return parted(largest_shell(manifold)[0]) if manifold else None
