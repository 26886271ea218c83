"""Several stores read as one: real meshes beside parametric ones, say."""

from pathlib import Path
from typing import Any

from latentmapper.errors import StoreError
from latentmapper.make.dataset.store import Record, ShapeData, Store


class JoinedStore:
    """Records of several stores of one category, one after the other.

    Raises
    ------
    StoreError : the stores hold different categories, or the same shape twice.
    """

    def __init__(self, stores: list[Store]) -> None:
        categories = {store.header["category"] for store in stores}
        if len(categories) != 1:
            raise StoreError(
                f"these stores do not hold one category: {', '.join(sorted(map(str, categories)))}"
            )
        self.header: dict[str, Any] = stores[0].header
        self.records: list[Record] = [record for store in stores for record in store.records]
        self._home = {record.id: store for store in stores for record in store.records}
        if len(self._home) != len(self.records):
            raise StoreError("the same shape is in two of these stores")

    def split(self, name: str) -> list[Record]:
        """The usable shapes of one split."""
        return [record for record in self.records if record.split == name]

    def load(self, record: Record) -> ShapeData:
        """Read one shape."""
        return self._home[record.id].load(record)

    def folder_of(self, record: Record) -> Path:
        """The folder of the store that holds one shape."""
        return self._home[record.id].path


def open_stores(paths: tuple[Path, ...]) -> JoinedStore:
    """Open stores by their folders and join them."""
    return JoinedStore([Store.open(path) for path in paths])
