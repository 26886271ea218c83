"""From what a user types to a collection: a folder, a manifest, a ShapeNet tree, or `parametric:NAME`."""

import importlib
from functools import lru_cache
from pathlib import Path

from latentmapper.errors import UsageError
from latentmapper.make.collections import manifest
from latentmapper.make.collections.base import Collection
from latentmapper.make.collections.folder import Folder
from latentmapper.make.collections.manifest import Manifest
from latentmapper.make.collections.shapenet import ShapeNet

PARAMETRIC = {"cars": "Cars", "airplanes": "Airplanes"}


@lru_cache(maxsize=16)
def open_collection(spec: str, category: str | None = None, synset: str | None = None) -> Collection:
    """The collection that `spec` names.

    Parameters
    ----------
    spec : a folder, or "parametric:cars" / "parametric:airplanes", optionally ":COUNT" or ":COUNT:SEED" after
        it (1000 shapes and seed 0 by default)
    category : only these shapes of a manifest; the name given to the shapes of a plain folder
    synset : makes `spec` a ShapeNet tree

    Raises `UsageError` where there is nothing of the kind.
    """
    if spec.startswith("parametric:"):
        return _parametric(spec)
    path = Path(spec)
    if not path.is_dir():
        raise UsageError(
            f"{spec} is neither a folder nor one of {', '.join(f'parametric:{n}' for n in PARAMETRIC)}"
        )
    if synset is not None:
        return ShapeNet(path, synset, category)
    if (path / manifest.NAME).is_file():
        return Manifest(path, category)
    return Folder(path, category)


def _parametric(spec: str) -> Collection:
    _, name, *numbers = spec.split(":")
    if name not in PARAMETRIC or len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
        known = ", ".join(f"parametric:{known}[:COUNT[:SEED]]" for known in PARAMETRIC)
        raise UsageError(f"{spec!r} is not one of {known}")
    count, seed = [*map(int, numbers), *(1000, 0)[len(numbers) :]]
    module = importlib.import_module(f"latentmapper.make.collections.parametric.{name}")
    return getattr(module, PARAMETRIC[name])(count, seed)
