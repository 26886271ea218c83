"""Fewer faces for the same shape."""

import numpy as np

from latentmapper.errors import UsageError
from latentmapper.shapes.manifold import refusal
from latentmapper.shapes.mesh import Mesh

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
        if abs(len(candidate.faces) - budget) < abs(len(best.faces) - budget) and not refusal(candidate):
            best = candidate
        if _within(best, budget):
            return best, []
    return best, [f"decimation to {budget} faces stopped at {len(best.faces)} to keep the mesh manifold"]


def _collapse(mesh: Mesh, budget: int, eagerness: float) -> Mesh:
    from fast_simplification import simplify

    vertices, faces = simplify(mesh.vertices, mesh.faces, target_count=budget, agg=eagerness)
    return Mesh(np.asarray(vertices, np.float32), np.asarray(faces, np.int32))


def _within(mesh: Mesh, budget: int) -> bool:
    return abs(len(mesh.faces) - budget) <= TOLERANCE * budget
