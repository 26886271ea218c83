"""Several stores read as one: real meshes beside parametric ones, say."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

from latentmapper.errors import StoreError, UsageError
from latentmapper.make.dataset.held_out import require_held_out
from latentmapper.make.dataset.store import Record, ShapeData, Store
from latentmapper.places import Place

Read = TypeVar("Read")


class JoinedStore:
    """Records of several stores of one category, one after the other.

    Raises
    ------
    StoreError : the stores hold different categories, or the same shape twice, or one trains on a kind that
        another holds out.
    """

    def __init__(self, stores: list[Store]) -> None:
        categories = {store.header["category"] for store in stores}
        if len(categories) != 1:
            raise StoreError(
                f"these stores do not hold one category: {', '.join(sorted(map(str, categories)))}"
            )
        # Where shapes of one store are not symmetric, those of all cannot be modelled as if they were.
        symmetric = all(store.header.get("symmetric") is not False for store in stores)
        self.header: dict[str, Any] = stores[0].header | ({} if symmetric else {"symmetric": False})
        self.records: list[Record] = [record for store in stores for record in store.records]
        self._home = {record.id: store for store in stores for record in store.records}
        if len(self._home) != len(self.records):
            raise StoreError("the same shape is in two of these stores")
        require_held_out(stores)

    def split(self, name: str) -> list[Record]:
        """The usable shapes of one split."""
        return [record for record in self.records if record.split == name]

    def require(self, ids: Sequence[str], which: str = "that the model was trained on") -> None:
        """Raise `StoreError` where the stores lack some shapes; `which` says what these are."""
        if lacking := [name for name in ids if name not in self._home]:
            few = f"{len(lacking)} of the {len(ids)} shapes {which}"
            raise StoreError(f"--stores: {few} are in none of them, such as {lacking[0]}")

    def sources(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """How many of some shapes came from which source under which license, as `pack.json` tells it."""
        known = {record.id: record for record in self.records}
        counts = Counter((known[name].source, known[name].license) for name in ids)
        return [{"source": s, "license": li, "shapes": n} for (s, li), n in sorted(counts.items())]

    def load(self, record: Record) -> ShapeData:
        """Read one shape."""
        return self._home[record.id].load(record)

    def folder_of(self, record: Record) -> Place:
        """The folder of the store that holds one shape."""
        return self._home[record.id].path

    def shapes(self, split: str) -> "Shapes":
        """The usable shapes of one split by id, read when they are asked for."""
        return Shapes(self, self.split(split))

    def each(self, records: Sequence[Record], read: Callable[[ShapeData], Read]) -> "Each[Read]":
        """Something of each of some shapes, read when it is asked for."""
        return Each(self, records, read)


class Shapes(Mapping[str, ShapeData]):
    """Shapes by id; each is read again whenever it is asked for, so that few are in memory."""

    def __init__(self, store: JoinedStore, records: Sequence[Record]) -> None:
        self._store, self._records = store, {record.id: record for record in records}

    def __getitem__(self, name: str) -> ShapeData:
        return self._store.load(self._records[name])

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


class Each(Sequence[Read], Generic[Read]):
    """Something of each of some shapes, in their order, likewise."""

    def __init__(
        self, store: JoinedStore, records: Sequence[Record], read: Callable[[ShapeData], Read]
    ) -> None:
        self._store, self._records, self._read = store, records, read

    @overload
    def __getitem__(self, index: int) -> Read: ...

    @overload
    def __getitem__(self, index: slice) -> "Each[Read]": ...

    def __getitem__(self, index: int | slice) -> "Read | Each[Read]":
        if isinstance(index, slice):
            return Each(self._store, self._records[index], self._read)
        return self._read(self._store.load(self._records[index]))

    def __len__(self) -> int:
        return len(self._records)


def open_stores(paths: tuple[Place, ...]) -> JoinedStore:
    """Open stores by their folders and join them. Raises `UsageError` for none, else as `JoinedStore`."""
    if not paths:
        raise UsageError("name at least one store, made with: latentmapper data build")
    return JoinedStore([Store.open(path) for path in paths])
