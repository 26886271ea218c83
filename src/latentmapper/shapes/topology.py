"""How faces hang together: opposite edges, fans around vertices, pieces."""

import numpy as np


def edge_twins(faces: np.ndarray) -> np.ndarray | None:
    """For every directed edge, the one that runs the other way.

    Parameters
    ----------
    faces : (f, 3) int
        Edge 3 i + j runs from corner j of face i to the next.

    Returns
    -------
    (3 f,) int32, or None if the mesh is not closed and consistently oriented: some edge has no twin or two.
    """
    from scipy.sparse import csr_array

    if len(faces) == 0:
        return None
    start, end = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    if (start == end).any():
        return None
    # Counting sorts of a sparse matrix and its transpose, of edges by their ends: several times faster than
    # sorting the edges. Edges that run the same way are added up in it, and so are missed.
    vertices = int(faces.max()) + 1
    edges = csr_array((np.arange(len(start), dtype=np.int32), (start, end)), shape=(vertices, vertices))
    back = edges.T.tocsr()
    if edges.nnz < len(start) or (edges.indptr != back.indptr).any() or (edges.indices != back.indices).any():
        return None
    twins = np.empty(len(start), np.int32)
    twins[np.asarray(edges.data, np.int32)] = back.data
    return twins


def fan_count(twins: np.ndarray) -> int:
    """Fans of faces around the vertices of a closed mesh: more than vertices where pieces touch in one.

    The corner after a corner's twin edge is at the same vertex, one face further around it.
    """
    following = twins - twins % 3 + (twins + 1) % 3
    return _components(following, len(twins))[0]


def face_pieces(twins: np.ndarray) -> np.ndarray:
    """(f,) number of the piece of each face of a closed mesh; pieces are connected across edges."""
    return _components(twins // 3, len(twins) // 3)[1]


def vertex_pieces(faces: np.ndarray, vertices: int) -> np.ndarray:
    """(f,) number of the piece of each face; pieces hang together by vertices, closed or not."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    start, end = faces[:, :2].ravel(), faces[:, 1:].ravel()
    links = coo_array((np.ones(len(start), bool), (start, end)), shape=(vertices, vertices))
    # A vertex that no face uses would be a piece of its own.
    return np.unique(connected_components(links, directed=False)[1][faces[:, 0]], return_inverse=True)[1]


def _components(links: np.ndarray, nodes: int) -> tuple[int, np.ndarray]:
    """Connected components of a graph in which every node has the same number of `links`, node by node."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    starts = np.arange(nodes + 1, dtype=np.int32) * (len(links) // nodes)
    graph = csr_array((np.ones(len(links), bool), links, starts), shape=(nodes, nodes))
    count, labels = connected_components(graph, directed=False)
    return int(count), labels
