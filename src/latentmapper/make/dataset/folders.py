"""Which of the folders that a pack is made of holds what."""

from latentmapper.errors import UsageError
from latentmapper.make.dataset import store, views
from latentmapper.places import Place

HEADERS = {store.HEADER: "a store", views.HEADER: "views"}
"""Their manifests have one name: one written into the other's folder would take its place."""


def require_own(path: Place, header: str) -> None:
    """Raise `UsageError` where a folder holds another kind of data than that with this header."""
    for name, what in HEADERS.items():
        if name != header and (path / name).is_file():
            raise UsageError(f"--output {path}: it holds {what}; choose another folder")
